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
  /** No property could require tokens, here or in a launch template: account and image decide, or a service. */
  UNSETTABLE = 'unsettable',
}

/** One step from a launch source to the one it launches from. */
export interface ChainLink {
  /** The property path that names the next one, from the root of the resource before. */
  readonly path: string;
  /** The resource it leads to, and the id of the document that holds it. */
  readonly logicalId?: string;
  readonly document?: string;
  /** What it leads to outside the assembly, in the words a user would recognize. */
  readonly external?: string;
}

/** What is only known at deployment. */
export interface Dependency {
  readonly kind: 'parameter' | 'condition' | 'dynamic reference' | 'transform';
  /** As the template writes it. */
  readonly name: string;
}

/** A posture, and why. */
export interface Judgement {
  readonly posture: Posture;
  /** The property path that decided, from the resource's root. */
  readonly path: string;
  readonly reason: string;
  /** What was followed, from the judged resource outwards; absent where it decides by itself. Of written templates only. */
  readonly chain?: readonly ChainLink[];
  /** What decides a conditional posture, where it has a name. Of written templates only. */
  readonly dependsOn?: readonly Dependency[];
  /** What a conditional posture is when every parameter has its default; absent where that does not decide it. Of written templates only. */
  readonly underDefaults?: Posture;
}
