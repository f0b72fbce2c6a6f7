import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { LaunchConfigurationPolicy, RequireImdsv2 } from '../../src';
import { onlyOne, outcome, type Json, type Outcome } from '../support';

const RULE = 'cdk-imdsv2::launch-configuration';
const MONITORED = { Monitoring: { Enabled: true } };
const REQUIRED = { MetadataOptions: { HttpTokens: 'required' } };
const IF = (then: Json, otherwise: Json) => ({ 'Fn::If': ['C', then, otherwise] });
const NO_VALUE = { Ref: 'AWS::NoValue' };
const SURROUNDINGS = {
  Parameters: {
    P: { Type: 'String' },
    Groups: { Type: 'List<AWS::EC2::SecurityGroup::Id>' },
    GroupName: { Type: 'AWS::EC2::SecurityGroup::GroupName' },
    GroupNames: { Type: 'List<AWS::EC2::SecurityGroup::GroupName>' },
    StoredNames: { Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::SecurityGroup::GroupName>>' },
  },
  Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } },
};
const RESOURCES = {
  Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: ['r'] } },
  InVpc: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'd', VpcId: 'vpc-1' } },
  InDefaultVpc: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'd' } },
};

/** A template of one launch configuration and what it names, through `CfnInclude`. */
function included(properties: Json): Outcome {
  const template = {
    ...SURROUNDINGS, Resources: { ...RESOURCES, LC: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: properties } },
  };
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'migration-'));
  const file = path.join(directory, 'template.json');
  fs.writeFileSync(file, JSON.stringify(template));
  return migrated((stack) => new CfnInclude(stack, 'Include', { templateFile: file }));
}

/** The same as untyped resources, which nothing has checked and in which references are text. */
function untyped(properties: Json): Outcome {
  return migrated((stack) => {
    for (const [id, { Type: type, Properties: given }] of Object.entries<Json>(RESOURCES)) {
      new CfnResource(stack, id, { type, properties: given }).overrideLogicalId(id);
    }
    new CfnResource(stack, 'LC', { type: 'AWS::AutoScaling::LaunchConfiguration', properties });
  });
}

function migrated(build: (stack: Stack) => void): Outcome {
  const app = new App();
  build(new Stack(app, 'S'));
  Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: LaunchConfigurationPolicy.MIGRATE }));
  return outcome(app);
}

const BASE = { ImageId: 'ami-1', InstanceType: 't3.micro' };

/** Properties of a launch configuration, and what is in the launch template for them. */
const EQUIVALENTS: ReadonlyArray<readonly [title: string, properties: Json, data: Json]> = [
  ['image and type', {}, {}],
  ['key, kernel and RAM disk', { KeyName: 'k', KernelId: 'aki-1', RamDiskId: 'ari-1' }, { KeyName: 'k', KernelId: 'aki-1', RamDiskId: 'ari-1' }],
  ['user data', { UserData: { 'Fn::Base64': { 'Fn::Sub': 'echo ${AWS::Region}' } } }, { UserData: { 'Fn::Base64': { 'Fn::Sub': 'echo ${AWS::Region}' } } }],
  ['EBS optimization', { EbsOptimized: true }, { EbsOptimized: true }],
  ['an instance profile by reference', { IamInstanceProfile: { Ref: 'Profile' } }, { IamInstanceProfile: { Name: { Ref: 'Profile' } } }],
  ['an instance profile by its ARN attribute', { IamInstanceProfile: { 'Fn::GetAtt': ['Profile', 'Arn'] } },
    { IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } } }],
  ['an instance profile by literal name', { IamInstanceProfile: 'web' }, { IamInstanceProfile: { Name: 'web' } }],
  ['an instance profile by literal ARN', { IamInstanceProfile: 'arn:aws:iam::111111111111:instance-profile/web' },
    { IamInstanceProfile: { Arn: 'arn:aws:iam::111111111111:instance-profile/web' } }],
  ['an instance profile by substituted ARN', { IamInstanceProfile: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::1:instance-profile/w' } },
    { IamInstanceProfile: { Arn: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::1:instance-profile/w' } } }],
  ['an instance profile by joined name', { IamInstanceProfile: { 'Fn::Join': ['-', ['web', { Ref: 'P' }]] } },
    { IamInstanceProfile: { Name: { 'Fn::Join': ['-', ['web', { Ref: 'P' }]] } } }],
  ['an instance profile under a condition', { IamInstanceProfile: IF('web', NO_VALUE) }, { IamInstanceProfile: IF({ Name: 'web' }, NO_VALUE) }],
  ['security groups', { SecurityGroups: ['sg-1', { Ref: 'InVpc' }, { 'Fn::GetAtt': ['InVpc', 'GroupId'] }] },
    { SecurityGroupIds: ['sg-1', { Ref: 'InVpc' }, { 'Fn::GetAtt': ['InVpc', 'GroupId'] }] }],
  ['a security group whose reference may be its name', { SecurityGroups: [{ Ref: 'InDefaultVpc' }] },
    { SecurityGroupIds: [{ 'Fn::GetAtt': ['InDefaultVpc', 'GroupId'] }] }],
  ['a list of security groups from a parameter', { SecurityGroups: { Ref: 'Groups' } }, { SecurityGroupIds: { Ref: 'Groups' } }],
  ['a security group under a condition', { SecurityGroups: ['sg-1', IF('sg-2', NO_VALUE)] }, { SecurityGroupIds: ['sg-1', IF('sg-2', NO_VALUE)] }],
  ['a public address', { AssociatePublicIpAddress: true, SecurityGroups: ['sg-1'] },
    { NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: ['sg-1'] }] }],
  ['no public address', { AssociatePublicIpAddress: false }, { NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false }] }],
  ['a public address under a condition', { AssociatePublicIpAddress: IF(true, NO_VALUE), SecurityGroups: ['sg-1'] }, {
    NetworkInterfaces: IF([{ DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: ['sg-1'] }], NO_VALUE),
    SecurityGroupIds: IF(NO_VALUE, ['sg-1']),
  }],
  ['detailed monitoring', { InstanceMonitoring: true }, { Monitoring: { Enabled: true } }],
  ['basic monitoring', { InstanceMonitoring: false }, { Monitoring: { Enabled: false } }],
  ['monitoring under a condition, detailed where nothing is said', { InstanceMonitoring: IF(false, NO_VALUE) },
    { Monitoring: IF({ Enabled: false }, { Enabled: true }) }],
  ['tenancy', { PlacementTenancy: 'dedicated' }, { Placement: { Tenancy: 'dedicated' } }],
  ['tenancy under a condition', { PlacementTenancy: IF('dedicated', NO_VALUE) }, { Placement: IF({ Tenancy: 'dedicated' }, NO_VALUE) }],
  ['a spot price', { SpotPrice: '0.05' }, { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { MaxPrice: '0.05' } } }],
  ['a spot price under a condition', { SpotPrice: IF({ Ref: 'P' }, NO_VALUE) },
    { InstanceMarketOptions: IF({ MarketType: 'spot', SpotOptions: { MaxPrice: { Ref: 'P' } } }, NO_VALUE) }],
  ['a volume, which Auto Scaling deletes with its instance',
    { BlockDeviceMappings: [{ DeviceName: '/dev/a', Ebs: { VolumeSize: 8, VolumeType: 'gp3', Iops: 3000, Throughput: 125, Encrypted: true, SnapshotId: 'snap-1' } }] },
    {
      BlockDeviceMappings: [{
        DeviceName: '/dev/a',
        Ebs: { VolumeSize: 8, VolumeType: 'gp3', Iops: 3000, Throughput: 125, Encrypted: true, SnapshotId: 'snap-1', DeleteOnTermination: true },
      }],
    }],
  ['a volume that is kept', { BlockDeviceMappings: [{ DeviceName: '/dev/a', Ebs: { VolumeSize: 8, DeleteOnTermination: false } }] },
    { BlockDeviceMappings: [{ DeviceName: '/dev/a', Ebs: { VolumeSize: 8, DeleteOnTermination: false } }] }],
  ['a device that is left out', { BlockDeviceMappings: [{ DeviceName: '/dev/a', NoDevice: true }] }, { BlockDeviceMappings: [{ DeviceName: '/dev/a', NoDevice: '' }] }],
  ['a device that is not left out', { BlockDeviceMappings: [{ DeviceName: '/dev/a', NoDevice: false, VirtualName: 'ephemeral0' }] },
    { BlockDeviceMappings: [{ DeviceName: '/dev/a', VirtualName: 'ephemeral0' }] }],
  ['devices under conditions', { BlockDeviceMappings: [IF({ DeviceName: '/dev/a', NoDevice: IF(true, false), Ebs: IF({ VolumeSize: { Ref: 'P' } }, NO_VALUE) }, NO_VALUE)] },
    { BlockDeviceMappings: [IF({ DeviceName: '/dev/a', NoDevice: IF('', NO_VALUE), Ebs: IF({ VolumeSize: { Ref: 'P' }, DeleteOnTermination: true }, NO_VALUE) }, NO_VALUE)] }],
  ['metadata options', { MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 3, HttpEndpoint: 'enabled' } },
    { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 3, HttpEndpoint: 'enabled' } }],
  ['metadata options under a condition', { MetadataOptions: IF({ HttpPutResponseHopLimit: 2 }, NO_VALUE) },
    { MetadataOptions: IF({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 }, { HttpTokens: 'required' }) }],
  ['a disabled endpoint', { MetadataOptions: { HttpEndpoint: 'disabled' } }, { MetadataOptions: { HttpEndpoint: 'disabled' } }],
];

describe.each([['through CfnInclude', included], ['as an untyped resource', untyped]])('%s', (_, synthesized) => {
  test.each(EQUIVALENTS)('%s', (__, properties, data) => {
    const { error, templates: { S: template } } = synthesized({ ...BASE, ...properties });
    expect(error).toBeUndefined();
    expect(onlyOne(template, 'AWS::EC2::LaunchTemplate').Properties).toEqual({ LaunchTemplateData: { ...BASE, ...MONITORED, ...REQUIRED, ...data } });
    expect(template.Resources.LC).toBeUndefined();
  });
});

/** Literals that CloudFormation reads as what they say, and that nothing corrects in an untyped resource. */
test('text in the place of numbers and truth becomes what it says', () => {
  const { error, templates } = untyped({
    ...BASE,
    EbsOptimized: 'true',
    AssociatePublicIpAddress: 'false',
    InstanceMonitoring: 'false',
    SpotPrice: 0.05,
    BlockDeviceMappings: [{ DeviceName: '/dev/a', Ebs: { VolumeSize: '8', DeleteOnTermination: 'false' } }, { DeviceName: '/dev/b', NoDevice: 'true' }],
    MetadataOptions: { HttpPutResponseHopLimit: '2' },
  });
  expect(error).toBeUndefined();
  expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData).toEqual({
    ...BASE,
    EbsOptimized: true,
    Monitoring: { Enabled: false },
    NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false }],
    InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { MaxPrice: '0.05' } },
    BlockDeviceMappings: [{ DeviceName: '/dev/a', Ebs: { VolumeSize: 8, DeleteOnTermination: false } }, { DeviceName: '/dev/b', NoDevice: '' }],
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
  });
});

test.each(['web', 'web-(1)./_', { 'Fn::Sub': 'web-${AWS::StackName}' }])('the name %j is the name of the launch template', (name) => {
  const { error, templates } = included({ ...BASE, LaunchConfigurationName: name });
  expect(error).toBeUndefined();
  expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateName).toEqual(name);
});

/** Properties that have no equivalent, and what the finding says. */
const OBSTACLES: ReadonlyArray<readonly [title: string, properties: Json, said: string]> = [
  ['a running instance to copy', { InstanceId: 'i-1' }, 'its InstanceId copies a running instance, which a launch template cannot do'],
  ['ClassicLink', { ClassicLinkVPCId: 'vpc-1' }, 'its ClassicLinkVPCId links to a VPC from EC2-Classic, which is no longer there'],
  ['groups of ClassicLink', { ClassicLinkVPCSecurityGroups: ['sg-1'] },
    'its ClassicLinkVPCSecurityGroups are groups of a link from EC2-Classic, which is no longer there'],
  ['an unknown property', { Foo: 'bar' }, 'its property Foo is not known to this library, and might be lost'],
  ['an unknown member of a volume', { BlockDeviceMappings: [{ DeviceName: '/dev/a', Ebs: { Foo: 1 } }] },
    'Foo in its Ebs is not known to this library, and might be lost'],
  ['an unknown member of a device', { BlockDeviceMappings: [{ DeviceName: '/dev/a', Foo: 1 }] },
    'Foo in its BlockDeviceMappings is not known to this library, and might be lost'],
  ['an unknown metadata option', { MetadataOptions: { Foo: 1 } }, 'Foo in its MetadataOptions is not known to this library, and might be lost'],
  ['devices made by a function', { BlockDeviceMappings: { 'Fn::Transform': { Name: 'T' } } }, 'its BlockDeviceMappings are made by a function at deployment'],
  ['a volume made by a function', { BlockDeviceMappings: [{ Ebs: { 'Fn::Transform': { Name: 'T' } } }] },
    'its Ebs is made by a function at deployment, or is no structure'],
  ['a device that a parameter leaves out', { BlockDeviceMappings: [{ DeviceName: '/dev/a', NoDevice: { Ref: 'P' } }] },
    'its NoDevice is known only at deployment, and a launch template has another value in its place'],
  ['an instance profile by parameter', { IamInstanceProfile: { Ref: 'P' } },
    'whether its IamInstanceProfile is a name or an ARN, which a launch template tells apart, is known only at deployment'],
  ['an instance profile by reference to something else', { IamInstanceProfile: { Ref: 'InVpc' } }, 'whether its IamInstanceProfile is a name or an ARN'],
  ['an instance profile by import', { IamInstanceProfile: { 'Fn::ImportValue': 'x' } }, 'whether its IamInstanceProfile is a name or an ARN'],
  ['an instance profile that begins with a parameter', { IamInstanceProfile: { 'Fn::Sub': '${P}-web' } }, 'whether its IamInstanceProfile is a name or an ARN'],
  ['an instance profile from SSM', { IamInstanceProfile: '{{resolve:ssm:p}}' }, 'whether its IamInstanceProfile is a name or an ARN'],
  ['a security group by name', { SecurityGroups: ['web'] }, "its security group 'web' is a name, and a launch template needs the id"],
  ['a flag that is none', { EbsOptimized: 'maybe' }, 'its EbsOptimized is "maybe", which is neither true nor false'],
  ['a number that is none', { BlockDeviceMappings: [{ Ebs: { VolumeSize: 'big' } }] }, 'its VolumeSize is "big", which is not a number'],
  ['a name that is too short', { LaunchConfigurationName: 'lc' }, "its name 'lc' is not one that a launch template can have"],
  ['a name with a space', { LaunchConfigurationName: 'old web' }, "its name 'old web' is not one that a launch template can have"],
  ['properties made by a transform', { 'Fn::Transform': { Name: 'T' } }, 'its properties are made by a transform at deployment'],
];

test.each(OBSTACLES)('%s is a finding, and the configuration stays as it is', (_, properties, said) => {
  const given = { ...BASE, ...properties };
  const { error, findings, templates: { S: template } } = untyped(given);
  expect(error).toBeDefined();
  expect(findings).toEqual([expect.objectContaining({ rule: RULE, path: 'S/LC', severity: 'error', logicalId: 'LC' })]);
  expect(findings[0].description).toContain(`cannot migrate, and it is left as it is: ${said}`);
  expect(onlyOne(template, 'AWS::AutoScaling::LaunchConfiguration').Properties).toEqual(given);
  expect(Object.values<Json>(template.Resources).filter(({ Type: type }) => type === 'AWS::EC2::LaunchTemplate')).toEqual([]);
});

test.each<[by: string, groups: Json]>([
  ['GroupName', [{ Ref: 'InVpc' }, { Ref: 'GroupName' }]],
  ['GroupName', [IF({ Ref: 'GroupName' }, 'sg-1')]],
  ['GroupNames', { Ref: 'GroupNames' }],
  ['StoredNames', IF({ Ref: 'StoredNames' }, { Ref: 'Groups' })],
])('names of security groups that the parameter %s gives are a finding', (parameter, groups) => {
  const { findings, templates } = included({ ...BASE, SecurityGroups: groups });
  expect(findings.map(({ description }) => description)).toEqual([
    expect.stringContaining(`its security groups are names that the parameter '${parameter}' gives, and a launch template needs the ids`),
  ]);
  expect(onlyOne(templates.S, 'AWS::AutoScaling::LaunchConfiguration').Properties.SecurityGroups).toEqual(groups);
});

test('what is said of several devices is said once', () => {
  const omitted = { NoDevice: { Ref: 'P' } };
  const { findings } = untyped({ ...BASE, BlockDeviceMappings: [{ DeviceName: '/dev/a', ...omitted }, { DeviceName: '/dev/b', ...omitted }] });
  expect(findings[0].description.match(/NoDevice/g)).toHaveLength(1);
});

test('everything without an equivalent is said at once', () => {
  const { findings } = untyped({ ...BASE, InstanceId: 'i-1', Foo: 1, EbsOptimized: 'maybe' });
  expect(findings).toHaveLength(1);
  for (const property of ['InstanceId', 'Foo', 'EbsOptimized']) expect(findings[0].description).toContain(property);
});
