import { App, Stack } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { allows, DEV, ec2, without, type Attached, type Request } from './evaluate';
import { createConfiguration, launch, modify, modifyDefaults, onGroup, tag, tokens, untagAll } from './requests';
import {
  GroupLaunchSource, HopLimit, Imdsv2ServiceControlPolicy, LaunchConfigurationCreation, TokensAtLaunch, type Imdsv2StatementsOptions,
} from '../../src';
import { onlyOne, synthTemplates, type Json } from '../support';

const BREAK_GLASS = 'arn:aws:iam::111111111111:role/break-glass';
const ADMIN = 'arn:aws:iam::111111111111:role/platform/imds-admins';
const ADMINS = ['arn:aws:iam::*:role/platform/*'];
const TAGGER = 'arn:aws:iam::111111111111:user/tagger';
const AUTO_SCALING = 'arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';

/** Everything that can be chosen, in its strictest form, with somebody exempt. */
const ALL: Imdsv2StatementsOptions = {
  maxHopLimit: HopLimit.CONTAINERS,
  metadataOptionsAdmins: ADMINS,
  accountDefaultsAdmins: ADMINS,
  exemptionTagAdmins: ['arn:aws:iam::*:user/tagg?r'],
  denyImdsv1Credentials: true,
  launchConfigurations: LaunchConfigurationCreation.NONE,
  groupsLaunchFrom: GroupLaunchSource.LAUNCH_TEMPLATE_VERSION,
  exemptPrincipals: ['arn:aws:iam::*:role/break-glass'],
};

interface Expectation {
  readonly options?: Imdsv2StatementsOptions;
  readonly by?: string;
  /** Denied by this statement, and by no other. */
  readonly denied: { readonly [what: string]: Request };
  /** Not denied by the policy. */
  readonly allowed: { readonly [what: string]: Request };
}

const s3 = (keys?: Request['keys']): Request => ({ action: 's3:GetObject', on: ['arn:aws:s3:::bucket/key'], keys });
const newer = { 'autoscaling:LaunchTemplateVersionSpecified': 'true' };
const latest = { 'autoscaling:LaunchTemplateVersionSpecified': 'false' };
const configured = { 'autoscaling:LaunchConfigurationName': 'web' };

const STATEMENTS: { readonly [sid: string]: Expectation } = {
  'TokensAtLaunch': {
    denied: {
      'a launch that says optional': launch(tokens('optional')),
      'Packer without metadata_options': launch(),
      "Karpenter's dry run, if EC2 does not look into the launch template": launch({}, ['launch-template/lt-1']),
      'several instances, of a launch template': launch(tokens('optional'), ['launch-template/lt-1', 'key-pair/admin']),
    },
    allowed: {
      'a launch that says required': launch(tokens('required')),
      'Packer with metadata_options': launch(tokens('required', 2)),
      'a launch from a launch template, which says nothing of tokens itself': launch(tokens('required'), ['launch-template/lt-1']),
      'the launch template of a dry run by itself': { action: 'ec2:RunInstances', on: [ec2('launch-template/lt-1')] },
      'volume, image, subnet, interface and security group by themselves': { action: 'ec2:RunInstances', on: launch().on.slice(1) },
      'creating a launch template that says nothing': { action: 'ec2:CreateLaunchTemplate', on: [ec2('launch-template/lt-1')] },
      'starting an instance that is optional': { action: 'ec2:StartInstances', on: [ec2('instance/i-1')], keys: tokens('optional') },
      'a profile for an instance that is optional': { action: 'ec2:AssociateIamInstanceProfile', on: [ec2('instance/i-1')], keys: tokens('optional') },
      'terminating an instance that is optional': { action: 'ec2:TerminateInstances', on: [ec2('instance/i-1')], keys: tokens('optional') },
    },
  },
  'TokensAtLaunch, not optional': {
    options: { tokensAtLaunch: TokensAtLaunch.NOT_OPTIONAL },
    denied: { 'a launch that says optional': launch(tokens('optional')) },
    allowed: {
      'Packer without metadata_options': launch(),
      "Karpenter's dry run": launch({}, ['launch-template/lt-1']),
      'a launch that says required': launch(tokens('required')),
    },
  },
  'HopLimitAtLaunch': {
    denied: { '3 hops': launch(tokens('required', 3)), '64 hops': launch(tokens('required', 64)), '10 hops, which sort before 2': launch(tokens('required', 10)) },
    allowed: {
      '2 hops': launch(tokens('required', 2)),
      '1 hop': launch(tokens('required', 1)),
      'no word of hops': launch(tokens('required')),
      'starting an instance with 3': { action: 'ec2:StartInstances', on: [ec2('instance/i-1')], keys: tokens('required', 3) },
    },
  },
  'Imdsv1Credentials': {
    denied: { 'any call with credentials of IMDSv1': s3({ 'ec2:RoleDelivery': '1.0' }) },
    allowed: {
      'the same with those of IMDSv2': s3({ 'ec2:RoleDelivery': '2.0' }),
      'the same by something that is no instance': s3(),
    },
  },
  'Downgrade': {
    by: ADMIN,
    denied: {
      'tokens optional': modify({ HttpTokens: 'optional' }),
      'tokens optional, of an instance that is optional': modify({ HttpTokens: 'optional' }, tokens('optional')),
      'tokens optional among others': modify({ HttpTokens: 'optional', HttpPutResponseHopLimit: '2' }),
    },
    allowed: {
      'tokens required': modify({ HttpTokens: 'required' }, tokens('optional')),
      'another hop limit, of an instance that is optional': modify({ HttpPutResponseHopLimit: '2' }, tokens('optional')),
      'the endpoint off': modify({ HttpEndpoint: 'disabled' }),
    },
  },
  'MetadataOptions': {
    denied: { 'more hops': modify({ HttpPutResponseHopLimit: '64' }), 'tokens required': modify({ HttpTokens: 'required' }) },
    allowed: { 'looking at an instance': { action: 'ec2:DescribeInstances', on: ['*'] }, 'renaming one': tag('CreateTags', ['Name']) },
  },
  'AccountDefaults': {
    denied: { 'the default to optional': modifyDefaults('optional'), 'the default to required': modifyDefaults('required') },
    allowed: { 'reading the defaults': { action: 'ec2:GetInstanceMetadataDefaults', on: ['*'] } },
  },
  'ExemptionTags': {
    denied: {
      'exempting an instance': tag('CreateTags', ['imdsv2:exempt-until']),
      'exempting it among other tags': tag('CreateTags', ['Name', 'imdsv2:exempt-reason']),
      'exempting a volume, which is nothing yet': tag('CreateTags', ['imdsv2:exempt-until'], 'volume/vol-1'),
      'ending an exemption': tag('DeleteTags', ['imdsv2:exempt-until']),
      'exempting a group': onGroup('CreateOrUpdateTags', { 'aws:TagKeys': ['imdsv2:exempt-until'] }),
      'a group that is exempt from the start': onGroup('CreateAutoScalingGroup', { ...newer, 'aws:TagKeys': ['imdsv2:exempt-until'] }),
      'ending the exemption of a group': onGroup('DeleteTags', { 'aws:TagKeys': ['imdsv2:exempt-until'] }),
    },
    allowed: {
      'another tag': tag('CreateTags', ['Name', 'imdsv2']),
      'removing another tag of an exempt instance': { ...tag('DeleteTags', ['Name']), keys: { 'aws:TagKeys': ['Name'], 'aws:ResourceTag/imdsv2:exempt-until': 'x' } },
      'another tag of a group': onGroup('CreateOrUpdateTags', { 'aws:TagKeys': ['Name'] }),
      'a group with other tags': onGroup('CreateAutoScalingGroup', { ...newer, 'aws:TagKeys': ['Name'] }),
    },
  },
  'AllTags': {
    denied: { 'removing all tags of an exempt instance': untagAll('Name', 'imdsv2:exempt-until') },
    allowed: { 'removing all tags of another': untagAll('Name') },
  },
  'LaunchConfigurations': {
    denied: { 'one that requires tokens': createConfiguration({ 'autoscaling:MetadataHttpTokens': 'required' }), 'one that says nothing': createConfiguration() },
    allowed: { 'looking at them': { action: 'autoscaling:DescribeLaunchConfigurations', on: ['*'] } },
  },
  'LaunchConfigurations, tokens required': {
    options: { launchConfigurations: LaunchConfigurationCreation.TOKENS_REQUIRED },
    denied: { 'one that says optional': createConfiguration({ 'autoscaling:MetadataHttpTokens': 'optional' }), 'one that says nothing': createConfiguration() },
    allowed: { 'one that requires tokens': createConfiguration({ 'autoscaling:MetadataHttpTokens': 'required' }) },
  },
  'GroupsOfConfigurations': {
    denied: {
      'creating a group of a launch configuration': onGroup('CreateAutoScalingGroup', configured),
      'moving a group to one': onGroup('UpdateAutoScalingGroup', configured),
    },
    allowed: {
      'creating a group of a launch template': onGroup('CreateAutoScalingGroup', newer),
      'changing the size of a group': onGroup('UpdateAutoScalingGroup', { 'autoscaling:MaxSize': '3' }),
    },
  },
  'GroupsOfVersions': {
    denied: {
      'creating a group of $Latest': onGroup('CreateAutoScalingGroup', latest),
      'moving a group to $Default': onGroup('UpdateAutoScalingGroup', latest),
    },
    allowed: {
      'moving a group to version 3': onGroup('UpdateAutoScalingGroup', newer),
      'changing the size of a group': onGroup('UpdateAutoScalingGroup', { 'autoscaling:MaxSize': '3' }),
    },
  },
};

const FORMS: ReadonlyArray<readonly [Attached, (options: Imdsv2StatementsOptions) => Json]> = [
  ['the organization', (options) => synthesized((stack) => void new Imdsv2ServiceControlPolicy(stack, 'P', options), 'AWS::Organizations::Policy').Content],
  ['a permission boundary', (options) => synthesized((stack) => {
    const document = Imdsv2ServiceControlPolicy.documentOf(options);
    document.addStatements(new PolicyStatement({ effect: Effect.ALLOW, actions: ['*'], resources: ['*'] }));
    new ManagedPolicy(stack, 'Boundary', { document });
  }, 'AWS::IAM::ManagedPolicy').PolicyDocument],
  ['a role', (options) => synthesized((stack) => void new Role(stack, 'Role', {
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'), inlinePolicies: { Imdsv2: Imdsv2ServiceControlPolicy.documentOf(options) },
  }), 'AWS::IAM::Role').Policies[0].PolicyDocument],
];

describe.each(FORMS)('attached to %s', (attached, policyOf) => {
  describe.each(Object.entries(STATEMENTS))('%s', (name, { options, by, denied, allowed }) => {
    const sid = name.split(',')[0];
    const policy = policyOf({ ...ALL, ...options });

    test.each(Object.entries(denied))('alone denies: %s', async (_, request) => {
      expect(await allows(policy, request, by, attached)).toBe(false);
      expect(await allows(without(policy, sid), request, by, attached)).toBe(true);
    });

    test.each(Object.entries(allowed))('does not deny: %s', async (_, request) => {
      expect(await allows(policy, request, by ?? (request.action.endsWith('MetadataOptions') ? ADMIN : DEV), attached)).toBe(true);
    });

    test.each(Object.entries(denied))('does not deny whoever is exempt: %s', async (_, request) => {
      expect(await allows(policy, request, BREAK_GLASS, attached)).toBe(true);
    });
  });
});

test('these are all statements', () => {
  const all = Imdsv2ServiceControlPolicy.documentOf(ALL).toJSON().Statement.map(({ Sid }: Json) => Sid);
  expect(all).toEqual([...new Set(Object.keys(STATEMENTS).map((name) => name.split(',')[0]))]);
});

describe('by default', () => {
  const policy = Imdsv2ServiceControlPolicy.documentOf().toJSON();
  const open = Object.entries(STATEMENTS).filter(([name]) => !/^(TokensAtLaunch|Downgrade)/.test(name));

  test('denies launches without tokens and downgrades, for everybody', async () => {
    expect(await allows(policy, launch(), ADMIN)).toBe(false);
    expect(await allows(policy, launch(tokens('optional')), BREAK_GLASS)).toBe(false);
    expect(await allows(policy, modify({ HttpTokens: 'optional' }), ADMIN)).toBe(false);
  });

  test.each(open)('does not deny what %s is for', async (_, { denied }) => {
    for (const request of Object.values(denied)) expect(await allows(policy, request)).toBe(true);
  });

  test.each<[string, Imdsv2StatementsOptions, Request]>([
    ['tokens at launch', { tokensAtLaunch: TokensAtLaunch.ANY }, launch(tokens('optional'))],
    ['downgrades', { denyDowngrade: false }, modify({ HttpTokens: 'optional' })],
    ['launch configurations', { launchConfigurations: LaunchConfigurationCreation.ANY }, createConfiguration()],
    ['groups', { groupsLaunchFrom: GroupLaunchSource.ANY }, onGroup('CreateAutoScalingGroup', configured)],
    ['versions', { groupsLaunchFrom: GroupLaunchSource.LAUNCH_TEMPLATE }, onGroup('CreateAutoScalingGroup', latest)],
  ])('%s can be let go', async (_, options, request) => {
    expect(await allows(Imdsv2ServiceControlPolicy.documentOf(options).toJSON(), request)).toBe(true);
  });
});

describe("the fleet's rollout", () => {
  const fleet = 'arn:aws:iam::111111111111:role/imdsv2-inspection-change';
  const documentOf = (options: Imdsv2StatementsOptions) => Imdsv2ServiceControlPolicy.documentOf({ fleetRoleName: 'imdsv2-inspection', ...options }).toJSON();

  test('has a way back, alone, and no more than that', async () => {
    for (const options of [{}, { metadataOptionsAdmins: [] }, ALL]) {
      expect(await allows(documentOf(options), modify({ HttpTokens: 'optional', HttpPutResponseHopLimit: '1' }), fleet)).toBe(true);
      expect(await allows(documentOf(options), modify({ HttpTokens: 'optional' }), 'arn:aws:iam::111111111111:role/imdsv2-inspection')).toBe(false);
      expect(await allows(documentOf(options), launch(), fleet)).toBe(false);
    }
    expect(await allows(documentOf({ accountDefaultsAdmins: [], exemptionTagAdmins: [] }), modifyDefaults('required'), fleet)).toBe(false);
    expect(await allows(Imdsv2ServiceControlPolicy.documentOf().toJSON(), modify({ HttpTokens: 'optional' }), fleet)).toBe(false);
  });

  test('has a role that IAM would take', () => expect(() => documentOf({ fleetRoleName: 'a/b' })).toThrow('a roleName is none: got "a/b"'));
});

describe('who is named', () => {
  const policy = Imdsv2ServiceControlPolicy.documentOf(ALL).toJSON();

  test.each<[string, Request, { readonly [who: string]: boolean }]>([
    ['metadata options', modify({ HttpEndpoint: 'disabled' }), { [ADMIN]: true, [TAGGER]: false, [DEV]: false, [BREAK_GLASS]: true }],
    ['account defaults', modifyDefaults('required'), { [ADMIN]: true, [TAGGER]: false, [DEV]: false, [BREAK_GLASS]: true }],
    ['exemption tags', tag('CreateTags', ['imdsv2:exempt-until']), { [ADMIN]: false, [TAGGER]: true, [DEV]: false, [BREAK_GLASS]: true }],
    ['all tags', untagAll('imdsv2:exempt-until'), { [ADMIN]: false, [TAGGER]: true, [DEV]: false, [BREAK_GLASS]: true }],
    ['a launch without tokens', launch(), { [ADMIN]: false, [TAGGER]: false, [DEV]: false, [BREAK_GLASS]: true }],
    ['a role of the same name elsewhere in the tree', launch(), { 'arn:aws:iam::111111111111:role/team/break-glass': false, 'arn:aws:iam::111111111111:user/break-glass': false }],
  ])('%s', async (_, request, expected) => {
    for (const [who, may] of Object.entries(expected)) expect([who, await allows(policy, request, who)]).toEqual([who, may]);
  });

  test('nobody, with an empty list', async () => {
    const closed = Imdsv2ServiceControlPolicy.documentOf({ metadataOptionsAdmins: [], accountDefaultsAdmins: [], exemptionTagAdmins: [] }).toJSON();
    for (const request of [modify({ HttpEndpoint: 'disabled' }), modifyDefaults('required'), tag('CreateTags', ['imdsv2:exempt-until']), untagAll('imdsv2:exempt-until')]) {
      expect([request.action, await allows(closed, request, ADMIN)]).toEqual([request.action, false]);
    }
  });

  // By the documentation of service control policies, which `allows` follows.
  test('not a service-linked role, in an organization', async () => {
    expect(await allows(policy, launch(tokens('optional')), AUTO_SCALING)).toBe(true);
  });
});

function synthesized(build: (stack: Stack) => void, type: string): Json {
  const app = new App();
  build(new Stack(app, 'S'));
  return onlyOne(synthTemplates(app).S, type).Properties;
}
