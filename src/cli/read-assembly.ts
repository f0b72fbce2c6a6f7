import * as fs from 'fs';
import * as path from 'path';
import type { InputDocument, Inputs } from './inputs';
import { judgedParts } from './read-template';
import { CHANGE_METADATA, type ChangeRecord } from '../private/change-record';
import { LET_PASS } from '../private/exemption';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';
import { Rule, ruleId } from '../private/rules';

const NESTED_STACK = 'AWS::CloudFormation::Stack';
const PRODUCT = 'AWS::ServiceCatalog::CloudFormationProduct';
const ASSET = 'aws:cdk:asset';
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';
const LOGICAL_ID = 'aws:cdk:logicalId';
const CANONICAL: ReadonlySet<string> = new Set(Object.values(Rule).map(ruleId));

/** Construct metadata of one stack, nested ones included. */
type Metadata = ReadonlyArray<readonly [constructPath: string, type: string, data: Json]>;
type Acknowledgements = InputDocument['acknowledged'];
type Reported = Pick<InputDocument, 'acknowledged' | 'letPass'>;

/** Reads every stack of a cloud assembly, through stages, nested stacks and products, from its files alone. */
export function readAssembly(directory: string, inputs: Inputs): void {
  const file = path.join(directory, 'validation-report.json');
  const plugins = listAt(fs.existsSync(file) ? inputs.readStruct(file) : undefined, 'pluginReports');
  return readManifest(directory, inputs, { acknowledged: reportedAcknowledgements(plugins), letPass: letsPass(plugins) });
}

function readManifest(directory: string, inputs: Inputs, reported: Reported): void {
  const manifest = inputs.readStruct(path.join(directory, 'manifest.json'));
  const artifacts = Object.entries(structAt(manifest, 'artifacts'));
  const assets = listedAssets(directory, artifacts.map(([, artifact]) => artifact), inputs);
  for (const [id, artifact] of artifacts) {
    if (!isStruct(artifact)) continue;
    const { type } = artifact;
    const properties = structAt(artifact, 'properties');
    if (type === 'cdk:cloud-assembly') readManifest(path.join(directory, String(properties.directoryName)), inputs, reported);
    if (type !== 'aws:cloudformation:stack') continue;
    const metadata = metadataOf(directory, artifact, inputs);
    addOwnAssets(metadata, directory, assets);
    const reader = new StackReader(inputs, assets, metadata, { ...reported, acknowledged: acknowledgements(metadata, reported.acknowledged) });
    reader.read(path.join(directory, String(properties.templateFile)), {
      stackName: String(properties.stackName ?? id),
      environment: `${directory} ${String(artifact.environment)}`,
      scope: String(artifact.displayName ?? id),
    });
  }
}

/** Templates of nested stacks are assets, listed under the hash that their URL ends with. */
function listedAssets(directory: string, artifacts: readonly Json[], inputs: Inputs): Map<string, string> {
  const files = new Map<string, string>();
  for (const artifact of artifacts) {
    const file = valueAt(artifact, ['properties', 'file']);
    if (valueAt(artifact, ['type']) !== 'cdk:asset-manifest' || typeof file !== 'string') continue;
    const manifest = inputs.readStruct(path.join(directory, file));
    for (const [hash, asset] of Object.entries(structAt(manifest, 'files'))) {
      const source = valueAt(asset, ['source', 'path']);
      if (typeof source === 'string') files.set(hash, path.join(directory, source));
    }
  }
  return files;
}

/** The legacy synthesizer lists assets nowhere but on the stack that has them. */
function addOwnAssets(metadata: Metadata, directory: string, assets: Map<string, string>): void {
  for (const [, type, data] of metadata) {
    if (type === ASSET && isStruct(data) && typeof data.sourceHash === 'string') assets.set(data.sourceHash, path.join(directory, String(data.path)));
  }
}

/** Metadata stands in the manifest, or since 2025 in a file beside it. */
function metadataOf(directory: string, artifact: Struct, inputs: Inputs): Metadata {
  const beside = typeof artifact.additionalMetadataFile === 'string'
    ? inputs.readStruct(path.join(directory, artifact.additionalMetadataFile))
    : undefined;
  return [artifact.metadata, beside].filter(isStruct).flatMap((metadata) => Object.entries(metadata)).flatMap(([at, entries]) =>
    Array.isArray(entries) ? entries.filter(isStruct).map(({ type, data }) => [at.replace(/^\//, ''), String(type), data] as const) : []);
}

/** What a stack's constructs acknowledge, beside what the validation report says of those above any stack. */
function acknowledgements(metadata: Metadata, reported: Acknowledgements): Acknowledgements {
  const all = new Map(reported);
  for (const [at, type, data] of metadata) {
    if (type === ACKNOWLEDGED && isStruct(data)) all.set(at, { ...all.get(at), ...data as Record<string, string> });
  }
  return all;
}

/** What is acknowledged on an app or stage is in no stack's metadata: only the validation report knows what it exempted. */
function reportedAcknowledgements(plugins: readonly Struct[]): Acknowledgements {
  const acknowledged = new Map<string, Record<string, string>>();
  for (const plugin of plugins) {
    for (const violation of listAt(plugin, 'suppressedViolations')) {
      if (!CANONICAL.has(String(violation.ruleName))) continue;
      for (const { constructPath } of listAt(violation, 'violatingConstructs')) {
        const at = String(constructPath);
        acknowledged.set(at, { ...acknowledged.get(at), [String(violation.ruleName)]: String(violation.reason ?? '') });
      }
    }
  }
  return acknowledged;
}

/** Whether the report lists an exemption that was let pass after its end. */
function letsPass(plugins: readonly Struct[]): boolean {
  return plugins.flatMap((plugin) => listAt(plugin, 'violations'))
    .some(({ ruleName, severity, description }) => ruleName === ruleId(Rule.EXEMPTION) && severity === 'warning' && String(description).includes(`${LET_PASS}=warn`));
}

interface StackPlace {
  readonly stackName: string;
  readonly environment: string;
  /** The construct path of the stack. */
  readonly scope: string;
  readonly nestedIn?: InputDocument['nestedIn'];
}

/** Reads the template of a stack, and those of the stacks nested in it and of the products it defines. */
class StackReader {
  private readonly ids: ReadonlyArray<readonly [logicalId: string, constructPath: string]>;

  constructor(
    private readonly inputs: Inputs,
    private readonly assets: ReadonlyMap<string, string>,
    private readonly metadata: Metadata,
    private readonly reported: Reported,
  ) {
    this.ids = metadata.filter(([, type]) => type === LOGICAL_ID).map(([at, , data]) => [String(data), at]);
  }

  /** @param id of the document; a file can be read in several places, and a nested stack may have several files. */
  public read(file: string, { stackName, environment, scope, nestedIn }: StackPlace, id: string = file): void {
    const template = this.inputs.readStruct(file);
    if (!template) return;
    const paths = this.pathsWithin(scope);
    const body = judgedParts(template);
    this.inputs.addDocument({
      id,
      file,
      body,
      environment,
      stackName: nestedIn ? undefined : stackName,
      nestedIn,
      stack: stackName,
      scope,
      paths,
      ...this.reported,
      changes: this.changesOf(paths),
    });
    for (const [logicalId, resource] of Object.entries(structAt(template, 'Resources'))) {
      const type = valueAt(resource, ['Type']);
      if (type !== NESTED_STACK && type !== PRODUCT) continue;
      const place = { stackName: `${stackName}/${logicalId}`, environment, scope: paths.get(logicalId) ?? `${scope}/${logicalId}` };
      if (type === PRODUCT) {
        // One for each version, and its parameters are for whoever launches it.
        for (const version of this.assetsIn(valueAt(resource, ['Properties', 'ProvisioningArtifactParameters']))) this.read(version, place);
        continue;
      }
      for (const [index, nested] of this.assetsIn(valueAt(resource, ['Properties', 'TemplateURL'])).entries()) {
        const within = { ...place, scope: place.scope.replace(/\.NestedStack\/[^/]+$/, ''), nestedIn: { document: id, logicalId } };
        this.read(nested, within, [id, logicalId, ...index > 0 ? [index] : []].join('/'));
      }
    }
  }

  /** The files of the assets that a value names by their hashes. */
  private assetsIn(value: Json): string[] {
    const text = JSON.stringify(value ?? '');
    return [...new Set([...this.assets].flatMap(([hash, file]) => text.includes(hash) ? [file] : []))];
  }

  /** Logical ids are unique in one template only: what stands in a nested stack belongs to that one's. */
  private pathsWithin(scope: string): Map<string, string> {
    const below = this.ids.filter(([, at]) => at.startsWith(`${scope}/`));
    const nested = below.flatMap(([, at]) => /^(.+)\.NestedStack\/[^/]+\.NestedStackResource$/.exec(at)?.[1] ?? []);
    return new Map(below.filter(([, at]) => !nested.some((other) => at.startsWith(`${other}/`))));
  }

  private changesOf(paths: ReadonlyMap<string, string>): InputDocument['changes'] {
    const logicalIds = new Map([...paths].map(([logicalId, at]) => [at, logicalId]));
    return this.metadata.flatMap(([at, type, data]) => {
      const logicalId = logicalIds.get(at);
      const record = data as ChangeRecord;
      return type === CHANGE_METADATA && logicalId !== undefined && !record.reportOnly ? [[logicalId, record] as const] : [];
    });
  }
}

function structAt(value: Json, name: string): Struct {
  const member = valueAt(value, [name]);
  return isStruct(member) ? member : {};
}

function listAt(value: Json, name: string): Struct[] {
  const member = valueAt(value, [name]);
  return Array.isArray(member) ? member.filter(isStruct) : [];
}
