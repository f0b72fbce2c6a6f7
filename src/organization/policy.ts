import { Names, Token } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import type { Construct } from 'constructs';
import type { Imdsv2PolicyOptions } from './policy-options';

/** What Organizations takes of one type of policy. */
export interface PolicyKind {
  /** As CloudFormation spells it. */
  readonly type: string;
  /** @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
  readonly maxCharacters: number;
}

/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html */
const MOST = { policyName: 128, description: 512 } as const;

const TARGET = /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|\d{12})$/;

/**
 * The resource of a policy. Its content is an object, as CloudFormation detects no drift in a text, and has no white space
 * that would count.
 *
 * @param largest what of it is largest, and what to do, for the error
 * @throws if it is too large, cannot be counted, or is attached to something that cannot have policies
 */
export function organizationPolicy(
  scope: Construct, { type, maxCharacters }: PolicyKind, content: object, largest: () => string, options: Imdsv2PolicyOptions,
): CfnPolicy {
  const { node: { path } } = scope;
  const text = JSON.stringify(content);
  if (Token.isUnresolved(text)) {
    throw new Error(`'${path}' cannot be counted: got a value that only the deployment knows, expected text; `
      + 'write it out, in an ARN with * where the account or the partition is not known');
  }
  if (text.length > maxCharacters) {
    throw new Error(`'${path}' is larger than Organizations takes: got ${text.length} characters, expected at most ${maxCharacters}, `
      + `which is ${text.length - maxCharacters} too many; ${largest()}`);
  }
  for (const [option, most] of Object.entries(MOST) as Array<[keyof typeof MOST, number]>) {
    const { length } = options[option] ?? '';
    if (Token.isUnresolved(options[option]) || length <= most) continue;
    throw new Error(`'${path}' has a ${option} that Organizations does not take: got ${length} characters, expected at most ${most}; shorten it`);
  }
  for (const target of options.targets ?? []) {
    if (Token.isUnresolved(target) || TARGET.test(target)) continue;
    throw new Error(`'${path}' is attached to something that has no policies: got ${JSON.stringify(target)}, `
      + 'expected the id of a root (r-…), an organizational unit (ou-…) or an account (12 digits)');
  }
  return new CfnPolicy(scope, 'Resource', {
    type,
    name: options.policyName ?? Names.uniqueResourceName(scope, { maxLength: MOST.policyName }),
    description: options.description ?? `IMDSv2, from '${path}' of cdk-imdsv2`.slice(0, MOST.description),
    content,
    targetIds: options.targets,
  });
}
