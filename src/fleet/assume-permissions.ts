import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** So many ARNs of roles fit into one managed policy, which holds 6,144 characters, however long their names and their partition's are. */
const MOST_ARNS = 55;

/** So many ids of accounts do. */
const MOST_IDS = 380;

/** So many managed policies may a role have. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_POLICIES = 10;

/** More accounts than this cannot be named in the policies of one role. */
export const MOST_ACCOUNTS = MOST_IDS * MOST_POLICIES;

/**
 * Lets a role assume the role of this name in these accounts, and in no other: few by their ARNs, many by their ids, without
 * any ids in all accounts of the organization that the role is in.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function mayAssume(scope: Construct, id: string, role: Role, roleName: string, accounts?: readonly string[]): ManagedPolicy[] {
  const { partition } = Stack.of(scope);
  const roles = (named: readonly string[]) => named.map((account) => `arn:${partition}:iam::${account}:role/${roleName}`);
  const assume = (named: readonly string[], equal?: { readonly [key: string]: string | readonly string[] }) => new PolicyStatement({
    actions: ['sts:AssumeRole'], resources: roles(named), conditions: equal && { StringEquals: equal },
  });
  const policy = (name: string, ...statements: PolicyStatement[]) => new ManagedPolicy(scope, name, { roles: [role], statements });

  if (!accounts) {
    // Neither key is there outside of an organization, and then nothing is allowed.
    return [policy(id, assume(['*'], { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' }))];
  }
  if (accounts.length <= MOST_ARNS) return [policy(id, assume(accounts))];
  const parts = Array.from({ length: Math.ceil(accounts.length / MOST_IDS) }, (_, part) => accounts.slice(part * MOST_IDS, (part + 1) * MOST_IDS));
  return parts.map((ids, part) => policy(`${id}${part}`, assume(['*'], { 'aws:ResourceAccount': ids })));
}
