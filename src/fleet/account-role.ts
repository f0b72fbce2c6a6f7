import { Duration, Stack, Token } from 'aws-cdk-lib';
import { AccountPrincipal, Policy, Role, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { validRoleName } from '../private/fleet-roles';

export interface AccountRoleOptions {
  /** What the role of the account is called, and the one of the run that it trusts. */
  readonly nameOf: (roleName: string) => string;
  readonly trusts: (roleName: string) => string;
  readonly description: string;
  readonly statements: PolicyStatement[];
}

/** A role of an account by which a run in another account works in it. */
export function accountRole(
  scope: Construct, props: { readonly trustedAccount: string; readonly roleName: string }, options: AccountRoleOptions,
): string {
  const { trustedAccount } = props;
  if (Token.isUnresolved(trustedAccount) || !/^\d{12}$/.test(trustedAccount)) {
    throw new Error(`'${scope.node.path}' trusts no account: got ${Token.isUnresolved(trustedAccount) ? 'a token' : JSON.stringify(trustedAccount)}, `
      + "expected the 12 digits of the rollout's account");
  }
  const roleName = validRoleName(props.roleName);
  const trusted = `arn:${Stack.of(scope).partition}:iam::${trustedAccount}:role/${options.trusts(roleName)}`;
  const role = new Role(scope, 'Role', {
    roleName: options.nameOf(roleName),
    description: options.description,
    // The account as the principal, because IAM refuses a role that does not exist yet.
    assumedBy: new AccountPrincipal(trustedAccount).withConditions({ ArnEquals: { 'aws:PrincipalArn': trusted } }),
    maxSessionDuration: Duration.hours(1),
  });
  new Policy(scope, 'Permissions', { roles: [role], statements: options.statements });
  return role.roleArn;
}
