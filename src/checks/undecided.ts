import type { Finding } from './proof';
import { Severity, type CheckSubject } from './rules/check-rule';
import { EXTERNAL_LAUNCH_TEMPLATE } from './rules/external-launch-template';
import { followedTemplates } from './rules/followed';
import { LAUNCH_TEMPLATE_FOLLOWER } from './rules/launch-template-follower';
import { UNSETTABLE } from './rules/unsettable';
import type { WrittenStack } from './written-templates';
import { Version } from '../launch-sources/launch-template-reference';
import { Posture } from '../posture/posture';
import { acknowledgementOf } from '../private/acknowledgements';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import { settingsFor } from '../private/settings';

const RULES = [EXTERNAL_LAUNCH_TEMPLATE, LAUNCH_TEMPLATE_FOLLOWER, UNSETTABLE];

/** What no template decides. The aspect warns of it where it sees it: what it did not reach, or did not see as it was written, is said here. */
export function undecidedFindings(written: WrittenStack, subject: CheckSubject): Finding[] {
  const { stack, file } = written;
  const { resource } = subject;
  const construct = written.construct(resource.logicalId) ?? stack;
  const { path } = construct.node;
  const ledger = Ledger.of(stack);
  const settings = settingsFor(construct);
  const warned = ledger.warned.get(construct);
  if (!settings || RULES.some(({ rule }) => warned?.has(rule)) || isExempt(Rule.TOKENS) || !isUndecidedItself(subject)) return [];
  return RULES.filter(({ rule }) => !isExempt(rule)).flatMap(({ rule, check }) => check(subject).map(({ location, problem, fix }): Finding => ({
    construct,
    resource,
    template: file,
    path,
    rule,
    help: settings.help,
    severity: Severity.WARNING,
    location,
    problem: `'${construct === stack ? resource.logicalId : path}': ${problem}`,
    fix,
  })));

  function isExempt(rule: Rule): boolean {
    return acknowledgementOf(construct, ruleId(rule)) !== undefined;
  }
}

/** Whether it launches from what is not shown itself, and not by something that has a word of its own. */
function isUndecidedItself(subject: CheckSubject): boolean {
  return subject.judgement.posture === Posture.UNSETTABLE
    || followedTemplates(subject).some(({ target, version }) => target === undefined || version !== Version.LATEST);
}
