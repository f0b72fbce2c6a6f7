/** What a synthesized template says about a launch source. */
export enum Posture {
  /** Tokens are required: IMDSv2 only. */
  REQUIRED = 'required',
  /** The metadata endpoint is off. */
  DISABLED = 'disabled',
  /** IMDSv1 is allowed, said or by silence. */
  OPTIONAL = 'optional',
  /** A parameter, a condition or a dynamic reference decides. */
  CONDITIONAL = 'conditional',
  /** A launch template outside the assembly, or an earlier version of one, decides. */
  EXTERNAL = 'external',
}

/** A posture, and why. */
export interface Judgement {
  readonly posture: Posture;
  /** The property path that decided, from the resource's root. */
  readonly path: string;
  readonly reason: string;
}
