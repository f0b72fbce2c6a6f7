import * as cdk from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as mockConstructs from 'constructs';
import { HopLimit, LaunchConfigurationPolicy, RequireImdsv2 } from '../../src';
import { changes, outcome, warnings } from '../support';

/** One copy of aws-cdk-lib, with the copy of this library that uses it. */
interface Copy {
  readonly cdk: typeof cdk;
  readonly autoscaling: typeof autoscaling;
  readonly ec2: typeof ec2;
  readonly RequireImdsv2: typeof RequireImdsv2;
  readonly HopLimit: typeof HopLimit;
  readonly LaunchConfigurationPolicy: typeof LaunchConfigurationPolicy;
}

function load(): Copy {
  const library = jest.requireActual('../../src');
  return {
    cdk: jest.requireActual('aws-cdk-lib'),
    autoscaling: jest.requireActual('aws-cdk-lib/aws-autoscaling'),
    ec2: jest.requireActual('aws-cdk-lib/aws-ec2'),
    RequireImdsv2: library.RequireImdsv2,
    HopLimit: library.HopLimit,
    LaunchConfigurationPolicy: library.LaunchConfigurationPolicy,
  };
}

const FIRST: Copy = { cdk, autoscaling, ec2, RequireImdsv2, HopLimit, LaunchConfigurationPolicy };

/** Launch sources of one copy: typed, untyped, overridden, followed, calling IMDSv1. */
function sources({ cdk: { Fn, CfnResource }, autoscaling: groups, ec2: machines }: Copy, stack: cdk.Stack): void {
  new machines.CfnInstance(stack, 'Silent');
  new machines.CfnInstance(stack, 'Said', { metadataOptions: { httpTokens: 'optional', instanceMetadataTags: 'enabled' } });
  new machines.CfnInstance(stack, 'Overridden').addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  new machines.CfnInstance(stack, 'Calls', { userData: Fn.base64(Fn.sub('echo ${AWS::Region}\ncurl http://169.254.169.254/latest/meta-data/')) });
  new machines.CfnInstance(stack, 'Host', { userData: Fn.base64(Fn.join('\n', ['#!/bin/bash', Fn.ref('AWS::Region'), 'systemctl start docker'])) });
  new CfnResource(stack, 'Untyped', { type: 'AWS::EC2::Instance' });
  const vpc = machines.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: ['subnet-1'] });
  const machine = { instanceType: new machines.InstanceType('t3.micro'), machineImage: machines.MachineImage.genericLinux({ 'us-east-1': 'ami-1' }) };
  new machines.Instance(stack, 'L2', { vpc, ...machine });
  const launchTemplate = new machines.LaunchTemplate(stack, 'ForGroup', machine);
  new groups.AutoScalingGroup(stack, 'Group', { vpc, launchTemplate, associatePublicIpAddress: undefined, updatePolicy: groups.UpdatePolicy.rollingUpdate() });
  const followed = new machines.CfnLaunchTemplate(stack, 'Followed', { launchTemplateData: { metadataOptions: { httpTokens: 'optional' } } });
  new machines.CfnInstance(stack, 'Follower', { launchTemplate: { launchTemplateId: followed.ref, version: followed.attrLatestVersionNumber } });
}

interface Copies { readonly app: Copy; readonly stack: Copy; readonly sources: Copy; readonly aspects: Copy; readonly library: Copy }

function synthesized(copies: Copies, more: (app: cdk.App, stack: cdk.Stack) => void = () => {}) {
  const app = new copies.app.cdk.App();
  const stack = new copies.stack.cdk.Stack(app, 'S', { env: { account: '111111111111', region: 'us-east-1' } });
  sources(copies.sources, stack);
  copies.aspects.cdk.Aspects.of(app).add(new copies.library.RequireImdsv2({ hopLimit: copies.library.HopLimit.CONTAINERS }));
  more(app, stack);
  const result = outcome(app);
  const assembly = new CloudAssembly(app.outdir);
  return { ...result, changes: changes(assembly), warnings: warnings(assembly) };
}

const all = (copy: Copy): Copies => ({ app: copy, stack: copy, sources: copy, aspects: copy, library: copy });

/** Two that cannot be fixed, one of them acknowledged. */
function unfixable({ sources: { ec2: machines, cdk: { Validations } } }: Copies, stack: cdk.Stack): void {
  for (const id of ['Open', 'Exempt']) {
    const instance = new machines.CfnInstance(stack, id);
    instance.addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
    if (id === 'Exempt') Validations.of(instance).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'legacy' });
  }
}

/** A stage added with `addTo`, and a mixin. */
function staged(outer: Copy, inner: Copy, library: Copy) {
  const app = new outer.cdk.App();
  new inner.ec2.CfnInstance(new inner.cdk.Stack(new inner.cdk.Stage(app, 'Stage'), 'S'), 'I');
  library.RequireImdsv2.addTo(app);
  return outcome(app);
}

function mixedIn(outer: Copy, inner: Copy, library: Copy) {
  const app = new outer.cdk.App();
  new inner.ec2.CfnInstance(new outer.cdk.Stack(app, 'S'), 'I');
  app.with(new library.RequireImdsv2());
  return outcome(app);
}

/** A launch configuration and its group, migrated. */
function migrated(copies: Copies, more: (stack: cdk.Stack) => void = () => {}) {
  const app = new copies.app.cdk.App();
  const stack = new copies.stack.cdk.Stack(app, 'S');
  const { autoscaling: groups, ec2: machines } = copies.sources;
  new machines.CfnLaunchTemplate(stack, 'LT', { launchTemplateName: 'LT', launchTemplateData: {} });
  const lc = new groups.CfnLaunchConfiguration(stack, 'LC', { imageId: 'ami-1', instanceType: 't3.micro' });
  new groups.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchConfigurationName: lc.ref });
  new machines.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateName: 'LT', version: '$Latest' } });
  const { RequireImdsv2: Aspect, LaunchConfigurationPolicy: { MIGRATE } } = copies.library;
  copies.aspects.cdk.Aspects.of(app).add(new Aspect({ launchConfigurations: MIGRATE }));
  more(stack);
  const { error, findings, templates } = outcome(app);
  const assembly = new CloudAssembly(app.outdir);
  return { error, findings, templates, changes: changes(assembly), warnings: warnings(assembly) };
}

/** Goes once through everything that is mixed below: aws-cdk-lib loads its modules when they are first used. */
function warmedUp(copy: Copy): Copy {
  synthesized(all(copy));
  synthesized(all(copy), (_, stack) => unfixable(all(copy), stack));
  staged(copy, copy, copy);
  mixedIn(copy, copy, copy);
  migrated(all(copy));
  return copy;
}

/** A second copy of aws-cdk-lib; modules of the first are all loaded by then, so that it shares none. */
function second(constructs: string): Copy {
  let copy: Copy | undefined;
  jest.isolateModules(() => {
    if (constructs === 'shares the package constructs') jest.doMock('constructs', () => mockConstructs);
    copy = warmedUp(load());
    jest.dontMock('constructs');
  });
  return copy!;
}

warmedUp(FIRST);

describe.each(['shares the package constructs', 'has its own package constructs'])('where the second copy of aws-cdk-lib %s', (constructs) => {
  const SECOND = second(constructs);
  const expected = synthesized(all(FIRST));

  test('it is a copy', () => {
    expect(SECOND.cdk.Stack).not.toBe(FIRST.cdk.Stack);
    expect(SECOND.RequireImdsv2).not.toBe(FIRST.RequireImdsv2);
    expect(SECOND.ec2.CfnInstance).not.toBe(FIRST.ec2.CfnInstance);
    expect(new SECOND.cdk.App()).not.toBeInstanceOf(FIRST.cdk.App);
    expect(SECOND.cdk.App.prototype instanceof mockConstructs.Construct).toBe(constructs === 'shares the package constructs');
  });

  test('one copy alone does something', () => {
    expect(expected.error).toBeUndefined();
    expect(expected.changes.length).toBeGreaterThan(7);
    expect(expected.warnings.length).toBeGreaterThan(2);
  });

  const MIXES: Array<[string, Partial<Copies>]> = [
    ['launch sources of the second copy, all else of the first', { sources: SECOND }],
    ['stack and launch sources of the second copy, app and aspect of the first', { stack: SECOND, sources: SECOND }],
    ['stack of the second copy, all else of the first', { stack: SECOND }],
    ['app of the second copy, all else of the first', { app: SECOND }],
    ['app and stack of the second copy, launch sources and aspect of the first', { app: SECOND, stack: SECOND }],
    ['everything of the second copy but the aspect', { app: SECOND, stack: SECOND, sources: SECOND, aspects: SECOND }],
    ['everything of the second copy but the aspect and the way it is added', { app: SECOND, stack: SECOND, sources: SECOND }],
    ['only the aspect of the second copy', { library: SECOND }],
    ['only the aspect, and the way it is added, of the second copy', { library: SECOND, aspects: SECOND }],
    ['aspect and app of the second copy', { library: SECOND, app: SECOND }],
  ];

  test.each(MIXES)('%s: the same templates, records and warnings as of one copy', (_, mix) => {
    const result = synthesized({ ...all(FIRST), ...mix });
    expect(result.error).toBeUndefined();
    expect(result.templates).toEqual(expected.templates);
    expect(result.changes).toEqual(expected.changes);
    expect(result.warnings).toEqual(expected.warnings);
  });

  test.each(MIXES)('%s: what cannot be fixed is one finding, and what is acknowledged is none', (_, mix) => {
    const copies = { ...all(FIRST), ...mix };
    const { error, findings, suppressed } = synthesized(copies, (__, stack) => unfixable(copies, stack));
    const tokens = ({ rule }: { rule: string }) => rule === 'cdk-imdsv2::tokens';
    expect(error).toBeDefined();
    expect(findings.filter(tokens)).toEqual([expect.objectContaining({ path: 'S/Open' })]);
    expect(suppressed.filter(tokens)).toEqual([expect.objectContaining({ path: 'S/Exempt', acknowledged: 'legacy' })]);
  });

  test.each(MIXES)('%s: a launch configuration is migrated as with one copy', (_, mix) => {
    const one = migrated(all(FIRST));
    expect(one.changes.map(({ path }) => path)).toContain('S/LC');
    expect(migrated({ ...all(FIRST), ...mix })).toEqual(one);
  });

  test('two copies of this library, on app and stack, migrate a launch configuration once', () => {
    const twice = migrated(all(FIRST), (stack) => {
      cdk.Aspects.of(stack).add(new SECOND.RequireImdsv2({ launchConfigurations: SECOND.LaunchConfigurationPolicy.MIGRATE }));
    });
    expect(twice).toEqual(migrated(all(FIRST)));
  });

  const PAIRS: Array<[string, Copy, Copy, Copy]> = [
    ['the second copy below an app and with an aspect of the first', FIRST, SECOND, FIRST],
    ['the first copy below an app and with an aspect of the second', SECOND, FIRST, SECOND],
    ['the second copy below an app of the first, with an aspect of the second', FIRST, SECOND, SECOND],
  ];

  test.each(PAIRS)('addTo reaches a stage of %s', (_, outer, inner, library) => {
    const { error, templates } = staged(outer, inner, library);
    expect(error).toBeUndefined();
    expect(templates['Stage/S'].Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test.each(PAIRS)('a mixin reaches an instance of %s', (_, outer, inner, library) => {
    expect(mixedIn(outer, inner, library).templates.S.Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test('a hop limit of the other copy is a hop limit', () => {
    expect(() => new RequireImdsv2({ hopLimit: SECOND.HopLimit.of(3) })).not.toThrow();
  });

  test('two copies of this library, on app and stack, write the same as one', () => {
    const both = synthesized(all(FIRST), (_, stack) => {
      cdk.Aspects.of(stack).add(new SECOND.RequireImdsv2({ hopLimit: SECOND.HopLimit.CONTAINERS }));
    });
    expect(both.error).toBeUndefined();
    expect(both.templates).toEqual(expected.templates);
    expect(both.changes).toEqual(expected.changes);
    expect(both.warnings).toEqual(expected.warnings);
  });

  test('two copies of this library, on app and stack, report a finding once', () => {
    const { findings } = synthesized(all(FIRST), (_, stack) => {
      new ec2.CfnInstance(stack, 'Open').addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
      cdk.Aspects.of(stack).add(new SECOND.RequireImdsv2({ hopLimit: SECOND.HopLimit.CONTAINERS }));
    });
    expect(findings.filter(({ rule }) => rule === 'cdk-imdsv2::tokens')).toEqual([expect.objectContaining({ path: 'S/Open' })]);
  });
});
