import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Aspects, CfnCondition, CfnParameter, CfnResource, Fn, Lazy, Stack, Token, Validations } from 'aws-cdk-lib';
import { CfnInstance, CfnLaunchTemplate, CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { HopLimit, RequireImdsv2 } from '../../src';
import { changes, differences, outcome, withAndWithout, type Json } from '../support';

const REQUIRED = { HttpTokens: 'required' };
const OPTIONAL = { HttpTokens: 'optional' };
const DISABLED = { HttpEndpoint: 'disabled' };
const NO_VALUE = { Ref: 'AWS::NoValue' };
const MACRO = { 'Fn::Transform': { Name: 'Macro', Parameters: { A: 'b' } } };

const fnIf = (yes: Json, no: Json, condition = 'Prod'): Json => ({ 'Fn::If': [condition, yes, no] });
const camel = (value: Json): Json => typeof value !== 'object' || value === null || Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'))
  ? value : Object.fromEntries(Object.entries(value).map(([key, member]) => [key[0].toLowerCase() + key.slice(1), member]));

function newStack(app: App, id = 'Stack'): Stack {
  const stack = new Stack(app, id);
  new CfnCondition(stack, 'Prod', { expression: Fn.conditionEquals('a', 'b') });
  new CfnCondition(stack, 'Other', { expression: Fn.conditionEquals('a', 'b') });
  new CfnParameter(stack, 'Tokens', { default: 'optional' });
  new CfnParameter(stack, 'Endpoint', { default: 'enabled' });
  new CfnParameter(stack, 'Hops', { type: 'Number' });
  return stack;
}

function include(stack: Stack, properties: Json, type = 'AWS::EC2::Instance'): void {
  const templateFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'include-')), 'template.json');
  fs.writeFileSync(templateFile, JSON.stringify({
    Conditions: Object.fromEntries(['Prod', 'Other'].map((id) => [id, { 'Fn::Equals': ['a', 'b'] }])),
    Mappings: { A: { B: { C: 'optional' } } },
    Parameters: { Tokens: { Type: 'String' }, Endpoint: { Type: 'String' }, Hops: { Type: 'Number' } },
    Resources: { Thing: { Type: type, Properties: properties } },
  }));
  new CfnInclude(stack, 'Include', { templateFile });
}

/** How a block gets into the tree, and how it comes out of the template. */
const KINDS: Array<[string, (app: App, block: Json) => void, (properties: Json) => Json]> = [
  ['CfnInstance', (app, block) => new CfnInstance(newStack(app), 'Thing', { imageId: 'ami-1', metadataOptions: camel(block) }),
    ({ MetadataOptions }) => MetadataOptions],
  ['CfnInstance with a token', (app, block) => new CfnInstance(newStack(app), 'Thing', { imageId: 'ami-1', metadataOptions: Token.asAny(camel(block)) as any }),
    ({ MetadataOptions }) => MetadataOptions],
  ['CfnInstance with a lazy', (app, block) => new CfnInstance(newStack(app), 'Thing', { metadataOptions: Lazy.any({ produce: () => camel(block) }) }),
    ({ MetadataOptions }) => MetadataOptions],
  ['CfnInstance with an override', (app, block) => new CfnInstance(newStack(app), 'Thing', { imageId: 'ami-1' }).addPropertyOverride('MetadataOptions', block),
    ({ MetadataOptions }) => MetadataOptions],
  ['CfnResource', (app, block) => new CfnResource(newStack(app), 'Thing', { type: 'AWS::EC2::Instance', properties: { MetadataOptions: block } }),
    ({ MetadataOptions }) => MetadataOptions],
  ['CfnInclude', (app, block) => include(new Stack(app, 'Stack'), { ImageId: 'ami-1', MetadataOptions: block }),
    ({ MetadataOptions }) => MetadataOptions],
  ['CfnLaunchTemplate', (app, block) => new CfnLaunchTemplate(newStack(app), 'Thing', { launchTemplateData: { metadataOptions: camel(block) } }),
    ({ LaunchTemplateData: data }) => data.MetadataOptions],
  ['CfnLaunchTemplate with a lazy', (app, block) => new CfnLaunchTemplate(newStack(app), 'Thing', {
    launchTemplateData: Lazy.any({ produce: () => ({ imageId: 'ami-1', metadataOptions: camel(block) }) }),
  }), ({ LaunchTemplateData: data }) => data.MetadataOptions],
  ['CfnLaunchTemplate from CfnInclude', (app, block) => include(new Stack(app, 'Stack'), { LaunchTemplateData: { MetadataOptions: block } }, 'AWS::EC2::LaunchTemplate'),
    ({ LaunchTemplateData: data }) => data.MetadataOptions],
];

const sourceOf = (template: Json): Json => Object.values<Json>(template.Resources).find(({ Type }) => /^AWS::EC2::(Instance|LaunchTemplate)$/.test(Type));

describe.each(KINDS)('%s', (_kind, build, blockOf) => {
  test.each<[string, Json, Json]>([
    ['a condition over structs', fnIf(OPTIONAL, { HttpPutResponseHopLimit: 3 }), fnIf(REQUIRED, { ...REQUIRED, HttpPutResponseHopLimit: 3 })],
    ['a condition with one required branch', fnIf(REQUIRED, OPTIONAL), fnIf(REQUIRED, REQUIRED)],
    ['nested conditions', fnIf(fnIf(OPTIONAL, REQUIRED, 'Other'), fnIf({}, { InstanceMetadataTags: 'enabled' }, 'Other')),
      fnIf(fnIf(REQUIRED, REQUIRED, 'Other'), fnIf(REQUIRED, { ...REQUIRED, InstanceMetadataTags: 'enabled' }, 'Other'))],
    ['a condition or AWS::NoValue', fnIf(OPTIONAL, NO_VALUE), fnIf(REQUIRED, REQUIRED)],
    ['AWS::NoValue in both branches', fnIf(NO_VALUE, NO_VALUE), fnIf(REQUIRED, REQUIRED)],
    ['AWS::NoValue nested', fnIf(NO_VALUE, fnIf(NO_VALUE, OPTIONAL, 'Other')), fnIf(REQUIRED, fnIf(REQUIRED, REQUIRED, 'Other'))],
    ['AWS::NoValue', NO_VALUE, REQUIRED],
    ['a condition with a disabled branch', fnIf({ ...DISABLED, HttpPutResponseHopLimit: 9 }, OPTIONAL), fnIf({ ...DISABLED, HttpPutResponseHopLimit: 9 }, REQUIRED)],
    ['a condition with a disabled branch below', fnIf(fnIf(DISABLED, NO_VALUE, 'Other'), OPTIONAL), fnIf(fnIf(DISABLED, REQUIRED, 'Other'), REQUIRED)],
    ['tokens under a condition', { HttpTokens: fnIf('optional', 'required'), InstanceMetadataTags: 'enabled' }, { ...REQUIRED, InstanceMetadataTags: 'enabled' }],
    ['tokens under a condition or AWS::NoValue', { HttpTokens: fnIf('required', NO_VALUE) }, REQUIRED],
    ['tokens from a parameter', { HttpTokens: { Ref: 'Tokens' }, HttpPutResponseHopLimit: { Ref: 'Hops' } }, { ...REQUIRED, HttpPutResponseHopLimit: { Ref: 'Hops' } }],
    ['tokens from SSM', { HttpTokens: '{{resolve:ssm:/imds/tokens:1}}' }, REQUIRED],
    ['tokens from Fn::Sub', { HttpTokens: { 'Fn::Sub': '${Tokens}' } }, REQUIRED],
    ['tokens from Fn::Join', { HttpTokens: { 'Fn::Join': ['', ['opt', 'ional']] } }, REQUIRED],
    ['tokens from a map', { HttpTokens: { 'Fn::FindInMap': ['A', 'B', 'C'] } }, REQUIRED],
    ['tokens from a condition over parameters', { HttpTokens: fnIf({ Ref: 'Tokens' }, '{{resolve:ssm:/a}}') }, REQUIRED],
    ['tokens of the wrong case', { HttpTokens: 'Required' }, REQUIRED],
    ['AWS::NoValue as tokens', { HttpTokens: NO_VALUE, HttpEndpoint: 'enabled' }, { ...REQUIRED, HttpEndpoint: 'enabled' }],
    ['an endpoint under a condition', { HttpEndpoint: fnIf('enabled', 'disabled') }, { ...REQUIRED, HttpEndpoint: fnIf('enabled', 'disabled') }],
    ['an endpoint from a parameter', { HttpEndpoint: { Ref: 'Endpoint' }, ...OPTIONAL }, { ...REQUIRED, HttpEndpoint: { Ref: 'Endpoint' } }],
  ])('%s becomes required wherever it may be open', (_what, block, wanted) => {
    const twice = withAndWithout((app) => build(app, block));
    const [before, after] = [sourceOf(twice.without.Stack), sourceOf(twice.with.Stack)];

    expect(twice.outcome.findings).toEqual([]);
    expect(blockOf(before.Properties)).toEqual(block);
    expect(blockOf(after.Properties)).toEqual(wanted);
    expect(differences(twice.without.Stack, twice.with.Stack).every((at) => at.includes('MetadataOptions'))).toBe(true);
    expect(changes(twice.outcome.assembly!)).toHaveLength(1);
  });

  test.each<[string, Json]>([
    ['required in both branches', fnIf(REQUIRED, { ...REQUIRED, HttpPutResponseHopLimit: 3 })],
    ['required or disabled', fnIf(REQUIRED, DISABLED)],
    ['disabled in nested branches', fnIf(fnIf(DISABLED, { ...DISABLED, ...OPTIONAL }, 'Other'), REQUIRED)],
    ['tokens required in both branches', { HttpTokens: fnIf('required', 'required') }],
    ['required, with an endpoint from a parameter', { ...REQUIRED, HttpEndpoint: { Ref: 'Endpoint' } }],
    ['disabled, with tokens from a parameter', { ...DISABLED, HttpTokens: { Ref: 'Tokens' } }],
  ])('%s is left as it is', (_what, block) => {
    const twice = withAndWithout((app) => build(app, block));
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test.each<[string, Json]>([
    ['a transform', MACRO],
    ['a transform beside required tokens', { ...REQUIRED, ...MACRO }],
    ['a transform in one branch', fnIf(REQUIRED, MACRO)],
    ['a map', { 'Fn::FindInMap': ['A', 'B', 'C'] }],
    ['a parameter', { Ref: 'Tokens' }],
  ])('%s as the block is a finding that stops synthesis, and is not guessed at', (_what, block) => {
    const twice = withAndWithout((app) => build(app, block));
    const { error, findings } = twice.outcome;

    expect(error).toBeDefined();
    expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: expect.stringMatching(/Thing$/) })]);
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  });

  test('a block that cannot be known and is acknowledged lets synthesis through, with its reason kept', () => {
    const twice = withAndWithout((app) => build(app, MACRO), (app) => {
      Aspects.of(app).add(new RequireImdsv2());
      Validations.of(app.node.findChild('Stack')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'the macro sets it' });
    });
    expect(twice.outcome.error).toBeUndefined();
    expect(twice.outcome.suppressed).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', acknowledged: 'the macro sets it' })]);
  });

  test('hop limits are left alone in a disabled branch', () => {
    const disabled = { ...DISABLED, HttpPutResponseHopLimit: 9 };
    const twice = withAndWithout(
      (app) => build(app, fnIf({ ...REQUIRED, HttpPutResponseHopLimit: 5 }, disabled)),
      (app) => Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.CONTAINERS })),
    );
    expect(blockOf(sourceOf(twice.with.Stack).Properties)).toEqual(fnIf({ ...REQUIRED, HttpPutResponseHopLimit: 2 }, disabled));
  });

  test('hop limits are lowered in each branch where they are larger', () => {
    const twice = withAndWithout(
      (app) => build(app, fnIf({ ...REQUIRED, HttpPutResponseHopLimit: 5 }, fnIf({ HttpPutResponseHopLimit: 1 }, { HttpPutResponseHopLimit: { Ref: 'Hops' } }, 'Other'))),
      (app) => Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.CONTAINERS })),
    );
    expect(twice.outcome.findings).toEqual([]);
    expect(blockOf(sourceOf(twice.with.Stack).Properties)).toEqual(fnIf(
      { ...REQUIRED, HttpPutResponseHopLimit: 2 },
      fnIf({ ...REQUIRED, HttpPutResponseHopLimit: 1 }, { ...REQUIRED, HttpPutResponseHopLimit: 2 }, 'Other'),
    ));
  });
});

describe('tokens of CDK', () => {
  test.each<[string, () => Json]>([
    ['Lazy.string', () => Lazy.string({ produce: () => 'optional' })],
    ['Lazy.uncachedString', () => Lazy.uncachedString({ produce: () => 'optional' })],
    ['Fn.conditionIf', () => Token.asString(Fn.conditionIf('Prod', 'optional', 'required'))],
    ['Fn.ref', () => Fn.ref('Tokens')],
    ['Fn.join', () => Fn.join('', ['opt', Fn.ref('Tokens')])],
    ['a lazy of nothing', () => Lazy.string({ produce: () => undefined })],
    ['a string around a token', () => `opt${Lazy.string({ produce: () => 'ional' })}`],
  ])('%s as httpTokens becomes required', (_what, tokens) => {
    const twice = withAndWithout((app) => {
      const stack = newStack(app);
      new CfnInstance(stack, 'Instance', { metadataOptions: { httpTokens: tokens(), instanceMetadataTags: 'enabled' } });
      new CfnLaunchTemplate(stack, 'Template', { launchTemplateData: { metadataOptions: { httpTokens: tokens(), instanceMetadataTags: 'enabled' } } });
      new CfnInstance(stack, 'Overridden', {}).addPropertyOverride('MetadataOptions', { HttpTokens: tokens(), InstanceMetadataTags: 'enabled' });
    });
    const { Instance, Template, Overridden } = twice.with.Stack.Resources;
    const wanted = { HttpTokens: 'required', InstanceMetadataTags: 'enabled' };

    expect(twice.outcome.findings).toEqual([]);
    expect(Instance.Properties.MetadataOptions).toEqual(wanted);
    expect(Template.Properties.LaunchTemplateData.MetadataOptions).toEqual(wanted);
    expect(Overridden.Properties.MetadataOptions).toEqual(wanted);
  });

  test('a lazy that says required is left as it is', () => {
    const twice = withAndWithout((app) => {
      new CfnInstance(newStack(app), 'Thing', { metadataOptions: { httpTokens: Lazy.string({ produce: () => 'required' }) } });
    });
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test.each<[string, (stack: Stack, tokens: string) => void]>([
    ['httpTokens', (stack, httpTokens) => { new CfnInstance(stack, 'Thing', { metadataOptions: { httpTokens } }); }],
    ['an override', (stack, tokens) => { new CfnInstance(stack, 'Thing', {}).addPropertyOverride('MetadataOptions.HttpTokens', tokens); }],
    ['launch template data', (stack, httpTokens) => { new CfnLaunchTemplate(stack, 'Thing', { launchTemplateData: { metadataOptions: { httpTokens } } }); }],
    ['a condition', (stack, tokens) => {
      new CfnInstance(stack, 'Thing', { metadataOptions: Fn.conditionIf('Prod', { HttpTokens: tokens }, { HttpTokens: 'required' }) });
    }],
  ])('a lazy in %s that changes its mind after it was read is a finding, never silent', (_where, build) => {
    const app = new App();
    let says = 'required';
    build(newStack(app), Lazy.uncachedString({ produce: () => says }));
    Aspects.of(app).add(new RequireImdsv2());
    Aspects.of(app).add({ visit: ({ node }) => { if (node.id === 'Thing') says = 'optional'; } }, { priority: 900 });
    const { error, findings, templates } = outcome(app);

    expect(JSON.stringify(sourceOf(templates.Stack))).toContain('optional');
    expect(error).toBeDefined();
    expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/Thing' })]);
  });

  test.each<[string, boolean]>([
    ['stands under the aspect', true],
    ['has its sibling under it', false],
  ])('a lazy that refuses to be read before synthesis is judged by what it writes where it %s', (_name, itself) => {
    const app = new App();
    let ready = false;
    const stack = newStack(app);
    const thing = new CfnInstance(stack, 'Thing', {
      metadataOptions: Lazy.any({
        produce: () => {
          if (!ready) throw new Error('too early');
          return { httpTokens: 'optional' };
        },
      }),
    });
    new CfnInstance(stack, 'Sibling', {});
    Aspects.of(itself ? stack : stack.node.findChild('Sibling')).add(new RequireImdsv2());
    Aspects.of(app).add({ visit: ({ node }) => { if (node.id === 'Thing') ready = true; } }, { priority: 900 });
    const { findings } = outcome(app);

    expect(findings.map(({ path: at }) => at)).toEqual(itself ? [thing.node.path] : []);
  });

  test('a lazy block in the spelling that the L1 does not take is required or a finding, never silent', () => {
    const { outcome: { error }, with: { Stack: template } } = withAndWithout((app) => {
      new CfnInstance(newStack(app), 'Thing', { metadataOptions: Lazy.any({ produce: () => ({ HttpTokens: 'required' }) }) });
    });
    expect(sourceOf(template).Properties?.MetadataOptions?.HttpTokens === 'required' || error !== undefined).toBe(true);
  });

  test('a lazy block keeps members that only it knows', () => {
    const twice = withAndWithout((app) => {
      new CfnInstance(newStack(app), 'Thing', { metadataOptions: Lazy.any({ produce: () => ({ httpTokens: 'optional', httpProtocolIpv6: 'enabled' }) }) });
    });
    expect(twice.without.Stack.Resources.Thing.Properties.MetadataOptions).toEqual({ ...OPTIONAL, HttpProtocolIpv6: 'enabled' });
    expect(twice.with.Stack.Resources.Thing.Properties.MetadataOptions).toEqual({ ...REQUIRED, HttpProtocolIpv6: 'enabled' });
  });
});

describe('launch template data that is not plain', () => {
  const security = (stack: Stack) => new CfnSecurityGroup(stack, 'Group', { groupDescription: 'x' }).attrGroupId;

  /** Each holds a reference to another stack in a member that is none of ours. */
  const SHAPES: Array<[string, (groupId: string) => Json, (data: Json) => Json[]]> = [
    ['a struct', (groupId) => ({ securityGroupIds: [groupId], metadataOptions: { httpTokens: 'optional' } }), (data) => [data]],
    ['a lazy', (groupId) => Lazy.any({ produce: () => ({ SecurityGroupIds: [groupId], MetadataOptions: OPTIONAL }) }), (data) => [data]],
    ['a typed lazy', (groupId) => Lazy.any({ produce: () => ({ securityGroupIds: [groupId], metadataOptions: { httpTokens: 'optional' } }) }), (data) => [data]],
    ['Fn.conditionIf', (groupId) => Fn.conditionIf('Prod', { SecurityGroupIds: [groupId], MetadataOptions: OPTIONAL }, { SecurityGroupIds: [groupId] }),
      (data) => data['Fn::If'].slice(1)],
    ['a literal Fn::If', (groupId) => fnIf({ SecurityGroupIds: [groupId], MetadataOptions: OPTIONAL }, { SecurityGroupIds: [groupId] }),
      (data) => data['Fn::If'].slice(1)],
    ['a lazy Fn::If', (groupId) => Lazy.any({ produce: () => fnIf({ SecurityGroupIds: [groupId], MetadataOptions: OPTIONAL }, { SecurityGroupIds: [groupId] }) }),
      (data) => data['Fn::If'].slice(1)],
    ['nested conditions', (groupId) => Fn.conditionIf('Prod', fnIf({ SecurityGroupIds: [groupId] }, { SecurityGroupIds: [groupId], ImageId: 'ami-1' }, 'Other'), { SecurityGroupIds: [groupId] }),
      (data) => [...data['Fn::If'][1]['Fn::If'].slice(1), data['Fn::If'][2]]],
  ];
  /** Spelled as an L1 property, as an override or as a property of a CfnResource. */
  const PLACES: Array<[string, (stack: Stack, data: Json) => void]> = [
    ['a typed property', (stack, data) => { new CfnLaunchTemplate(stack, 'Thing', { launchTemplateData: data }); }],
    ['an override', (stack, data) => { new CfnLaunchTemplate(stack, 'Thing', { launchTemplateData: {} }).addPropertyOverride('LaunchTemplateData', data); }],
    ['a CfnResource', (stack, data) => { new CfnResource(stack, 'Thing', { type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: data } }); }],
  ];
  const CASES = SHAPES.flatMap(([shape, make, branches]) => PLACES.flatMap(([place, put]) => [
    [shape, place, true, make, branches, put], [shape, place, false, make, branches, put],
  ] as Array<[string, string, boolean, typeof make, typeof branches, typeof put]>))
    // An L1 spells the members of its structs itself; what an intrinsic holds comes out as it is.
    .filter(([shape, place]) => ['a struct', 'a typed lazy'].includes(shape) ? place === 'a typed property' : shape !== 'a lazy' || place !== 'a typed property');

  test.each(CASES)('%s as %s (reference to another stack: %s) is required in every branch, and its references come out right', (_s, _p, crosses, make, branches, put) => {
    const twice = withAndWithout((app) => {
      const groups = new Stack(app, 'Groups');
      const stack = newStack(app);
      const groupId = security(crosses ? groups : stack);
      put(stack, make(groupId));
    });
    const found = branches(sourceOf(twice.with.Stack).Properties.LaunchTemplateData);
    const before = branches(sourceOf(twice.without.Stack).Properties.LaunchTemplateData);

    expect(twice.outcome.findings).toEqual([]);
    found.forEach((data, i) => {
      expect(data).toEqual({ ...before[i], MetadataOptions: REQUIRED });
      expect(data.SecurityGroupIds).toEqual([crosses
        ? { 'Fn::ImportValue': expect.stringMatching(/^Groups:ExportsOutput/) } : { 'Fn::GetAtt': ['Group', 'GroupId'] }]);
    });
    expect(twice.with.Groups).toEqual(twice.without.Groups);
    expect(Object.keys(twice.with.Groups.Outputs ?? {})).toHaveLength(crosses ? 1 : 0);
  });

  test.each<[string, Json]>([
    ['AWS::NoValue in one branch', fnIf(NO_VALUE, { ImageId: 'ami-1' })],
    ['AWS::NoValue', NO_VALUE],
  ])('%s gets a block of its own', (_what, data) => {
    const { with: { Stack: template }, outcome: { findings } } = withAndWithout((app) => {
      new CfnLaunchTemplate(newStack(app), 'Thing', { launchTemplateData: data });
    });
    const after = sourceOf(template).Properties.LaunchTemplateData;
    expect(findings).toEqual([]);
    expect(after).toEqual(data === NO_VALUE ? { MetadataOptions: REQUIRED }
      : fnIf({ MetadataOptions: REQUIRED }, { ImageId: 'ami-1', MetadataOptions: REQUIRED }));
  });

  test.each<[string, Json]>([
    ['a transform', MACRO],
    ['a transform beside members', { ImageId: 'ami-1', ...MACRO }],
    ['a transform in one branch', fnIf({ MetadataOptions: REQUIRED }, MACRO)],
    ['a parameter', { Ref: 'Tokens' }],
  ])('%s is a finding, not a guess', (_what, data) => {
    const twice = withAndWithout((app) => {
      new CfnResource(newStack(app), 'Thing', { type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: data } });
    });
    expect(twice.outcome.error).toBeDefined();
    expect(twice.outcome.findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/Thing' })]);
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  });
});

describe('an override of a member beside a lazy or a condition', () => {
  test.each<[string, () => Json]>([
    ['a typed lazy', () => Lazy.any({ produce: () => ({ imageId: 'ami-1', metadataOptions: { httpTokens: 'optional' } }) })],
    ['a typed struct with a lazy block', () => ({ imageId: 'ami-1', metadataOptions: Lazy.any({ produce: () => ({ httpTokens: 'optional' }) }) })],
    ['a typed struct with a condition', () => ({ imageId: 'ami-1', metadataOptions: Fn.conditionIf('Prod', OPTIONAL, { HttpEndpoint: 'enabled' }) })],
  ])('%s keeps both', (_what, data) => {
    const twice = withAndWithout((app) => {
      new CfnLaunchTemplate(newStack(app), 'Thing', { launchTemplateData: data() }).addPropertyOverride('LaunchTemplateData.KeyName', 'key');
    });
    const [before, after] = [twice.without, twice.with].map(({ Stack: template }) => sourceOf(template).Properties.LaunchTemplateData);
    expect(twice.outcome.findings).toEqual([]);
    expect(after.KeyName).toBe('key');
    expect({ ...after, MetadataOptions: undefined }).toEqual({ ...before, MetadataOptions: undefined });
    expect(JSON.stringify(after.MetadataOptions)).not.toContain('optional');
  });
});

describe('references inside a metadata options block', () => {
  test.each<[string, (stack: Stack, value: string) => void]>([
    ['a typed block', (stack, value) => { new CfnInstance(stack, 'Thing', { metadataOptions: { httpTokens: 'optional', instanceMetadataTags: value } }); }],
    ['an overridden block', (stack, value) => { new CfnInstance(stack, 'Thing', {}).addPropertyOverride('MetadataOptions', { ...OPTIONAL, InstanceMetadataTags: value }); }],
    ['a CfnResource', (stack, value) => {
      new CfnResource(stack, 'Thing', { type: 'AWS::EC2::Instance', properties: { MetadataOptions: { ...OPTIONAL, InstanceMetadataTags: value } } });
    }],
    ['a leaf override beside typed ones', (stack, value) => {
      new CfnInstance(stack, 'Thing', { metadataOptions: { instanceMetadataTags: value } }).addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
    }],
  ])('%s keeps a reference to another stack as an import', (_what, build) => {
    const twice = withAndWithout((app) => {
      const value = new CfnSecurityGroup(new Stack(app, 'Groups'), 'Group', { groupDescription: 'x' }).attrGroupId;
      build(newStack(app), value);
    });
    expect(twice.outcome.findings).toEqual([]);
    expect(twice.with.Stack.Resources.Thing.Properties.MetadataOptions).toEqual({
      HttpTokens: 'required', InstanceMetadataTags: { 'Fn::ImportValue': expect.stringMatching(/^Groups:/) },
    });
    expect(twice.with.Groups).toEqual(twice.without.Groups);
  });
});

describe('Fn::Transform inside Properties', () => {
  test.each<[string, string, Json]>([
    ['an instance', 'AWS::EC2::Instance', { ImageId: 'ami-1', ...MACRO }],
    ['an instance with required tokens', 'AWS::EC2::Instance', { MetadataOptions: REQUIRED, ...MACRO }],
    ['a launch template', 'AWS::EC2::LaunchTemplate', { LaunchTemplateData: { ImageId: 'ami-1', ...MACRO } }],
    ['a launch template with required tokens', 'AWS::EC2::LaunchTemplate', { LaunchTemplateData: { MetadataOptions: { ...REQUIRED, ...MACRO } } }],
  ])('of %s from CfnInclude is a finding, not a guess', (_what, type, properties) => {
    const twice = withAndWithout((app) => include(new Stack(app, 'Stack'), properties, type));

    expect(JSON.stringify(twice.without)).toContain('Fn::Transform');
    expect(twice.outcome.error).toBeDefined();
    expect(twice.outcome.findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/Include/Thing' })]);
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  });

  test.each<[string, Json]>([['made of it', MACRO], ['with members beside it', { ImageId: 'ami-1', ...MACRO }]])('of a CfnResource %s is a finding, not a guess', (_what, properties) => {
    const twice = withAndWithout((app) => { new CfnResource(newStack(app), 'Thing', { type: 'AWS::EC2::Instance', properties }); });
    expect(twice.outcome.findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/Thing' })]);
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  });

  test('of an instance by addOverride is a finding, not a guess', () => {
    const twice = withAndWithout((app) => new CfnInstance(newStack(app), 'Thing', { imageId: 'ami-1' }).addOverride('Properties', MACRO));
    expect(twice.outcome.findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/Thing' })]);
  });

  test('of something that launches nothing is nobody\'s business', () => {
    const twice = withAndWithout((app) => include(new Stack(app, 'Stack'), { DisplayName: 'x', ...MACRO }, 'AWS::SNS::Topic'));
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
  });
});

describe('a resource whose properties are one token', () => {
  test.each<[string, Json]>([
    ['a lazy', () => Lazy.any({ produce: () => ({ MetadataOptions: OPTIONAL }) })],
    ['a condition', () => Fn.conditionIf('Prod', { MetadataOptions: OPTIONAL }, { ImageId: 'ami-1' })],
  ])('%s is required or a finding, never silently open', (_what, make) => {
    const { outcome: { error }, with: { Stack: template } } = withAndWithout((app) =>
      new CfnInstance(newStack(app), 'Thing', { imageId: 'ami-1' }).addOverride('Properties', make()));
    const open = JSON.stringify(sourceOf(template)).includes('optional');
    expect(open).toBe(error !== undefined);
  });
});

describe('null in the place of options', () => {
  const NULLS: Array<[name: string, type: string, properties: Json, tokens: Json]> = [
    ['a block', 'AWS::EC2::Instance', { MetadataOptions: null }, undefined],
    ['a block of a launch template', 'AWS::EC2::LaunchTemplate', { LaunchTemplateData: { MetadataOptions: null } }, undefined],
    ['what stands above a block', 'AWS::EC2::LaunchTemplate', { LaunchTemplateData: null }, undefined],
    ['a member', 'AWS::EC2::Instance', { MetadataOptions: { HttpTokens: null } }, 'required'],
  ];

  test.each(NULLS)('of %s, which a resource without a class of its own says, is required or a finding, and never an error of the CDK', (_, type, properties, tokens) => {
    const app = new App();
    new CfnResource(new Stack(app, 'S'), 'R', { type, properties });
    Aspects.of(app).add(new RequireImdsv2());
    const { findings, templates } = outcome(app);
    const { MetadataOptions: own, LaunchTemplateData: data } = templates.S.Resources.R.Properties;
    expect((own ?? data?.MetadataOptions)?.HttpTokens).toBe(tokens);
    expect(findings.map(({ rule, path: at }) => `${at} ${rule}`)).toEqual(tokens ? [] : ['S/R cdk-imdsv2::tokens']);
  });
});
