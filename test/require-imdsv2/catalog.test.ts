import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, CfnCondition, CfnResource, Fn, Lazy, Stack, Validations } from 'aws-cdk-lib';
import { CfnFleet } from 'aws-cdk-lib/aws-appstream';
import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { CfnComputeEnvironment, type CfnComputeEnvironmentProps } from 'aws-cdk-lib/aws-batch';
import { CfnEC2Fleet, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnCapacityProvider } from 'aws-cdk-lib/aws-ecs';
import { CfnConfigurationTemplate, CfnEnvironment } from 'aws-cdk-lib/aws-elasticbeanstalk';
import { CfnCluster, CfnSecurityConfiguration } from 'aws-cdk-lib/aws-emr';
import { CfnInfrastructureConfiguration } from 'aws-cdk-lib/aws-imagebuilder';
import { CfnNotebookInstance } from 'aws-cdk-lib/aws-sagemaker';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { changes, outcome, synthTemplates, warnings, withAndWithout, differences, type Json, type Outcome } from '../support';

const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
const option = (OptionName: unknown, Value: unknown, Namespace = 'aws:autoscaling:launchconfiguration') =>
  ({ Namespace, OptionName, Value });
const SWITCH = option('DisableIMDSv1', 'true');
const OTHER = option('IamInstanceProfile', 'role');

const NOTEBOOK = 'AWS::SageMaker::NotebookInstance';
const BUILDS = 'AWS::ImageBuilder::InfrastructureConfiguration';
const ENVIRONMENT = 'AWS::ElasticBeanstalk::Environment';
const EMR = 'AWS::EMR::SecurityConfiguration';
const WORKSPACE = 'AWS::WorkspacesInstances::WorkspaceInstance';
const version = (MinimumInstanceMetadataServiceVersion: unknown) =>
  ({ InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion } });

interface Synthesized extends Outcome { readonly properties: Json }

/** One resource `R`, and what the aspect makes of its properties. */
function treated(build: (stack: Stack) => CfnResource, props: RequireImdsv2Props = {}): Synthesized {
  const app = new App();
  const stack = new Stack(app, 'S');
  new CfnCondition(stack, 'C');
  const resource = build(stack);
  RequireImdsv2.addTo(app, props);
  const result = outcome(app);
  return { ...result, properties: result.templates.S.Resources[stack.resolve(resource.logicalId)].Properties };
}

/** What an edit costs, or nobody can tell, is no question of these. */
const ALLOWED: RequireImdsv2Props = { replaceResources: true };

const raw = (type: string, properties: Json) => (stack: Stack) => new CfnResource(stack, 'R', { type, properties });

const EDITED: Array<[name: string, type: string, properties: Json, wanted: Json]> = [
  ['a notebook that says nothing', NOTEBOOK, {}, version('2')],
  ['a notebook of version 1', NOTEBOOK, version('1'), version('2')],
  ['a notebook of a parameter', NOTEBOOK, version({ Ref: 'AWS::Region' }), version('2')],
  ['a notebook of a condition', NOTEBOOK, { InstanceMetadataServiceConfiguration: either(version('1').InstanceMetadataServiceConfiguration, NO_VALUE) },
    { InstanceMetadataServiceConfiguration: either(version('2').InstanceMetadataServiceConfiguration, version('2').InstanceMetadataServiceConfiguration) }],
  ['builds that say nothing', BUILDS, {}, { InstanceMetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } }],
  ['builds with one hop', BUILDS, { InstanceMetadataOptions: { HttpPutResponseHopLimit: 1 } },
    { InstanceMetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } }],
  ['an environment without options', ENVIRONMENT, {}, { OptionSettings: [SWITCH] }],
  ['an environment with others', ENVIRONMENT, { OptionSettings: [OTHER] }, { OptionSettings: [OTHER, SWITCH] }],
  ['an environment that says false', ENVIRONMENT, { OptionSettings: [option('DisableIMDSv1', 'false'), OTHER] }, { OptionSettings: [SWITCH, OTHER] }],
  ['an environment that says false twice', ENVIRONMENT, { OptionSettings: [option('DisableIMDSv1', 'false'), OTHER, option('DisableIMDSv1', 'false')] },
    { OptionSettings: [SWITCH, OTHER] }],
  ['an option of the same name elsewhere', ENVIRONMENT, { OptionSettings: [option('DisableIMDSv1', 'false', 'aws:other')] },
    { OptionSettings: [option('DisableIMDSv1', 'false', 'aws:other'), SWITCH] }],
  ['an option under a condition', ENVIRONMENT, { OptionSettings: [either(option('DisableIMDSv1', 'false'), OTHER), OTHER] },
    { OptionSettings: [either(NO_VALUE, OTHER), OTHER, SWITCH] }],
  ['an option or none', ENVIRONMENT, { OptionSettings: [either(SWITCH, NO_VALUE)] }, { OptionSettings: [SWITCH] }],
  ['options under a condition', ENVIRONMENT, { OptionSettings: either([OTHER], NO_VALUE) }, { OptionSettings: either([OTHER, SWITCH], [SWITCH]) }],
  ['an option whose value is a condition', ENVIRONMENT, { OptionSettings: [option('DisableIMDSv1', either('true', 'false'))] }, { OptionSettings: [SWITCH] }],
  ['a configuration template', 'AWS::ElasticBeanstalk::ConfigurationTemplate', { OptionSettings: [OTHER] }, { OptionSettings: [OTHER, SWITCH] }],
  ['a fleet of streams', 'AWS::AppStream::Fleet', { Name: 'f' }, { Name: 'f', DisableIMDSV1: true }],
  ['a fleet of streams that says false', 'AWS::AppStream::Fleet', { DisableIMDSV1: false }, { DisableIMDSV1: true }],
  ['an image builder of streams', 'AWS::AppStream::ImageBuilder', { DisableIMDSV1: either(true, false) }, { DisableIMDSV1: true }],
  ['an app block builder', 'AWS::AppStream::AppBlockBuilder', {}, { DisableIMDSV1: true }],
];

describe('what is edited in place', () => {
  test.each(EDITED)('%s, as a resource by its type', (_, type, properties, wanted) => {
    const { error, properties: written, assembly } = treated(raw(type, properties), ALLOWED);
    expect(error).toBeUndefined();
    expect(written).toEqual(wanted);
    expect(changes(assembly!)).toHaveLength(1);
  });

  test.each(EDITED)('%s, over an escape hatch', (_, type, properties, wanted) => {
    const { error, properties: written } = treated((stack) => {
      const resource = new CfnResource(stack, 'R', { type });
      for (const [key, value] of Object.entries(properties)) resource.addPropertyOverride(key, value);
      return resource;
    }, ALLOWED);
    expect(error).toBeUndefined();
    expect(written).toEqual(wanted);
  });

  test.each(EDITED)('%s, of an included template', (_, type, properties, wanted) => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'included-')), 'template.json');
    // What the L1 asks for besides.
    const needed: Json = {
      [NOTEBOOK]: { InstanceType: 'ml.t3.medium', RoleArn: 'arn' },
      [BUILDS]: { InstanceProfileName: 'p', Name: 'n' },
      [ENVIRONMENT]: { ApplicationName: 'a' },
      'AWS::ElasticBeanstalk::ConfigurationTemplate': { ApplicationName: 'a' },
      'AWS::AppStream::Fleet': { InstanceType: 'i', Name: 'f' },
      'AWS::AppStream::ImageBuilder': { InstanceType: 'i', Name: 'b' },
      'AWS::AppStream::AppBlockBuilder': { InstanceType: 'i', Name: 'b', Platform: 'p', VpcConfig: {} },
    }[type];
    fs.writeFileSync(file, JSON.stringify({
      Conditions: { C: { 'Fn::Equals': ['a', 'b'] } }, Resources: { R: { Type: type, Properties: { ...needed, ...properties } } },
    }));
    const app = new App();
    new CfnInclude(new Stack(app, 'S'), 'I', { templateFile: file });
    RequireImdsv2.addTo(app, ALLOWED);
    // CDK writes the name of a property that an older version of it does not know as it is.
    expect(synthTemplates(app).S.Resources.R.Properties).toEqual({ ...needed, ...wanted });
  });

  test.each<[name: string, build: (stack: Stack) => CfnResource, wanted: Json]>([
    ['a notebook', (stack) => new CfnNotebookInstance(stack, 'R', {
      instanceType: 'ml.t3.medium', roleArn: 'arn', instanceMetadataServiceConfiguration: { minimumInstanceMetadataServiceVersion: '1' },
    }), version('2')],
    ['builds', (stack) => new CfnInfrastructureConfiguration(stack, 'R', {
      instanceProfileName: 'p', name: 'n', instanceMetadataOptions: { httpTokens: 'optional', httpPutResponseHopLimit: 3 },
    }), { InstanceMetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3 } }],
    ['a fleet of streams', (stack) => new CfnFleet(stack, 'R', { instanceType: 'i', name: 'f', disableImdsv1: false }), { DisableIMDSV1: true }],
    ['an environment', (stack) => new CfnEnvironment(stack, 'R', {
      applicationName: 'a',
      optionSettings: [
        { namespace: 'aws:autoscaling:launchconfiguration', optionName: 'DisableIMDSv1', value: 'false' },
        { namespace: 'n', optionName: 'o', value: Lazy.string({ produce: () => 'late' }) },
      ],
    }), { OptionSettings: [SWITCH, { Namespace: 'n', OptionName: 'o', Value: 'late' }] }],
    ['a configuration template without options', (stack) => new CfnConfigurationTemplate(stack, 'R', { applicationName: 'a' }), { OptionSettings: [SWITCH] }],
    ['an environment whose options are lazy', (stack) => new CfnEnvironment(stack, 'R', {
      applicationName: 'a', optionSettings: Lazy.any({ produce: () => [{ namespace: 'n', optionName: 'o', value: 'v' }] }),
    }), { OptionSettings: [{ Namespace: 'n', OptionName: 'o', Value: 'v' }, SWITCH] }],
  ])('%s, as an L1', (_, build, wanted) => {
    const { error, properties } = treated(build, ALLOWED);
    expect(error).toBeUndefined();
    expect(properties).toEqual(expect.objectContaining(wanted));
  });

  test('typed properties show the edit to whoever reads the tree', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    const notebook = new CfnNotebookInstance(stack, 'N', { instanceType: 'ml.t3.medium', roleArn: 'arn' });
    const fleet = new CfnFleet(stack, 'F', { instanceType: 'i', name: 'f' });
    const environment = new CfnEnvironment(stack, 'E', { applicationName: 'a', optionSettings: [{ namespace: 'n', optionName: 'o', value: 'v' }] });
    RequireImdsv2.addTo(app, ALLOWED);
    app.synth();
    expect(notebook.instanceMetadataServiceConfiguration).toEqual({ minimumInstanceMetadataServiceVersion: '2' });
    expect(fleet.disableImdsv1).toBe(true);
    expect(environment.optionSettings).toEqual([
      { namespace: 'n', optionName: 'o', value: 'v' }, { namespace: 'aws:autoscaling:launchconfiguration', optionName: 'DisableIMDSv1', value: 'true' },
    ]);
  });

  test.each<[type: string, properties: Json]>([
    [NOTEBOOK, version('2')], [NOTEBOOK, version(2)], [BUILDS, { InstanceMetadataOptions: { HttpTokens: 'required' } }],
    [ENVIRONMENT, { OptionSettings: [OTHER, SWITCH] }], [ENVIRONMENT, { OptionSettings: [option('DisableIMDSv1', true)] }],
    ['AWS::AppStream::Fleet', { DisableIMDSV1: true }], ['AWS::AppStream::Fleet', { DisableIMDSV1: 'true' }],
    [WORKSPACE, { ManagedInstance: { MetadataOptions: { HttpTokens: 'required' } } }],
    [EMR, { SecurityConfiguration: version(2) }], [EMR, { SecurityConfiguration: JSON.stringify(version(2)) }],
  ])('a %s of %j is left as it is', (type, properties) => {
    const result = treated(raw(type, properties));
    expect(result.error).toBeUndefined();
    expect(result.properties).toEqual(properties);
    expect(changes(result.assembly!)).toEqual([]);
  });

  test('the record says what was, what is, and what to see to before deploying', () => {
    const { assembly } = treated(raw(ENVIRONMENT, { OptionSettings: [option('DisableIMDSv1', 'false')] }), ALLOWED);
    expect(changes(assembly!)[0]).toMatchObject({
      type: ENVIRONMENT,
      before: 'false',
      after: 'true',
      hopLimitBefore: 'not set',
      hopLimitAfter: 'not set',
      effect: expect.stringMatching(/^terminates all instances of the environment and replaces them; it can move .* needs ec2:RunInstances, /),
    });
  });

  test('options that cannot be read are a finding, and left alone', () => {
    const properties = { OptionSettings: [OTHER, { 'Fn::Transform': { Name: 'M' } }] };
    const { findings: found, properties: written } = treated(raw(ENVIRONMENT, properties));
    expect(written).toEqual(properties);
    expect(found.map(({ rule, description }) => [rule, description])).toEqual([['cdk-imdsv2::tokens',
      "'S/R' may allow IMDSv1, and RequireImdsv2 cannot change that (got posture 'conditional': its value is not known before deployment)"]]);
    expect(found[0].fix).toContain("write Properties.OptionSettings: [{ Namespace: aws:autoscaling:launchconfiguration, OptionName: DisableIMDSv1, Value: 'true' }] in what");
  });

  test('what is exempt keeps its switch', () => {
    const { properties, suppressed } = treated((stack) => {
      const notebook = raw(NOTEBOOK, version('1'))(stack);
      Validations.of(notebook).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'an old kernel' });
      return notebook;
    });
    expect(properties).toEqual(version('1'));
    expect(suppressed.map(({ acknowledged }) => acknowledged)).toEqual(['an old kernel']);
  });

  test('nothing but the switch changes', () => {
    const twice = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      EDITED.filter(([, , properties]) => !JSON.stringify(properties).includes('Fn::If')).forEach(([, type, properties], i) =>
        new CfnResource(stack, `R${i}`, { type, properties: { ...properties, Beside: { Ref: 'AWS::Region' } } }));
    }, (app) => RequireImdsv2.addTo(app, ALLOWED));
    for (const at of differences(twice.without, twice.with)) {
      expect(at).toMatch(/\.(InstanceMetadataServiceConfiguration|InstanceMetadataOptions|OptionSettings|DisableIMDSV1)\b/);
    }
  });

  test.each<[props: RequireImdsv2Props, hops: number]>([
    [{}, 64], [{ hopLimit: HopLimit.HOST }, 2], [{ hopLimit: HopLimit.HOST, containerHostHopLimit: HopLimit.of(3) }, 3],
  ])('a hop limit of builds is bounded as a container host\'s: %j', (props, hops) => {
    const { properties } = treated(raw(BUILDS, { InstanceMetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 64 } }), props);
    expect(properties.InstanceMetadataOptions.HttpPutResponseHopLimit).toBe(hops);
  });
});

const T = { Ref: 'T' };
const overrides = (...MetadataOptions: Json[]) => ({
  Type: 'instant',
  LaunchTemplateConfigs: [{
    LaunchTemplateSpecification: { LaunchTemplateId: T, Version: '$Latest' },
    Overrides: MetadataOptions.map((options) => ({ InstanceType: 't3.micro', ...options && { MetadataOptions: options } })),
  }],
});
const withTemplate = (tokens: string, build: (stack: Stack) => CfnResource) => (stack: Stack) => {
  new CfnLaunchTemplate(stack, 'T', { launchTemplateData: { metadataOptions: { httpTokens: tokens } } });
  return build(stack);
};

describe('what an edit replaces', () => {
  const COSTLY: Array<[name: string, build: (stack: Stack) => CfnResource, wanted: Json]> = [
    ['a WorkSpaces instance', raw(WORKSPACE, { ManagedInstance: { ImageId: 'i' } }), { ManagedInstance: { ImageId: 'i', MetadataOptions: { HttpTokens: 'required' } } }],
    ['an EMR security configuration', raw(EMR, { SecurityConfiguration: { EncryptionConfiguration: { A: 1 } } }),
      { SecurityConfiguration: { EncryptionConfiguration: { A: 1 }, ...version(2) } }],
    ['an EMR security configuration of version 1', raw(EMR, { SecurityConfiguration: version(1) }), { SecurityConfiguration: version(2) }],
    ['a typed EMR security configuration', (stack) => new CfnSecurityConfiguration(stack, 'R', { securityConfiguration: { A: 1 } }),
      { SecurityConfiguration: { A: 1, ...version(2) } }],
    ['a fleet with an override that says optional', withTemplate('required', raw('AWS::EC2::EC2Fleet', overrides(undefined, { HttpTokens: 'optional', HttpEndpoint: 'enabled' }))),
      overrides(undefined, { HttpTokens: 'required', HttpEndpoint: 'enabled' })],
  ];

  test.each(COSTLY)('%s is a finding with its cost, and left alone', (_, build) => {
    const app = new App();
    build(new Stack(app, 'S'));
    const { properties, findings: found } = treated(build);
    expect(properties).toEqual(synthTemplates(app).S.Resources.R.Properties);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ rule: 'cdk-imdsv2::tokens', path: 'S/R', severity: 'error' });
    expect(found[0].description).toContain('RequireImdsv2 leaves it alone, because the edit replaces the resource and its instances');
    expect(found[0].fix).toContain('write new RequireImdsv2({ replaceResources: true }) if that is wanted');
  });

  test.each(COSTLY)('%s is edited where that is allowed', (_, build, wanted) => {
    const { error, properties, assembly } = treated(build, { replaceResources: true });
    expect(error).toBeUndefined();
    expect(properties).toEqual(wanted);
    expect(changes(assembly!)[0].effect).toMatch(/^replaces the resource and its instances/);
  });

  test('a typed fleet keeps everything else', () => {
    const { error, properties } = treated(withTemplate('required', (stack) => new CfnEC2Fleet(stack, 'R', {
      type: 'instant',
      targetCapacitySpecification: { totalTargetCapacity: 1 },
      launchTemplateConfigs: [{
        launchTemplateSpecification: { launchTemplateId: Fn.ref('T'), version: '$Latest' },
        overrides: [{ metadataOptions: { httpTokens: 'optional' }, instanceRequirements: { memoryGiBPerVCpu: { min: 1 }, vCpuCount: { min: 2 } } }],
      }],
    })), { replaceResources: true });
    expect(error).toBeUndefined();
    expect(properties.LaunchTemplateConfigs[0].Overrides).toEqual([
      { MetadataOptions: { HttpTokens: 'required' }, InstanceRequirements: { MemoryGiBPerVCpu: { Min: 1 }, VCpuCount: { Min: 2 } } },
    ]);
  });

  test('a security configuration that has a name cannot be replaced, whoever allows it', () => {
    const { properties, findings: found } = treated(raw(EMR, { Name: 'n', SecurityConfiguration: {} }), { replaceResources: true });
    expect(properties).toEqual({ Name: 'n', SecurityConfiguration: {} });
    expect(found[0].fix).toContain('one that has a Name needs another, because CloudFormation replaces nothing that keeps its name');
  });

  test('no override gets options that it did not have, nor one that says something else where the template requires tokens', () => {
    const { error, properties } = treated(withTemplate('required', raw('AWS::EC2::EC2Fleet', overrides(undefined, { HttpPutResponseHopLimit: 2 }))), { replaceResources: true });
    expect(error).toBeUndefined();
    expect(properties).toEqual(overrides(undefined, { HttpPutResponseHopLimit: 2 }));
  });

  test('overrides of a fleet that is not instant are nobody\'s to edit, because they do not count', () => {
    const { error, properties } = treated(withTemplate('required', raw('AWS::EC2::EC2Fleet', { ...overrides({ HttpTokens: 'optional' }), Type: 'maintain' })), { replaceResources: true });
    expect(error).toBeUndefined();
    expect(properties).toEqual({ ...overrides({ HttpTokens: 'optional' }), Type: 'maintain' });
  });
});

describe('EMR clusters', () => {
  const cluster = (stack: Stack, securityConfiguration?: string) => new CfnCluster(stack, 'Cluster', {
    instances: {}, jobFlowRole: 'r', name: 'n', serviceRole: 's', securityConfiguration,
  });

  test('are replaced with the security configuration that they name', () => {
    const build = (stack: Stack) => {
      const configuration = new CfnSecurityConfiguration(stack, 'R', { securityConfiguration: {} });
      cluster(stack, configuration.ref);
      return configuration;
    };
    expect(treated(build).findings.map(({ path: at }) => at)).toEqual(['S/R']);
    const allowed = treated(build, { replaceResources: true });
    expect(allowed.error).toBeUndefined();
    expect(warnings(allowed.assembly!).map(({ path: at, message }) => [at, message.split('\n')[0]])).toEqual([['S/Cluster',
      "the EMR security configuration 'S/R' changes to require tokens, and deploying that replaces the resource and its instances"]]);
  });

  test('without one are a finding that says what to write', () => {
    const { findings: found } = treated((stack) => cluster(stack), { replaceResources: true });
    expect(found.map(({ rule, path: at }) => [rule, at])).toEqual([['cdk-imdsv2::tokens', 'S/Cluster']]);
    expect(found[0].fix).toContain('name an AWS::EMR::SecurityConfiguration with InstanceMetadataServiceConfiguration');
  });
});

test('a restore test that overrides required tokens is a finding that says what to take out', () => {
  const properties = { ProtectedResourceType: 'EC2', RestoreMetadataOverrides: { requireImdsV2: 'false' } };
  const { findings: found, properties: written } = treated(raw('AWS::Backup::RestoreTestingSelection', properties));
  expect(written).toEqual(properties);
  expect(found.map(({ rule, path: at }) => [rule, at])).toEqual([['cdk-imdsv2::tokens', 'S/R']]);
  expect(found[0].fix).toContain('take requireImdsV2 out of RestoreMetadataOverrides');
});

describe('what no property can require', () => {
  test.each<[type: string, properties: Json, reason: RegExp]>([
    ['AWS::EKS::Nodegroup', {}, /launches without a launch template/],
    ['AWS::EKS::Nodegroup', { LaunchTemplate: either({ Id: T }, NO_VALUE) }, /under a condition it launches without a launch template/],
    ['AWS::Batch::ComputeEnvironment', { Type: 'MANAGED', ComputeResources: { Type: 'EC2' } }, /launches without a launch template/],
    ['AWS::PCS::ComputeNodeGroup', {}, /launches without a launch template/],
    ['AWS::GameLift::GameServerGroup', {}, /launches without a launch template/],
    ['AWS::ECS::CapacityProvider', { ManagedInstancesProvider: {} }, /ECS launches its instances itself/],
    ['AWS::EC2::SpotFleet', { SpotFleetRequestConfigData: { LaunchSpecifications: [{}] } }, /no property for metadata options/],
    ['AWS::ImageBuilder::DistributionConfiguration', { Distributions: [{ FastLaunchConfigurations: [{}] }] }, /ahead of time without a launch template/],
    ['AWS::Cloud9::EnvironmentEC2', {}, /its image and the account decide/],
    ['AWS::CodeBuild::Fleet', {}, /the service sets up its instances itself/],
    ['AWS::SageMaker::Cluster', { InstanceGroups: [{ InstanceType: 'ml.c5.large' }] }, /the service sets up its instances itself/],
    ['AWS::MGN::LaunchConfigurationTemplate', {}, /a launch template for each source server itself, .*\n.*look at what a test launch gets/s],
    ['AWS::DRS::LaunchConfigurationTemplate', {}, /a launch template for each source server itself, .*\n.*look at what a drill gets/s],
    ['AWS::Backup::RestoreTestingSelection', { ProtectedResourceType: 'EC2', RestoreMetadataOverrides: { requireImdsV2: { 'Fn::ImportValue': 'v' } } },
      /whether requireImdsV2 overrides .* is known only at deployment\n.*take requireImdsV2 out of RestoreMetadataOverrides/s],
  ])('%s of %j is a warning that says why, and stops nothing', (type, properties, reason) => {
    const { error, assembly, properties: written } = treated(withTemplate('required', raw(type, properties)));
    expect(error).toBeUndefined();
    expect(written ?? {}).toEqual(properties);
    const named = warnings(assembly!).filter(({ id }) => id === 'cdk-imdsv2::unsettable');
    expect(named.map(({ path: at }) => at)).toEqual(['S/R']);
    expect(named[0].message).toMatch(reason);
  });
});

describe('a launch template that typed resources launch from', () => {
  const latest = ({ ref, attrLatestVersionNumber }: CfnLaunchTemplate) => ({ launchTemplateId: ref, version: attrLatestVersionNumber });
  const treatedWith = (use: (stack: Stack, template: CfnLaunchTemplate) => void) => treated((stack) => {
    const template = new CfnLaunchTemplate(stack, 'R', { launchTemplateData: {} });
    use(stack, template);
    return template;
  });
  const environment = (props: Partial<CfnComputeEnvironmentProps>) => (stack: Stack, template: CfnLaunchTemplate) => new CfnComputeEnvironment(stack, 'E', {
    type: 'MANAGED', computeResources: { type: 'EC2', maxvCpus: 1, subnets: ['subnet-1'], launchTemplate: latest(template) }, ...props,
  });

  test('by a group that a capacity provider names is a container host\'s', () => {
    const { properties } = treatedWith((stack, template) => {
      new CfnAutoScalingGroup(stack, 'G', { autoScalingGroupName: 'hosts', minSize: '0', maxSize: '1', launchTemplate: latest(template) });
      new CfnCapacityProvider(stack, 'P', { autoScalingGroupProvider: { autoScalingGroupArn: 'hosts' } });
    });
    expect(properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });

  test.each<[name: string, props: Partial<CfnComputeEnvironmentProps>, effect: string]>([
    ['that is replaced', {}, 'replaces the compute environment'],
    ['that is not', { replaceComputeEnvironment: false }, 'renews the nodes, a few at a time'],
  ])('by a compute environment %s is changed, and the record says what that does', (_, props, effect) => {
    const { assembly } = treatedWith(environment(props));
    expect(changes(assembly!).map((change) => change.effect)).toEqual([`a new launch template version; ${effect} 'S/E'`]);
  });

  test('by a compute environment with a name is left alone', () => {
    const { properties } = treatedWith(environment({ computeEnvironmentName: 'jobs' }));
    expect(properties).toEqual({ LaunchTemplateData: {} });
  });
});
