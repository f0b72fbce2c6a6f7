import { Construct } from 'constructs';
import { organizationPolicy, type PolicyKind } from './policy';
import type { Imdsv2PolicyOptions } from './policy-options';
import type { MetadataDefaultsOptions } from '../account/defaults-props';
import { namedDefaults } from '../account/requested-defaults';

const KIND: PolicyKind = { type: 'DECLARATIVE_POLICY_EC2', maxCharacters: 10_000 };

/**
 * Properties of `Imdsv2DeclarativePolicy`.
 */
export interface Imdsv2DeclarativePolicyProps extends MetadataDefaultsOptions, Imdsv2PolicyOptions {
  /**
   * What somebody reads whose call fails because of the policy, such as what to do and where that is written.
   *
   * @default - AWS's own words
   * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative.html
   */
  readonly exceptionMessage?: string;
}

/**
 * A declarative policy for EC2: the defaults for the metadata options of new instances in every region of the accounts that
 * it is attached to, which nobody in them can change. By default new instances whose launch says nothing require tokens.
 *
 * It is what EC2 does and not what somebody may, so it also reaches service-linked roles and principals that a service
 * control policy exempts. Existing instances do not change. Detaching it puts back what each account had set before.
 *
 * Deploy it in the management account or that of a delegated administrator, where the policy type is enabled; look at what the
 * accounts have now first, with `aws ec2 start-declarative-policies-report`. In an account that it governs
 * `Imdsv2AccountDefaults` fails unless it asks for the same; use `Imdsv2AccountDefaultsAssertion` there.
 *
 * Throws if `httpTokensEnforced` is enabled without required tokens, if it is larger than 10,000 characters, or if it is attached
 * to something that is no root, organizational unit or account.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative_syntax.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2DeclarativePolicy(stack, 'ImdsDefaults', {
 *   targets: ['ou-abcd-sandbox1'],
 *   hopLimit: HopLimit.CONTAINERS,
 *   exceptionMessage: 'IMDSv2 is required here: https://wiki.example.com/imdsv2',
 * });
 */
export class Imdsv2DeclarativePolicy extends Construct {
  /** The id of the policy, such as `p-examplepolicyid111`. */
  public readonly policyId: string;

  /** The ARN of the policy. */
  public readonly policyArn: string;

  /**
   * @param scope where it is defined; its stack is deployed to the organization's management account, or to a delegated administrator
   * @param id its name among its siblings
   * @param props what it says of new instances, and what it is attached to
   */
  constructor(scope: Construct, id: string, props: Imdsv2DeclarativePolicyProps = {}) {
    super(scope, id);
    const { exceptionMessage } = props;
    const defaults = Object.entries(namedDefaults(this, props)).map(([option, value]) => [fieldOf(option), assign(value.replace('-', '_'))]);
    const content = {
      ec2_attributes: {
        // For all attributes of the policy, so not beside the defaults.
        ...exceptionMessage !== undefined && { exception_message: assign(exceptionMessage) },
        instance_metadata_defaults: Object.fromEntries(defaults),
      },
    };
    const resource = organizationPolicy(this, KIND, content, () => `the exceptionMessage has ${exceptionMessage?.length}; shorten it`, props);
    this.policyId = resource.attrId;
    this.policyArn = resource.attrArn;
  }
}

/** The operator that sets a value, for the accounts of the target and below it. */
function assign(value: string): object {
  return { '@@assign': value };
}

/** `HttpPutResponseHopLimit` is `http_put_response_hop_limit` in a policy. */
function fieldOf(option: string): string {
  return option.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase();
}
