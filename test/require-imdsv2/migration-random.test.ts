import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { LaunchConfigurationPolicy, RequireImdsv2 } from '../../src';
import { onlyOne, outcome, type Json } from '../support';

/*
 * Random launch configurations, and an interpreter that reads what they and launch templates mean under each outcome of
 * the one condition. It shares nothing with the library, and is written from the CloudFormation reference of both types.
 */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 150);
const SEED = process.env.PROPERTY_SEED === 'random' ? Date.now() % 1e9 : Number(process.env.PROPERTY_SEED ?? 20261124);

const NO_VALUE = { Ref: 'AWS::NoValue' };

/** The value itself, or under a condition: beside another, or beside nothing. */
function perhapsIf(value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const branch = fc.oneof({ weight: 3, arbitrary: value }, fc.constant(NO_VALUE));
  return fc.oneof({ weight: 3, arbitrary: value }, fc.tuple(branch, branch).map(([then, otherwise]) => ({ 'Fn::If': ['C', then, otherwise] })));
}

const flag = perhapsIf(fc.boolean());
const word = perhapsIf(fc.constantFrom('one', 'two', { Ref: 'P' }));
const group = fc.constantFrom('sg-1', 'sg-2', { Ref: 'P' });

const volume = fc.record({
  VolumeSize: perhapsIf(fc.constantFrom(8, 20, { Ref: 'P' })),
  VolumeType: fc.constantFrom('gp2', 'gp3'),
  Encrypted: flag,
  DeleteOnTermination: flag,
  Iops: fc.constant(3000),
}, { requiredKeys: ['VolumeSize'] });

const device = fc.record({
  DeviceName: fc.constantFrom('/dev/a', '/dev/b'), Ebs: perhapsIf(volume), NoDevice: flag, VirtualName: fc.constant('ephemeral0'),
}, { requiredKeys: ['DeviceName'] });

const configuration = fc.record({
  ImageId: word,
  InstanceType: word,
  KeyName: word,
  KernelId: word,
  RamDiskId: word,
  UserData: perhapsIf(fc.constantFrom({ 'Fn::Base64': 'echo' }, { 'Fn::Base64': { 'Fn::Sub': 'echo ${P}' } })),
  EbsOptimized: flag,
  InstanceMonitoring: flag,
  AssociatePublicIpAddress: flag,
  PlacementTenancy: word,
  SpotPrice: word,
  IamInstanceProfile: perhapsIf(fc.constantFrom('web', 'arn:aws:iam::1:instance-profile/web')),
  SecurityGroups: perhapsIf(fc.array(perhapsIf(group), { minLength: 1, maxLength: 3 })),
  BlockDeviceMappings: perhapsIf(fc.array(perhapsIf(device), { minLength: 1, maxLength: 3 })),
  MetadataOptions: perhapsIf(fc.record({
    HttpEndpoint: fc.constant('enabled'), HttpPutResponseHopLimit: perhapsIf(fc.constantFrom(1, 2)), HttpTokens: fc.constantFrom('optional', 'required'),
  }, { requiredKeys: [] })),
  // What no launch template can say, now and then.
  InstanceId: fc.constant('i-1'),
  Mystery: fc.constant('x'),
}, { requiredKeys: ['ImageId', 'InstanceType'] })
  .chain((properties: Json) => fc.integer({ min: 0, max: 9 }).map((dice) => {
    const { InstanceId: copied, Mystery: unknown, ...rest } = properties;
    return { ...rest, ...dice === 0 && copied ? { InstanceId: copied } : {}, ...dice === 1 && unknown ? { Mystery: unknown } : {} };
  }));

/** A value as it is where the condition is true, or false; what is nothing is gone. */
function under(value: Json, condition: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => under(item, condition)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  if (value.Ref === 'AWS::NoValue') return undefined;
  if (value['Fn::If']) return under(value['Fn::If'][condition ? 1 : 2], condition);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, under(item, condition)]).filter(([, item]) => item !== undefined));
}

const SAME = ['ImageId', 'InstanceType', 'KeyName', 'KernelId', 'RamDiskId', 'UserData'];

function meaningOfConfiguration(of: Json): Json {
  return {
    ...Object.fromEntries(SAME.map((property) => [property, of[property]])),
    ebs: of.EbsOptimized,
    detailed: of.InstanceMonitoring ?? true,
    address: of.AssociatePublicIpAddress,
    groups: of.SecurityGroups,
    tenancy: of.PlacementTenancy,
    price: of.SpotPrice,
    profile: of.IamInstanceProfile,
    devices: of.BlockDeviceMappings?.map(({ NoDevice: omitted, Ebs: ebs, ...rest }: Json) => ({
      ...rest, omitted: omitted === true, ebs: ebs && { ...ebs, DeleteOnTermination: ebs.DeleteOnTermination ?? true },
    })),
    endpoint: of.MetadataOptions?.HttpEndpoint,
    hops: of.MetadataOptions?.HttpPutResponseHopLimit,
  };
}

function meaningOfTemplate(of: Json): Json {
  const [networkInterface, ...more] = of.NetworkInterfaces ?? [];
  expect(more).toEqual([]);
  // With an interface the groups must stand in it, and without one beside it.
  if (networkInterface) expect([networkInterface.DeviceIndex, of.SecurityGroupIds]).toEqual([0, undefined]);
  if (of.InstanceMarketOptions) expect(of.InstanceMarketOptions.MarketType).toBe('spot');
  return {
    ...Object.fromEntries(SAME.map((property) => [property, of[property]])),
    ebs: of.EbsOptimized,
    detailed: of.Monitoring?.Enabled ?? false,
    address: networkInterface?.AssociatePublicIpAddress,
    groups: networkInterface ? networkInterface.Groups : of.SecurityGroupIds,
    tenancy: of.Placement?.Tenancy,
    price: of.InstanceMarketOptions?.SpotOptions.MaxPrice,
    profile: of.IamInstanceProfile?.Name ?? of.IamInstanceProfile?.Arn,
    devices: of.BlockDeviceMappings?.map(({ NoDevice: omitted, Ebs: ebs, ...rest }: Json) => ({ ...rest, omitted: omitted === '', ebs })),
    endpoint: of.MetadataOptions?.HttpEndpoint,
    hops: of.MetadataOptions?.HttpPutResponseHopLimit,
  };
}

test('what a configuration means, its launch template means, under either outcome; or it stays as it is, and a finding says why', () => {
  const seen = { migrated: 0, explained: 0 };
  fc.assert(fc.property(configuration, (properties) => {
    const app = new App();
    const stack = new Stack(app, 'S');
    new CfnResource(stack, 'LC', { type: 'AWS::AutoScaling::LaunchConfiguration', properties });
    Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: LaunchConfigurationPolicy.MIGRATE }));
    const { error, findings, templates: { S: template } } = outcome(app);
    const hopeless = ['InstanceId', 'Mystery'].filter((property) => property in properties);
    if (hopeless.length > 0) {
      seen.explained += 1;
      expect(error).toBeDefined();
      for (const property of hopeless) expect(findings[0].description).toContain(property);
      expect(template.Resources.LC.Properties).toEqual(properties);
      return;
    }
    seen.migrated += 1;
    expect(findings).toEqual([]);
    const { LaunchTemplateData: data } = onlyOne(template, 'AWS::EC2::LaunchTemplate').Properties;
    expect(Object.keys(template.Resources)).toHaveLength(1);
    for (const condition of [true, false]) {
      const is = under(data, condition);
      expect(meaningOfTemplate(is)).toEqual(meaningOfConfiguration(under(properties, condition)));
      expect(is.MetadataOptions.HttpTokens).toBe('required');
    }
  }), { numRuns: RUNS, seed: SEED });
  expect(seen.migrated).toBeGreaterThan(seen.explained);
  expect(seen.explained).toBeGreaterThan(0);
});
