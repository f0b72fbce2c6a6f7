/**
 * What every policy of an organization has.
 */
export interface Imdsv2PolicyOptions {
  /**
   * The name of the policy, one in the organization, of at most 128 characters; more throw.
   *
   * @default - made of the construct's path
   * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
   */
  readonly policyName?: string;

  /**
   * What people read beside it in the console, at most 512 characters; more throw.
   *
   * @default - a sentence that says where it comes from
   * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
   */
  readonly description?: string;

  /**
   * What the policy is attached to: roots (`r-…`), organizational units (`ou-…`) and accounts (12 digits).
   *
   * @default - nothing: the policy is there, and applies to nobody
   * @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html
   */
  readonly targets?: string[];
}
