import { NOTHING, Severity, type CheckRule } from './check-rule';
import { Version } from '../../launch-sources/launch-template-reference';
import { Posture } from '../../posture/posture';
import { Rule } from '../../private/rules';
import { followedTemplates } from '../../remedies/followers';
import { advice } from '../../remedies/remedy';
import { hasOwnOptions, requireTokens } from '../../remedies/require-tokens';

/** What decides is part of the templates, so that it can be judged. */
export const EXTERNAL_LAUNCH_TEMPLATE: CheckRule = {
  rule: Rule.EXTERNAL_LAUNCH_TEMPLATE,
  title: 'launch sources launch from what the templates show',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html',
  check(subject) {
    const { source, judgement, unseen } = subject;
    if (judgement.posture !== Posture.EXTERNAL || unseen) return NOTHING;
    const followed = followedTemplates(subject);
    // An earlier version of a template that is shown has a rule of its own.
    if (followed.length > 0 && followed.every(({ target, version }) => target !== undefined && version !== Version.LATEST)) return NOTHING;
    return [{
      severity: Severity.WARNING,
      undecided: Posture.EXTERNAL,
      location: judgement.path,
      problem: `whether the ${source.name} allows IMDSv1 cannot be seen: ${judgement.reason}`,
      // The options of its own win over those of what nobody sees.
      remedy: hasOwnOptions(subject) ? requireTokens(subject) : advice('require tokens where that is defined, or check its template together with this one'),
    }];
  },
};
