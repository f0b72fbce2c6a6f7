import { either, documentsOf, group, judgementIn, latest, launchTemplate, NO_VALUE, OPTIONAL, REQUIRED } from './templates';
import { CATALOG } from '../../src/launch-sources/catalog';
import { judge } from '../../src/posture/judge';
import { TemplateWorld } from '../../src/posture/template-world';
import type { Json } from '../support';

/** The judgement of a resource beside launch templates `Good` and `Bad`, a group of each and security configurations of EMR. */
function judged(type: string, properties: Json) {
  const emr = (version: number) => ({
    Type: 'AWS::EMR::SecurityConfiguration',
    Properties: { SecurityConfiguration: { InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: version } } },
  });
  return judgementIn({
    a: {
      Parameters: { P: { Default: 'true' }, Kind: { AllowedValues: ['FARGATE', 'FARGATE_SPOT'] } },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'true'] } },
      Resources: {
        R: { Type: type, Properties: properties },
        Good: launchTemplate(REQUIRED),
        Bad: launchTemplate(OPTIONAL),
        GoodGroup: group({ LaunchTemplate: latest({ Ref: 'Good' }) }),
        BadGroup: group({ LaunchTemplate: latest({ Ref: 'Bad' }) }),
        GoodEmr: emr(2),
        BadEmr: emr(1),
      },
    },
  });
}

const notebook = (MinimumInstanceMetadataServiceVersion: unknown) =>
  ({ InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion } });
const option = (OptionName: unknown, Value: unknown, Namespace: unknown = 'aws:autoscaling:launchconfiguration') => ({ Namespace, OptionName, Value });
const settings = (...OptionSettings: unknown[]) => ({ OptionSettings });
const GOOD = { LaunchTemplateId: { Ref: 'Good' }, Version: '$Latest' };
const BAD = { LaunchTemplateId: { Ref: 'Bad' }, Version: '$Latest' };
const fleet = (LaunchTemplateSpecification: unknown, ...options: unknown[]) =>
  ({ LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides: options.map((MetadataOptions) => ({ MetadataOptions })) }] });
const batch = (LaunchTemplate: unknown, Type: unknown = 'EC2') => ({ Type: 'MANAGED', ComputeResources: { Type, LaunchTemplate } });

const NOTEBOOK = 'AWS::SageMaker::NotebookInstance';
const BEANSTALK = 'AWS::ElasticBeanstalk::Environment';
const FLEET = 'AWS::EC2::EC2Fleet';
const BATCH = 'AWS::Batch::ComputeEnvironment';
const NODES = 'AWS::EKS::Nodegroup';
const EMR = 'AWS::EMR::SecurityConfiguration';
const STREAMS = 'AWS::AppStream::Fleet';

const CASES: Array<[type: string, properties: Json, posture: string | undefined, path?: string]> = [
  [NOTEBOOK, {}, 'optional', 'Properties.InstanceMetadataServiceConfiguration'],
  [NOTEBOOK, notebook('1'), 'optional', 'Properties.InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion'],
  [NOTEBOOK, notebook('2'), 'required'],
  [NOTEBOOK, notebook(2), 'required'],
  [NOTEBOOK, notebook('3'), 'conditional'],
  [NOTEBOOK, notebook(either('2', '1')), 'conditional'],
  [NOTEBOOK, notebook(NO_VALUE), 'optional'],
  [STREAMS, {}, 'optional', 'Properties'],
  [STREAMS, { DisableIMDSV1: false }, 'optional', 'Properties.DisableIMDSV1'],
  [STREAMS, { DisableIMDSV1: true }, 'required', 'Properties.DisableIMDSV1'],
  [STREAMS, { DisableIMDSV1: 'true' }, 'required'],
  [STREAMS, { DisableIMDSV1: { Ref: 'P' } }, 'conditional'],
  [STREAMS, { DisableIMDSv1: true }, 'optional'],
  [BEANSTALK, {}, 'optional', 'Properties.OptionSettings'],
  [BEANSTALK, settings(option('DisableIMDSv1', 'true')), 'required', 'Properties.OptionSettings'],
  [BEANSTALK, settings(option('DisableIMDSv1', 'true', 'aws:other')), 'optional'],
  [BEANSTALK, settings(option('DisableIMDSv1', 'false'), option('X', 'true')), 'optional'],
  [BEANSTALK, settings(option('DisableIMDSv1', 'true'), option('DisableIMDSv1', 'false')), 'conditional'],
  [BEANSTALK, settings(either(option('DisableIMDSv1', 'true'), NO_VALUE)), 'conditional'],
  [BEANSTALK, settings(either(option('DisableIMDSv1', 'true'), option('DisableIMDSv1', 'true'))), 'required'],
  [BEANSTALK, settings(option({ Ref: 'Any' }, 'true')), 'conditional'],
  [BEANSTALK, settings({ Ref: 'Any' }), 'conditional'],
  [BEANSTALK, { OptionSettings: { Ref: 'Any' } }, 'conditional'],
  [EMR, { SecurityConfiguration: {} }, 'optional'],
  [EMR, { SecurityConfiguration: notebook(2) }, 'required'],
  [EMR, { SecurityConfiguration: JSON.stringify(notebook(2)) }, 'required'],
  [EMR, { SecurityConfiguration: JSON.stringify(notebook(1)) }, 'optional'],
  [EMR, { SecurityConfiguration: '{ not JSON' }, 'optional'],
  [EMR, { SecurityConfiguration: { 'Fn::Sub': '{}' } }, 'conditional'],
  ['AWS::EMR::Cluster', { SecurityConfiguration: { Ref: 'GoodEmr' } }, 'required', 'Properties.SecurityConfiguration'],
  ['AWS::EMR::Cluster', { SecurityConfiguration: { Ref: 'BadEmr' } }, 'optional'],
  ['AWS::EMR::Cluster', { SecurityConfiguration: 'elsewhere' }, 'external'],
  ['AWS::EMR::Cluster', { SecurityConfiguration: { Ref: 'Good' } }, 'external'],
  ['AWS::EMR::Cluster', { SecurityConfiguration: either({ Ref: 'GoodEmr' }, NO_VALUE) }, 'optional'],
  ['AWS::EMR::Cluster', {}, 'optional', 'Properties.SecurityConfiguration'],
  [FLEET, fleet(GOOD), 'required', 'Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification'],
  [FLEET, fleet(BAD), 'optional', 'Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification'],
  [FLEET, fleet(GOOD, undefined, OPTIONAL), 'optional', 'Properties.LaunchTemplateConfigs.0.Overrides.1.MetadataOptions.HttpTokens'],
  [FLEET, fleet(BAD, REQUIRED), 'required'],
  [FLEET, fleet(BAD, REQUIRED, undefined), 'optional'],
  [FLEET, fleet(BAD, { HttpEndpoint: 'disabled' }), 'disabled'],
  [FLEET, fleet(GOOD, { HttpPutResponseHopLimit: 2 }), 'conditional'],
  [FLEET, fleet(GOOD, either(NO_VALUE, { InstanceMetadataTags: 'enabled' })), 'conditional'],
  [FLEET, fleet(GOOD, either(NO_VALUE, REQUIRED)), 'required'],
  [FLEET, fleet(GOOD, { HttpEndpoint: either('enabled', 'disabled') }), 'conditional'],
  [FLEET, fleet({ LaunchTemplateId: 'lt-1', Version: '1' }), 'external'],
  [FLEET, { LaunchTemplateConfigs: [...fleet(GOOD).LaunchTemplateConfigs, ...fleet(BAD).LaunchTemplateConfigs] }, 'optional'],
  [FLEET, { LaunchTemplateConfigs: either(fleet(GOOD).LaunchTemplateConfigs, fleet(BAD).LaunchTemplateConfigs) }, 'optional'],
  [FLEET, { LaunchTemplateConfigs: { Ref: 'Any' } }, 'conditional'],
  ['AWS::EC2::SpotFleet', { SpotFleetRequestConfigData: { LaunchTemplateConfigs: [{ LaunchTemplateSpecification: GOOD }] } }, 'required'],
  ['AWS::EC2::SpotFleet', { SpotFleetRequestConfigData: { LaunchSpecifications: [{}] } }, 'unsettable', 'Properties.SpotFleetRequestConfigData.LaunchSpecifications'],
  [NODES, { LaunchTemplate: { Id: { Ref: 'Good' }, Version: '$Latest' } }, 'required'],
  [NODES, { LaunchTemplate: either({ Id: { Ref: 'Good' }, Version: '$Latest' }, NO_VALUE) }, 'unsettable'],
  [NODES, { LaunchTemplate: NO_VALUE }, 'unsettable', 'Properties.LaunchTemplate'],
  [BATCH, batch(GOOD), 'required'],
  [BATCH, batch({ ...GOOD, Overrides: [BAD] }), 'optional', 'Properties.ComputeResources.LaunchTemplate.Overrides.0'],
  [BATCH, batch({ ...GOOD, Overrides: [either(GOOD, NO_VALUE)] }), 'required'],
  [BATCH, batch({ ...GOOD, Overrides: { Ref: 'Any' } }), 'external'],
  [BATCH, { Type: 'MANAGED', ComputeResources: either({ Type: 'EC2', LaunchTemplate: GOOD }, { Type: 'EC2' }) }, 'unsettable'],
  [BATCH, batch(undefined), 'unsettable'],
  [BATCH, batch(undefined, 'FARGATE'), undefined],
  [BATCH, batch(undefined, { Ref: 'Kind' }), undefined],
  [BATCH, batch(undefined, either('FARGATE', 'SPOT')), 'unsettable'],
  [BATCH, { Type: 'UNMANAGED' }, undefined],
  ['AWS::ECS::CapacityProvider', { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: 'GoodGroup' } } }, 'required'],
  ['AWS::ECS::CapacityProvider', { AutoScalingGroupProvider: { AutoScalingGroupArn: { Ref: 'BadGroup' } } }, 'optional'],
  ['AWS::ECS::CapacityProvider', { AutoScalingGroupProvider: { AutoScalingGroupArn: 'arn' } }, 'external'],
  ['AWS::ECS::CapacityProvider', { ManagedInstancesProvider: {} }, 'unsettable'],
  ['AWS::PCS::ComputeNodeGroup', { CustomLaunchTemplate: { TemplateId: { Ref: 'Bad' }, Version: '$Latest' } }, 'optional'],
  ['AWS::GameLift::GameServerGroup', { LaunchTemplate: GOOD }, 'required'],
  ['AWS::ImageBuilder::InfrastructureConfiguration', { InstanceMetadataOptions: REQUIRED }, 'required'],
  ['AWS::ImageBuilder::DistributionConfiguration', { Distributions: [{ AmiDistributionConfiguration: {} }] }, undefined],
  ['AWS::ImageBuilder::DistributionConfiguration', { Distributions: [{ FastLaunchConfigurations: [{}] }] }, 'unsettable'],
  ['AWS::ImageBuilder::DistributionConfiguration',
    { Distributions: [{ FastLaunchConfigurations: [{ LaunchTemplate: { LaunchTemplateId: { Ref: 'Bad' }, LaunchTemplateVersion: '$Latest' } }] }] }, 'optional'],
  ['AWS::WorkspacesInstances::WorkspaceInstance', { ManagedInstance: { MetadataOptions: REQUIRED } }, 'required'],
  ['AWS::Cloud9::EnvironmentEC2', {}, 'unsettable'],
  ['AWS::EKS::Cluster', {}, undefined],
  ['AWS::EKS::Cluster', { ComputeConfig: { Enabled: true } }, 'unsettable'],
  ['AWS::Deadline::Fleet', { Configuration: { CustomerManaged: {} } }, undefined],
  ['AWS::GameLift::Fleet', { ComputeType: 'ANYWHERE' }, undefined],
  ['AWS::GameLift::Fleet', {}, 'unsettable'],
];

// jest takes a last argument that is missing for a callback of its own.
test.each(CASES.map(([type, properties, posture, at]) => [type, properties, posture, at ?? ''] as const))('%s of %j is %s', (type, properties, posture, at) => {
  const found = judged(type, JSON.parse(JSON.stringify(properties)));
  expect(found?.posture).toBe(posture);
  if (at) expect(found?.path).toBe(at);
});

test('what decides about an entry is what stands in it, and nothing beside it', () => {
  const found = judged(BEANSTALK, settings(option('InstanceType', { Ref: 'Other' }), option('DisableIMDSv1', { Ref: 'P' })));
  expect(found).toMatchObject({ posture: 'conditional', underDefaults: 'required', dependsOn: [{ kind: 'parameter', name: 'P' }] });
});

test('what decides about an override is named', () => {
  const found = judged(FLEET, fleet(GOOD, either(REQUIRED, OPTIONAL)));
  expect(found).toMatchObject({ posture: 'conditional', underDefaults: 'required', dependsOn: [{ kind: 'condition', name: 'C' }] });
});

test('what decides about a node group is the id of its launch template', () => {
  const found = judged(NODES, { LaunchTemplate: { Id: either({ Ref: 'Good' }, { Ref: 'Bad' }), Version: '$Latest' } });
  expect(found).toMatchObject({ posture: 'conditional', underDefaults: 'required', dependsOn: [{ kind: 'condition', name: 'C' }] });
});

test.each([...CATALOG.values()])('$type has a posture, or launches nothing, whatever its properties are', (source) => {
  for (const Properties of [undefined, {}, null, [], 'text', { 'Fn::Transform': { Name: 'M' } }]) {
    const [document] = documentsOf({ a: { Resources: { R: { Type: source.type, Properties } } } });
    const world = new TemplateWorld([document]);
    const found = judge(world.resourcesOf(document).get('R')!, world);
    if (!source.launches) expect(found).toBeDefined();
    if (found) expect(['required', 'disabled']).not.toContain(found.posture);
  }
});
