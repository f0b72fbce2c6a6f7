import * as fs from 'fs';
import * as path from 'path';
import { version } from 'aws-cdk-lib/package.json';
import { LAUNCHES_NOTHING, NEWER_THAN_THE_FLOOR } from './launches-nothing';
import { devDependencies } from '../../package.json';
import { CATALOG } from '../../src/launch-sources/catalog';

/*
 * Reads the declarations of every L1 of the installed aws-cdk-lib. What carries metadata options, or names a launch template
 * or a launch configuration, is either read by the catalog or stands here with a reason. What looks like a launch of instances
 * is a type of the catalog, or stands in `launches-nothing.ts` with a reason. `npm run test:latest` asks the newest aws-cdk-lib.
 */
const LIBRARY = path.dirname(require.resolve('aws-cdk-lib/package.json'));

const SUSPICIOUS = /httpTokens|metadataOptions|imds|instanceMetadata|launchTemplate|launchConfigurationName/i;

/** Members of a launch template specification, wherever it stands. */
const SPECIFICATION = ['launchTemplateSpecification', 'launchTemplate', 'launchTemplateId', 'launchTemplateName', 'launchTemplateVersion'];

const NOT_READ: ReadonlyArray<readonly [property: string, reason: string]> = [
  ['AWS::Batch::ComputeEnvironment.instanceLaunchTemplate', 'has no member for tokens: it counts as having no launch template'],
  ['AWS::Batch::ComputeEnvironment.instanceMetadataTagsPropagation', 'says whether tags are in the metadata, and nothing of tokens'],
  ['AWS::BedrockAgentCore::CapacityProvider.launchTemplateSource', 'holds launch parameters of its own, without metadata options'],
  ['AWS::EC2::EC2Fleet.launchTemplateSpecificationUserData', 'is user data'],
  ['AWS::ECS::CapacityProvider.instanceLaunchTemplate', 'is below ManagedInstancesProvider, which is read, and has no member for tokens'],
  ['AWS::ECS::CapacityProvider.instanceMetadataTagsPropagation', 'says whether tags are in the metadata, and nothing of tokens'],
  ['AWS::ImageBuilder::DistributionConfiguration.launchTemplateConfigurations', 'writes the image into a launch template, and launches nothing'],
];

/** What a launch needs: a size, an image, a role, a template, a boot script or a key. */
const NEEDED = new RegExp([
  'instance(?:Type|Class|Size|Requirements|Count|Groups)', 'nodeType', '(?<!state)machineType', 'computeType', 'hardwareType', 'vCpu', 'bundleId', 'ec2',
  '^ami', 'ami(?:Id|Type)?s?$', 'imageId(?!e)', 'baseImage', 'machineImage',
  'instanceProfile', 'instanceRole', 'launchTemplate', 'launchConfig', 'userData', 'keyPair', 'sshKey', '^keyName$',
].join('|'), 'i');

/** The name of what launches by settings that are no properties. */
const NAMED = /::Launch|Fleet$|Worker$|CapacityProvider$/;

const IS_FLOOR = version === devDependencies['aws-cdk-lib'];

/** Others are made by a custom resource, or become types of CloudFormation by the transform of SAM. */
const OF_CLOUDFORMATION = [...CATALOG.keys()].filter((type) => /^AWS::(?!Serverless::)/.test(type));

interface Property {
  readonly type: string;
  readonly name: string;
}

/** Every L1 of the library, with its properties and those of nested structures. */
function installedTypes(): Map<string, Set<string>> {
  const types = new Map<string, Set<string>>();
  for (const module of fs.readdirSync(LIBRARY)) {
    const lib = path.join(LIBRARY, module, 'lib');
    for (const file of fs.existsSync(lib) ? fs.readdirSync(lib).filter((name) => name.endsWith('.generated.d.ts')) : []) {
      for (const [type, names] of typesIn(fs.readFileSync(path.join(lib, file), 'utf8'))) types.set(type, names);
    }
  }
  return types;
}

function typesIn(text: string): Map<string, Set<string>> {
  const types = new Map<string, Set<string>>();
  const classes = new Map<string, Set<string>>();
  let named = '';
  let owner: Set<string> | undefined;
  for (const line of text.split('\n')) {
    named = /@cloudformationResource (\S+)/.exec(line)?.[1] ?? named;
    const declared = /^export declare (?:class|namespace) (Cfn\w+)|^export interface (Cfn\w+)Props\b/.exec(line);
    if (declared?.[1] && line.includes(' class ')) {
      const properties = new Set<string>();
      types.set(named, properties);
      classes.set(declared[1], properties);
    }
    if (declared) owner = classes.get(declared[1] ?? declared[2]);
    else if (/^export /.test(line)) owner = undefined;
    const name = /^\s+readonly (\w+)\??:/.exec(line)?.[1];
    if (name) owner?.add(name);
  }
  return types;
}

function suspiciousIn(types: ReadonlyMap<string, ReadonlySet<string>>): Property[] {
  return [...types].flatMap(([type, names]) => [...names].filter((name) => SUSPICIOUS.test(name)).map((name) => ({ type, name })));
}

/** The types that look like a launch. */
function launchingIn(types: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...types].filter(([type, names]) => NAMED.test(type) || [...names].some((name) => NEEDED.test(name))).map(([type]) => type);
}

function nameOf({ type, name }: Property): string {
  return `${type}.${name}`;
}

/** Whether the type's entry reads the property: by what it reads, by where its options stand, or as an option itself. */
function isRead({ type, name }: Property): boolean {
  const source = CATALOG.get(type);
  if (!source) return false;
  const options = source.spelling?.members ?? ['HttpTokens', 'HttpEndpoint', 'HttpPutResponseHopLimit', 'HttpProtocolIpv6', 'InstanceMetadataTags'];
  const read = [...source.reads.flat(), ...source.optionsPath ?? [], ...source.optionsPath ? options : []];
  // `DisableIMDSV1` is `disableImdsv1` in an L1.
  return read.some((segment) => segment.toLowerCase() === name.toLowerCase()) || (source.references !== undefined && SPECIFICATION.includes(name));
}

describe('the L1s of the installed aws-cdk-lib', () => {
  const installed = installedTypes();
  const properties = suspiciousIn(installed);
  const launching = launchingIn(installed);
  const newer = new Set(NEWER_THAN_THE_FLOOR);

  test('are read: the known types are among them', () => {
    expect(properties.map(nameOf)).toEqual(expect.arrayContaining([
      'AWS::EC2::Instance.metadataOptions', 'AWS::EC2::LaunchTemplate.httpTokens', 'AWS::AppStream::Fleet.disableImdsv1',
      'AWS::SageMaker::NotebookInstance.minimumInstanceMetadataServiceVersion', 'AWS::EKS::Nodegroup.launchTemplate',
    ]));
  });

  test('are read with their nested structures, and properties of a class are told from others', () => {
    const types = typesIn([
      '/**', ' * @cloudformationResource AWS::New::Thing', ' */', 'export declare class CfnThing extends cdk.CfnResource {', '    readonly imdsSupport?: string;', '}',
      'export declare namespace CfnThing {', '    interface HostProperty {', '        readonly httpTokens?: string;', '        readonly other: string;', '    }', '}',
      'export interface CfnThingProps {', '    readonly launchTemplate: string;', '}', 'export interface Else {', '    readonly httpTokens: string;', '}',
    ].join('\n'));
    const found = suspiciousIn(types);
    expect([...types.get('AWS::New::Thing')!]).toEqual(['imdsSupport', 'httpTokens', 'other', 'launchTemplate']);
    expect(launchingIn(types)).toEqual(['AWS::New::Thing']);
    expect(found.map(nameOf)).toEqual(['AWS::New::Thing.imdsSupport', 'AWS::New::Thing.httpTokens', 'AWS::New::Thing.launchTemplate']);
    expect(found.some(isRead)).toBe(false);
  });

  test('carry nothing that the catalog does not know', () => {
    const excused = new Set(NOT_READ.map(([property]) => property));
    expect(properties.filter((property) => !isRead(property) && !excused.has(nameOf(property))).map(nameOf)).toEqual([]);
  });

  test('every reason is one for a property that the catalog does not read', () => {
    for (const [property, reason] of NOT_READ) {
      const [type, name] = property.split('.');
      expect(reason).toMatch(/\w \w/);
      expect({ property, read: isRead({ type, name }) }).toEqual({ property, read: false });
    }
  });

  test('launch nothing that the catalog does not know', () => {
    expect(launching.filter((type) => !CATALOG.has(type) && !LAUNCHES_NOTHING.has(type))).toEqual([]);
  });

  test('every type is in the catalog or launches nothing, and not both', () => {
    expect([...LAUNCHES_NOTHING.keys()].filter((type) => CATALOG.has(type))).toEqual([]);
    for (const reason of LAUNCHES_NOTHING.values()) expect(reason).toMatch(/^\w+ .*\w$/);
  });

  test('every type that launches nothing looks like a launch', () => {
    // A newer aws-cdk-lib may have left behind what the floor still has.
    const expected = [...LAUNCHES_NOTHING.keys()].filter((type) => newer.has(type) !== IS_FLOOR);
    expect(expected.filter((type) => !launching.includes(type))).toEqual([]);
  });

  test('every type of the catalog is one of CloudFormation', () => {
    expect(OF_CLOUDFORMATION.filter((type) => !installed.has(type) && !(IS_FLOOR && newer.has(type)))).toEqual([]);
  });

  test('what is newer than the lowest aws-cdk-lib is in the newer one alone', () => {
    expect(NEWER_THAN_THE_FLOOR.filter((type) => !CATALOG.has(type) && !LAUNCHES_NOTHING.has(type))).toEqual([]);
    expect(NEWER_THAN_THE_FLOOR.filter((type) => launching.includes(type) === IS_FLOOR)).toEqual([]);
  });
});
