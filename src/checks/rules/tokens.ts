import { NOTHING, Severity, type CheckRule, type CheckSubject } from './check-rule';
import { isSafe, judge } from '../../posture/judge';
import { isOpenItself } from '../../posture/own-words';
import { Posture, type Judgement } from '../../posture/posture';
import { Rule } from '../../private/rules';
import { followedTemplates } from '../../remedies/followers';
import { isBlocked, requireTokens } from '../../remedies/require-tokens';

const HAS_ITS_OWN_RULE: ReadonlySet<Posture> = new Set([Posture.EXTERNAL, Posture.UNSETTABLE]);

/** Every launch source requires tokens, or has its endpoint off. */
export const TOKENS: CheckRule = {
  rule: Rule.TOKENS,
  title: 'launch sources require IMDSv2 tokens',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html',
  check(subject) {
    const { source, judgement } = subject;
    if (isSafe(judgement.posture) || HAS_ITS_OWN_RULE.has(judgement.posture) || isFoundElsewhere(subject) || isBlocked(subject)) return NOTHING;
    const conditional = judgement.posture === Posture.CONDITIONAL;
    return [{
      severity: conditional ? Severity.WARNING : Severity.ERROR,
      undecided: conditional ? Posture.CONDITIONAL : undefined,
      location: judgement.path,
      problem: `the ${source.name} ${conditional ? 'may allow' : 'allows'} IMDSv1: ${judgement.reason}${wayOf(judgement)}${dependenceOf(judgement)}`,
      remedy: requireTokens(subject),
    }];
  },
};

/** What carries no options is open through what it launches from, which has the finding wherever it is part of the templates. */
function isFoundElsewhere(subject: CheckSubject): boolean {
  const { resource, source, properties, world } = subject;
  if (isOpenItself(source, properties, world.outcomes(resource))) return false;
  const followed = followedTemplates(subject);
  if (followed.some(({ target }) => target === undefined)) return false;
  const open = followed.flatMap(({ target }) => target ?? []).filter((target) => !isSafe(judge(target, world)?.posture ?? Posture.EXTERNAL));
  return open.length > 0 && open.every((target) => judge(target, world)?.posture !== Posture.EXTERNAL);
}

/** What was followed to the one that decides. */
function wayOf({ chain = [] }: Judgement): string {
  const way = chain.flatMap(({ logicalId, external }) => logicalId ?? external ?? []);
  return way.length > 0 ? ` (by way of ${way.join(', ')})` : '';
}

/** What has to be looked at where nobody can tell before deployment. */
function dependenceOf({ dependsOn = [], underDefaults }: Judgement): string {
  // The reason says where a transform does.
  const names = dependsOn.filter(({ kind }) => kind !== 'transform').map(({ kind, name }) => `the ${kind} ${name}`);
  return names.length === 0 ? '' : `; ${names.join(', ')} ${names.length === 1 ? 'decides' : 'decide'}${underDefaults ? `, and under the defaults it is ${underDefaults}` : ''}`;
}
