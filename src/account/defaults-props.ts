import type { AccountRegions } from './account-regions';
import type { HopLimit } from '../hop-limit';

/**
 * What an account says of session tokens where neither a launch nor its launch template says anything.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
 */
export enum HttpTokensDefault {
  /** New instances speak IMDSv2 only. */
  REQUIRED = 'required',
  /** New instances allow IMDSv1, even those of an image that asks for IMDSv2. */
  OPTIONAL = 'optional',
  /** The image decides; without a word from it new instances allow IMDSv1. */
  NO_PREFERENCE = 'no-preference',
}

/**
 * An account's default for something that is on or off.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
 */
export enum MetadataDefault {
  /** On. */
  ENABLED = 'enabled',
  /** Off. */
  DISABLED = 'disabled',
  /** The account says nothing, and EC2's own default holds. */
  NO_PREFERENCE = 'no-preference',
}

/**
 * The defaults of an account for the metadata options of new instances. Tokens are required where nothing else is said of
 * them; what else is not named is neither sent nor compared, nor part of a policy.
 */
export interface MetadataDefaultsOptions {
  /**
   * Whether new instances need a session token, which is what IMDSv2 is.
   *
   * @default HttpTokensDefault.REQUIRED
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
   */
  readonly httpTokens?: HttpTokensDefault;

  /**
   * How many network hops the response to a token request may travel, from 1 to 64.
   *
   * It wins over the 2 that images such as Amazon Linux 2023 ask for: `HopLimit.HOST` cuts containers on their instances off.
   *
   * @default - not touched
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
   */
  readonly hopLimit?: HopLimit;

  /**
   * Whether new instances have a metadata service at all. Where it is off at launch, user data does not run.
   *
   * @default - not touched
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
   */
  readonly httpEndpoint?: MetadataDefault;

  /**
   * Whether what runs on new instances can read their tags.
   *
   * @default - not touched
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
   */
  readonly instanceMetadataTags?: MetadataDefault;

  /**
   * Whether everything else is refused.
   *
   * Enabled, every launch that resolves to optional tokens fails at once with `UnsupportedOperation`, whatever its launch
   * template or image says, and an instance that requires tokens can never be set back: the way back for instances is
   * closed. Instances that allow IMDSv1 already keep running. `MetadataDefault.ENABLED` needs required tokens in the same
   * call, else the constructor throws.
   *
   * @default - not touched
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
   */
  readonly httpTokensEnforced?: MetadataDefault;
}

/**
 * The defaults of an account, and in which of its regions.
 */
export interface AccountDefaultsOptions extends MetadataDefaultsOptions {
  /**
   * The regions of the account.
   *
   * @default - the stack's region
   */
  readonly regions?: AccountRegions;
}
