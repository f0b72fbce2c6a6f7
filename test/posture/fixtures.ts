import { DISABLED, either, NO_VALUE, OPTIONAL, REQUIRED } from './templates';
import type { Json } from '../support';

/** The parameters of the templates that they stand in. */
export const PARAMETERS = {
  Any: { Type: 'String', Default: 'required' },
  Safe: { Type: 'String', AllowedValues: ['required'] },
  Unsafe: { Type: 'String', AllowedValues: ['optional'] },
  Both: { Type: 'String', AllowedValues: ['required', 'optional'] },
  None: { Type: 'String', AllowedValues: [] },
  Off: { Type: 'String', AllowedValues: ['disabled'] },
};

/** Blocks of metadata options, and the posture of what has them. */
export const OPTION_CASES: Array<[name: string, options: unknown, posture: string]> = [
  ['required tokens', REQUIRED, 'required'],
  ['optional tokens', OPTIONAL, 'optional'],
  ['a disabled endpoint', DISABLED, 'disabled'],
  ['required tokens at a disabled endpoint', { ...REQUIRED, ...DISABLED }, 'disabled'],
  ['optional tokens at a disabled endpoint', { ...OPTIONAL, ...DISABLED }, 'disabled'],
  ['an enabled endpoint', { HttpEndpoint: 'enabled' }, 'optional'],
  ['required tokens at an enabled endpoint', { ...REQUIRED, HttpEndpoint: 'enabled' }, 'required'],
  ['nothing', undefined, 'optional'],
  ['null', null, 'optional'],
  ['an empty block', {}, 'optional'],
  ['no value', NO_VALUE, 'optional'],
  ['tokens of no value', { HttpTokens: NO_VALUE }, 'optional'],
  ['a hop limit alone', { HttpPutResponseHopLimit: 1 }, 'optional'],
  ['a condition over required and optional', either(REQUIRED, OPTIONAL), 'conditional'],
  ['a condition over required and nothing', either(REQUIRED, NO_VALUE), 'conditional'],
  ['a condition over required twice', either(REQUIRED, { ...REQUIRED, HttpPutResponseHopLimit: 2 }), 'required'],
  ['a condition over required and disabled', either(REQUIRED, DISABLED), 'required'],
  ['a condition over disabled twice', either(DISABLED, DISABLED), 'disabled'],
  ['a condition over optional and nothing', either(OPTIONAL, NO_VALUE), 'optional'],
  ['nested conditions, all required', either(either(REQUIRED, REQUIRED), REQUIRED), 'required'],
  ['nested conditions, one open', either(either(REQUIRED, {}), REQUIRED), 'conditional'],
  ['tokens under a condition', { HttpTokens: either('required', 'optional') }, 'conditional'],
  ['tokens under a condition, required either way', { HttpTokens: either('required', 'required') }, 'required'],
  ['tokens under a condition or none', { HttpTokens: either('required', NO_VALUE) }, 'conditional'],
  ['an endpoint under a condition', { HttpEndpoint: either('disabled', 'enabled') }, 'conditional'],
  ['an endpoint under a condition beside required tokens', { ...REQUIRED, HttpEndpoint: either('disabled', 'enabled') }, 'required'],
  ['a parameter', { HttpTokens: { Ref: 'Any' } }, 'conditional'],
  ['a parameter that does not exist', { HttpTokens: { Ref: 'Missing' } }, 'conditional'],
  ['a parameter that allows only required', { HttpTokens: { Ref: 'Safe' } }, 'required'],
  ['a parameter that allows only optional', { HttpTokens: { Ref: 'Unsafe' } }, 'optional'],
  ['a parameter that allows both', { HttpTokens: { Ref: 'Both' } }, 'conditional'],
  ['a parameter that allows an empty list', { HttpTokens: { Ref: 'None' } }, 'conditional'],
  ['a parameter for the endpoint that allows only disabled', { HttpEndpoint: { Ref: 'Off' } }, 'disabled'],
  ['a parameter for the endpoint', { HttpEndpoint: { Ref: 'Any' } }, 'conditional'],
  ['a parameter for the endpoint beside required tokens', { ...REQUIRED, HttpEndpoint: { Ref: 'Any' } }, 'required'],
  ['a dynamic reference', { HttpTokens: '{{resolve:ssm:/tokens}}' }, 'conditional'],
  ['a mapping', { HttpTokens: { 'Fn::FindInMap': ['M', 'a', 'b'] } }, 'conditional'],
  ['a literal that EC2 does not know', { HttpTokens: 'Required' }, 'conditional'],
  ['a transform in the place of tokens', { HttpTokens: { 'Fn::Transform': { Name: 'M' } } }, 'conditional'],
  ['a transform beside required tokens', { ...REQUIRED, 'Fn::Transform': { Name: 'M' } }, 'conditional'],
  ['a transform in the place of the block', { 'Fn::Transform': { Name: 'M' } }, 'conditional'],
  ['a condition beside required tokens', { ...REQUIRED, 'Fn::If': ['C', {}, {}] }, 'conditional'],
  ['a condition with two arguments', { 'Fn::If': ['C', REQUIRED] }, 'conditional'],
  ['a list', [REQUIRED], 'conditional'],
  ['a string', 'required', 'conditional'],
];

const notebook = (MinimumInstanceMetadataServiceVersion: unknown) =>
  ({ InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion } });
export const option = (OptionName: unknown, Value: unknown, Namespace: unknown = 'aws:autoscaling:launchconfiguration') => ({ Namespace, OptionName, Value });
export const settings = (...OptionSettings: unknown[]) => ({ OptionSettings });
export const GOOD = { LaunchTemplateId: { Ref: 'Good' }, Version: '$Latest' };
const BAD = { LaunchTemplateId: { Ref: 'Bad' }, Version: '$Latest' };
export const fleet = (LaunchTemplateSpecification: unknown, ...options: unknown[]) =>
  ({ LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides: options.map((MetadataOptions) => ({ MetadataOptions })) }] });
const fleetWith = (LaunchTemplateSpecification: unknown, Overrides: unknown) =>
  ({ LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides }] });
const batch = (LaunchTemplate: unknown, Type: unknown = 'EC2') => ({ Type: 'MANAGED', ComputeResources: { Type, LaunchTemplate } });

const NOTEBOOK = 'AWS::SageMaker::NotebookInstance';
export const BEANSTALK = 'AWS::ElasticBeanstalk::Environment';
export const FLEET = 'AWS::EC2::EC2Fleet';
const BATCH = 'AWS::Batch::ComputeEnvironment';
export const NODES = 'AWS::EKS::Nodegroup';
const EMR = 'AWS::EMR::SecurityConfiguration';
const STREAMS = 'AWS::AppStream::Fleet';

/** Resources of every type, and their posture beside launch templates `Good` and `Bad`. */
export const CATALOG_CASES: Array<[type: string, properties: Json, posture: string | undefined, path?: string]> = [
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
  [FLEET, fleetWith(BAD, either([{ MetadataOptions: REQUIRED }], NO_VALUE)), 'optional', 'Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification'],
  [FLEET, fleetWith(BAD, either([], [{ MetadataOptions: REQUIRED }])), 'optional', 'Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification'],
  [FLEET, fleetWith(GOOD, either([{ MetadataOptions: REQUIRED }], NO_VALUE)), 'required'],
  [FLEET, fleetWith(GOOD, either([{ MetadataOptions: OPTIONAL }], NO_VALUE)), 'optional', 'Properties.LaunchTemplateConfigs.0.Overrides.0.MetadataOptions.HttpTokens'],
  [FLEET, fleetWith(GOOD, { Ref: 'Any' }), 'conditional'],
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
