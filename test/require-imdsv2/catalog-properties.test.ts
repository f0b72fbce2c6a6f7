import * as fs from 'fs';
import { App, AspectPriority, Aspects, CfnCondition, CfnParameter, CfnResource, Stack } from 'aws-cdk-lib';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as fc from 'fast-check';
import { RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { CATALOG } from '../../src/launch-sources/catalog';
import { outcome, warnings, type Json, type Outcome, type Warning } from '../support';

/*
 * One resource of a random type, with random properties under conditions and parameters, beside what it may launch from. What it
 * launches with is read from the written template by `LAUNCHES`, which knows CloudFormation and shares nothing with the library.
 *
 * PROPERTY_RUNS and PROPERTY_SEED choose more runs and another seed (`random` for a new one each time).
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 120) * 2;
const SEED = process.env.PROPERTY_SEED === 'random' ? Date.now() % 1e9 : Number(process.env.PROPERTY_SEED ?? 20241124);

const NO_VALUE = { Ref: 'AWS::NoValue' };

/** A value, one under a condition, none, or a parameter. */
function drawn(...literals: unknown[]): fc.Arbitrary<unknown> {
  const leaf = fc.constantFrom<unknown>(...literals, ...literals, NO_VALUE);
  const either = (condition: string) => fc.tuple(leaf, leaf).map((branches) => ({ 'Fn::If': [condition, ...branches] }));
  return fc.oneof({ weight: 6, arbitrary: leaf }, either('C'), either('D'));
}

/** The same, of something drawn itself. */
function under(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const branch = fc.oneof(arbitrary, fc.constant(NO_VALUE));
  return fc.oneof({ weight: 4, arbitrary }, fc.tuple(branch, branch).map((branches) => ({ 'Fn::If': ['C', ...branches] })));
}

const some = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> => fc.record(members, { requiredKeys: [] });
const tokens = (...words: unknown[]) => fc.oneof({ weight: 5, arbitrary: drawn(...words) }, { weight: 1, arbitrary: fc.constant<unknown>({ Ref: 'P' }) });
const ec2 = some({
  HttpTokens: tokens('required', 'optional'),
  HttpEndpoint: drawn('enabled', 'disabled'),
  HttpPutResponseHopLimit: drawn(1, 2, 5),
  InstanceMetadataTags: drawn('enabled'),
});
const emr = some({ MinimumInstanceMetadataServiceVersion: tokens(1, 2), HttpPutResponseHopLimit: drawn(1, 3) });
const option = some({
  Namespace: fc.constantFrom('aws:autoscaling:launchconfiguration', 'aws:autoscaling:launchconfiguration', 'aws:elsewhere'),
  OptionName: fc.constantFrom('DisableIMDSv1', 'DisableIMDSv1', 'InstanceType'),
  Value: tokens('true', 'false'),
});
const options = under(fc.array(under(option), { maxLength: 3 }));

/** A specification of one of the two launch templates, or of one elsewhere. */
function specification({ id = 'LaunchTemplateId', version = 'Version' } = {}): fc.Arbitrary<Json> {
  const to = (name: string) => fc.constantFrom('$Latest', { 'Fn::GetAtt': [name, 'LatestVersionNumber'] }, '1')
    .map((asked) => ({ [id]: { Ref: name }, [version]: asked }));
  return fc.oneof(to('A'), to('B'), fc.constant({ [id]: 'lt-0def', [version]: '1' }));
}

const template = under(specification());
const config = fc.record({ LaunchTemplateSpecification: specification(), Overrides: fc.array(some({ InstanceType: fc.constant('t3.micro'), MetadataOptions: under(ec2) }), { maxLength: 2 }) }, { requiredKeys: ['LaunchTemplateSpecification'] });
const nothing = fc.constant<Json>({});

const PROPERTIES: { readonly [type: string]: fc.Arbitrary<Json> } = {
  'AWS::EC2::Instance': some({ MetadataOptions: under(ec2), LaunchTemplate: template }),
  'AWS::EC2::LaunchTemplate': some({ LaunchTemplateData: under(some({ ImageId: fc.constant('ami-1'), MetadataOptions: under(ec2) })) }),
  'AWS::AutoScaling::LaunchConfiguration': some({ MetadataOptions: under(ec2) }),
  'AWS::AutoScaling::AutoScalingGroup': fc.record({ LaunchTemplate: specification() }),
  'AWS::EC2::EC2Fleet': fc.record({ LaunchTemplateConfigs: fc.array(config, { minLength: 1, maxLength: 2 }) }),
  'AWS::EC2::SpotFleet': fc.record({
    SpotFleetRequestConfigData: fc.oneof(
      fc.record({ LaunchSpecifications: fc.constant([{ ImageId: 'ami-1' }]) }),
      fc.record({ LaunchTemplateConfigs: fc.array(fc.record({ LaunchTemplateSpecification: specification() }), { minLength: 1, maxLength: 2 }) }),
    ),
  }),
  'AWS::EKS::Nodegroup': some({ LaunchTemplate: under(specification({ id: 'Id' })) }),
  'AWS::EKS::Cluster': some({ ComputeConfig: some({ Enabled: drawn(true, false) }) }),
  'AWS::Batch::ComputeEnvironment': fc.record({
    Type: fc.constantFrom('MANAGED', 'MANAGED', 'UNMANAGED'),
    ComputeResources: fc.record({ Type: drawn('EC2', 'FARGATE'), LaunchTemplate: under(fc.tuple(specification(), fc.array(under(specification()), { maxLength: 2 })).map(([base, Overrides]) => ({ ...base, Overrides }))) }, { requiredKeys: ['Type'] }),
  }),
  'AWS::ECS::CapacityProvider': fc.oneof(
    fc.constant({ ManagedInstancesProvider: { InfrastructureRoleArn: 'arn' } }),
    fc.record({ AutoScalingGroupProvider: fc.record({ AutoScalingGroupArn: drawn({ Ref: 'G' }, 'arn:elsewhere').filter((target) => JSON.stringify(target) !== JSON.stringify(NO_VALUE)) }) }),
  ),
  'AWS::PCS::ComputeNodeGroup': some({ CustomLaunchTemplate: under(specification({ id: 'TemplateId' })) }),
  'AWS::GameLift::GameServerGroup': some({ LaunchTemplate: template }),
  'AWS::ImageBuilder::InfrastructureConfiguration': some({ InstanceMetadataOptions: under(some({ HttpTokens: tokens('required', 'optional'), HttpPutResponseHopLimit: drawn(1, 2, 5) })) }),
  'AWS::ImageBuilder::DistributionConfiguration': some({
    Distributions: fc.array(some({ FastLaunchConfigurations: fc.array(some({ LaunchTemplate: under(specification({ version: 'LaunchTemplateVersion' })) }), { maxLength: 2 }) }), { maxLength: 2 }),
  }),
  'AWS::SageMaker::NotebookInstance': some({ InstanceMetadataServiceConfiguration: under(some({ MinimumInstanceMetadataServiceVersion: tokens('1', '2') })) }),
  'AWS::ElasticBeanstalk::Environment': some({ OptionSettings: options }),
  'AWS::ElasticBeanstalk::ConfigurationTemplate': some({ OptionSettings: options }),
  'AWS::AppStream::Fleet': some({ DisableIMDSV1: tokens(true, false) }),
  'AWS::AppStream::ImageBuilder': some({ DisableIMDSV1: tokens(true, false) }),
  'AWS::AppStream::AppBlockBuilder': some({ DisableIMDSV1: tokens(true, false) }),
  'AWS::EMR::Cluster': some({ SecurityConfiguration: drawn({ Ref: 'E' }, 'elsewhere') }),
  'AWS::EMR::SecurityConfiguration': fc.record({ Name: fc.constant('n'), SecurityConfiguration: some({ A: fc.constant(1), InstanceMetadataServiceConfiguration: under(emr) }) }, { requiredKeys: ['SecurityConfiguration'] }),
  'AWS::WorkspacesInstances::WorkspaceInstance': some({ ManagedInstance: under(some({ ImageId: fc.constant('ami-1'), MetadataOptions: under(ec2) })) }),
  'AWS::Cloud9::EnvironmentEC2': nothing,
  'AWS::Lightsail::Instance': nothing,
  'AWS::Lambda::CapacityProvider': nothing,
  'AWS::Serverless::CapacityProvider': nothing,
  'AWS::CodeBuild::Fleet': nothing,
  'AWS::Deadline::Fleet': some({ Configuration: some({ ServiceManagedEc2: under(fc.constant({ A: 1 })), CustomerManaged: fc.constant({}) }) }),
  'AWS::GameLift::Fleet': some({ ComputeType: drawn('EC2', 'ANYWHERE') }),
  'AWS::GameLift::ContainerFleet': nothing,
  'AWS::EVS::Environment': nothing,
  'AWS::BedrockAgentCore::CapacityProvider': nothing,
  'AWS::OpsWorks::Instance': nothing,
  'AWS::OpsWorksCM::Server': nothing,
  'AWS::SageMaker::Cluster': nothing,
  'AWS::MGN::ReplicationConfigurationTemplate': nothing,
  'AWS::MGN::LaunchConfigurationTemplate': nothing,
  'AWS::DRS::ReplicationConfigurationTemplate': nothing,
  'AWS::DRS::LaunchConfigurationTemplate': nothing,
  'AWS::LaunchWizard::Deployment': nothing,
  'AWS::WorkSpaces::Workspace': nothing,
  'AWS::WorkSpaces::WorkspacesPool': nothing,
  'AWS::RDS::DBInstance': some({ CustomIAMInstanceProfile: drawn('AWSRDSCustom') }),
  'AWS::CodeBuild::Project': some({ Environment: under(some({ Type: drawn('LINUX_EC2', 'LINUX_CONTAINER'), Fleet: under(fc.constant({ FleetArn: 'arn' })) })) }),
  'AWS::DataPipeline::Pipeline': some({
    PipelineObjects: fc.array(fc.record({ Fields: fc.array(some({ Key: fc.constantFrom('type', 'runsOn'), StringValue: drawn('Ec2Resource', 'Schedule') }), { maxLength: 2 }) }), { maxLength: 2 }),
  }),
  'AWS::Backup::RestoreTestingSelection': some({
    ProtectedResourceType: drawn('EC2', 'EBS'),
    RestoreMetadataOverrides: under(some({ requireImdsV2: tokens('true', 'false'), instanceType: fc.constant('t3.micro') })),
  }),
};

/** One way of launching: with options of its own over those of what it names, if it says or names anything. */
interface Launch {
  /** What its own options come to; undefined where they say nothing. */
  readonly own?: 'safe' | 'open';
  /** The logical id of what it launches from, or undefined where that is elsewhere or may be of an earlier version. */
  readonly from?: { readonly name?: string };
}

const block = (at: Json): Launch['own'] => at?.HttpEndpoint === 'disabled' || at?.HttpTokens === 'required' ? 'safe'
  : at?.HttpTokens === undefined && !Object.keys(at ?? {}).length ? undefined : 'open';
const word = (value: Json, required: string): Launch['own'] => value === undefined ? undefined : String(value) === required ? 'safe' : 'open';

function named(spec: Json, id = 'LaunchTemplateId', version = 'Version'): Launch[] {
  if (spec === undefined) return [];
  const latest = spec[version] === '$Latest' || spec[version]?.['Fn::GetAtt']?.[1] === 'LatestVersionNumber';
  return [{ from: { name: latest ? spec[id]?.Ref : undefined } }];
}

const orNobody = (launches: Launch[]): Launch[] => launches.length > 0 ? launches : [{}];
const nobody = (): Launch[] => [{}];
const entries = (settings: Json[] = []): Launch[] => [{
  own: word(settings.filter((each) => each.Namespace === 'aws:autoscaling:launchconfiguration' && each.OptionName === 'DisableIMDSv1')
    .map((each) => each.Value ?? 'absent').reduce((worst, value) => worst === 'true' || worst === undefined ? value : worst, undefined), 'true'),
}];
const appStream = ({ DisableIMDSV1 }: Json): Launch[] => [{ own: word(DisableIMDSV1, 'true') }];

const LAUNCHES: { readonly [type: string]: (properties: Json) => Launch[] } = {
  'AWS::EC2::Instance': ({ MetadataOptions, LaunchTemplate }) => [{ ...named(LaunchTemplate)[0], own: block(MetadataOptions) }],
  'AWS::EC2::LaunchTemplate': ({ LaunchTemplateData }) => [{ own: block(LaunchTemplateData?.MetadataOptions) }],
  'AWS::AutoScaling::LaunchConfiguration': ({ MetadataOptions }) => [{ own: block(MetadataOptions) }],
  'AWS::AutoScaling::AutoScalingGroup': ({ LaunchTemplate }) => named(LaunchTemplate),
  'AWS::EC2::EC2Fleet': ({ LaunchTemplateConfigs }) => LaunchTemplateConfigs.flatMap(({ LaunchTemplateSpecification, Overrides = [] }: Json) =>
    (Overrides.length > 0 ? Overrides : [{}])
      .map(({ MetadataOptions }: Json) => ({ ...named(LaunchTemplateSpecification)[0], own: block(MetadataOptions) }))),
  'AWS::EC2::SpotFleet': ({ SpotFleetRequestConfigData: { LaunchSpecifications, LaunchTemplateConfigs = [] } }) =>
    LaunchSpecifications ? nobody() : LaunchTemplateConfigs.flatMap(({ LaunchTemplateSpecification }: Json) => named(LaunchTemplateSpecification)),
  'AWS::EKS::Nodegroup': ({ LaunchTemplate }) => orNobody(named(LaunchTemplate, 'Id')),
  'AWS::EKS::Cluster': ({ ComputeConfig }) => ComputeConfig?.Enabled ? [{ own: 'safe' }] : [],
  'AWS::Batch::ComputeEnvironment': ({ Type, ComputeResources }) => Type === 'UNMANAGED' || ComputeResources.Type === 'FARGATE' ? []
    : [
      ...orNobody(named(ComputeResources.LaunchTemplate)),
      ...(ComputeResources.LaunchTemplate?.Overrides ?? []).flatMap((each: Json) => named(each)),
    ],
  'AWS::ECS::CapacityProvider': ({ ManagedInstancesProvider, AutoScalingGroupProvider }) => ManagedInstancesProvider ? nobody()
    : AutoScalingGroupProvider?.AutoScalingGroupArn ? [{ from: { name: AutoScalingGroupProvider.AutoScalingGroupArn.Ref } }] : [],
  'AWS::PCS::ComputeNodeGroup': ({ CustomLaunchTemplate }) => orNobody(named(CustomLaunchTemplate, 'TemplateId')),
  'AWS::GameLift::GameServerGroup': ({ LaunchTemplate }) => orNobody(named(LaunchTemplate)),
  'AWS::ImageBuilder::InfrastructureConfiguration': ({ InstanceMetadataOptions }) => [{ own: block(InstanceMetadataOptions) }],
  'AWS::ImageBuilder::DistributionConfiguration': ({ Distributions = [] }) => Distributions.flatMap(({ FastLaunchConfigurations = [] }: Json) =>
    FastLaunchConfigurations.flatMap(({ LaunchTemplate }: Json) => orNobody(named(LaunchTemplate, 'LaunchTemplateId', 'LaunchTemplateVersion')))),
  'AWS::SageMaker::NotebookInstance': ({ InstanceMetadataServiceConfiguration: service }) => [{ own: word(service?.MinimumInstanceMetadataServiceVersion, '2') }],
  'AWS::ElasticBeanstalk::Environment': ({ OptionSettings }) => entries(OptionSettings),
  'AWS::ElasticBeanstalk::ConfigurationTemplate': ({ OptionSettings }) => entries(OptionSettings),
  'AWS::AppStream::Fleet': appStream,
  'AWS::AppStream::ImageBuilder': appStream,
  'AWS::AppStream::AppBlockBuilder': appStream,
  'AWS::EMR::Cluster': ({ SecurityConfiguration }) => SecurityConfiguration ? [{ from: { name: SecurityConfiguration.Ref } }] : nobody(),
  'AWS::EMR::SecurityConfiguration': ({ SecurityConfiguration: document }) =>
    [{ own: word(document?.InstanceMetadataServiceConfiguration?.MinimumInstanceMetadataServiceVersion, '2') }],
  'AWS::WorkspacesInstances::WorkspaceInstance': ({ ManagedInstance }) => [{ own: block(ManagedInstance?.MetadataOptions) }],
  'AWS::Deadline::Fleet': ({ Configuration }) => Configuration?.ServiceManagedEc2 ? nobody() : [],
  'AWS::GameLift::Fleet': ({ ComputeType }) => ComputeType === 'ANYWHERE' ? [] : nobody(),
  'AWS::RDS::DBInstance': ({ CustomIAMInstanceProfile }) => CustomIAMInstanceProfile ? nobody() : [],
  'AWS::CodeBuild::Project': ({ Environment }) => Environment?.Type === 'LINUX_EC2' && !Environment.Fleet ? nobody() : [],
  'AWS::DataPipeline::Pipeline': ({ PipelineObjects = [] }) =>
    PipelineObjects.flatMap(({ Fields }: Json) => Fields).some(({ Key, StringValue }: Json) => Key === 'type' && StringValue === 'Ec2Resource') ? nobody() : [],
  'AWS::Backup::RestoreTestingSelection': ({ ProtectedResourceType, RestoreMetadataOverrides }) =>
    ProtectedResourceType === 'EC2' ? [{ own: word(RestoreMetadataOverrides?.requireImdsV2 ?? 'true', 'true') }] : [],
};

const OPTIONS = new Set(['MetadataOptions', 'InstanceMetadataOptions', 'InstanceMetadataServiceConfiguration', 'DisableIMDSV1']);
const isSwitch = (value: Json) => value.Namespace === 'aws:autoscaling:launchconfiguration' && value.OptionName === 'DisableIMDSv1';

/** What of a resource's properties the aspect may not change; undefined where that is nothing. */
function besidesOptions(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Array.isArray(value)
    ? value.filter((item) => !isSwitch(item)).map((item) => besidesOptions(item) ?? 'empty')
    : Object.fromEntries(Object.entries(value).filter(([key]) => !OPTIONS.has(key)).map(([key, item]) => [key, besidesOptions(item)]));
  return Object.values(kept).every((item) => item === undefined) ? undefined : kept;
}

interface Choice { readonly C: boolean; readonly D: boolean; readonly P: string }
const CHOICES: readonly Choice[] = [true, false].flatMap((C) => [true, false].flatMap((D) => ['required', 'something else'].map((P) => ({ C, D, P }))));

function evaluate(value: Json, choice: Choice): Json {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, choice)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::If' in value) return evaluate(value['Fn::If'][choice[value['Fn::If'][0] as 'C' | 'D'] ? 1 : 2], choice);
  if (value.Ref === 'AWS::NoValue') return undefined;
  if (value.Ref === 'P') return choice.P;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, choice)]).filter(([, item]) => item !== undefined));
}

interface Tree {
  readonly type: string;
  readonly properties: Json;
  /** The tokens of launch template `A`; `B` requires them. */
  readonly tokens: 'required' | 'optional';
  readonly emr: 1 | 2;
  readonly how: 'given' | 'overridden';
  readonly replaceResources?: boolean;
}

const tree: fc.Arbitrary<Tree> = fc.constantFrom(...Object.keys(PROPERTIES)).chain((type) => fc.record({
  type: fc.constant(type),
  properties: PROPERTIES[type],
  tokens: fc.constantFrom<Tree['tokens']>('required', 'optional'),
  emr: fc.constantFrom<Tree['emr']>(1, 2),
  how: fc.constantFrom<Tree['how']>('given', 'overridden'),
  replaceResources: fc.option(fc.boolean(), { nil: undefined }),
}));

function build({ type, properties, tokens: HttpTokens, emr: MinimumInstanceMetadataServiceVersion, how }: Tree): { app: App; stack: Stack } {
  const app = new App();
  const stack = new Stack(app, 'S');
  for (const id of ['C', 'D']) new CfnCondition(stack, id);
  new CfnParameter(stack, 'P');
  const launchTemplate = (id: string, MetadataOptions: Json) =>
    new CfnResource(stack, id, { type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: { MetadataOptions } } });
  launchTemplate('A', { HttpTokens });
  launchTemplate('B', { HttpTokens: 'required' });
  new CfnResource(stack, 'G', { type: 'AWS::AutoScaling::AutoScalingGroup', properties: { LaunchTemplate: { LaunchTemplateId: { Ref: 'A' }, Version: '$Latest' } } });
  new CfnResource(stack, 'E', {
    type: 'AWS::EMR::SecurityConfiguration', properties: { SecurityConfiguration: { InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion } } },
  });
  const resource = new CfnResource(stack, 'R', { type, properties: how === 'given' ? properties : {} });
  if (how === 'overridden') for (const [key, value] of Object.entries(properties)) resource.addPropertyOverride(key, value);
  return { app, stack };
}

interface Synthesis extends Outcome { readonly warned: Warning[]; readonly resources: Json }

function synthesize(drawnTree: Tree, apply?: (stack: Stack, props: RequireImdsv2Props) => void): Synthesis {
  const { app, stack } = build(drawnTree);
  apply?.(stack, { replaceResources: drawnTree.replaceResources });
  const result = outcome(app);
  const warned = warnings(new CloudAssembly(app.outdir));
  fs.rmSync(app.outdir, { recursive: true, force: true });
  return { ...result, warned, resources: result.templates.S.Resources };
}

const require_ = (stack: Stack, props: RequireImdsv2Props) => Aspects.of(stack).add(new RequireImdsv2(props));

/** Whether something says of a resource that it may be open; the announcement of an edit does not. */
function isNamed({ findings, warned }: Synthesis, logicalId: string): boolean {
  return findings.some(({ path }) => path === `S/${logicalId}`)
    || warned.some(({ path, message, id }) => path === `S/${logicalId}` && id !== 'cdk-imdsv2::boot-call' && !message.includes('and deploying that'));
}

/** Whether a launch may answer IMDSv1 and nothing says so, on the resource or on what it launches from. */
function isOpenInSilence(result: Synthesis, logicalId: string, choice: Choice): boolean {
  const { Type: type, Properties: properties = {} } = result.resources[logicalId];
  const launches = (LAUNCHES[type] ?? nobody)(evaluate(properties, choice));
  if (isNamed(result, logicalId)) return false;
  return launches.some(({ own, from }) => own !== 'safe' && (own === 'open' || !from || from.name === undefined || isOpenInSilence(result, from.name, choice)));
}

const IN_PLACE = Object.keys(PROPERTIES).filter((type) => /ImageBuilder::Infra|SageMaker::Notebook|Beanstalk::Config|EC2::Instance$/.test(type));

function check(property: (drawnTree: Tree) => void): void {
  fc.assert(fc.property(tree, property), { numRuns: RUNS, seed: SEED, endOnFailure: false });
}

describe(`for one resource of any type (seed ${SEED})`, () => {
  test('every type of the catalog is drawn', () => {
    // What launches by a text has tests of its own.
    const types = [...CATALOG.values()].filter(({ embedded }) => embedded === undefined).map(({ type }) => type);
    expect(Object.keys(PROPERTIES).sort()).toEqual(types.sort());
  });

  test('no launch stays open in silence, and nothing but the options changes', () => {
    check((one) => {
      const [before, after] = [synthesize(one), synthesize(one, require_)];
      for (const choice of CHOICES) {
        for (const logicalId of Object.keys(after.resources)) {
          expect({ logicalId, choice, silent: isOpenInSilence(after, logicalId, choice) }).toEqual({ logicalId, choice, silent: false });
          const [was, is] = [before, after].map(({ resources }) => besidesOptions(evaluate(resources[logicalId].Properties ?? {}, choice)));
          expect(is).toEqual(was);
        }
      }
    });
  });

  test('what is fixed in place is safe under every condition, and is no finding', () => {
    check((one) => {
      if (!IN_PLACE.includes(one.type)) return;
      const { resources, findings } = synthesize(one, require_);
      expect(findings.filter(({ path }) => path === 'S/R')).toEqual([]);
      for (const choice of CHOICES) {
        const [launch] = LAUNCHES[one.type](evaluate(resources.R.Properties ?? {}, choice));
        if (!launch.from) expect({ choice, own: launch.own }).toEqual({ choice, own: 'safe' });
      }
    });
  });

  test('applying it again changes nothing', () => {
    check((one) => {
      const again = synthesize(one, (stack, props) => {
        require_(stack, props);
        Aspects.of(stack).add(new RequireImdsv2(props), { priority: AspectPriority.MUTATING + 7 });
      });
      expect(again.resources).toEqual(synthesize(one, require_).resources);
    });
  });

  test('reportOnly writes the very same template, and fails nothing', () => {
    check((one) => {
      const reported = synthesize(one, (stack, props) => require_(stack, { ...props, reportOnly: true }));
      expect(reported.error).toBeUndefined();
      expect(reported.resources).toEqual(synthesize(one).resources);
    });
  });
});
