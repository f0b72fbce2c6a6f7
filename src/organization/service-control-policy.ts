import { Validations } from 'aws-cdk-lib';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { organizationPolicy, type PolicyKind } from './policy';
import type { Imdsv2PolicyOptions } from './policy-options';
import { statementsOf } from './statements';
import type { Imdsv2StatementsOptions } from './statements-options';
import { NAMESPACE } from '../private/rules';

/** The id that acknowledges the warning of `denyImdsv1Credentials`. */
const CREDENTIALS_ID = `${NAMESPACE}::imdsv1-credentials`;

const KIND: PolicyKind = { type: 'SERVICE_CONTROL_POLICY', maxCharacters: 5120 };

/**
 * Properties of `Imdsv2ServiceControlPolicy`.
 */
export interface Imdsv2ServiceControlPolicyProps extends Imdsv2StatementsOptions, Imdsv2PolicyOptions {}

/**
 * A service control policy of the organization: what nobody in the accounts that it is attached to can do, whatever their own
 * policies allow. By default it denies launches that do not require tokens, and setting an instance back.
 *
 * Deploy it in the management account or that of a delegated administrator, where the policy type is enabled. It does not
 * apply to the management account, nor to service-linked roles: what Auto Scaling, EKS or a Spot fleet launches later, it launches
 * by such a role. `Imdsv2DeclarativePolicy` reaches those. Calls that are denied fail with `UnauthorizedOperation`.
 *
 * Warns of `denyImdsv1Credentials`, which bites at once, until `cdk-imdsv2::imdsv1-credentials` is acknowledged.
 *
 * Throws if it denies nothing, is larger than 5,120 characters, names a principal by something else than its ARN, or is
 * attached to something that is no root, organizational unit or account.
 *
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2ServiceControlPolicy(stack, 'Imdsv2', {
 *   targets: ['ou-abcd-sandbox1'],
 *   accountDefaultsAdmins: ['arn:aws:iam::*:role/platform/*'],
 *   exemptPrincipals: ['arn:aws:iam::*:role/break-glass'],
 * });
 */
export class Imdsv2ServiceControlPolicy extends Construct {
  /**
   * The same statements as a document of its own, for roles and users, and for permission boundaries, to which something must be
   * added that allows: a boundary that only denies allows nothing.
   *
   * Throws as the policy does, but for its size, and takes ARNs that only the deployment knows.
   *
   * @param options which statements it has, and to whom they do not apply
   */
  public static documentOf(options: Imdsv2StatementsOptions = {}): PolicyDocument {
    return new PolicyDocument({ statements: statementsOf(options) });
  }

  /** The id of the policy, such as `p-examplepolicyid111`. */
  public readonly policyId: string;

  /** The ARN of the policy. */
  public readonly policyArn: string;

  /**
   * @param scope where it is defined; its stack is deployed to the organization's management account, or to a delegated administrator
   * @param id its name among its siblings
   * @param props what it denies, to whom, and what it is attached to
   */
  constructor(scope: Construct, id: string, props: Imdsv2ServiceControlPolicyProps = {}) {
    super(scope, id);
    const content = Imdsv2ServiceControlPolicy.documentOf(props).toJSON();
    const resource = organizationPolicy(this, KIND, content, () => largestOf(content.Statement), props);
    this.policyId = resource.attrId;
    this.policyArn = resource.attrArn;
    if (props.denyImdsv1Credentials) this.warnOfCredentials();
  }

  private warnOfCredentials(): void {
    const { path } = this.node;
    Validations.of(this).addWarning(CREDENTIALS_ID, `'${path}' denies every call with credentials that IMDSv1 delivered, as soon as it is attached`
      + ' and without a restart: whatever still gets them that way stops\n'
      + 'attach it where MetadataNoToken has been 0 for a whole cycle of jobs, deployments and scaling\n'
      + `where it has: Validations.of(<${path}>).acknowledge({ id: '${CREDENTIALS_ID}', reason: '…' })`);
  }
}

function largestOf(statements: ReadonlyArray<{ readonly Sid: string }>): string {
  const size = (statement: object) => JSON.stringify(statement).length;
  const largest = statements.reduce((a, b) => size(b) > size(a) ? b : a);
  return `its largest statement is ${largest.Sid} with ${size(largest)}; make two policies of it, or name fewer principals, by patterns`;
}
