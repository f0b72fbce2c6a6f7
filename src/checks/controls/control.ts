import { Posture, type Judgement } from '../../posture/posture';
import type { Rule } from '../../private/rules';
import type { CheckSubject } from '../rules/check-rule';

/** What a control says of a resource. */
export enum Outcome {
  PASS = 'pass',
  FAIL = 'fail',
  /** It does not look at such a resource, or what it looks at is not known before deployment. */
  SKIP = 'skip',
}

/** An outcome, and why. */
export interface ControlResult {
  readonly outcome: Outcome;
  readonly reason: string;
  /** Where it is skipped because what cannot be known before deployment decides. */
  readonly undecided?: Posture.CONDITIONAL | Posture.EXTERNAL;
}

/** What a control asks of which resources; several controls may ask the same. */
export interface Condition {
  /** The CloudFormation types it looks at. */
  readonly types: readonly string[];
  /** The rule of this library that asks the same, by whose id a failure is acknowledged. */
  readonly rule: Rule;
  readonly passes: string;
  readonly fails: string;
  readonly skips: string;
  /** What a reader of the result has to know besides. */
  readonly note?: string;
  evaluate(subject: CheckSubject): ControlResult;
}

/** One control of a framework, as far as a template can show it. */
export interface Control extends Condition {
  /** As the framework writes it: `EC2.8`, `5.7`, `AC-3(15)`. */
  readonly id: string;
  /** The framework's name on the command line. */
  readonly framework: string;
  /** The editions of the framework that number it so; absent where the framework has no editions. */
  readonly versions?: readonly string[];
  readonly title: string;
  /** In the framework's words; absent where it gives none. */
  readonly severity?: 'High' | 'Medium' | 'Low';
  readonly documentation: string;
  /** The controls that decide it, where it is mapped to others. */
  readonly mapsTo?: readonly string[];
}

/** Adds what is alike for every condition: other types, properties that cannot be read at all, and asking once for several controls. */
export function condition(stated: Condition): Condition {
  const results = new WeakMap<CheckSubject, ControlResult>();
  return {
    ...stated,
    evaluate(subject) {
      let result = results.get(subject);
      if (!result) results.set(subject, result = evaluate(subject));
      return result;
    },
  };

  function evaluate(subject: CheckSubject): ControlResult {
    const type = subject.source.type;
    if (!stated.types.includes(type)) return skip(`it looks at ${stated.types.join(' and ')}, not at ${type}`);
    const { judgement } = subject;
    return judgement?.posture === Posture.CONDITIONAL && judgement.path === 'Properties' ? undecided(judgement) : stated.evaluate(subject);
  }
}

export function pass(reason: string): ControlResult {
  return { outcome: Outcome.PASS, reason };
}

export function fail(reason: string): ControlResult {
  return { outcome: Outcome.FAIL, reason };
}

export function skip(reason: string): ControlResult {
  return { outcome: Outcome.SKIP, reason };
}

/** Skipped, and said: whoever relies on the control has to know that nobody can tell. */
export function undecided({ path, reason, posture }: Pick<Judgement, 'path' | 'reason'> & { posture?: Posture }): ControlResult {
  return {
    outcome: Outcome.SKIP,
    reason: `not known before deployment, ${path}: ${reason}`,
    undecided: posture === Posture.EXTERNAL ? Posture.EXTERNAL : Posture.CONDITIONAL,
  };
}
