import { NOTHING, Severity, type CheckRule, type CheckSubject, type Verdict } from './check-rule';
import { Version } from '../../launch-sources/launch-template-reference';
import { isSafe, judge } from '../../posture/judge';
import { Posture } from '../../posture/posture';
import { Rule } from '../../private/rules';
import { followedTemplates, followersOf, type Followed } from '../../remedies/followers';
import { followLatest, hasOwnOptions, isBlocked, replacedWith, requireBlocked } from '../../remedies/require-tokens';

/** A launch template's edit is a new version: it reaches only those that follow the latest one, and replaces some of them. */
export const LAUNCH_TEMPLATE_FOLLOWER: CheckRule = {
  rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
  title: 'launch sources follow the latest version of their launch template, and none is replaced by it',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html',
  check(subject) {
    if (isBlocked(subject) && !isSafe(subject.judgement.posture)) return [blocked(subject)];
    const { source, judgement } = subject;
    // Its own options win over its template's, whatever version that is.
    if (hasOwnOptions(subject) && judgement.posture !== Posture.EXTERNAL) return NOTHING;
    const others = followedTemplates(subject).filter(({ target, version }) => target && version !== Version.LATEST);
    // One version may be asked of several templates, among which a condition chooses.
    const asked = new Map<string, Followed[]>();
    for (const followed of others) {
      const path = followed.reference.path.join('.');
      asked.set(path, [...asked.get(path) ?? [], followed]);
    }
    return [...asked].map(([path, followed]): Verdict => {
      const { version: number, versionKey = 'Version' } = followed[0].reference;
      const names = [...new Set(followed.map(({ target }) => target!.logicalId))];
      return {
        severity: Severity.WARNING,
        undecided: Posture.EXTERNAL,
        location: `Properties.${path}.${versionKey}`,
        problem: `the ${source.name} asks for ${askedFor(number)} of the launch template ${names.join(' or ')}, `
          + 'which an earlier deployment may have written; CloudFormation never moves the default version',
        remedy: followLatest(subject, followed[0]),
      };
    });
  },
};

/** What allows IMDSv1, and cannot be changed without replacing what follows it. */
function blocked(subject: CheckSubject): Verdict {
  const { source, judgement, resource, world } = subject;
  const replaced = replacedWith(subject);
  const names = replaced.map((follower) => `the ${follower.source.name} ${follower.resource.logicalId}`).join(' and ');
  const conditional = judgement.posture === Posture.CONDITIONAL;
  // What has options of its own has a finding of its own.
  const isLaunchedOpenly = followersOf(resource, world).some((follower) =>
    !hasOwnOptions(follower) && !isSafe(judge(follower.resource, world)?.posture ?? Posture.EXTERNAL));
  return {
    severity: conditional || !isLaunchedOpenly ? Severity.WARNING : Severity.ERROR,
    undecided: conditional ? Posture.CONDITIONAL : undefined,
    coveredBy: Rule.TOKENS,
    location: judgement.path,
    problem: `the ${source.name} ${conditional ? 'may allow' : 'allows'} IMDSv1 (${judgement.reason}), and changing it replaces ${names}`,
    remedy: requireBlocked(subject),
  };
}

function askedFor(version: unknown): string {
  return typeof version === 'string' || typeof version === 'number' ? `version ${version}` : version === undefined ? 'no version' : 'a version other than the latest';
}
