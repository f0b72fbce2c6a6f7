import { NOTHING, Severity, type CheckRule, type CheckSubject } from './check-rule';
import { followedTemplates } from './followed';
import { isSafe, judge } from '../../posture/judge';
import { Posture } from '../../posture/posture';
import { Rule } from '../../private/rules';

/** Every launch source requires tokens, or has its endpoint off. */
export const TOKENS: CheckRule = {
  rule: Rule.TOKENS,
  title: 'launch sources require IMDSv2 tokens',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html',
  check(subject) {
    const { source, judgement } = subject;
    if (!judgement || isSafe(judgement.posture) || judgement.posture === Posture.EXTERNAL || isFoundElsewhere(subject)) return NOTHING;
    const conditional = judgement.posture === Posture.CONDITIONAL;
    return [{
      severity: conditional ? Severity.WARNING : Severity.ERROR,
      undecided: conditional ? Posture.CONDITIONAL : undefined,
      location: judgement.path,
      problem: `the ${source.name} ${conditional ? 'may allow' : 'allows'} IMDSv1: ${judgement.reason}`,
      fix: fixOf(subject),
    }];
  },
};

/** What carries no options is open through what it launches from, which has the finding wherever it is part of the templates. */
function isFoundElsewhere(subject: CheckSubject): boolean {
  if (subject.source.optionsPath) return false;
  const followed = followedTemplates(subject);
  if (followed.some(({ target }) => target === undefined)) return false;
  const open = followed.flatMap(({ target }) => target ?? []).filter((target) => !isSafe(judge(target, subject.world)?.posture ?? Posture.EXTERNAL));
  return open.length > 0 && open.every((target) => judge(target, subject.world)?.posture !== Posture.EXTERNAL);
}

function fixOf({ source }: CheckSubject): string {
  return source.optionsPath
    ? `write ${['Properties', ...source.optionsPath].join('.')}.HttpTokens: required; in a CDK app, Aspects.of(app).add(new RequireImdsv2()) does it everywhere`
    : 'launch from launch templates that say HttpTokens: required, under every condition';
}
