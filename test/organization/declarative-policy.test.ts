import { App, Aws, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { HopLimit, HttpTokensDefault, Imdsv2DeclarativePolicy, MetadataDefault, type Imdsv2DeclarativePolicyProps } from '../../src';
import { onlyOne, synthTemplates, type Json } from '../support';

const TYPE = 'AWS::Organizations::Policy';
const NO = MetadataDefault.NO_PREFERENCE;
const { ENABLED, DISABLED } = MetadataDefault;

function policy(props?: Imdsv2DeclarativePolicyProps): Json {
  const app = new App();
  new Imdsv2DeclarativePolicy(new Stack(app, 'Guardrails'), 'Defaults', props);
  return onlyOne(synthTemplates(app).Guardrails, TYPE).Properties;
}

describe('its content, as AWS documents it', () => {
  test.each<[string, Imdsv2DeclarativePolicyProps | undefined, Json]>([
    ['required tokens and nothing else, by default', undefined, { http_tokens: 'required' }],
    ['everything on', { hopLimit: HopLimit.CONTAINERS, httpEndpoint: ENABLED, instanceMetadataTags: ENABLED, httpTokensEnforced: ENABLED }, {
      http_tokens: 'required', http_put_response_hop_limit: '2', http_endpoint: 'enabled', instance_metadata_tags: 'enabled', http_tokens_enforced: 'enabled',
    }],
    ['no preference, with an underscore', { httpTokens: HttpTokensDefault.NO_PREFERENCE, httpEndpoint: NO, instanceMetadataTags: NO, httpTokensEnforced: NO }, {
      http_tokens: 'no_preference', http_endpoint: 'no_preference', instance_metadata_tags: 'no_preference', http_tokens_enforced: 'no_preference',
    }],
    ['the rest', { httpTokens: HttpTokensDefault.OPTIONAL, hopLimit: HopLimit.of(64), instanceMetadataTags: DISABLED, httpTokensEnforced: DISABLED }, {
      http_tokens: 'optional', http_put_response_hop_limit: '64', instance_metadata_tags: 'disabled', http_tokens_enforced: 'disabled',
    }],
  ])('%s', (_, props, expected) => {
    const assigned = Object.fromEntries(Object.entries(expected).map(([field, value]) => [field, { '@@assign': value }]));
    expect(policy(props).Content).toEqual({ ec2_attributes: { instance_metadata_defaults: assigned } });
  });

  test('a message, one level above the defaults', () => {
    expect(policy({ exceptionMessage: 'See https://wiki' }).Content).toEqual({
      ec2_attributes: { exception_message: { '@@assign': 'See https://wiki' }, instance_metadata_defaults: { http_tokens: { '@@assign': 'required' } } },
    });
  });
});

test('the resource', () => {
  const stack = new Stack(new App(), 'Guardrails');
  const targets = ['r-abcd', 'ou-abcd-12345678', '111111111111'];
  const { policyId, policyArn } = new Imdsv2DeclarativePolicy(stack, 'Defaults', { targets, policyName: 'imds', description: 'IMDSv2 by default' });
  Template.fromStack(stack).hasResourceProperties(TYPE, {
    Type: 'DECLARATIVE_POLICY_EC2', Name: 'imds', Description: 'IMDSv2 by default', TargetIds: targets, Content: Match.objectLike({}),
  });
  expect(stack.resolve([policyId, policyArn])).toEqual([{ 'Fn::GetAtt': [expect.any(String), 'Id'] }, { 'Fn::GetAtt': [expect.any(String), 'Arn'] }]);
});

describe('what is wrong is an error at synthesis', () => {
  const overhead = JSON.stringify(policy({ exceptionMessage: '' }).Content).length;
  test.each<[string, Imdsv2DeclarativePolicyProps, string]>([
    ['enforcing what is not required', { httpTokens: HttpTokensDefault.OPTIONAL, httpTokensEnforced: ENABLED },
      "'Guardrails/Defaults' enforces tokens that it does not require, so that every launch would fail: got httpTokens optional"],
    ['enforcing without a preference', { httpTokens: HttpTokensDefault.NO_PREFERENCE, httpTokensEnforced: ENABLED }, 'got httpTokens no-preference'],
    ['a hop limit that is none', { hopLimit: 2 as any }, "'Guardrails/Defaults' has a hopLimit that is not a HopLimit: got 2"],
    ['a message that is one character too long', { exceptionMessage: 'x'.repeat(10_001 - overhead) }, "'Guardrails/Defaults' is larger than Organizations takes: "
      + `got 10001 characters, expected at most 10000, which is 1 too many; the exceptionMessage has ${10_001 - overhead}; shorten it`],
    ['a message of the deployment', { exceptionMessage: `See ${Aws.URL_SUFFIX}` }, "'Guardrails/Defaults' cannot be counted"],
    ['an account as a target', { targets: ['ou-abcd'] }, "'Guardrails/Defaults' is attached to something that has no policies: got \"ou-abcd\""],
  ])('%s', (_, props, message) => expect(() => policy(props)).toThrow(message));

  test('but not a message that just fits', () => expect(() => policy({ exceptionMessage: 'x'.repeat(10_000 - overhead) })).not.toThrow());
});
