import type { Finding } from './finding';
import { BOOT_CALL } from './rules/boot-call';
import { Severity, type CheckSubject } from './rules/check-rule';
import { EXTERNAL_LAUNCH_TEMPLATE } from './rules/external-launch-template';

import { LAUNCH_TEMPLATE_FOLLOWER } from './rules/launch-template-follower';
import { UNSETTABLE } from './rules/unsettable';
import type { WrittenStack } from './written-templates';
import { Version } from '../launch-sources/launch-template-reference';
import { Posture } from '../posture/posture';
import { acknowledgementOf } from '../private/acknowledgements';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import { settingsFor } from '../private/settings';
import { followedTemplates } from '../remedies/followers';
import { fixInWords } from '../remedies/words';

/** What no template decides. */
const RULES = [EXTERNAL_LAUNCH_TEMPLATE, LAUNCH_TEMPLATE_FOLLOWER, UNSETTABLE];

/** What the aspect warns of where it sees it; where it does not, or not as it is written, the proof says so. */
export function unsaidFindings(written: WrittenStack, subject: CheckSubject): Finding[] {
  const { stack, home, file: template } = written;
  const { resource } = subject;
  const isFromFile = home !== stack;
  if (!isFromFile && !isUndecidedItself(subject)) return [];
  const own = written.construct(resource.logicalId);
  const construct = own ?? home;
  const { path } = construct.node;
  const settings = settingsFor(construct);
  const warned = Ledger.of(stack).warned.get(construct);
  if (!settings || RULES.some(({ rule }) => warned?.has(rule)) || isExempt(Rule.TOKENS)) return [];
  const name = own ? `'${path}'` : `'${resource.logicalId}' in the template of '${path}'`;
  const rules = isFromFile ? [...RULES, BOOT_CALL] : RULES;
  return rules.filter(({ rule }) => !isExempt(rule)).flatMap(({ rule, check }) => check(subject).map(({ location, problem, remedy }): Finding => ({
    construct,
    resource,
    template,
    path,
    rule,
    help: settings.help,
    severity: Severity.WARNING,
    location,
    problem: `${name}: ${problem}`,
    fix: fixInWords(remedy, resource.logicalId),
  })));

  function isExempt(rule: Rule): boolean {
    return acknowledgementOf(construct, ruleId(rule)) !== undefined;
  }
}

/** Whether it launches from what is not shown itself, and not by something that has a word of its own. */
function isUndecidedItself(subject: CheckSubject): boolean {
  const { posture } = subject.judgement;
  return posture === Posture.UNSETTABLE
    || (posture === Posture.EXTERNAL && followedTemplates(subject).some(({ target, version }) => target === undefined || version !== Version.LATEST));
}
