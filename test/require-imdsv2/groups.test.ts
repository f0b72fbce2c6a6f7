import { App, Aspects, Aws, CfnCondition, CfnOutput, CfnParameter, CfnResource, Fn, Lazy, NestedStack, Stack, Token, Validations, type Environment } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { ScopeFacts } from '../../src/enforcement/scope-facts';
import { TemplateWorld } from '../../src/posture/template-world';
import { changes, differences, notices, outcome, warnings, withAndWithout, type Json, type Outcome, type Twice } from '../support';

const LAUNCH_TEMPLATE_FLAG = '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig';
const FOLLOWER = 'cdk-imdsv2::launch-template-follower';
const EXTERNAL = 'cdk-imdsv2::external-launch-template';
const TOKENS = 'cdk-imdsv2::tokens';

/** The outcome of an app of two stacks, S and T, and what its assembly says. */
function required(build: (stack: Stack, other: Stack) => void, props: RequireImdsv2Props = {}, context: { [key: string]: unknown } = {}) {
  const app = new App({ context });
  build(new Stack(app, 'S'), new Stack(app, 'T'));
  Aspects.of(app).add(new RequireImdsv2(props));
  const result: Outcome = outcome(app);
  const assembly = new CloudAssembly(app.outdir);
  return { ...result, warnings: warnings(assembly), notices: notices(assembly), changes: changes(assembly) };
}

function template(stack: Stack, id = 'LT', data: ec2.CfnLaunchTemplate.LaunchTemplateDataProperty = {}): ec2.CfnLaunchTemplate {
  return new ec2.CfnLaunchTemplate(stack, id, { launchTemplateData: { imageId: 'ami-1', ...data } });
}

function latest(of: ec2.CfnLaunchTemplate) {
  return { launchTemplateId: of.ref, version: of.attrLatestVersionNumber };
}

function group(
  stack: Stack, id: string, launchTemplate: autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty,
): autoscaling.CfnAutoScalingGroup {
  return new autoscaling.CfnAutoScalingGroup(stack, id, { minSize: '0', maxSize: '1', launchTemplate });
}

function fleet(stack: Stack, launchTemplateSpecification: ec2.CfnEC2Fleet.FleetLaunchTemplateSpecificationRequestProperty): ec2.CfnEC2Fleet {
  return new ec2.CfnEC2Fleet(stack, 'F', {
    targetCapacitySpecification: { totalTargetCapacity: 1 },
    launchTemplateConfigs: [{ launchTemplateSpecification }],
  });
}

function computeEnvironment(stack: Stack, lt: ec2.CfnLaunchTemplate, props: Partial<batch.CfnComputeEnvironmentProps>): batch.CfnComputeEnvironment {
  return new batch.CfnComputeEnvironment(stack, 'F', {
    type: 'MANAGED', computeResources: { type: 'EC2', maxvCpus: 1, subnets: ['subnet-1'], launchTemplate: latest(lt) }, ...props,
  });
}

function optionsOf(stack: Json, logicalId: string): Json {
  const { Type: type, Properties: properties } = stack.Resources[logicalId];
  return type === 'AWS::EC2::LaunchTemplate' ? properties.LaunchTemplateData.MetadataOptions : properties?.MetadataOptions;
}

function vpcOf(stack: Stack): ec2.IVpc {
  return new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
}

const MACHINE = {
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' }),
};
const NO_VALUE = { Ref: 'AWS::NoValue' };
const ENV = { account: '111111111111', region: 'us-east-1' };

/** Every launch template of the app requires tokens, nothing but options changed, and nothing stopped the synthesis. */
function expectOnlyTemplatesFixed({ without, with: treated, outcome: { error } }: Twice, count: number): void {
  expect(error).toBeUndefined();
  const paths = Object.keys(without).flatMap((stack) => differences(without[stack], treated[stack]));
  expect(paths).toHaveLength(count);
  for (const path of paths) expect(path).toMatch(/^Resources\.\w+\.Properties\.LaunchTemplateData\.MetadataOptions$/);
}

describe('an L2 Auto Scaling group', () => {
  test('with a generated launch template gets its template fixed, and nothing else', () => {
    expectOnlyTemplatesFixed(withAndWithout((app) => {
      const stack = new Stack(app, 'S', { env: ENV });
      new autoscaling.AutoScalingGroup(stack, 'G', { vpc: vpcOf(stack), ...MACHINE });
    }, undefined, { context: { [LAUNCH_TEMPLATE_FLAG]: true } }), 1);
  });

  test.each([true, false])('with its own launch template gets that one fixed when the feature flag is %s', (flag) => {
    expectOnlyTemplatesFixed(withAndWithout((app) => {
      const stack = new Stack(app, 'S', { env: ENV });
      const launchTemplate = new ec2.LaunchTemplate(stack, 'LT', MACHINE);
      new autoscaling.AutoScalingGroup(stack, 'G', { vpc: vpcOf(stack), launchTemplate });
    }, undefined, { context: { [LAUNCH_TEMPLATE_FLAG]: flag } }), 1);
  });

  test.each([true, false])('with a mixed instances policy gets the template of every override fixed too when the feature flag is %s', (flag) => {
    expectOnlyTemplatesFixed(withAndWithout((app) => {
      const stack = new Stack(app, 'S', { env: ENV });
      const [launchTemplate, first, second] = ['A', 'B', 'C'].map((id) => new ec2.LaunchTemplate(stack, id, MACHINE));
      new autoscaling.AutoScalingGroup(stack, 'G', {
        vpc: vpcOf(stack),
        mixedInstancesPolicy: {
          launchTemplate,
          launchTemplateOverrides: [first, second].map((one) => ({ instanceType: new ec2.InstanceType('t3.small'), launchTemplate: one })),
        },
      });
    }, undefined, { context: { [LAUNCH_TEMPLATE_FLAG]: flag } }), 3);
  });

  const ours = (twice: Twice) => warnings(twice.outcome.assembly!).filter(({ id }) => id?.startsWith('cdk-imdsv2'));

  test('follows a template in another stack by reference, for which CDK makes an export', () => {
    const twice = withAndWithout((app) => {
      const [a, b] = [new Stack(app, 'A', { env: ENV }), new Stack(app, 'B', { env: ENV })];
      new autoscaling.AutoScalingGroup(b, 'G', { vpc: vpcOf(b), launchTemplate: new ec2.LaunchTemplate(a, 'LT', MACHINE) });
    });
    expect(JSON.stringify(twice.with.B)).toContain('Fn::ImportValue');
    expectOnlyTemplatesFixed(twice, 1);
    expect(ours(twice)).toEqual([
      expect.objectContaining({ path: 'B/G/ASG', id: FOLLOWER, message: expect.stringContaining("takes the version of the launch template 'A/LT/Resource'") }),
    ]);
  });

  test.each(['both', 'weak'])('is followed over a %s reference too, which locks no export', (strength) => {
    const twice = withAndWithout((app) => {
      const [a, b] = [new Stack(app, 'A', { env: ENV }), new Stack(app, 'B', { env: ENV })];
      new autoscaling.AutoScalingGroup(b, 'G', { vpc: vpcOf(b), launchTemplate: new ec2.LaunchTemplate(a, 'LT', MACHINE) });
    }, undefined, { context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
    expect(JSON.stringify(twice.with.B)).toContain('Fn::GetStackOutput');
    expectOnlyTemplatesFixed(twice, 1);
    expect(ours(twice)).toEqual([]);
  });

  test('says nothing of exports where only a nested stack lies between group and template', () => {
    const twice = withAndWithout((app) => {
      const stack = new Stack(app, 'A', { env: ENV });
      const nested = new NestedStack(stack, 'Nested');
      new autoscaling.AutoScalingGroup(nested, 'G', { vpc: vpcOf(nested), launchTemplate: new ec2.LaunchTemplate(stack, 'LT', MACHINE) });
    });
    expect(ours(twice)).toEqual([]);
  });
});

describe('a launch template in another stack, by exported names that pseudo parameters make', () => {
  const env = { account: '111111111111', region: 'us-east-1' };

  test.each<[string, exported: (what: string) => string, imported: (what: string) => string, env: Environment | undefined]>([
    ['a substituted stack name', (what) => Fn.sub(`\${AWS::StackName}-${what}`), (what) => `S-${what}`, undefined],
    ['a joined stack name', (what) => `${Aws.STACK_NAME}-${what}`, (what) => Fn.sub(`\${Of}-${what}`, { Of: 'S' }), undefined],
    ['the region', (what) => `${Aws.REGION}-${what}`, (what) => Fn.sub(`\${AWS::Region}-${what}`), undefined],
    ['the region that one of them knows', (what) => Fn.sub(`\${AWS::Region}-\${AWS::AccountId}-${what}`), (what) => `us-east-1-111111111111-${what}`, env],
  ])('%s: it is left alone where an instance follows it, which gets the options', (_, exported, imported, of) => {
    const app = new App();
    const [s, t] = [new Stack(app, 'S', { env: of }), new Stack(app, 'T', { env: of })];
    const lt = template(s);
    new CfnOutput(s, 'Id', { value: lt.ref, exportName: exported('id') });
    new CfnOutput(s, 'Version', { value: lt.attrLatestVersionNumber, exportName: exported('version') });
    new ec2.CfnInstance(t, 'I', { launchTemplate: { launchTemplateId: Fn.importValue(imported('id')), version: Fn.importValue(imported('version')) } });
    Aspects.of(app).add(new RequireImdsv2());
    const { templates } = outcome(app);
    expect([optionsOf(templates.S, 'LT'), optionsOf(templates.T, 'I')]).toEqual([undefined, { HttpTokens: 'required' }]);
    const said = warnings(new CloudAssembly(app.outdir)).map(({ path, message }) => [path, /would replace the instance 'T\/I'/.test(message)]);
    expect(said).toEqual([['S/LT', true]]);
  });
});

describe('a launch template in another stack, by exported names', () => {
  function exporting(stack: Stack): ec2.CfnLaunchTemplate {
    const lt = template(stack);
    new CfnOutput(stack, 'Id', { value: lt.ref, exportName: 'template-id' });
    new CfnOutput(stack, 'Version', { value: lt.attrLatestVersionNumber, exportName: 'template-version' });
    return lt;
  }
  const imported = () => ({ launchTemplateId: Fn.importValue('template-id'), version: Fn.importValue('template-version') });

  test('is fixed, and its group is neither external nor pinned', () => {
    const result = required((s, t) => {
      exporting(s);
      group(t, 'G', imported());
    });
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
    expect(result.warnings).toEqual([expect.objectContaining({ path: 'T/G', message: expect.stringContaining('refuses to change an export in use') })]);
  });

  test('is left alone where an instance follows it, and the instance gets the options', () => {
    const result = required((s, t) => {
      exporting(s);
      new ec2.CfnInstance(t, 'I', { launchTemplate: imported() });
    });
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
    expect(optionsOf(result.templates.T, 'I')).toEqual({ HttpTokens: 'required' });
  });
});

describe('twice as many launch sources are looked at twice as often', () => {
  function looks(prototype: object, method: string, build: (stack: Stack, count: number) => void, props: RequireImdsv2Props = {}): number {
    const [few, many] = [10, 20].map((count) => {
      const spy = jest.spyOn(prototype as { [name: string]: () => unknown }, method);
      required((stack) => build(stack, count), props);
      const { length } = spy.mock.calls;
      spy.mockRestore();
      return length;
    });
    return many / few;
  }

  test('where every instance has a launch template that is held back', () => {
    expect(looks(TemplateWorld.prototype, 'follow', (stack, count) => {
      for (let i = 0; i < count; i++) {
        const lt = template(stack, `LT${i}`);
        new ec2.CfnInstance(stack, `I${i}`, { launchTemplate: latest(lt) });
        group(stack, `G${i}`, { ...latest(lt), version: '1' });
      }
    })).toBeLessThan(2.2);
  });

  test('where instances that come before it share a launch template that may be replaced', () => {
    expect(looks(ScopeFacts.prototype, 'of', (stack, count) => {
      const specification = { launchTemplateId: Fn.ref('LT'), version: Token.asString({ 'Fn::GetAtt': ['LT', 'LatestVersionNumber'] }) };
      for (let i = 0; i < count; i++) new ec2.CfnInstance(stack, `I${i}`, { launchTemplate: specification });
      template(stack);
    }, { replaceResources: true })).toBeLessThan(2.2);
  });
});

describe('names that are the same in two regions', () => {
  const REGIONS = ['us-east-1', 'eu-west-1'];

  /** An app with the same two stacks in both regions. */
  function inBoth(
    build: (net: Stack, app: Stack, region: string) => void, environment: (region: string) => object = (region) => ({ ...ENV, region }),
  ) {
    const app = new App();
    for (const region of REGIONS) {
      build(new Stack(app, `Net-${region}`, { env: environment(region) }), new Stack(app, `App-${region}`, { env: { ...ENV, region } }), region);
    }
    Aspects.of(app).add(new RequireImdsv2());
    const result = outcome(app);
    return { ...result, warnings: warnings(new CloudAssembly(app.outdir)) };
  }

  test('an export means the one of its own region: no instance is replaced in either', () => {
    const { templates } = inBoth((net, app) => {
      const lt = template(net);
      new CfnOutput(net, 'Id', { value: lt.ref, exportName: 'template-id' });
      new CfnOutput(net, 'Version', { value: lt.attrLatestVersionNumber, exportName: 'template-version' });
      new ec2.CfnInstance(app, 'I', { launchTemplate: { launchTemplateId: Fn.importValue('template-id'), version: Fn.importValue('template-version') } });
    });
    expect(REGIONS.map((region) => [optionsOf(templates[`Net-${region}`], 'LT'), optionsOf(templates[`App-${region}`], 'I')]))
      .toEqual([[undefined, { HttpTokens: 'required' }], [undefined, { HttpTokens: 'required' }]]);
  });

  test('a name means the launch template of its own region: the exempt group of one keeps its own, and nothing else is held back', () => {
    const { templates, warnings: said } = inBoth((net, app, region) => {
      new ec2.CfnLaunchTemplate(net, 'LT', { launchTemplateName: 'web', launchTemplateData: { imageId: 'ami-1' } });
      const one = group(app, 'G', { launchTemplateName: 'web', version: '$Latest' });
      if (region === 'us-east-1') Validations.of(one).acknowledge({ id: TOKENS, reason: 'old agent' });
    });
    expect(REGIONS.map((region) => optionsOf(templates[`Net-${region}`], 'LT'))).toEqual([undefined, { HttpTokens: 'required' }]);
    expect(said.map(({ path }) => path)).toEqual(['Net-us-east-1/LT']);
  });

  test('a stack that leaves its region open may be in any', () => {
    const { templates } = inBoth((net, app, region) => {
      if (region === 'us-east-1') new ec2.CfnLaunchTemplate(net, 'LT', { launchTemplateName: 'web', launchTemplateData: { imageId: 'ami-1' } });
      else Validations.of(group(app, 'G', { launchTemplateName: 'web', version: '$Latest' })).acknowledge({ id: TOKENS, reason: 'old agent' });
    }, () => ({}));
    expect(optionsOf(templates['Net-us-east-1'], 'LT')).toBeUndefined();
  });
});

describe('a launch template whose name is', () => {
  const NAMES: Array<[string, (stack: Stack) => string, boolean]> = [
    ['a parameter', (stack) => (stack.node.tryFindChild('P') as CfnParameter ?? new CfnParameter(stack, 'P')).valueAsString, false],
    ['made of the stack\'s name', () => `${Aws.STACK_NAME}-web`, false],
    ['a raw Fn::Sub', () => Token.asString({ 'Fn::Sub': '${AWS::StackName}-web' }), false],
    ['a lazy', () => Lazy.string({ produce: () => 'web' }), false],
    ['an escape hatch', () => 'web', true],
  ];
  type Follow = (stack: Stack, launchTemplateName: string, lt: ec2.CfnLaunchTemplate) => void;
  const build = (name: (stack: Stack) => string, isOverride: boolean, follow: Follow) => (stack: Stack) => {
    const lt = template(stack);
    if (isOverride) lt.addPropertyOverride('LaunchTemplateName', name(stack));
    else lt.launchTemplateName = name(stack);
    follow(stack, name(stack), lt);
  };

  test.each(NAMES)('%s: is held back for an exempt group that says the same', (_, name, isOverride) => {
    const { templates, warnings: said } = required(build(name, isOverride, (stack, launchTemplateName) =>
      Validations.of(group(stack, 'G', { launchTemplateName, version: '$Latest' })).acknowledge({ id: TOKENS, reason: 'old agent' })));
    expect(optionsOf(templates.S, 'LT')).toBeUndefined();
    expect(said.map(({ path, id }) => [path, id])).toEqual([['S/LT', FOLLOWER]]);
  });

  test.each(NAMES)('%s: is held back for an instance that an edit would replace', (_, name, isOverride) => {
    const { templates, findings } = required(build(name, isOverride, (stack, launchTemplateName, lt) =>
      new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateName, version: lt.attrLatestVersionNumber } })));
    expect([optionsOf(templates.S, 'LT'), optionsOf(templates.S, 'I')]).toEqual([undefined, { HttpTokens: 'required' }]);
    expect(findings).toEqual([]);
  });

  test.each(NAMES)('%s: is what a group follows that says the same, in the tree and in the written template', (_, name, isOverride) => {
    const { warnings: said, findings } = required(build(name, isOverride, (stack, launchTemplateName, lt) => {
      lt.launchTemplateData = Token.asAny({ 'Fn::Transform': { Name: 'Macro' } });
      group(stack, 'G', { launchTemplateName, version: lt.attrLatestVersionNumber });
    }));
    expect(said).toEqual([]);
    expect(findings.map(({ path, rule }) => [path, rule])).toEqual([['S/LT', TOKENS]]);
  });
});

describe('a launch template whose name pseudo parameters make', () => {
  const SPELLINGS: Array<[string, own: string, wanted: string]> = [
    ['in another spelling', `${Aws.STACK_NAME}-web`, Fn.sub('${AWS::StackName}-web')],
    ['of its stack, in words', `${Aws.STACK_NAME}-web`, 'S-web'],
    ['of its region', Fn.sub('web-${AWS::Region}-${AWS::AccountId}'), `web-${Aws.REGION}-${Aws.ACCOUNT_ID}`],
  ];
  const build = (own: string) => (stack: Stack) => new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateName: own, launchTemplateData: { imageId: 'ami-1' } });

  test.each(SPELLINGS)('%s: is held back for an instance that an edit would replace', (_, own, launchTemplateName) => {
    const { templates, error } = required((stack) => {
      new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateName, version: build(own)(stack).attrLatestVersionNumber } });
    });
    expect(error).toBeUndefined();
    expect([optionsOf(templates.S, 'LT'), optionsOf(templates.S, 'I')]).toEqual([undefined, { HttpTokens: 'required' }]);
  });

  test.each(SPELLINGS.slice(1))('%s: is held back for an exempt group of another stack', (_, own, launchTemplateName) => {
    const { templates, warnings: said } = required((stack, other) => {
      build(own)(stack);
      Validations.of(group(other, 'G', { launchTemplateName, version: '$Latest' })).acknowledge({ id: TOKENS, reason: 'old agent' });
    });
    expect(optionsOf(templates.S, 'LT')).toBeUndefined();
    expect(said.map(({ path, id }) => [path, id])).toEqual([['S/LT', FOLLOWER]]);
  });
});

test.each(['before', 'after'])('a launch configuration %s it that has the name of a launch template is not taken for it', (place) => {
  const { templates, warnings: said } = required((stack, other) => {
    const configuration = (scope: Stack) => Validations.of(new autoscaling.CfnLaunchConfiguration(scope, 'LC', {
      launchConfigurationName: 'web', imageId: 'ami-1', instanceType: 't3.micro', metadataOptions: { httpTokens: 'required' },
    })).acknowledge({ id: 'cdk-imdsv2::launch-configuration', reason: 'stays for now' });
    if (place === 'before') configuration(stack);
    new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateName: 'web', launchTemplateData: { imageId: 'ami-1' } });
    Validations.of(group(stack, 'Exempt', { launchTemplateName: 'web', version: '$Latest' })).acknowledge({ id: TOKENS, reason: 'old agent' });
    new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchConfigurationName: 'web' });
    if (place === 'after') configuration(other);
  });
  expect(optionsOf(templates.S, 'LT')).toBeUndefined();
  expect(said.filter(({ id }) => id === EXTERNAL)).toEqual([]);
});

describe('a launch template from outside the app', () => {
  test('is not taken for the template whose version stands beside its id', () => {
    const { templates, notices: said } = required((s) => {
      const other = template(s, 'Other', { metadataOptions: { httpTokens: 'required' } });
      new ec2.CfnInstance(s, 'I', { launchTemplate: { launchTemplateId: 'lt-0123456789abcdef0', version: other.attrLatestVersionNumber } });
    });
    expect(optionsOf(templates.S, 'I')).toEqual({ HttpTokens: 'required' });
    expect(said).toEqual([expect.objectContaining({ path: 'S/I', id: EXTERNAL, message: expect.stringContaining('lt-0123456789abcdef0') })]);
  });

  const EXTERNALS: Array<[string, (stack: Stack) => string, string]> = [
    ['imported by id', (stack) => {
      const launchTemplate = ec2.LaunchTemplate.fromLaunchTemplateAttributes(stack, 'LT', { launchTemplateId: 'lt-0123', versionNumber: '7' });
      group(stack, 'G', { launchTemplateId: launchTemplate.launchTemplateId, version: launchTemplate.versionNumber });
      return 'G';
    }, 'lt-0123'],
    ['a literal id', (stack) => group(stack, 'G', { launchTemplateId: 'lt-4567', version: '1' }).node.id, 'lt-4567'],
    ['a literal name', (stack) => group(stack, 'G', { launchTemplateName: 'their-template', version: '1' }).node.id, 'their-template'],
    ['a parameter', (stack) => {
      const parameter = new CfnParameter(stack, 'TheirTemplate');
      return group(stack, 'G', { launchTemplateId: parameter.valueAsString, version: '1' }).node.id;
    }, 'TheirTemplate'],
    ['an export of another app', (stack) =>
      group(stack, 'G', { launchTemplateId: Fn.importValue('not-ours'), version: '1' }).node.id, 'not-ours'],
    ['an override of a mixed instances policy', (stack) => {
      new autoscaling.CfnAutoScalingGroup(stack, 'G', {
        minSize: '0',
        maxSize: '1',
        mixedInstancesPolicy: {
          launchTemplate: {
            launchTemplateSpecification: latest(template(stack)),
            overrides: [{ instanceType: 't3.small', launchTemplateSpecification: { launchTemplateId: 'lt-89ab', version: '1' } }],
          },
        },
      });
      return 'G';
    }, 'lt-89ab'],
  ];

  test.each(EXTERNALS)('that a group names by %s is a warning that names it', (_, build, name) => {
    const result = required((stack) => build(stack));
    expect(result.error).toBeUndefined();
    const [warning, ...more] = result.warnings.filter(({ id }) => id === EXTERNAL);
    expect(more).toEqual([]);
    expect(warning.path).toBe('S/G');
    expect(warning.message).toContain(name);
  });

  test('that an instance names is information, and the instance gets the options itself', () => {
    const result = required((stack) => new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateId: 'lt-0123', version: '3' } }));
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates.S, 'I')).toEqual({ HttpTokens: 'required' });
    expect(result.warnings).toEqual([]);
    expect(result.notices).toEqual([expect.objectContaining({ id: EXTERNAL, path: 'S/I', message: expect.stringContaining('lt-0123') })]);
  });
});

describe('an instance that follows the latest version of an optional template', () => {
  const DATA = { metadataOptions: { httpTokens: 'optional', instanceMetadataTags: 'enabled', httpProtocolIpv6: 'enabled', httpPutResponseHopLimit: 3 } };

  test('keeps its launch template and that template, and gets its own options with what the template says copied', () => {
    const { without, with: treated, outcome: { error, assembly } } = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      new ec2.CfnInstance(stack, 'I', { launchTemplate: latest(template(stack, 'LT', DATA)) });
    });
    expect(error).toBeUndefined();
    expect(differences(without.S, treated.S)).toEqual(['Resources.I.Properties.MetadataOptions']);
    expect(optionsOf(treated.S, 'I')).toEqual({
      HttpTokens: 'required', InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled', HttpPutResponseHopLimit: 3,
    });
    expect(warnings(assembly!)).toEqual([expect.objectContaining({ path: 'S/LT', id: FOLLOWER })]);
    expect(warnings(assembly!)[0].message).toContain("'S/I'");
    expect(changes(assembly!)).toEqual([expect.objectContaining({ path: 'S/I', effect: 'no interruption' })]);
  });

  test('keeps what it says itself over what the template says', () => {
    const { templates } = required((stack) => new ec2.CfnInstance(stack, 'I', {
      launchTemplate: latest(template(stack, 'LT', DATA)), metadataOptions: { httpPutResponseHopLimit: 1, httpTokens: 'optional' },
    }));
    expect(optionsOf(templates.S, 'I')).toEqual({
      HttpTokens: 'required', InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled', HttpPutResponseHopLimit: 1,
    });
  });

  test('in another stack gets the literal options copied', () => {
    const result = required((s, t) => new ec2.CfnInstance(t, 'I', { launchTemplate: latest(template(s, 'LT', DATA)) }));
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates.S, 'LT').HttpTokens).toBe('optional');
    expect(optionsOf(result.templates.T, 'I')).toEqual({
      HttpTokens: 'required', InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled', HttpPutResponseHopLimit: 3,
    });
  });

  test('as an L2 keeps its launch template too', () => {
    const { without, with: treated } = withAndWithout((app) => {
      const stack = new Stack(app, 'S', { env: ENV });
      const launchTemplate = new ec2.LaunchTemplate(stack, 'LT', MACHINE);
      const instance = new ec2.Instance(stack, 'I', { vpc: vpcOf(stack), ...MACHINE });
      instance.instance.launchTemplate = { launchTemplateId: launchTemplate.launchTemplateId, version: launchTemplate.latestVersionNumber };
    });
    expect(differences(without.S, treated.S)).toEqual([expect.stringMatching(/^Resources\.I\w+\.Properties\.MetadataOptions$/)]);
  });

  /** Each is one and the same to CloudFormation: the version changes with the template, and the instance is replaced. */
  const SPELLINGS: Array<[string, (stack: Stack, lt: ec2.CfnLaunchTemplate) => ec2.CfnInstanceProps['launchTemplate']]> = [
    ['GetAtt', (_, lt) => latest(lt)],
    ['raw intrinsics', () => ({ launchTemplateId: Token.asString({ Ref: 'LT' }), version: Token.asString({ 'Fn::GetAtt': 'LT.LatestVersionNumber' }) })],
    ['Fn::Sub of the version', (_, lt) => ({ launchTemplateId: lt.ref, version: Fn.sub('${LT.LatestVersionNumber}') })],
    ['Fn::Sub of id and version', () => ({ launchTemplateId: Fn.sub('${LT}'), version: Fn.sub('${LT.LatestVersionNumber}') })],
    ['Fn::If around the version', (stack, lt) => {
      new CfnCondition(stack, 'C', { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1') });
      return { launchTemplateId: lt.ref, version: Token.asString(Fn.conditionIf('C', lt.attrLatestVersionNumber, '1')) };
    }],
    ['Fn::If around the specification', (stack, lt) => {
      new CfnCondition(stack, 'C', { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1') });
      return Fn.conditionIf('C', { LaunchTemplateId: lt.ref, Version: lt.attrLatestVersionNumber }, { Ref: 'AWS::NoValue' });
    }],
  ];

  test.each(SPELLINGS)('by %s is not replaced: the template is left alone', (_, specification) => {
    const { without, with: treated } = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      new ec2.CfnInstance(stack, 'I', { launchTemplate: specification(stack, template(stack)) });
    });
    expect(differences(without.S, treated.S)).toEqual([expect.stringMatching(/^Resources\.I\.Properties/)]);
    expect(optionsOf(treated.S, 'I')).toEqual({ HttpTokens: 'required' });
  });

  test('through the parameters of a nested stack is not replaced: the template is left alone', () => {
    const result = required((stack) => {
      const lt = template(stack);
      const nested = new NestedStack(stack, 'N', { parameters: { Id: lt.ref, Version: lt.attrLatestVersionNumber } });
      const [id, version] = ['Id', 'Version'].map((name) => new CfnParameter(nested, name).valueAsString);
      new ec2.CfnInstance(nested, 'I', { launchTemplate: { launchTemplateId: id, version } });
    });
    expect(optionsOf(result.templates['S/N'], 'I')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
  });

  test('in a nested stack is not replaced: the template of the parent is left alone', () => {
    const result = required((stack) => {
      new ec2.CfnInstance(new NestedStack(stack, 'N'), 'I', { launchTemplate: latest(template(stack)) });
    });
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates['S/N'], 'I')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
  });

  test('made by an untyped CfnResource is not replaced', () => {
    const result = required((stack) => {
      const lt = new CfnResource(stack, 'LT', { type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: { ImageId: 'ami-1' } } });
      new CfnResource(stack, 'I', {
        type: 'AWS::EC2::Instance',
        properties: { LaunchTemplate: { LaunchTemplateId: lt.ref, Version: lt.getAtt('LatestVersionNumber') } },
      });
    });
    expect(optionsOf(result.templates.S, 'I')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
  });

  test('beside a group that follows it too is a finding, because the group would still launch IMDSv1', () => {
    const result = required((stack) => {
      const lt = template(stack);
      new ec2.CfnInstance(stack, 'I', { launchTemplate: latest(lt) });
      group(stack, 'G', latest(lt));
    });
    expect(result.error).toBeDefined();
    expect(result.findings).toEqual([expect.objectContaining({ rule: FOLLOWER, path: 'S/LT' })]);
    expect(result.findings[0].description).toContain("'S/I'");
  });
});

describe('an instance over a template that requires tokens', () => {
  const REQUIRED = { metadataOptions: { httpTokens: 'required', instanceMetadataTags: 'enabled' } };

  test('and says nothing itself stays as it is', () => {
    const { without, with: treated, outcome: { error } } = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      new ec2.CfnInstance(stack, 'I', { launchTemplate: latest(template(stack, 'LT', REQUIRED)) });
    });
    expect(error).toBeUndefined();
    expect(treated).toEqual(without);
  });

  test('and has a hop limit of its own stays as it is, because each option is evaluated separately', () => {
    const { without, with: treated, outcome: { error } } = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      new ec2.CfnInstance(stack, 'I', { launchTemplate: latest(template(stack, 'LT', REQUIRED)), metadataOptions: { httpPutResponseHopLimit: 2 } });
    });
    expect(error).toBeUndefined();
    expect(treated).toEqual(without);
  });

  test('by another condition for the version than for the template gets options of its own', () => {
    const { outcome: { error, templates } } = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      const [one, other] = ['One', 'Other'].map((id) => template(stack, id, REQUIRED));
      const [c, d] = ['C', 'D'].map((id) => new CfnCondition(stack, id, { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), id) }));
      const chosen = (id: string, condition: CfnCondition) => new ec2.CfnInstance(stack, id, {
        launchTemplate: {
          launchTemplateId: Fn.conditionIf(c.logicalId, one.ref, other.ref).toString(),
          version: Fn.conditionIf(condition.logicalId, one.attrLatestVersionNumber, other.attrLatestVersionNumber).toString(),
        },
      });
      chosen('Same', c);
      chosen('Different', d);
    });
    expect(error).toBeUndefined();
    expect(optionsOf(templates.S, 'Same')).toBeUndefined();
    expect(optionsOf(templates.S, 'Different')).toEqual({ HttpTokens: 'required' });
  });
});

describe('an EC2 fleet that follows the latest version of an optional template', () => {
  test('is not replaced: the template stays, and is a finding that stops synthesis, because it still launches IMDSv1', () => {
    const result = required((stack) => fleet(stack, latest(template(stack))));
    expect(result.error).toBeDefined();
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
    expect(result.findings).toEqual([expect.objectContaining({ rule: FOLLOWER, path: 'S/LT', severity: 'error' })]);
    expect(result.findings[0].fix).toContain('replaceResources: true');
    expect(result.warnings).toEqual([expect.objectContaining({ id: FOLLOWER, path: 'S/LT' })]);
    expect(result.changes).toEqual([]);
  });

  test('is replaced where that is allowed, and the record says so', () => {
    const result = required((stack) => fleet(stack, latest(template(stack))), { replaceResources: true });
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
    expect(result.changes).toEqual([expect.objectContaining({ path: 'S/LT', effect: expect.stringMatching(/replaces the resource.*'S\/F'/) })]);
  });
});

describe('an instance that follows a template which requires tokens, and says so itself under a condition', () => {
  const CONDITION: Array<[string, Json]> = [
    ['or nothing', Fn.conditionIf('Prod', { HttpTokens: 'required' }, NO_VALUE)],
    ['or an empty block', Fn.conditionIf('Prod', { HttpTokens: 'required' }, {})],
    ['as its only option', { httpTokens: Fn.conditionIf('Prod', 'required', NO_VALUE).toString() }],
  ];
  const build = (block: Json, version?: string) => (stack: Stack) => {
    new CfnCondition(stack, 'Prod', { expression: Fn.conditionEquals('a', 'b') });
    const lt = template(stack, 'LT', { metadataOptions: { httpTokens: version ? 'optional' : 'required', httpPutResponseHopLimit: 3 } });
    new ec2.CfnInstance(stack, 'I', { metadataOptions: block, launchTemplate: { ...latest(lt), ...version && { version } } });
  };

  test.each(CONDITION)('%s, is left as it is, because how one block of options fills the other is not documented', (_, block) => {
    const { without, with: treated, outcome: { error } } = withAndWithout((app) => build(block)(new Stack(app, 'S')));
    expect(error).toBeUndefined();
    expect(differences(without, treated)).toEqual([]);
  });

  test('gets them where the template is edited and the literal $Latest does not tell of it', () => {
    const { templates } = required(build(CONDITION[0][1], '$Latest'));
    expect(optionsOf(templates.S, 'I')).toEqual({ 'Fn::If': ['Prod', { HttpTokens: 'required' }, { HttpTokens: 'required' }] });
  });
});

describe('replaceResources', () => {
  test.each(['the template first', 'the instance first'])('edits the template instead of the instance, %s', (order) => {
    const result = required((stack) => {
      const instance = order === 'the instance first' ? new ec2.CfnInstance(stack, 'I') : undefined;
      const lt = template(stack, 'LT', { metadataOptions: { httpTokens: 'optional' } });
      (instance ?? new ec2.CfnInstance(stack, 'I')).launchTemplate = latest(lt);
    }, { replaceResources: true });
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(result.templates.S, 'I')).toBeUndefined();
    expect(result.changes).toEqual([expect.objectContaining({ path: 'S/LT', effect: expect.stringMatching(/replaces the resource.*'S\/I'/) })]);
  });

  test('on the stack of the template alone decides about the template', () => {
    const app = new App();
    const [s, t] = [new Stack(app, 'S'), new Stack(app, 'T')];
    new ec2.CfnInstance(t, 'I', { launchTemplate: latest(template(s)) });
    Aspects.of(app).add(new RequireImdsv2());
    Aspects.of(s).add(new RequireImdsv2({ replaceResources: true }));
    const { templates } = outcome(app);
    expect(optionsOf(templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(templates.T, 'I')).toBeUndefined();
  });
});

describe('what asks for the latest version of another template than the one it names', () => {
  const OTHERS: Array<[string, (lt: ec2.CfnLaunchTemplate, other: ec2.CfnLaunchTemplate) => string]> = [
    ['by reference', (_, other) => other.attrLatestVersionNumber],
    ['by raw intrinsics', () => Token.asString({ 'Fn::GetAtt': ['Other', 'LatestVersionNumber'] })],
    ['by Fn::Sub', () => Fn.sub('${Other.LatestVersionNumber}')],
    ['under a condition', (lt, other) => Token.asString(Fn.conditionIf('Prod', lt.attrLatestVersionNumber, other.attrLatestVersionNumber))],
  ];
  type Follow = (stack: Stack, specification: { launchTemplateId: string; version: string }) => void;
  const build = (version: (typeof OTHERS)[0][1], follow: Follow) => (stack: Stack) => {
    new CfnCondition(stack, 'Prod', { expression: Fn.conditionEquals('a', 'b') });
    const [lt, other] = [template(stack), template(stack, 'Other')];
    follow(stack, { launchTemplateId: lt.ref, version: version(lt, other) });
  };

  test.each(OTHERS)('%s: a group gets a warning, because no edit reaches it', (how, version) => {
    const { warnings: said, findings } = required(build(version, (stack, specification) => group(stack, 'G', specification)));
    expect(findings).toEqual([]);
    expect(said).toEqual([expect.objectContaining({ path: 'S/G', id: FOLLOWER, message: expect.stringContaining(`${how === 'under a condition' ? 'may pin' : 'pins'} a version of the launch template 'S/LT'`) })]);
  });

  test.each(OTHERS)('%s: an instance gets the options itself', (_, version) => {
    const { templates } = required(build(version, (stack, launchTemplate) => new ec2.CfnInstance(stack, 'I', { launchTemplate })));
    expect(optionsOf(templates.S, 'I')).toEqual({ HttpTokens: 'required' });
  });
});

describe('what is pinned to a version of a template that is fixed here', () => {
  const PINS: Array<[string, (lt: ec2.CfnLaunchTemplate) => string]> = [
    ['a literal version', () => '1'],
    ['$Default', () => '$Default'],
    ['DefaultVersionNumber', (lt) => lt.attrDefaultVersionNumber],
  ];

  test.each(PINS)('with %s: a group gets a warning that says so', (_, pin) => {
    const result = required((stack) => {
      const lt = template(stack);
      group(stack, 'G', { launchTemplateId: lt.ref, version: pin(lt) });
    });
    expect(optionsOf(result.templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
    expect(result.warnings).toEqual([expect.objectContaining({ path: 'S/G', id: FOLLOWER, message: expect.stringContaining("'S/LT'") })]);
    expect(result.changes.map(({ effect }) => effect)).toEqual([expect.not.stringContaining('S/G')]);
  });

  test.each(PINS)('with %s: an override of a mixed instances policy gets a warning that says so', (_, pin) => {
    const result = required((stack) => {
      const [lt, other] = [template(stack), template(stack, 'Other')];
      new autoscaling.CfnAutoScalingGroup(stack, 'G', {
        minSize: '0',
        maxSize: '1',
        mixedInstancesPolicy: {
          launchTemplate: {
            launchTemplateSpecification: latest(lt),
            overrides: [{ launchTemplateSpecification: { launchTemplateId: other.ref, version: pin(other) } }],
          },
        },
      });
    });
    expect(result.warnings).toEqual([expect.objectContaining({ path: 'S/G', id: FOLLOWER, message: expect.stringContaining("'S/Other'") })]);
  });

  const ORDERS = PINS.flatMap(([name, pin]) => [[name, 'after', pin], [name, 'before', pin]] as Array<[string, string, typeof pin]>);
  test.each(ORDERS)('with %s: an instance defined %s the template gets the options itself, and that is information', (_, order, pin) => {
    const result = required((stack) => {
      const instance = order === 'before' ? new ec2.CfnInstance(stack, 'I') : undefined;
      const lt = template(stack);
      (instance ?? new ec2.CfnInstance(stack, 'I')).launchTemplate = { launchTemplateId: lt.ref, version: pin(lt) };
    });
    expect(optionsOf(result.templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
    expect(optionsOf(result.templates.S, 'I')).toEqual({ HttpTokens: 'required' });
    expect(result.warnings).toEqual([]);
    expect(result.notices).toEqual([expect.objectContaining({ path: 'S/I', id: FOLLOWER })]);
  });

  test('an instance pinned to a template that always required tokens gets the options itself', () => {
    const result = required((stack) => {
      const lt = template(stack, 'LT', { metadataOptions: { httpTokens: 'required' } });
      new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateId: lt.ref, version: '1' } });
    });
    expect(optionsOf(result.templates.S, 'I')).toEqual({ HttpTokens: 'required' });
  });
});

describe('the effect in the change record of a launch template', () => {
  const roll = { autoScalingRollingUpdate: { minInstancesInService: 1 } };
  const GROUPS: Array<[string, autoscaling.CfnAutoScalingGroup['cfnOptions']['updatePolicy'], RegExp, boolean]> = [
    ['a group without update policy', undefined, /new instances only, running ones stay until they are replaced 'S\/F'/, false],
    ['a group with only a scheduled action policy', { autoScalingScheduledAction: { ignoreUnmodifiedGroupSizeProperties: true } },
      /new instances only.* 'S\/F'/, false],
    ['a group that rolls', roll, /rolls the group 'S\/F'/, true],
    ['a group with an empty rolling update', { autoScalingRollingUpdate: {} }, /rolls the group 'S\/F'/, true],
    ['a group that is replaced', { autoScalingReplacingUpdate: { willReplace: true } }, /replaces the group 'S\/F'/, true],
    ['a group that is replaced rather than rolled', { ...roll, autoScalingReplacingUpdate: { willReplace: true } }, /replaces the group 'S\/F'/, true],
    ['a group that rolls because it is not replaced', { ...roll, autoScalingReplacingUpdate: { willReplace: false } }, /rolls the group 'S\/F'/, true],
    ['a group that is not replaced', { autoScalingReplacingUpdate: { willReplace: false } }, /new instances only.* 'S\/F'/, false],
    ['a group with instance refresh', { autoScalingInstanceRefresh: {} } as any, /rolls the group 'S\/F'/, true],
  ];

  test.each(GROUPS)('for %s', (_, updatePolicy, effect, announced) => {
    const result = required((stack) => {
      group(stack, 'F', latest(template(stack))).cfnOptions.updatePolicy = updatePolicy;
    });
    expect(result.error).toBeUndefined();
    expect(result.changes).toEqual([expect.objectContaining({ path: 'S/LT', effect: expect.stringMatching(effect) })]);
    const about = [...result.warnings, ...result.notices].filter(({ path }) => path === 'S/F');
    expect(about).toHaveLength(announced ? 1 : 0);
  });

  test('for a group whose update policy is an escape hatch', () => {
    const result = required((stack) => {
      group(stack, 'F', latest(template(stack))).addOverride('UpdatePolicy', { AutoScalingReplacingUpdate: { WillReplace: true } });
    });
    expect(result.changes).toEqual([expect.objectContaining({ effect: expect.stringContaining("replaces the group 'S/F'") })]);
  });

  test.each<[string, Json, string, string | undefined]>([
    ['a group or nothing is replaced', { 'Fn::If': ['Prod', { AutoScalingReplacingUpdate: { WillReplace: true } }, NO_VALUE] }, 'replaces the group', 'AutoScalingReplacingUpdate'],
    ['a group is rolled or replaced', { 'Fn::If': ['Prod', { AutoScalingRollingUpdate: {} }, { AutoScalingReplacingUpdate: { WillReplace: true } }] },
      'replaces the group', 'AutoScalingReplacingUpdate, AutoScalingRollingUpdate'],
    ['a group is rolled or not', { AutoScalingRollingUpdate: { 'Fn::If': ['Prod', {}, NO_VALUE] } }, 'rolls the group', 'AutoScalingRollingUpdate'],
    ['a group is replaced or rolled',
      { AutoScalingReplacingUpdate: { WillReplace: { 'Fn::If': ['Prod', false, 'true'] } }, AutoScalingRollingUpdate: { MinInstancesInService: 1 } },
      'replaces the group', 'AutoScalingReplacingUpdate, AutoScalingRollingUpdate'],
    ['nothing is chosen either way', { 'Fn::If': ['Prod', NO_VALUE, NO_VALUE] }, 'new instances only', undefined],
    ['a policy has no value', { AutoScalingRollingUpdate: NO_VALUE }, 'new instances only', undefined],
  ])('for an update policy under a condition: %s', (_, policy, effect, named) => {
    const result = required((stack) => {
      new CfnCondition(stack, 'Prod', { expression: Fn.conditionEquals('a', 'b') });
      group(stack, 'F', latest(template(stack))).addOverride('UpdatePolicy', policy);
    });
    expect(result.changes).toEqual([expect.objectContaining({ effect: expect.stringContaining(effect) })]);
    expect([...result.warnings, ...result.notices].filter(({ path }) => path === 'S/F').map(({ message }) => message))
      .toEqual(named === undefined ? [] : [expect.stringContaining(`${effect} (UpdatePolicy ${named})`)]);
  });

  test('for an EKS node group', () => {
    const result = required((stack) => {
      const lt = template(stack);
      new eks.CfnNodegroup(stack, 'F', {
        clusterName: 'c', nodeRole: 'arn:aws:iam::111111111111:role/r', subnets: ['subnet-1'], launchTemplate: { id: lt.ref, version: lt.attrLatestVersionNumber },
      });
    });
    expect(result.changes).toEqual([expect.objectContaining({ path: 'S/LT', effect: expect.stringMatching(/renews the nodes.* 'S\/F'/) })]);
  });

  test.each<[string, Partial<batch.CfnComputeEnvironmentProps>, RegExp]>([
    ['that says nothing', {}, /replaces the compute environment 'S\/F'/],
    ['that must not be replaced', { replaceComputeEnvironment: false, computeEnvironmentName: 'jobs' }, /renews the nodes.* 'S\/F'/],
  ])('for a Batch compute environment %s', (_, props, effect) => {
    const result = required((stack) => computeEnvironment(stack, template(stack), props));
    expect(result.changes).toEqual([expect.objectContaining({ path: 'S/LT', effect: expect.stringMatching(effect) })]);
    expect([...result.warnings, ...result.notices]).toEqual([expect.objectContaining({ path: 'S/F', id: FOLLOWER, message: expect.stringMatching(/deploying that (replaces|renews)/) })]);
  });

  test('is none for a Batch compute environment with a name, which CloudFormation refuses to replace: the template is left alone', () => {
    const result = required((stack) => computeEnvironment(stack, template(stack), { computeEnvironmentName: 'jobs' }));
    expect(result.changes).toEqual([]);
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
    expect(result.findings).toEqual([expect.objectContaining({
      rule: FOLLOWER, path: 'S/LT', description: expect.stringContaining("would replace the Batch compute environment 'S/F'"),
    })]);
  });

  test('names everything that follows it', () => {
    const result = required((stack) => {
      const lt = template(stack);
      group(stack, 'F', latest(lt)).cfnOptions.updatePolicy = roll;
      group(stack, 'G', latest(lt)).cfnOptions.updatePolicy = { autoScalingReplacingUpdate: { willReplace: true } };
    });
    expect(result.changes.map(({ effect }) => effect)).toEqual([expect.stringMatching(/(?=.*rolls the group 'S\/F')(?=.*replaces the group 'S\/G')/)]);
  });
});

describe('the announcement of a roll', () => {
  test('names the template, the update policy and how to hold it back', () => {
    const { notices: found } = required((stack) => {
      group(stack, 'G', latest(template(stack))).cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} };
    });
    expect(found).toEqual([expect.objectContaining({ path: 'S/G', id: FOLLOWER })]);
    for (const part of ["'S/LT'", 'AutoScalingRollingUpdate', 'rolls the group', `<S/LT>).acknowledge({ id: '${TOKENS}'`]) {
      expect(found[0].message).toContain(part);
    }
  });

  test('is held back by the line that it gives', () => {
    const { templates, error } = required((stack) => {
      const lt = template(stack);
      group(stack, 'G', latest(lt)).cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} };
      Validations.of(lt).acknowledge({ id: TOKENS, reason: 'after the release' });
    });
    expect(error).toBeUndefined();
    expect(optionsOf(templates.S, 'LT')).toBeUndefined();
  });
});

describe('a group whose own tokens rule is acknowledged', () => {
  test('is not rolled by an edit of its template', () => {
    const result = required((stack) => {
      const exempt = group(stack, 'G', latest(template(stack)));
      exempt.cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} };
      Validations.of(exempt).acknowledge({ id: TOKENS, reason: 'old agent' });
    });
    expect(result.error).toBeUndefined();
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
    expect(result.changes).toEqual([]);
  });

  test('leaves the other group of its template a finding', () => {
    const result = required((stack) => {
      const lt = template(stack);
      Validations.of(group(stack, 'G', latest(lt))).acknowledge({ id: TOKENS, reason: 'old agent' });
      group(stack, 'H', latest(lt));
    });
    expect(result.error).toBeDefined();
    expect(optionsOf(result.templates.S, 'LT')).toBeUndefined();
    expect(result.findings).toEqual([expect.objectContaining({ path: 'S/LT', rule: FOLLOWER })]);
    expect(result.findings[0].description).toContain("'S/G'");
  });

  test('and pinned to a version does not hold its template back', () => {
    const result = required((stack) => {
      const lt = template(stack);
      Validations.of(group(stack, 'G', { launchTemplateId: lt.ref, version: '1' })).acknowledge({ id: TOKENS, reason: 'old agent' });
      group(stack, 'H', latest(lt));
    });
    expect(optionsOf(result.templates.S, 'LT')).toEqual({ HttpTokens: 'required' });
  });
});
