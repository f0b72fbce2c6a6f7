import * as fs from 'fs';
import * as path from 'path';
import { App, Aspects, CfnElement, CfnResource, NestedStack, Stack, Stage, Tags, Validations, type IAspect } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { IConstruct } from 'constructs';
import { HopLimit, LaunchConfigurationPolicy, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { changes, outcome, warnings, type Json, type Templates, type Violation } from '../support';

const LAUNCH_TEMPLATE_FLAG = '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig';
const STABILIZATION_FLAG = '@aws-cdk/core:aspectStabilization';
const ENV = { account: '111111111111', region: 'us-east-1' };
const MACHINE = {
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' }),
};

/** An app with launch sources of every kind, most of them open. */
function build(context: { [key: string]: unknown } = {}): { app: App; stack: Stack } {
  const app = new App({ context: { [LAUNCH_TEMPLATE_FLAG]: true, ...context } });
  const stack = new Stack(app, 'S', { env: ENV });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: ['subnet-1'] });
  new ec2.Instance(stack, 'L2', { vpc, ...MACHINE });
  new ec2.CfnInstance(stack, 'L1', { metadataOptions: { httpTokens: 'optional', httpPutResponseHopLimit: 5 } });
  new ec2.CfnInstance(stack, 'Overridden').addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  new ec2.CfnInstance(stack, 'Host').addPropertyOverride('UserData', { 'Fn::Base64': 'systemctl start docker' });
  new CfnResource(stack, 'Untyped', { type: 'AWS::EC2::Instance' });
  new ec2.CfnInstance(stack, 'Required', { metadataOptions: { httpTokens: 'required' } });
  new ec2.CfnInstance(new NestedStack(stack, 'Nested'), 'Below');
  new autoscaling.AutoScalingGroup(stack, 'G', { vpc, associatePublicIpAddress: true, ...MACHINE, updatePolicy: autoscaling.UpdatePolicy.rollingUpdate() });
  new ec2.LaunchTemplate(stack, 'LT', MACHINE);
  const followed = new ec2.CfnLaunchTemplate(stack, 'Followed', { launchTemplateData: { metadataOptions: { instanceMetadataTags: 'enabled' } } });
  new ec2.CfnInstance(stack, 'Follower', { launchTemplate: { launchTemplateId: followed.ref, version: followed.attrLatestVersionNumber } });
  return { app, stack };
}

function synthesized(app: App) {
  const { error, templates } = outcome(app);
  expect(error).toBeUndefined();
  const assembly = new CloudAssembly(app.outdir);
  return { templates, changes: changes(assembly), warnings: warnings(assembly) };
}

const ONCE = new Map<string, ReturnType<typeof synthesized>>();

/** The app with the aspect applied once, synthesized once for all tests. */
function once(props: RequireImdsv2Props = {}, context: { [key: string]: unknown } = {}) {
  const key = JSON.stringify([props, context]);
  if (!ONCE.has(key)) {
    const { app } = build(context);
    Aspects.of(app).add(new RequireImdsv2(props));
    ONCE.set(key, synthesized(app));
  }
  return ONCE.get(key)!;
}

/** Every launch source of the templates that does not require tokens; an instance without options has those of its template. */
function open(templates: Templates): string[] {
  return Object.values(templates).flatMap(({ Resources: resources }: Json) => {
    const tokens = (id: string): Json => {
      const { Type: type, Properties: properties } = resources[id];
      if (type === 'AWS::EC2::LaunchTemplate') return properties.LaunchTemplateData.MetadataOptions?.HttpTokens;
      const own = properties?.MetadataOptions;
      const followed = properties?.LaunchTemplate?.Version?.['Fn::GetAtt'];
      return own === undefined && followed?.[1] === 'LatestVersionNumber' ? tokens(followed[0]) : own?.HttpTokens;
    };
    const sources = Object.keys(resources).filter((id) => /^AWS::EC2::(Instance|LaunchTemplate)$/.test(resources[id].Type));
    return sources.filter((id) => id !== 'Followed' && tokens(id) !== 'required');
  });
}

test('the app used here is open without the aspect and closed with it', () => {
  const { app } = build();
  expect(open(outcome(app).templates).length).toBeGreaterThan(7);
  expect(open(once().templates)).toEqual([]);
});

describe.each([{}, { hopLimit: HopLimit.HOST }, { reportOnly: true }, { replaceResources: true }, { help: 'ask us' }])('with the props %j', (props) => {
  describe.each([true, false])('and aspect stabilization %s', (stabilization) => {
    const context = { [STABILIZATION_FLAG]: stabilization };
    const WAYS: Array<[string, (app: App, stack: Stack) => void]> = [
      ['twice on the app', (app) => {
        Aspects.of(app).add(new RequireImdsv2(props));
        Aspects.of(app).add(new RequireImdsv2(props));
      }],
      ['the same object twice on the app', (app) => {
        const aspect = new RequireImdsv2(props);
        Aspects.of(app).add(aspect);
        Aspects.of(app).add(aspect);
      }],
      ['on app and stack', (app, stack) => {
        Aspects.of(app).add(new RequireImdsv2(props));
        Aspects.of(stack).add(new RequireImdsv2(props));
      }],
      ['the same object on app and stack', (app, stack) => {
        const aspect = new RequireImdsv2(props);
        Aspects.of(app).add(aspect);
        Aspects.of(stack).add(aspect);
      }],
      ['as aspect and mixin', (app) => {
        Aspects.of(app).add(new RequireImdsv2(props));
        app.with(new RequireImdsv2(props));
      }],
      ['as mixin twice', (app) => {
        app.with(new RequireImdsv2(props));
        app.with(new RequireImdsv2(props));
        Aspects.of(app).add(new RequireImdsv2(props));
      }],
      ['with addTo and as aspect', (app) => {
        RequireImdsv2.addTo(app, props);
        Aspects.of(app).add(new RequireImdsv2(props));
      }],
      ['at two priorities', (app) => {
        Aspects.of(app).add(new RequireImdsv2(props), { priority: 0 });
        Aspects.of(app).add(new RequireImdsv2(props), { priority: 1000 });
      }],
    ];

    test.each(WAYS)('applied %s it writes the same templates as applied once, and one record and one warning for each thing', (_, apply) => {
      const { app, stack } = build(context);
      apply(app, stack);
      const several = synthesized(app);
      const single = once(props, context);
      expect(several.templates).toEqual(single.templates);
      expect(several.changes).toEqual(single.changes);
      expect(several.warnings).toEqual(single.warnings);
    });
  });

  test('applied once it records each change once', () => {
    const { changes: made } = once(props);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((change) => change.path)).size).toBe(made.length);
  });

  test('the app synthesized again gives the same', () => {
    const { app } = build();
    Aspects.of(app).add(new RequireImdsv2(props));
    const first = synthesized(app);
    const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
    app.synth({ force: true });
    quiet.mockRestore();
    const assembly = new CloudAssembly(app.outdir);
    const second = Object.fromEntries(app.node.findAll().filter((one): one is Stack => Stack.isStack(one))
      .map((one) => [one.node.path, JSON.parse(fs.readFileSync(path.join(app.outdir, one.templateFile), 'utf8'))]));
    expect(second).toEqual(first.templates);
    expect(changes(assembly)).toEqual(first.changes);
    expect(warnings(assembly)).toEqual(first.warnings);
  });
});

describe.each([0, 200, 500, 1000])('at priority %i', (priority) => {
  test.each([true, false])('writes the same as at the default, with aspect stabilization %s', (stabilization) => {
    const { app } = build({ [STABILIZATION_FLAG]: stabilization });
    Aspects.of(app).add(new RequireImdsv2(), { priority });
    const { templates, changes: made } = synthesized(app);
    const usual = once();
    expect(templates).toEqual(usual.templates);
    expect(made).toEqual(usual.changes);
  });

  test.each([0, 200, 500, 1000])('beside one at priority %i on the stack writes the same', (other) => {
    const { app, stack } = build();
    Aspects.of(app).add(new RequireImdsv2(), { priority });
    Aspects.of(stack).add(new RequireImdsv2(), { priority: other });
    const { templates, changes: made } = synthesized(app);
    const usual = once();
    expect(templates).toEqual(usual.templates);
    expect(made).toEqual(usual.changes);
  });

  const BUILT_IN: Array<[string, () => IAspect]> = [
    ['InstanceRequireImdsv2Aspect', () => new ec2.InstanceRequireImdsv2Aspect({ suppressWarnings: true })],
    ['LaunchTemplateRequireImdsv2Aspect', () => new ec2.LaunchTemplateRequireImdsv2Aspect({ suppressWarnings: true })],
    ['AutoScalingGroupRequireImdsv2Aspect', () => new autoscaling.AutoScalingGroupRequireImdsv2Aspect()],
  ];
  const BESIDE = BUILT_IN.flatMap(([name, create]) => [0, 200, 500, 1000].map((other) => [name, other, create] as const));

  test.each(BESIDE)('beside %s at priority %i leaves nothing open and stops nothing', (_, other, create) => {
    const { app } = build({ [STABILIZATION_FLAG]: true });
    Aspects.of(app).add(new RequireImdsv2(), { priority });
    // A built-in aspect that adds a construct below one that aspects of a lower priority have left behind throws by itself.
    Aspects.of(app).add(create(), { priority: Math.max(other, priority) });
    expect(open(synthesized(app).templates)).toEqual([]);
  });

  test.each(BUILT_IN)('after %s without stabilization leaves nothing open and stops nothing', (_, create) => {
    const { app } = build({ [STABILIZATION_FLAG]: false });
    Aspects.of(app).add(create(), { priority: 0 });
    Aspects.of(app).add(new RequireImdsv2(), { priority });
    expect(open(synthesized(app).templates)).toEqual([]);
  });

  test.each([0, 200, 500, 1000])('beside Tags at priority %i changes nothing about the tags', (other) => {
    const tagged = (withOurs: boolean) => {
      const { app } = build();
      Tags.of(app).add('team', 'a', { priority: other });
      if (withOurs) Aspects.of(app).add(new RequireImdsv2(), { priority });
      return synthesized(app).templates;
    };
    const tags = (templates: Templates) => Object.entries<Json>(templates.S.Resources).map(([id, { Properties }]) => [id, Properties?.Tags]);
    expect(tags(tagged(true))).toEqual(tags(tagged(false)));
    expect(open(tagged(true))).toEqual([]);
  });

  test.each([0, 200, 500, 1000])('with an aspect at priority %i that adds an instance, the instance requires tokens or is a finding', (other) => {
    const { app, stack } = build({ [STABILIZATION_FLAG]: true });
    const adder: IAspect = {
      visit: (node: IConstruct) => { if (node === stack && !stack.node.tryFindChild('Added')) new ec2.CfnInstance(stack, 'Added'); },
    };
    Aspects.of(app).add(new RequireImdsv2(), { priority });
    Aspects.of(app).add(adder, { priority: other });
    const { error, findings, templates } = outcomeOf(app);
    const required = templates.S?.Resources.Added?.Properties?.MetadataOptions?.HttpTokens === 'required';
    expect(required || error !== undefined).toBe(true);
    expect(required).toBe(findings.length === 0 && error === undefined);
  });
});

/** CDK itself refuses some orders of priorities; that is an error too, and nothing slips through. */
function outcomeOf(app: App): { error?: Error; findings: readonly unknown[]; templates: Templates } {
  try {
    return outcome(app);
  } catch (error) {
    return { error: error as Error, findings: [], templates: {} };
  }
}

test('an edit undone by a later aspect is a finding that stops synthesis, never a success', () => {
  const app = new App();
  const instance = new ec2.CfnInstance(new Stack(app, 'S'), 'I');
  Aspects.of(app).add(new RequireImdsv2());
  Aspects.of(app).add({ visit: (node) => { if (node === instance) instance.metadataOptions = { httpTokens: 'optional' }; } }, { priority: 1000 });
  const { error, findings } = outcome(app);
  expect(error).toBeDefined();
  expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', path: 'S/I' })]);
});

test('an aspect of somebody else that passes its visits on makes the edits, or throws', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  new ec2.CfnInstance(stack, 'I');
  const ours = new RequireImdsv2();
  Aspects.of(app).add({ visit: (node) => ours.visit(node) });
  const { error, templates } = outcomeOf(app);
  expect(error !== undefined || templates.S.Resources.I.Properties?.MetadataOptions?.HttpTokens === 'required').toBe(true);
});

describe('what an element of somebody else\'s own class writes, of which no construct stands in the tree', () => {
  class Loop extends CfnElement {
    constructor(scope: Stack, private readonly properties: Json, private readonly type: string) {
      super(scope, 'Loop');
    }

    public _toCloudFormation(): Json {
      return { Resources: { 'Fn::ForEach::Each': ['Item', ['A', 'B'], { 'I${Item}': { Type: this.type, Properties: this.properties } }] } };
    }
  }

  function proven(properties: Json, apply: (app: App) => void = (app) => Aspects.of(app).add(new RequireImdsv2()), type = 'AWS::EC2::Instance') {
    const app = new App();
    new Loop(new Stack(new Stage(app, 'Stage'), 'S'), properties, type);
    new Loop(new Stack(app, 'S'), properties, type);
    apply(app);
    return outcome(app);
  }

  test('is a finding of its stack, as nothing could change it', () => {
    const { error, findings } = proven({ ImageId: 'ami-1' }, (app) => RequireImdsv2.addTo(app));
    expect(error).toBeDefined();
    expect(findings).toEqual(['Stage/S', 'S'].map((at) => expect.objectContaining({
      rule: 'cdk-imdsv2::tokens', description: expect.stringContaining(`'I\${Item}' in the template of '${at}' may allow IMDSv1`),
    })));
  });

  const HOPS = { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3 } };
  const BUILDS = { InstanceMetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } };
  const LARGE = { ...HOPS.MetadataOptions, HttpTokens: 'optional' };
  const [TOKENS, HOP_LIMIT, CONFIGURATION] = ['tokens', 'hop-limit', 'launch-configuration'];

  /** What is found, and in the template of which stack. */
  const brief = (found: Violation[]) => found.map(({ rule, description }) =>
    `${/^'I\$\{Item\}' in the template of '([^']*)'/.exec(description)?.[1]} ${rule.replace('cdk-imdsv2::', '')}`).sort();

  test.each<[what: string, type: string, properties: Json, props: RequireImdsv2Props, rules: string[], said: RegExp]>([
    ['a larger hop limit than is allowed', 'AWS::EC2::Instance', HOPS, { hopLimit: HopLimit.of(2) }, [HOP_LIMIT], /is written with the hop limit 3, and at most 2/],
    ['one that containers need', 'AWS::ImageBuilder::InfrastructureConfiguration', BUILDS, { hopLimit: HopLimit.HOST }, [], /^/],
    ['a larger one than containers may have', 'AWS::ImageBuilder::InfrastructureConfiguration', BUILDS,
      { hopLimit: HopLimit.HOST, containerHostHopLimit: HopLimit.HOST }, [HOP_LIMIT], /and at most 1/],
    ['one that is allowed', 'AWS::EC2::Instance', HOPS, { hopLimit: HopLimit.of(3) }, [], /^/],
    ['one where nothing is asked', 'AWS::EC2::Instance', HOPS, {}, [], /^/],
    ['one beside open tokens', 'AWS::EC2::Instance', { MetadataOptions: LARGE }, { hopLimit: HopLimit.of(2) }, [HOP_LIMIT, TOKENS], /^/],
    ['a launch configuration', 'AWS::AutoScaling::LaunchConfiguration', HOPS, {}, [CONFIGURATION], /is a launch configuration: .* cannot migrate/],
    ['one to migrate', 'AWS::AutoScaling::LaunchConfiguration', {}, { launchConfigurations: LaunchConfigurationPolicy.MIGRATE }, [CONFIGURATION], /cannot migrate/],
  ])('with %s', (_, type, properties, props, rules, said) => {
    const { error, findings } = proven(properties, (app) => RequireImdsv2.addTo(app, props), type);
    expect(error !== undefined).toBe(rules.length > 0);
    expect(brief(findings)).toEqual(['S', 'Stage/S'].flatMap((at) => rules.map((rule) => `${at} ${rule}`)));
    expect(findings.map(({ description }) => description).join()).toMatch(said);
  });

  test('a launch configuration that is to stay must still require tokens', () => {
    const { findings } = proven({}, (app) => {
      RequireImdsv2.addTo(app);
      Validations.of(app).acknowledge({ id: 'cdk-imdsv2::launch-configuration', reason: 'a loop' });
    }, 'AWS::AutoScaling::LaunchConfiguration');
    expect(brief(findings)).toEqual(['S tokens', 'Stage/S tokens']);
  });

  test('in a stage that nothing reached is a finding of the stage', () => {
    const found = proven({ ImageId: 'ami-1' }).findings.map((finding) => `${finding.rule} ${finding.path}`);
    expect(found.sort()).toEqual(['cdk-imdsv2::stage Stage', 'cdk-imdsv2::tokens S']);
  });

  test('is none where it complies, or its stack is out of scope or exempt', () => {
    expect(proven({ MetadataOptions: { HttpTokens: 'required' } }).findings).toEqual([]);
    expect(proven({}, (app) => Aspects.of(new Stack(app, 'Other')).add(new RequireImdsv2())).findings).toEqual([]);
    expect(proven({}, (app) => {
      RequireImdsv2.addTo(app);
      Validations.of(app).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'a loop' });
    })).toMatchObject({ error: undefined, findings: [] });
  });
});

describe('user data that others still add to', () => {
  /** The written user data of an instance and a launch template, to which a later aspect adds a line. */
  function written(firstLine: string, enforced: boolean): Json[] {
    const app = new App();
    const stack = new Stack(app, 'S', { env: ENV });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], publicSubnetIds: ['subnet-1'] });
    const userData = ec2.UserData.custom(firstLine);
    const { instance } = new ec2.Instance(stack, 'I', { vpc, ...MACHINE, userData });
    new ec2.LaunchTemplate(stack, 'LT', { ...MACHINE, userData });
    if (enforced) Aspects.of(app).add(new RequireImdsv2());
    const late: IAspect = { visit: (construct) => { if (construct === instance) userData.addCommands('echo late'); } };
    Aspects.of(app).add(late, { priority: 900 });
    const { S: { Resources: resources } } = synthesized(app).templates;
    return Object.values<Json>(resources).flatMap(({ Properties: { UserData: own, LaunchTemplateData: data } }) => own ?? data?.UserData ?? []);
  }

  // The second is read whole, because it calls the metadata service.
  test.each(['echo early', 'curl http://169.254.169.254/latest/meta-data'])('has everything where it began with %s', (firstLine) => {
    const expected = { 'Fn::Base64': `${firstLine}\necho late` };
    expect(written(firstLine, false)).toEqual([expected, expected]);
    expect(written(firstLine, true)).toEqual([expected, expected]);
  });
});
