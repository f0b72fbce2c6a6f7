import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Json } from '../support';

/** One request, as IAM authorizes it: an action, by somebody, on each of its resources. */
export interface Request {
  readonly action: string;
  /** Everything that the action is authorized against; all must be allowed. */
  readonly on: readonly string[];
  /** What the request carries. A key that a resource does not have is left out there, as AWS does. */
  readonly keys?: { readonly [key: string]: string | string[] };
}

/** Where the policy is attached. */
export type Attached = 'the organization' | 'a permission boundary' | 'a role';

const ACCOUNT = '111111111111';
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export const DEV = `arn:aws:iam::${ACCOUNT}:role/dev`;

/** An ARN of the account, such as `ec2('instance/i-1')`. */
export const ec2 = (rest: string) => `arn:aws:ec2:eu-west-1:${rest.startsWith('image/') ? '' : ACCOUNT}:${rest}`;
export const group = (name: string) => `arn:aws:autoscaling:eu-west-1:${ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/${name}`;

/** Whether somebody who may do everything else may do this. */
export async function allows(policy: Json, { action, on, keys = {} }: Request, by = DEV, attached: Attached = 'the organization'): Promise<boolean> {
  const ours = [{ name: 'ours', policy }];
  // AWS applies no service control policy to service-linked roles; the simulator leaves that to its caller.
  const bound = attached === 'the organization' && !by.includes(':role/aws-service-role/');
  const results = await Promise.all(on.map((resource) => runSimulation({
    request: { principal: by, action, resource: { resource, accountId: ACCOUNT }, contextVariables: { 'aws:PrincipalArn': by, ...keys } },
    identityPolicies: [{ name: 'everything', policy: EVERYTHING }, ...attached === 'a role' ? ours : []],
    permissionBoundaryPolicies: attached === 'a permission boundary' ? ours : undefined,
    serviceControlPolicies: [{ orgIdentifier: 'r-abcd', policies: [{ name: 'FullAWSAccess', policy: EVERYTHING }, ...bound ? ours : []] }],
    resourceControlPolicies: [],
  }, {})));
  for (const result of results) {
    if (result.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(result.errors)}`);
  }
  return results.every((result) => result.resultType !== 'error' && result.overallResult === 'Allowed');
}

/** The same document without one statement. */
export function without(policy: Json, sid: string): Json {
  return { ...policy, Statement: policy.Statement.filter((statement: Json) => statement.Sid !== sid) };
}
