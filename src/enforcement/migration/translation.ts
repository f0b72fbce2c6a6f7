import { blockDevices } from './block-devices';
import { count, flag, knownMembers, through, toText, type Problems } from './values';
import { METADATA_OPTIONS } from '../../launch-sources/options-spelling';
import { hasFunction, isDynamicReference, isNoValue, isStruct, type Json, type Struct } from '../../private/json';

/** A launch configuration as a launch template. */
export interface Translation {
  /** `LaunchTemplateName`, where the configuration has a name of its own. */
  readonly name?: Json;
  /** `LaunchTemplateData`. */
  readonly data: Struct;
  /** What has no equivalent, in sentences; where there are any, the rest is of no use. */
  readonly problems: readonly string[];
}

/** What only the world of the launch configuration knows about its values. */
export interface Surroundings {
  /** Whether an instance profile is given by name or by ARN; undefined where only the deployment tells. */
  profileBy(value: Json): 'Name' | 'Arn' | undefined;
  /** The id of a security group, where the value may be its name. */
  groupId(value: Json): Json;
  /** The parameter that gives security groups by their names. */
  groupsNamedBy(value: Json): string | undefined;
}

type Translate = (value: Json, problems: Problems, around: Surroundings) => Struct;

/** Each property of a launch configuration, as members of `LaunchTemplateData`. */
const PROPERTIES: Readonly<Record<string, Translate>> = {
  ImageId: (ImageId) => ({ ImageId }),
  InstanceType: (InstanceType) => ({ InstanceType }),
  KernelId: (KernelId) => ({ KernelId }),
  KeyName: (KeyName) => ({ KeyName }),
  RamDiskId: (RamDiskId) => ({ RamDiskId }),
  UserData: (UserData) => ({ UserData }),
  EbsOptimized: (value, problems) => ({ EbsOptimized: through(value, (one) => flag(one, 'EbsOptimized', problems)) }),
  IamInstanceProfile: instanceProfile,
  BlockDeviceMappings: (value, problems) => ({ BlockDeviceMappings: blockDevices(value, problems) }),
  PlacementTenancy: (value) => ({ Placement: through(value, (Tenancy) => Tenancy === undefined ? undefined : { Tenancy }) }),
  SpotPrice: (value) => ({
    InstanceMarketOptions: through(value, (price) => price === undefined ? undefined
      : { MarketType: 'spot', SpotOptions: { MaxPrice: toText(price) } }),
  }),
  MetadataOptions: (value, problems) => ({ MetadataOptions: through(value, (block) => metadataOptions(block, problems)) }),
};

/** Properties that are translated together with others, or apart from the data. */
const ELSEWHERE = ['AssociatePublicIpAddress', 'SecurityGroups', 'InstanceMonitoring', 'LaunchConfigurationName'];

const NO_EQUIVALENT: Readonly<Record<string, string>> = {
  InstanceId: 'copies a running instance, which a launch template cannot do',
  ClassicLinkVPCId: 'links to a VPC from EC2-Classic, which is no longer there',
  ClassicLinkVPCSecurityGroups: 'are groups of a link from EC2-Classic, which is no longer there',
};

/** What EC2 takes as the name of a launch template. */
const TEMPLATE_NAME = /^[a-zA-Z0-9().\-/_]{3,128}$/;

/**
 * The launch template with the meaning of a launch configuration, given in CloudFormation's spelling.
 *
 * Pure. Every property is accounted for: it is translated, or it is a problem.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-launch-configurations-with-cloudformation.html#launch-configuration-mapping-reference
 */
export function translate(properties: Json, around: Surroundings): Translation {
  const problems: string[] = [];
  if (!isStruct(properties) || hasFunction(properties)) return { data: {}, problems: ['its properties are made by a transform at deployment'] };
  const data: { [member: string]: Json } = {};
  for (const [property, value] of Object.entries(properties)) {
    if (value === undefined || isNoValue(value) || ELSEWHERE.includes(property)) continue;
    if (property in NO_EQUIVALENT) problems.push(`its ${property} ${NO_EQUIVALENT[property]}`);
    else if (property in PROPERTIES) Object.assign(data, PROPERTIES[property](value, problems, around));
    else problems.push(`its property ${property} is not known to this library, and might be lost`);
  }
  Object.assign(data, network(properties, problems, around), monitoring(properties, problems));
  return { name: templateName(properties.LaunchConfigurationName, problems), data: present(data), problems };
}

function instanceProfile(value: Json, problems: Problems, around: Surroundings): Struct {
  return {
    IamInstanceProfile: through(value, (profile) => {
      if (profile === undefined) return undefined;
      const by = around.profileBy(profile);
      if (by) return { [by]: profile };
      problems.push('whether its IamInstanceProfile is a name or an ARN, which a launch template tells apart, is known only at deployment');
      return undefined;
    }),
  };
}

function metadataOptions(value: Json, problems: Problems): Json {
  const block = knownMembers(value, METADATA_OPTIONS.members, 'MetadataOptions', problems);
  const limit = through(block?.HttpPutResponseHopLimit, (one) => count(one, 'HttpPutResponseHopLimit', problems));
  return block && present({ ...block, HttpPutResponseHopLimit: limit });
}

/** A public address is asked for on the network interface, and then the security groups must stand there too. */
function network({ AssociatePublicIpAddress: address, SecurityGroups: given }: Struct, problems: Problems, around: Surroundings): Struct {
  const groups = through(given, (list) => Array.isArray(list) ? list.map((group) => securityGroup(group, problems, around))
    : securityGroup(list, problems, around));
  const on = (wanted: Json) => [present({
    DeviceIndex: 0, AssociatePublicIpAddress: flag(wanted, 'AssociatePublicIpAddress', problems), Groups: groups,
  })];
  return {
    NetworkInterfaces: through(address, (wanted) => wanted === undefined ? undefined : on(wanted)),
    SecurityGroupIds: through(address, (wanted) => wanted === undefined ? groups : undefined),
  };
}

function securityGroup(value: Json, problems: Problems, around: Surroundings): Json {
  return through(value, (group) => {
    if (typeof group === 'string' && !group.startsWith('sg-') && !isDynamicReference(group)) {
      problems.push(`its security group '${group}' is a name, and a launch template needs the id`);
    }
    const parameter = around.groupsNamedBy(group);
    if (parameter !== undefined) problems.push(`its security groups are names that the parameter '${parameter}' gives, and a launch template needs the ids`);
    return around.groupId(group);
  });
}

/** Monitoring is detailed where a launch configuration says nothing, and basic where a launch template says nothing. */
function monitoring({ InstanceMonitoring: value }: Struct, problems: Problems): Struct {
  return { Monitoring: through(value, (detailed) => ({ Enabled: flag(detailed ?? true, 'InstanceMonitoring', problems) })) };
}

function templateName(value: Json, problems: Problems): Json {
  return through(value, (name) => {
    if (typeof name === 'string' && !isDynamicReference(name) && !TEMPLATE_NAME.test(name)) {
      problems.push(`its name '${name}' is not one that a launch template can have: 3 to 128 letters, digits and ().-/_`);
    }
    return name;
  });
}

function present(members: Struct): Struct {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
