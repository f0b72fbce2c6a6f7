import { CATALOG } from '../../src/launch-sources/catalog';
import { METADATA_OPTIONS } from '../../src/launch-sources/options-spelling';
import { EACH } from '../../src/launch-sources/places';
import { DISABLED, either, group, instance, latest, NO_VALUE, OPTIONAL, policyOf, REQUIRED, template, type Resources } from '../checks/subjects';

/** A name for what a template holds, and its resources. */
export type Shape = [name: string, resources: Resources];

export const PARAMETERS = { Any: { Type: 'String' }, Default: { Type: 'String', Default: 'optional' }, Hops: { Type: 'Number', AllowedValues: [2, 4] } };
export const CONDITIONS = { C: { 'Fn::Equals': [{ Ref: 'Any' }, 'a'] } };

const CURL = 'curl -s http://169.254.169.254/latest/meta-data/instance-id';
const script = (...lines: string[]) => ({ 'Fn::Base64': ['#!/bin/bash', ...lines].join('\n') });
const att = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
const pinned = (logicalId: string, Version: unknown = '1') => ({ LaunchTemplateId: { Ref: logicalId }, Version });
const more = { InstanceType: 't3.micro' };
const OPEN = template(undefined, more);
const T = template(REQUIRED, more);

/** A resource of a type with options of its own, whose block of options is `block`. */
function withBlock(type: string, path: readonly string[], isEntry: boolean, block: unknown): unknown {
  const value = isEntry && block !== undefined ? [block] : block;
  const properties = path.length === 0 ? block
    : [...path].reverse().reduce((inner: unknown, step) => step === EACH ? [inner] : { [step]: inner }, value);
  return { Type: type, Properties: properties ?? {} };
}

/** Every type with options of its own, in every way in which it can be open. */
const TYPES: Shape[] = [...CATALOG.values()].flatMap(({ type, optionsPath, spelling = METADATA_OPTIONS, parts }) => {
  // What has its options in parts has shapes of its own.
  if (!optionsPath || parts) return [];
  const { tokens, optional, required, entry } = spelling;
  const block = (value: unknown) => ({ ...entry, [tokens]: value });
  const blocks: Array<[string, unknown]> = [
    ['silent', undefined],
    ['optional', block(optional)],
    ['a value under a condition', block(either(required, optional))],
    ['by a parameter', block({ Ref: 'Any' })],
    ['by a parameter with a default', block({ Ref: 'Default' })],
    ...entry || optionsPath.length === 0 ? [] : [['a block under a condition', either(block(required), block(optional))] as [string, unknown]],
  ];
  return blocks.map(([shape, value]): Shape => [`${type}, ${shape}`, { R: withBlock(type, optionsPath, entry !== undefined, value) }]);
});

const nodes = (LaunchTemplate: unknown) => ({ Type: 'AWS::EKS::Nodegroup', Properties: { LaunchTemplate } });
const nodesOf = (logicalId: string) => nodes({ Id: { Ref: logicalId }, Version: att(logicalId, 'LatestVersionNumber') });
const batch = (LaunchTemplate: unknown, properties: object = {}) =>
  ({ Type: 'AWS::Batch::ComputeEnvironment', Properties: { Type: 'MANAGED', ComputeResources: { Type: 'EC2', LaunchTemplate }, ...properties } });
const spot = (LaunchTemplateSpecification: unknown) =>
  ({ Type: 'AWS::EC2::SpotFleet', Properties: { SpotFleetRequestConfigData: { LaunchTemplateConfigs: [{ LaunchTemplateSpecification }] } } });
const fleet = (Type: string, LaunchTemplateSpecification: unknown, ...options: unknown[]) => ({
  Type: 'AWS::EC2::EC2Fleet',
  Properties: { Type, LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides: options.map((MetadataOptions) => ({ MetadataOptions })) }] },
});
const fastLaunch = (LaunchTemplate: unknown) => ({
  Type: 'AWS::ImageBuilder::DistributionConfiguration',
  Properties: { Distributions: [{ FastLaunchConfigurations: [{ LaunchTemplate }] }] },
});
const updating = (UpdatePolicy: object) => ({ ...group({ LaunchTemplate: latest('T') }), UpdatePolicy });
const anyOf = (Version: unknown) => ({ LaunchTemplateId: either({ Ref: 'T' }, { Ref: 'U' }), Version });

/** Launch templates and what follows them, each open in some way. */
const FOLLOWING: Shape[] = [
  ['an instance that follows', { T: OPEN, I: instance(undefined, { LaunchTemplate: latest('T') }) }],
  ['an instance that follows, with required options of its own', { T: OPEN, I: instance(REQUIRED, { LaunchTemplate: latest('T') }) }],
  ['an instance that says a hop limit', { T: OPEN, I: instance({ HttpPutResponseHopLimit: 2 }, { LaunchTemplate: latest('T') }) }],
  ['an instance that pins a version', { T, I: instance(undefined, { LaunchTemplate: pinned('T', 1) }) }],
  ['an instance that pins a version of an open template', { T: OPEN, I: instance(undefined, { LaunchTemplate: pinned('T') }) }],
  ['an instance by an id of one template and a version of another',
    { T, U: T, I: instance(undefined, { LaunchTemplate: anyOf(att('U', 'LatestVersionNumber')) }) }],
  ['a group by an id of one template and a version of another', { T, U: T, G: group({ LaunchTemplate: anyOf(att('U', 'LatestVersionNumber')) }) }],
  ['a group with versions the wrong way round',
    { T, U: T, G: group({ LaunchTemplate: anyOf(either(att('U', 'LatestVersionNumber'), att('T', 'LatestVersionNumber'))) }) }],
  ['an instance of a template elsewhere', { I: instance(undefined, { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } }) }],
  ['a group without an update policy', { T: OPEN, G: group({ LaunchTemplate: latest('T') }) }],
  ['a group that rolls', { T: OPEN, G: updating({ AutoScalingRollingUpdate: { MinInstancesInService: 1 } }) }],
  ['a group that is replaced', { T: OPEN, G: updating({ AutoScalingReplacingUpdate: { WillReplace: true } }) }],
  ['a group that follows $Latest', { T: OPEN, G: group({ LaunchTemplate: pinned('T', '$Latest') }) }],
  ['a group and an instance', { T: OPEN, G: group({ LaunchTemplate: latest('T') }), I: instance(undefined, { LaunchTemplate: latest('T') }) }],
  ['a group that pins a version', { T, G: group({ LaunchTemplate: pinned('T') }) }],
  ['a group that names no version', { T, G: group({ LaunchTemplate: { LaunchTemplateId: { Ref: 'T' } } }) }],
  ['a group whose policy pins a version', { T, G: group({ MixedInstancesPolicy: policyOf(pinned('T')) }) }],
  ['a group that pins a version under a condition', { T, G: group({ LaunchTemplate: either(pinned('T'), latest('T')) }) }],
  ['a node group', { T: OPEN, N: nodesOf('T') }],
  ['a node group that pins a version', { T, N: nodes({ Id: { Ref: 'T' }, Version: '1' }) }],
  ['a node group that pins a version of an open template', { T: OPEN, N: nodes({ Id: { Ref: 'T' }, Version: '1' }) }],
  ['an instance that requires tokens itself, and an EC2 fleet',
    { T: OPEN, I: instance(REQUIRED, { LaunchTemplate: latest('T') }), F: fleet('maintain', latest('T')) }],
  ['a compute environment', { T: OPEN, B: batch(latest('T')) }],
  ['a compute environment that is renewed', { T: OPEN, B: batch(latest('T'), { ReplaceComputeEnvironment: false }) }],
  ['a compute environment with a name', { T: OPEN, B: batch(latest('T'), { ComputeEnvironmentName: 'b' }) }],
  ['an EC2 fleet', { T: OPEN, F: fleet('instant', latest('T')) }],
  ['an EC2 fleet that keeps its capacity', { T: OPEN, F: fleet('maintain', latest('T'), REQUIRED) }],
  ['an override of an EC2 fleet', { T, F: fleet('instant', latest('T'), OPTIONAL, REQUIRED) }],
  ['a spot fleet', { T: OPEN, F: spot(latest('T')) }],
  ['a spot fleet that pins a version', { T, F: spot(pinned('T')) }],
  ['a faster launch of images', { T, D: fastLaunch({ LaunchTemplateId: { Ref: 'T' }, LaunchTemplateVersion: '1' }) }],
  ['a node group with options under a condition', { T: template(either(REQUIRED, NO_VALUE), more), N: nodesOf('T') }],
  ['in a loop', { 'Fn::ForEach::All': ['Name', ['a', 'b'], { 'I${Name}': instance(OPTIONAL) }] }],
];

/** Everything else that a rule finds. */
const OTHERS: Shape[] = [
  ['a hop limit of 65', { I: instance({ ...REQUIRED, HttpPutResponseHopLimit: 65 }) }],
  ['a hop limit of 0', { T: template({ ...REQUIRED, HttpPutResponseHopLimit: 0 }, more) }],
  ['a hop limit of 3 under a condition', { I: instance(either({ ...REQUIRED, HttpPutResponseHopLimit: 3 }, REQUIRED)) }],
  ['a hop limit of 0 of a container host', { T: template({ ...REQUIRED, HttpPutResponseHopLimit: 0 }, more), N: nodesOf('T') }],
  ['no hop limit of a container host', { T: template(REQUIRED, { UserData: script('systemctl start docker') }) }],
  ['no hop limit of a node group', { T, N: nodesOf('T') }],
  ['an open container host by its user data', { T: template(undefined, { UserData: script('echo ECS_CLUSTER=c >> /etc/ecs/ecs.config') }) }],
  ['an open container host by its image', { I: instance(OPTIONAL, { ImageId: '{{resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id}}' }) }],
  ['a hop limit by a parameter', { I: instance({ ...REQUIRED, HttpPutResponseHopLimit: { Ref: 'Hops' } }) }],
  ['an open source with a hop limit of 65', { I: instance({ ...OPTIONAL, HttpPutResponseHopLimit: 65 }) }],
  ['tags', { I: instance({ ...REQUIRED, InstanceMetadataTags: 'enabled' }) }],
  ['tags of an open source', { I: instance({ InstanceMetadataTags: either('enabled', 'disabled') }) }],
  ['tags of a template that an instance follows',
    { T: template({ ...REQUIRED, InstanceMetadataTags: 'enabled' }, more), I: instance(REQUIRED, { LaunchTemplate: latest('T') }) }],
  ['a disabled endpoint under a condition', { I: instance(either(DISABLED, OPTIONAL)) }],
  ['a boot call', { I: instance(REQUIRED, { UserData: script('echo', CURL) }) }],
  ['two boot calls of an open template', { T: template(undefined, { UserData: script(CURL, 'echo', CURL) }) }],
];

/** For every rule, type and way of being wrong a template. */
export const SHAPES: Shape[] = [...TYPES, ...FOLLOWING, ...OTHERS].map(([name, resources]) => [name, JSON.parse(JSON.stringify(resources))]);
