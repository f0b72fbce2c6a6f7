/**
 * What every policy of an organization has.
 */
export interface Imdsv2PolicyOptions {
  /**
   * The name of the policy, one in the organization, of at most 128 characters.
   *
   * @default - made of the construct's path
   */
  readonly policyName?: string;

  /**
   * What people read beside it in the console, at most 512 characters.
   *
   * @default - a sentence that says where it comes from
   */
  readonly description?: string;

  /**
   * What the policy is attached to: roots (`r-…`), organizational units (`ou-…`) and accounts (12 digits).
   *
   * @default - nothing: the policy is there, and applies to nobody
   */
  readonly targets?: string[];
}
