import { CATALOG } from '../../src/launch-sources/catalog';
import { editEffect } from '../../src/launch-sources/effects';
import { DeployEffect, type LaunchSourceType, type SourceResource } from '../../src/launch-sources/launch-source';
import { valueAt } from '../../src/private/json';
import type { Json } from '../support';

const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
const T = { LaunchTemplateId: { Ref: 'T' }, Version: '1' };
const U = { LaunchTemplateName: 'u' };

/** The references of a type, each as "path: target, version". */
function references(type: string, properties: Json): string[] {
  return CATALOG.get(type)!.references!(properties).map(({ path, to, target, version }) =>
    [`${to} ${path.join('.')}`, JSON.stringify(target), ...(version === undefined ? [] : [JSON.stringify(version)])].join(' = '));
}

/** What every specification at `path` gives, whichever type holds it. */
function specificationCases(path: string): Array<[name: string, specification: unknown, expected: string[]]> {
  const to = `launch template ${path}`;
  return [
    ['an id', T, [`${to} = {"Ref":"T"} = "1"`]],
    ['a name', U, [`${to} = "u"`]],
    ['an id of no value and a name', { LaunchTemplateId: NO_VALUE, LaunchTemplateName: 'n' }, [`${to} = "n"`]],
    ['a condition', either(T, U), [`${to} = {"Ref":"T"} = "1"`, `${to} = "u"`]],
    ['a condition with no value', either(T, NO_VALUE), [`${to} = {"Ref":"T"} = "1"`, `${to} = {"Ref":"AWS::NoValue"}`]],
    ['nested conditions', either(either(U, NO_VALUE), U), [`${to} = "u"`, `${to} = {"Ref":"AWS::NoValue"}`, `${to} = "u"`]],
    ['no value', NO_VALUE, []],
    ['nothing', undefined, []],
    ['a parameter', { Ref: 'P' }, [`${to} = {"Ref":"P"}`]],
    ['a string', 'lt-1', [`${to} = "lt-1"`]],
  ];
}

/** In node groups the members have names of their own. */
function renamed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null).replace(/"LaunchTemplateId"/g, '"Id"').replace(/"LaunchTemplateName"/g, '"Name"')) ?? undefined;
}

describe('where a type names launch templates', () => {
  describe.each<[type: string, path: string, wrap: (specification: unknown) => Json]>([
    ['AWS::EC2::Instance', 'LaunchTemplate', (LaunchTemplate) => ({ LaunchTemplate })],
    ['AWS::AutoScaling::AutoScalingGroup', 'LaunchTemplate', (LaunchTemplate) => ({ LaunchTemplate })],
    ['AWS::AutoScaling::AutoScalingGroup', 'MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification',
      (LaunchTemplateSpecification) => ({ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification } } })],
    ['AWS::AutoScaling::AutoScalingGroup', 'MixedInstancesPolicy.LaunchTemplate.Overrides.1.LaunchTemplateSpecification',
      (LaunchTemplateSpecification) => ({ MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: 'x' }, { LaunchTemplateSpecification }] } } })],
    ['AWS::EC2::EC2Fleet', 'LaunchTemplateConfigs.0.LaunchTemplateSpecification',
      (LaunchTemplateSpecification) => ({ LaunchTemplateConfigs: [{ LaunchTemplateSpecification }] })],
    ['AWS::EC2::SpotFleet', 'SpotFleetRequestConfigData.LaunchTemplateConfigs.1.LaunchTemplateSpecification',
      (LaunchTemplateSpecification) => ({ SpotFleetRequestConfigData: { LaunchTemplateConfigs: [{}, { LaunchTemplateSpecification }] } })],
    ['AWS::EKS::Nodegroup', 'LaunchTemplate', (specification) => ({ LaunchTemplate: renamed(specification) })],
    ['AWS::Batch::ComputeEnvironment', 'ComputeResources.LaunchTemplate', (LaunchTemplate) => ({ ComputeResources: { LaunchTemplate } })],
    ['AWS::Batch::ComputeEnvironment', 'ComputeResources.LaunchTemplate.Overrides.0',
      (override) => ({ ComputeResources: { LaunchTemplate: { Overrides: [override, 'text'] } } })],
  ])('%s at %s', (type, path, wrap) => {
    const cases = specificationCases(path)
      // An entry of a list that is no struct names no launch template.
      .filter(([name]) => !path.includes('LaunchTemplate.Overrides.0') || !['no value', 'nothing', 'a string'].includes(name))
      // An override that a condition leaves out overrides nothing.
      .map(([name, specification, expected]) => [
        name, specification, path.includes('LaunchTemplate.Overrides.0') ? expected.filter((reference) => !reference.includes('AWS::NoValue')) : expected,
      ] as const);

    test.each(cases)('%s', (_, specification, expected) => {
      expect(references(type, wrap(specification)).filter((reference) => reference.startsWith(`launch template ${path} `))).toEqual(expected);
    });
  });
});

describe('what a group points to besides', () => {
  const type = 'AWS::AutoScaling::AutoScalingGroup';
  const policy = (LaunchTemplate: unknown) => ({ MixedInstancesPolicy: { LaunchTemplate } });
  const base = 'launch template MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification';
  const override = 'launch template MixedInstancesPolicy.LaunchTemplate.Overrides.0.LaunchTemplateSpecification';

  test.each<[name: string, properties: Json, expected: string[]]>([
    ['a launch configuration', { LaunchConfigurationName: { Ref: 'L' } }, ['launch configuration LaunchConfigurationName = {"Ref":"L"}']],
    ['one of two launch configurations', { LaunchConfigurationName: either('a', either('b', NO_VALUE)) },
      ['launch configuration LaunchConfigurationName = "a"', 'launch configuration LaunchConfigurationName = "b"']],
    ['an instance', { InstanceId: 'i-1' }, ['instance InstanceId = "i-1"']],
    ['neither', { LaunchConfigurationName: NO_VALUE, InstanceId: NO_VALUE }, []],
    ['a policy under a condition', { MixedInstancesPolicy: either({ LaunchTemplate: { LaunchTemplateSpecification: U } }, NO_VALUE) }, [`${base} = "u"`]],
    ['a policy without a launch template', { MixedInstancesPolicy: { InstancesDistribution: {} } },
      ['launch template MixedInstancesPolicy = {"InstancesDistribution":{}}']],
    ['a launch template under a condition', policy(either({ LaunchTemplateSpecification: U }, { LaunchTemplateSpecification: T })),
      [`${base} = "u"`, `${base} = {"Ref":"T"} = "1"`]],
    ['a launch template that cannot be read', policy('text'), ['launch template MixedInstancesPolicy.LaunchTemplate = "text"']],
    ['overrides under a condition', policy({ Overrides: either([{ LaunchTemplateSpecification: U }], NO_VALUE) }), [`${override} = "u"`]],
    ['overrides that cannot be read', policy({ Overrides: { Ref: 'P' } }), ['launch template MixedInstancesPolicy.LaunchTemplate.Overrides = {"Ref":"P"}']],
    ['an override under a condition', policy({ Overrides: [either({ LaunchTemplateSpecification: U }, { InstanceType: 'x' })] }), [`${override} = "u"`]],
    ['an override that is no struct', policy({ Overrides: ['text', null] }), []],
  ])('%s', (_, properties, expected) => {
    expect(references(type, properties)).toEqual(expected);
  });
});

test.each<[type: string, properties: Json, expected: string[]]>([
  ['AWS::ECS::CapacityProvider', { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: 'G' } } },
    ['Auto Scaling group AutoScalingGroupProvider.AutoScalingGroupArn = {"Ref":"G"}']],
  ['AWS::ECS::CapacityProvider', {}, []],
  ['AWS::EC2::EC2Fleet', { LaunchTemplateConfigs: { Ref: 'P' } }, ['launch template LaunchTemplateConfigs = {"Ref":"P"}']],
  ['AWS::EC2::EC2Fleet', { LaunchTemplateConfigs: { Ref: 'AWS::NoValue' } }, []],
  ['AWS::EC2::EC2Fleet', { LaunchTemplateConfigs: ['text'] }, []],
  ['AWS::EC2::SpotFleet', { SpotFleetRequestConfigData: { LaunchTemplateConfigs: ['text'] } }, []],
  ['AWS::EC2::SpotFleet', {}, []],
])('%s of %j', (type, properties, expected) => {
  expect(references(type, properties)).toEqual(expected);
});

describe('what a new version of its launch template does', () => {
  const group = (UpdatePolicy?: unknown): SourceResource => ({ Type: 'AWS::AutoScaling::AutoScalingGroup', UpdatePolicy });
  const [keeps, rolls, replaces] = [DeployEffect.KEEPS_OLD_INSTANCES, DeployEffect.ROLLS_GROUP, DeployEffect.REPLACES_GROUP];

  test.each<[name: string, policy: unknown, effect: DeployEffect]>([
    ['no policy', undefined, keeps],
    ['an empty policy', {}, keeps],
    ['a policy that is no struct', 'text', keeps],
    ['a rolling update', { AutoScalingRollingUpdate: { MinInstancesInService: 1 } }, rolls],
    ['an empty rolling update', { AutoScalingRollingUpdate: {} }, rolls],
    ['an instance refresh', { AutoScalingInstanceRefresh: {} }, rolls],
    ['a replacing update', { AutoScalingReplacingUpdate: { WillReplace: true } }, replaces],
    ['a replacing update in words', { AutoScalingReplacingUpdate: { WillReplace: 'true' } }, replaces],
    ['a replacing update that a parameter decides', { AutoScalingReplacingUpdate: { WillReplace: { Ref: 'P' } } }, replaces],
    ['a replacing update that will not', { AutoScalingReplacingUpdate: { WillReplace: false } }, keeps],
    ['a replacing update that will not, in words', { AutoScalingReplacingUpdate: { WillReplace: 'false' } }, keeps],
    ['a replacing update that says nothing', { AutoScalingReplacingUpdate: {} }, keeps],
    ['a replacing update that cannot be read', { AutoScalingReplacingUpdate: 'text' }, keeps],
    ['replacing before rolling', { AutoScalingReplacingUpdate: { WillReplace: true }, AutoScalingRollingUpdate: {} }, replaces],
    ['rolling where it will not replace', { AutoScalingReplacingUpdate: { WillReplace: false }, AutoScalingRollingUpdate: {} }, rolls],
    ['a scheduled action alone', { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } }, keeps],
  ])('to a group with %s', (_, policy, effect) => {
    expect(CATALOG.get('AWS::AutoScaling::AutoScalingGroup')!.onNewVersion!(group(policy))).toBe(effect);
  });

  const name = { ComputeEnvironmentName: 'jobs' };
  test.each<[name: string, properties: unknown, effect: DeployEffect]>([
    ['that must not be replaced', { ReplaceComputeEnvironment: false, ...name }, DeployEffect.RENEWS_NODES],
    ['that must not be replaced, in words', { ReplaceComputeEnvironment: 'false' }, DeployEffect.RENEWS_NODES],
    ['that may be replaced', { ReplaceComputeEnvironment: true }, DeployEffect.REPLACES_ENVIRONMENT],
    ['that may be replaced where a parameter says so', { ReplaceComputeEnvironment: { Ref: 'P' } }, DeployEffect.REPLACES_ENVIRONMENT],
    ['that may be replaced under a condition', { ReplaceComputeEnvironment: { 'Fn::If': ['C', false, true] } }, DeployEffect.REPLACES_ENVIRONMENT],
    ['with a name', name, DeployEffect.REPLACES_RESOURCE],
    ['with a name that is none', { ComputeEnvironmentName: { Ref: 'AWS::NoValue' } }, DeployEffect.REPLACES_ENVIRONMENT],
    ['that cannot be read', 'text', DeployEffect.REPLACES_ENVIRONMENT],
  ])('to a Batch compute environment %s', (_, Properties, effect) => {
    expect(CATALOG.get('AWS::Batch::ComputeEnvironment')!.onNewVersion!({ Properties })).toBe(effect);
  });

  test.each<[type: string, effect: DeployEffect | undefined]>([
    ['AWS::EC2::Instance', DeployEffect.REPLACES_RESOURCE],
    ['AWS::EC2::EC2Fleet', DeployEffect.REPLACES_RESOURCE],
    ['AWS::EC2::SpotFleet', DeployEffect.REPLACES_RESOURCE],
    ['AWS::EKS::Nodegroup', DeployEffect.RENEWS_NODES],
    ['AWS::Batch::ComputeEnvironment', DeployEffect.REPLACES_ENVIRONMENT],
    ['AWS::GameLift::GameServerGroup', DeployEffect.NOT_PASSED_ON],
    ['AWS::PCS::ComputeNodeGroup', DeployEffect.NONE],
    ['AWS::EMR::Cluster', DeployEffect.REPLACES_RESOURCE],
    ['AWS::ECS::CapacityProvider', undefined],
    ['AWS::EC2::LaunchTemplate', undefined],
    ['AWS::AutoScaling::LaunchConfiguration', undefined],
  ])('to %s', (type, effect) => {
    expect(CATALOG.get(type)!.onNewVersion?.({})).toBe(effect);
  });
});

/** What is its own block has a property for each option. */
function optionsAt({ optionsPath = [], spelling }: LaunchSourceType): string {
  return (optionsPath.length === 0 ? [spelling!.tokens] : optionsPath).join('.');
}

test.each<[type: string, effect: DeployEffect]>([
  ['AWS::EC2::Instance', DeployEffect.NONE],
  ['AWS::EC2::LaunchTemplate', DeployEffect.NEW_VERSION],
  ['AWS::AutoScaling::LaunchConfiguration', DeployEffect.NEW_CONFIGURATION],
  ['AWS::EC2::EC2Fleet', DeployEffect.REPLACES_RESOURCE],
  ['AWS::ImageBuilder::InfrastructureConfiguration', DeployEffect.NONE],
  ['AWS::SageMaker::NotebookInstance', DeployEffect.NONE],
  ['AWS::ElasticBeanstalk::Environment', DeployEffect.NONE],
  ['AWS::ElasticBeanstalk::ConfigurationTemplate', DeployEffect.NONE],
  ['AWS::AppStream::Fleet', DeployEffect.NONE],
  ['AWS::AppStream::ImageBuilder', DeployEffect.NONE],
  ['AWS::AppStream::AppBlockBuilder', DeployEffect.UNDOCUMENTED],
  ['AWS::EMR::SecurityConfiguration', DeployEffect.REPLACES_RESOURCE],
  ['AWS::WorkspacesInstances::WorkspaceInstance', DeployEffect.REPLACES_RESOURCE],
])('an edit of the options of %s: %s', (type, effect) => {
  expect(editEffect(CATALOG.get(type)!, {})).toBe(effect);
});

describe('every entry', () => {
  test.each([...CATALOG.values()])('$type is whole', (source) => {
    expect(CATALOG.get(source.type)).toBe(source);
    expect(source.documentation).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    expect(source.name).not.toBe('');
    // What is edited and what is named has to be read first.
    const read = source.reads.map((path) => path.join('.'));
    if (source.optionsPath) expect(read.some((path) => optionsAt(source).startsWith(path))).toBe(true);
    if (source.nameProperty) expect(read).toContain(source.nameProperty);
    if (source.optionsPath) expect(source.onEdit).toBeDefined();
  });

  test('every reference stands in what its type reads', () => {
    const specification = { LaunchTemplateId: 'lt-1', Id: 'lt-1', Version: '1' };
    const specified = { LaunchTemplateSpecification: specification };
    const full = {
      LaunchTemplate: specification,
      LaunchConfigurationName: 'l',
      InstanceId: 'i',
      MixedInstancesPolicy: { LaunchTemplate: { ...specified, Overrides: [specified] } },
      LaunchTemplateConfigs: [specified],
      SpotFleetRequestConfigData: { LaunchTemplateConfigs: [specified] },
      ComputeResources: { LaunchTemplate: { ...specification, Overrides: [specification] } },
      AutoScalingGroupProvider: { AutoScalingGroupArn: 'g' },
    };
    for (const { references: of, reads } of CATALOG.values()) {
      for (const { path } of of?.(full) ?? []) {
        expect(reads.some((read) => read.every((key, i) => key === path[i]))).toBe(true);
        expect(valueAt(full, path.slice(0, 1))).toBeDefined();
      }
    }
  });
});
