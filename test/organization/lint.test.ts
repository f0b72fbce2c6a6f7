import { lintPolicy, validateIdentityPolicy, validateServiceControlPolicy } from '@cloud-copilot/iam-policy';
import { allowedContextKeysForRequest, typeForContextKey } from '@cloud-copilot/iam-simulate';
import { DEV, ec2, group } from './evaluate';
import {
  GroupLaunchSource, HopLimit, Imdsv2ServiceControlPolicy, LaunchConfigurationCreation, TokensAtLaunch, type Imdsv2StatementsOptions,
} from '../../src';
import type { Json } from '../support';

const CHOICES: { readonly [what: string]: Imdsv2StatementsOptions } = {
  'the default': {},
  'everything': {
    maxHopLimit: HopLimit.HOST,
    metadataOptionsAdmins: [DEV],
    accountDefaultsAdmins: [],
    exemptionTagAdmins: [DEV],
    denyImdsv1Credentials: true,
    launchConfigurations: LaunchConfigurationCreation.TOKENS_REQUIRED,
    groupsLaunchFrom: GroupLaunchSource.LAUNCH_TEMPLATE_VERSION,
    exemptPrincipals: ['arn:aws:iam::*:role/x'],
  },
  'the milder ones': { tokensAtLaunch: TokensAtLaunch.NOT_OPTIONAL, launchConfigurations: LaunchConfigurationCreation.NONE, groupsLaunchFrom: GroupLaunchSource.LAUNCH_TEMPLATE },
};

/** Something that each action can be called on. */
const RESOURCES: { readonly [action: string]: string } = {
  'ec2:RunInstances': ec2('instance/i-1'),
  'ec2:ModifyInstanceMetadataOptions': ec2('instance/i-1'),
  'ec2:ModifyInstanceMetadataDefaults': '*',
  'ec2:CreateTags': ec2('instance/i-1'),
  'ec2:DeleteTags': ec2('instance/i-1'),
  'autoscaling:CreateLaunchConfiguration': 'arn:aws:autoscaling:eu-west-1:111111111111:launchConfiguration:*:launchConfigurationName/web',
  'autoscaling:CreateOrUpdateTags': group('web'),
  'autoscaling:DeleteTags': group('web'),
  'autoscaling:CreateAutoScalingGroup': group('web'),
  'autoscaling:UpdateAutoScalingGroup': group('web'),
};

/** The types of key that an operator compares. */
const OPERATORS: { readonly [operator: string]: string } = {
  'StringNotEquals': 'String', 'NumericGreaterThan': 'Numeric', 'NumericLessThan': 'Numeric', 'Bool': 'Bool', 'ArnNotLike': 'ARN', 'ForAnyValue:StringLike': 'ArrayOfString',
};

describe.each(Object.entries(CHOICES))('%s', (_, options) => {
  const policy = Imdsv2ServiceControlPolicy.documentOf(options).toJSON();

  test('has nothing that a linter finds', () => {
    expect([lintPolicy(policy), validateServiceControlPolicy(policy), validateIdentityPolicy(policy)]).toEqual([[], [], []]);
    expect(Imdsv2ServiceControlPolicy.documentOf(options).validateForIdentityPolicy()).toEqual([]);
  });

  test('names keys that AWS knows of these actions, by operators of their type', async () => expect(await misspelled(policy)).toEqual([]));
});

test('keys that block Packer or no one are found', async () => {
  const policy = JSON.parse(JSON.stringify(Imdsv2ServiceControlPolicy.documentOf({ maxHopLimit: HopLimit.HOST }).toJSON())
    .replace('ec2:MetadataHttpTokens', 'ec2:MetadataHttpsTokens').replace('NumericGreaterThan', 'StringNotEquals'));
  expect(await misspelled(policy)).toEqual(['ec2:RunInstances has no ec2:MetadataHttpsTokens', 'StringNotEquals does not compare ec2:MetadataHttpPutResponseHopLimit, which is Numeric']);
});

/** What AWS's service authorization reference does not know. */
async function misspelled(policy: Json): Promise<string[]> {
  const found: string[] = [];
  for (const { Action, Condition } of policy.Statement) {
    for (const action of [Action].flat().filter((name) => name !== '*')) {
      const known = (await allowedContextKeysForRequest(...action.split(':') as [string, string], RESOURCES[action], false, undefined))
        .map((key) => key.replace(/\$\{.*/, '').toLowerCase());
      for (const [operator, keys] of Object.entries<object>(Condition ?? {})) {
        for (const key of Object.keys(keys)) {
          // A key with a name at its end is known without it.
          const exists = known.some((one) => one.endsWith('/') ? key.toLowerCase().startsWith(one) : key.toLowerCase() === one);
          if (!exists) found.push(`${action} has no ${key}`);
          else if (operator !== 'Null' && await typeForContextKey(key) !== OPERATORS[operator]) found.push(`${operator} does not compare ${key}, which is ${await typeForContextKey(key)}`);
        }
      }
    }
  }
  return found;
}
