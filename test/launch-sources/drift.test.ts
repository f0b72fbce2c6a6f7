import * as fs from 'fs';
import * as path from 'path';
import { CATALOG } from '../../src/launch-sources/catalog';

/*
 * Reads the declarations of every L1 of the installed aws-cdk-lib: what carries metadata options, or names a launch template
 * or a launch configuration, is either read by the catalog or stands here with a reason.
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

interface Property {
  readonly type: string;
  readonly name: string;
}

/** The suspicious properties of every L1, those of nested structures included. */
function suspiciousProperties(): Property[] {
  const found = new Map<string, Property>();
  for (const module of fs.readdirSync(LIBRARY).filter((name) => name.startsWith('aws-'))) {
    const lib = path.join(LIBRARY, module, 'lib');
    for (const file of fs.existsSync(lib) ? fs.readdirSync(lib).filter((name) => name.endsWith('.generated.d.ts')) : []) {
      for (const property of suspiciousIn(fs.readFileSync(path.join(lib, file), 'utf8'))) found.set(nameOf(property), property);
    }
  }
  return [...found.values()];
}

function suspiciousIn(text: string): Property[] {
  const types = new Map<string, string>();
  const properties: Property[] = [];
  let named = '';
  let owner: string | undefined;
  for (const line of text.split('\n')) {
    named = /@cloudformationResource (\S+)/.exec(line)?.[1] ?? named;
    const declared = /^export declare (?:class|namespace) (Cfn\w+)|^export interface (Cfn\w+)Props\b/.exec(line);
    if (declared?.[1] && line.includes(' class ')) types.set(declared[1], named);
    if (declared) owner = types.get(declared[1] ?? declared[2]);
    else if (/^export /.test(line)) owner = undefined;
    const name = /^\s+readonly (\w+)\??:/.exec(line)?.[1];
    if (owner && name && SUSPICIOUS.test(name)) properties.push({ type: owner, name });
  }
  return properties;
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
  const properties = suspiciousProperties();

  test('are read: the known types are among them', () => {
    expect(properties.map(nameOf)).toEqual(expect.arrayContaining([
      'AWS::EC2::Instance.metadataOptions', 'AWS::EC2::LaunchTemplate.httpTokens', 'AWS::AppStream::Fleet.disableImdsv1',
      'AWS::SageMaker::NotebookInstance.minimumInstanceMetadataServiceVersion', 'AWS::EKS::Nodegroup.launchTemplate',
    ]));
  });

  test('are read with their nested structures, and properties of a class are told from others', () => {
    const found = suspiciousIn([
      '/**', ' * @cloudformationResource AWS::New::Thing', ' */', 'export declare class CfnThing extends cdk.CfnResource {', '    readonly imdsSupport?: string;', '}',
      'export declare namespace CfnThing {', '    interface HostProperty {', '        readonly httpTokens?: string;', '        readonly other: string;', '    }', '}',
      'export interface CfnThingProps {', '    readonly launchTemplate: string;', '}', 'export interface Else {', '    readonly httpTokens: string;', '}',
    ].join('\n'));
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
});
