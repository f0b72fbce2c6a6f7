import { Outcome, type Control } from './controls/control';
import { ruleOf } from './controls/controls';
import { Severity } from './rules/check-rule';
import type { CheckedSource, TemplateFinding } from './template-checks';
import { Posture } from '../posture/posture';
import { advice } from '../remedies/remedy';

/** A finding of controls instead of rules; the rule is the one by whose id it is acknowledged. */
export interface ControlFinding extends TemplateFinding {
  /** The controls that fail, or that cannot be decided, for this one reason. */
  readonly controls: readonly Control[];
  readonly reason: string;
}

/** One finding for each reason that controls fail for, and one for what keeps them from being decided before deployment. */
export function controlFindings(source: CheckedSource, controls: readonly Control[]): ControlFinding[] {
  if (source.unseen) return undecidedFor(source, controls);
  const found = new Map<string, ControlFinding>();
  for (const control of controls) {
    const { outcome, reason, undecided } = control.evaluate(source);
    if (outcome !== Outcome.FAIL && !undecided) continue;
    const asked = ruleOf(control, source);
    // What is decided elsewhere has rules of its own.
    const own = source.findings.find((finding) => undecided === Posture.EXTERNAL
      ? finding.undecided === undecided
      : finding.rule === asked || finding.coveredBy === asked);
    const rule = own?.rule ?? asked;
    const key = JSON.stringify([rule, reason]);
    const together = [...found.get(key)?.controls ?? [], control];
    found.set(key, {
      rule,
      resource: source.resource,
      severity: undecided ? Severity.WARNING : Severity.ERROR,
      undecided,
      location: own?.location ?? 'Properties',
      problem: sentenceOf(undecided ? 'undecided for' : 'fails', together, reason),
      ...own ? { remedy: own.remedy, fix: own.fix, coveredBy: own.coveredBy } : { remedy: advice(passing(control)), fix: passing(control) },
      controls: together,
      reason,
    });
  }
  return [...found.values()];
}

/** Whatever is brought in, any of the controls may look at it. */
function undecidedFor({ findings }: CheckedSource, controls: readonly Control[]): ControlFinding[] {
  return controls.length === 0 ? [] : findings.map((finding) => (
    { ...finding, controls, reason: finding.problem, problem: sentenceOf('undecided for', controls, finding.problem) }));
}

function passing({ passes }: Control): string {
  return `what passes: ${passes}`;
}

function sentenceOf(verb: string, controls: readonly Control[], reason: string): string {
  return `${verb} ${controls.map(nameOf).join(', ')}: ${reason}`;
}

/** A control with its framework, as messages name it: `security-hub EC2.8`. */
export function nameOf({ framework, id }: Control): string {
  return `${framework} ${id}`;
}
