/** The type of the construct metadata that records an edit; it travels in the cloud assembly. */
export const CHANGE_METADATA = 'cdk-imdsv2:change';

/** One edit, as tables and reports print it from the assembly. */
export interface ChangeRecord {
  /** The CloudFormation type. */
  readonly type: string;
  /** `HttpTokens` before and after. */
  readonly before: string;
  readonly after: string;
  readonly hopLimitBefore: string;
  readonly hopLimitAfter: string;
  /** What CloudFormation will do on deploy, where the edit lands. */
  readonly effect: string;
  readonly reason: string;
  /** True where the edit was only listed, not made. */
  readonly reportOnly: boolean;
}
