import type { Judgement, Posture } from '../../posture/posture';
import type { Unseen } from '../../posture/unseen';
import type { Rule } from '../../private/rules';
import type { RemedySubject } from '../../remedies/followers';
import type { Remedy } from '../../remedies/remedy';

/** How much a finding weighs: errors and warnings want a change, information wants a reader. */
export enum Severity {
  ERROR = 'error',
  WARNING = 'warning',
  INFO = 'info',
}

/** A launch source of a template, read once for every rule. */
export interface CheckSubject extends RemedySubject {
  readonly judgement: Judgement;
  /** Where it is none itself, but brings in what may be some. */
  readonly unseen?: Unseen;
}

/** What one rule has to say of one launch source; the subject's name is left to whoever prints it. */
export interface Verdict {
  readonly severity: Severity;
  /** The property path that decided, from the resource's root. */
  readonly location: string;
  /** What is wrong, and what was got. */
  readonly problem: string;
  readonly remedy: Remedy;
  /** A rule whose acknowledgement covers this as well. */
  readonly coveredBy?: Rule;
  /** Where what cannot be known before deployment decides: strict readers take it for an error. */
  readonly undecided?: Posture.CONDITIONAL | Posture.EXTERNAL;
}

/** One check of one thing in synthesized templates. */
export interface CheckRule {
  readonly rule: Rule;
  /** What it asks for, in a line. */
  readonly title: string;
  /** The AWS page it rests on. */
  readonly documentation: string;
  readonly check: (subject: CheckSubject) => readonly Verdict[];
}

export const NOTHING: readonly Verdict[] = [];
