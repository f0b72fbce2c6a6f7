import { NOTHING, Severity, type CheckRule } from './check-rule';
import { followedTemplates } from './followed';
import { Version } from '../../launch-sources/launch-template-reference';
import { Posture } from '../../posture/posture';
import { Rule } from '../../private/rules';

/** A launch template's edit is a new version, which reaches only those that follow the latest one. */
export const LAUNCH_TEMPLATE_FOLLOWER: CheckRule = {
  rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
  title: 'launch sources follow the latest version of their launch template',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html',
  check(subject) {
    const { resource, source, judgement } = subject;
    // Its own options win over its template's, whatever version that is.
    if (source.optionsPath && !source.parts && judgement.posture !== Posture.EXTERNAL) return NOTHING;
    return followedTemplates(subject).flatMap(({ reference: { path, version: number, versionKey = 'Version' }, version, target }) =>
      !target || version === Version.LATEST ? [] : [{
        severity: Severity.WARNING,
        undecided: Posture.EXTERNAL as const,
        location: ['Properties', ...path, versionKey].join('.'),
        problem: `the ${source.name} asks for ${asked(number)} of the launch template ${target.logicalId}, `
          + 'which an earlier deployment may have written; CloudFormation never moves the default version',
        fix: fixOf(target.logicalId, versionKey, target.document === resource.document),
      }]);
  },
};

/** An attribute can be asked for in its own template only. */
function fixOf(template: string, versionKey: string, isBeside: boolean): string {
  const version = isBeside ? `!GetAtt ${template}.LatestVersionNumber`
    : `!ImportValue of an output, or !Ref of a parameter, that the template of ${template} gives !GetAtt ${template}.LatestVersionNumber`;
  return `write ${versionKey}: ${version} (latestVersionNumber of the launch template in a CDK app)`;
}

function asked(version: unknown): string {
  return typeof version === 'string' || typeof version === 'number' ? `version ${version}` : version === undefined ? 'no version' : 'a version other than the latest';
}
