import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Aspects, CfnResource, Mixins, Stack } from 'aws-cdk-lib';
import { CfnInstance, Instance, InstanceType, MachineImage, Vpc, type InstanceProps } from 'aws-cdk-lib/aws-ec2';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { Construct } from 'constructs';
import { HopLimit, RequireImdsv2 } from '../../src';
import { changes, differences, findings, onlyOne, outcome, synthTemplates, withAndWithout, type Json } from '../support';

const OPTIONS = 'Properties.MetadataOptions';

function l2(scope: Construct, id: string, props: Partial<InstanceProps> = {}): Instance {
  const vpc = Vpc.fromVpcAttributes(scope, `${id}Vpc`, { vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: ['subnet-1'] });
  return new Instance(scope, id, {
    vpc, instanceType: new InstanceType('t3.micro'), machineImage: MachineImage.genericLinux({ 'us-east-1': 'ami-1' }), ...props,
  });
}

function include(scope: Construct, id: string, options?: Json): CfnInclude {
  const templateFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'include-')), 'template.json');
  fs.writeFileSync(templateFile, JSON.stringify({
    Resources: { Legacy: { Type: 'AWS::EC2::Instance', Properties: { ImageId: 'ami-1', ...options && { MetadataOptions: options } } } },
  }));
  return new CfnInclude(scope, id, { templateFile });
}

function untyped(scope: Construct, id: string, options?: Json): CfnResource {
  return new CfnResource(scope, id, {
    type: 'AWS::EC2::Instance', properties: { ImageId: 'ami-1', ...options && { MetadataOptions: options } },
  });
}

const camel = (options: Json) => Object.fromEntries(Object.entries(options).map(([key, value]) => [key[0].toLowerCase() + key.slice(1), value]));

/** Each kind takes its metadata options in CloudFormation's spelling, whatever spelling it passes on. */
const KINDS: Array<[string, (scope: Construct, id: string, options?: Json) => Construct]> = [
  ['an L2 Instance', (scope, id, options) => l2(scope, id, options && camel({
    ...options,
    ...options.HttpEndpoint && { HttpEndpoint: options.HttpEndpoint === 'enabled' },
    ...options.HttpProtocolIpv6 && { HttpProtocolIpv6: options.HttpProtocolIpv6 === 'enabled' },
    ...options.InstanceMetadataTags && { InstanceMetadataTags: options.InstanceMetadataTags === 'enabled' },
  }))],
  ['an L1 CfnInstance', (scope, id, options) => new CfnInstance(scope, id, { imageId: 'ami-1', metadataOptions: options && camel(options) })],
  ['a CfnResource by type', untyped],
  ['an instance from CfnInclude', include],
];

const find = (app: App) => app.node.findChild('Stack').node.findChild('Thing');

const WAYS: Array<[string, (app: App) => void]> = [
  ['Aspects.of(app).add', (app) => Aspects.of(app).add(new RequireImdsv2())],
  ['Aspects.of(stack).add', (app) => Aspects.of(app.node.findChild('Stack')).add(new RequireImdsv2())],
  ['stack.with', (app) => { app.node.findChild('Stack').with(new RequireImdsv2()); }],
  ['Mixins.of(stack).apply', (app) => { Mixins.of(app.node.findChild('Stack')).apply(new RequireImdsv2()); }],
  ['construct.with', (app) => { find(app).with(new RequireImdsv2()); }],
  ['app.with', (app) => { app.with(new RequireImdsv2()); }],
  ['RequireImdsv2.addTo(app)', (app) => RequireImdsv2.addTo(app)],
];

describe.each(KINDS)('%s', (_kind, build) => {
  test.each(WAYS)('becomes required through %s, with no other difference', (_way, apply) => {
    const twice = withAndWithout((app) => { build(new Stack(app, 'Stack'), 'Thing'); }, apply);
    const [before, after] = [twice.without.Stack, twice.with.Stack];
    const [id] = Object.keys(before.Resources).filter((key) => before.Resources[key].Type === 'AWS::EC2::Instance');

    expect(Object.keys(after.Resources)).toEqual(Object.keys(before.Resources));
    expect(after.Resources[id].Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(differences(before, after)).toEqual([`Resources.${id}.${OPTIONS}`]);
    expect(twice.outcome.error).toBeUndefined();
    expect(changes(twice.outcome.assembly!)).toEqual([expect.objectContaining({
      type: 'AWS::EC2::Instance',
      before: 'not set',
      after: 'required',
      hopLimitBefore: 'not set',
      hopLimitAfter: 'not set',
      effect: 'no interruption',
      reportOnly: false,
    })]);
  });

  const full = { HttpEndpoint: 'enabled', HttpProtocolIpv6: 'enabled', InstanceMetadataTags: 'enabled', HttpPutResponseHopLimit: 5 };
  test.each<[string, Json]>([
    ['optional tokens', { HttpTokens: 'optional' }],
    ['every other option', full],
    ['every option', { ...full, HttpTokens: 'optional' }],
    ['IPv6 alone', { HttpProtocolIpv6: 'enabled' }],
    ['tags alone', { InstanceMetadataTags: 'enabled' }],
    ['a hop limit alone', { HttpPutResponseHopLimit: 1 }],
  ])('with %s keeps every option but HttpTokens', (_options, options) => {
    const twice = withAndWithout((app) => { build(new Stack(app, 'Stack'), 'Thing', options); });
    const after = onlyOne(twice.with.Stack, 'AWS::EC2::Instance').Properties.MetadataOptions;

    expect(onlyOne(twice.without.Stack, 'AWS::EC2::Instance').Properties.MetadataOptions).toEqual(options);
    expect(after).toEqual({ ...options, HttpTokens: 'required' });
    expect(differences(twice.without.Stack, twice.with.Stack)).toEqual([expect.stringMatching(/^Resources\.\w+\.Properties\.MetadataOptions\.HttpTokens$/)]);
  });

  test.each<[string, Json]>([
    ['a disabled endpoint', { HttpEndpoint: 'disabled' }],
    ['a disabled endpoint and optional tokens', { HttpEndpoint: 'disabled', HttpTokens: 'optional' }],
    ['a disabled endpoint and every other option', { HttpEndpoint: 'disabled', HttpProtocolIpv6: 'enabled', HttpPutResponseHopLimit: 9 }],
    ['required tokens', { HttpTokens: 'required' }],
    ['required tokens and every other option', { ...full, HttpTokens: 'required' }],
  ])('with %s is left alone altogether', (_options, options) => {
    const twice = withAndWithout((app) => { build(new Stack(app, 'Stack'), 'Thing', options); });

    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
    expect(changes(twice.outcome.assembly!)).toEqual([]);
  });

  test('with a disabled endpoint is left alone by a hop limit too', () => {
    const options = { HttpEndpoint: 'disabled', HttpPutResponseHopLimit: 9 };
    const twice = withAndWithout(
      (app) => { build(new Stack(app, 'Stack'), 'Thing', options); },
      (app) => Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.HOST })),
    );
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
  });
});

describe('scope', () => {
  const optionsOf = (template: Json, id: string) => template.Resources[id].Properties.MetadataOptions;

  test.each<[string, (one: CfnInstance) => void]>([
    ['with', (one) => { one.with(new RequireImdsv2()); }],
    ['Mixins.of', (one) => { Mixins.of(one).apply(new RequireImdsv2()); }],
    ['Aspects.of', (one) => Aspects.of(one).add(new RequireImdsv2())],
    ['addTo', (one) => RequireImdsv2.addTo(one)],
  ])('%s on one construct leaves its sibling alone and says nothing of it', (_way, apply) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const one = new CfnInstance(stack, 'One', { imageId: 'ami-1' });
    new CfnInstance(stack, 'Sibling', { imageId: 'ami-1', metadataOptions: { httpTokens: 'optional' } });
    apply(one);
    const { templates, error, findings: found, suppressed } = outcome(app);

    expect(optionsOf(templates.Stack, 'One')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(templates.Stack, 'Sibling')).toEqual({ HttpTokens: 'optional' });
    expect([error, found, suppressed]).toEqual([undefined, [], []]);
  });

  test('a finding on one construct does not bring its siblings into it', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const one = untyped(stack, 'One', { 'Fn::Transform': { Name: 'Macro' } });
    untyped(stack, 'Sibling', { 'Fn::Transform': { Name: 'Macro' } });
    one.with(new RequireImdsv2());

    expect(findings(app)).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'Stack/One' })]);
  });

  test('the aspect on one stack says nothing of the other and edits nothing in it', () => {
    const build = (app: App) => {
      for (const id of ['Stack', 'Other']) {
        const stack = new Stack(app, id);
        untyped(stack, 'Open', { HttpTokens: 'optional' });
        untyped(stack, 'Silent');
      }
      untyped(app.node.findChild('Other') as Stack, 'Unknown', { 'Fn::Transform': { Name: 'Macro' } });
    };
    const twice = withAndWithout(build, (app) => Aspects.of(app.node.findChild('Stack')).add(new RequireImdsv2()));

    expect(JSON.stringify(twice.with.Other)).toBe(JSON.stringify(twice.without.Other));
    expect(twice.outcome.findings).toEqual([]);
    expect(changes(twice.outcome.assembly!).map(({ path: at }) => at)).toEqual(['Stack/Open', 'Stack/Silent']);
  });

  test('a mixin does not apply to what is added after it', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new CfnInstance(stack, 'Before', { imageId: 'ami-1' });
    stack.with(new RequireImdsv2());
    new CfnInstance(stack, 'After', { imageId: 'ami-1' });
    const { Stack: template } = synthTemplates(app);

    expect(optionsOf(template, 'Before')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(template, 'After')).toBeUndefined();
  });

  test('a mixin counts escape hatches that come after it', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const one = new CfnInstance(stack, 'One', { imageId: 'ami-1' });
    one.with(new RequireImdsv2());
    one.addPropertyOverride('MetadataOptions.HttpTokens', 'optional');

    expect(optionsOf(synthTemplates(app).Stack, 'One')).toEqual({ HttpTokens: 'required' });
  });

  test('a mixin supports launch sources only', () => {
    const stack = new Stack(new App(), 'Stack');
    const mixin = new RequireImdsv2();

    expect(mixin.supports(new CfnInstance(stack, 'One', {}))).toBe(true);
    expect(mixin.supports(untyped(stack, 'Two'))).toBe(true);
    expect(mixin.supports(stack)).toBe(false);
    expect(mixin.supports(new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' }))).toBe(false);
    expect(mixin.supports(new CfnResource(stack, 'Nodes', { type: 'AWS::EKS::Nodegroup' }))).toBe(true);
  });

  test('an instance in a stack below a stack is found', () => {
    const twice = withAndWithout((app) => {
      const stack = new Stack(app, 'Stack');
      new CfnInstance(new Stack(stack, 'Inner'), 'Deep', { imageId: 'ami-1' });
    });
    expect(optionsOf(twice.with['Stack/Inner'], 'Deep')).toEqual({ HttpTokens: 'required' });
  });
});
