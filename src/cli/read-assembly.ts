import * as fs from 'fs';
import * as path from 'path';
import type { InputDocument, Inputs } from './inputs';
import { Assets } from '../checks/assets';
import { judgedParts } from '../checks/read-template';
import { NESTED_STACK } from '../posture/template-document';
import { templatesNamedBy } from '../posture/unseen';
import { CHANGE_METADATA, type ChangeRecord } from '../private/change-record';
import { LET_PASS } from '../private/exemption';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';
import { NAMESPACE, Rule, ruleId } from '../private/rules';

const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';
const LOGICAL_ID = 'aws:cdk:logicalId';
const CANONICAL: ReadonlySet<string> = new Set(Object.values(Rule).map(ruleId));

/** Construct metadata of one stack, nested ones included. */
type Metadata = ReadonlyArray<{ readonly at: string; readonly type: string; readonly data: Json }>;
type Acknowledgements = InputDocument['acknowledged'];
/** What holds for all stacks of an assembly. */
interface Reported extends Pick<InputDocument, 'acknowledged' | 'letPass'> {
  /** Whether the aspect's plugin was asked, so that the aspect is somewhere in the app. */
  readonly hasAspect: boolean;
}
/** Construct paths by logical id, by the template's file. */
type Constructs = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads every stack of a cloud assembly, through stages, nested stacks and products, from its files alone. */
export function readAssembly(directory: string, inputs: Inputs): void {
  const file = path.join(directory, 'validation-report.json');
  const plugins = listAt(fs.existsSync(file) ? inputs.readStruct(file) : undefined, 'pluginReports');
  const reported = {
    acknowledged: reportedAcknowledgements(plugins),
    letPass: letsPass(plugins),
    hasAspect: plugins.some(({ pluginName }) => pluginName === NAMESPACE),
  };
  return readManifest(directory, false, inputs, reported, exemptConstructs(plugins, directory));
}

/** @param inStage whether the assembly is one of a stage of the app */
function readManifest(directory: string, inStage: boolean, inputs: Inputs, reported: Reported, exempt: Constructs): void {
  const manifest = inputs.readStruct(path.join(directory, 'manifest.json'));
  const artifacts = Object.entries(structAt(manifest, 'artifacts'));
  const assets = new Assets(directory, artifacts.map(([, artifact]) => artifact), (file) => inputs.readStruct(file));
  for (const [id, artifact] of artifacts) {
    if (!isStruct(artifact)) continue;
    const { type } = artifact;
    const properties = structAt(artifact, 'properties');
    if (type === 'cdk:cloud-assembly') readManifest(path.join(directory, String(properties.directoryName)), true, inputs, reported, exempt);
    if (type !== 'aws:cloudformation:stack') continue;
    const metadata = metadataOf(directory, artifact, inputs);
    assets.addOwn(metadata);
    const acknowledged = acknowledgements(metadata, reported.acknowledged);
    const reader = new StackReader(inputs, assets, metadata, { ...reported, acknowledged }, exempt, inStage);
    reader.read(path.join(directory, String(properties.templateFile)), {
      stackName: String(properties.stackName ?? id),
      environment: `${directory} ${String(artifact.environment)}`,
      scopes: [String(artifact.displayName ?? id)],
    });
  }
}

/** Metadata stands in the manifest, or since 2025 in a file beside it. */
function metadataOf(directory: string, artifact: Struct, inputs: Inputs): Metadata {
  const beside = typeof artifact.additionalMetadataFile === 'string'
    ? inputs.readStruct(path.join(directory, artifact.additionalMetadataFile))
    : undefined;
  return [artifact.metadata, beside].filter(isStruct).flatMap((metadata) => Object.entries(metadata)).flatMap(([at, entries]) =>
    Array.isArray(entries) ? entries.filter(isStruct).map(({ type, data }) => ({ at: at.replace(/^\//, ''), type: String(type), data })) : []);
}

/** What a stack's constructs acknowledge, beside what the validation report says of those above any stack. */
function acknowledgements(metadata: Metadata, reported: Acknowledgements): Acknowledgements {
  const all = new Map(reported);
  for (const { at, type, data } of metadata) {
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

/** What the report exempted, because of the constructs of a product's template it alone knows. */
function exemptConstructs(plugins: readonly Struct[], directory: string): Constructs {
  const constructs = new Map<string, Map<string, string>>();
  for (const violation of plugins.flatMap((plugin) => listAt(plugin, 'suppressedViolations'))) {
    for (const { constructPath, cloudFormationResource } of listAt(violation, 'violatingConstructs')) {
      const file = path.join(directory, String(valueAt(cloudFormationResource, ['templatePath'])));
      const known = constructs.get(file) ?? new Map<string, string>();
      constructs.set(file, known.set(String(valueAt(cloudFormationResource, ['logicalId'])), String(constructPath)));
    }
  }
  return constructs;
}

/** Whether the report lists an exemption that was let pass after its end. */
function letsPass(plugins: readonly Struct[]): boolean {
  return plugins.flatMap((plugin) => listAt(plugin, 'violations'))
    .some(({ ruleName, severity, description }) => ruleName === ruleId(Rule.EXEMPTION) && severity === 'warning' && String(description).includes(`${LET_PASS}=warn`));
}

interface StackPlace {
  readonly stackName: string;
  readonly environment: string;
  /** The construct path of the stack; several, where products share their template. */
  readonly scopes: readonly string[];
  readonly nestedIn?: InputDocument['nestedIn'];
}

/** Reads the template of a stack, and those of the stacks nested in it and of the products it defines. */
class StackReader {
  private readonly ids: ReadonlyArray<readonly [logicalId: string, constructPath: string]>;

  constructor(
    private readonly inputs: Inputs,
    private readonly assets: Assets,
    private readonly metadata: Metadata,
    private readonly reported: Reported,
    private readonly exempt: Constructs,
    private readonly inStage: boolean,
  ) {
    this.ids = metadata.filter(({ type }) => type === LOGICAL_ID).map(({ at, data }) => [String(data), at]);
  }

  /** @param id of the document; a file can be read in several places, and a nested stack may have several files. */
  public read(file: string, { stackName, environment, scopes, nestedIn }: StackPlace, id: string = file): void {
    const template = this.inputs.readStruct(file);
    if (!template) return;
    const [scope] = scopes;
    const paths = this.pathsWithin(scope);
    const body = judgedParts(template);
    this.inputs.addDocument({
      id,
      file,
      body,
      environment,
      stackName: nestedIn ? undefined : stackName,
      nestedIn,
      shows: (named) => this.assets.filesIn(named).length > 0,
      stack: stackName,
      scopes,
      paths,
      exempt: this.exemptIn(file),
      acknowledged: this.reported.acknowledged,
      letPass: this.reported.letPass,
      cdk: { inStage: this.inStage, isReached: this.isReached(), hasConstruct: (logicalId) => paths.has(logicalId) },
      changes: this.changesOf(paths),
    });
    const shared = new Map<string, { stackName: string; environment: string; scopes: string[] }>();
    for (const [logicalId, resource] of Object.entries(structAt(template, 'Resources'))) {
      const files = new Set(templatesNamedBy(resource).flatMap((named) => this.assets.filesIn(named)));
      if (files.size === 0) continue;
      const at = (paths.get(logicalId) ?? `${scope}/${logicalId}`).replace(/\.NestedStack\/[^/]+$/, '');
      const place = { stackName: `${stackName}/${logicalId}`, environment, scopes: [at] };
      for (const [index, nested] of [...files].entries()) {
        if (valueAt(resource, ['Type']) === NESTED_STACK) {
          this.read(nested, { ...place, nestedIn: { document: id, logicalId } }, [id, logicalId, ...index > 0 ? [index] : []].join('/'));
        } else {
          // Who launches a product gives its parameters: one reading is enough for all that share a version.
          const known = shared.get(nested);
          if (known) known.scopes.push(at);
          else shared.set(nested, place);
        }
      }
    }
    for (const [nested, place] of shared) this.read(nested, place, `${id} ${nested}`);
  }

  /** Logical ids are unique in one template only: what stands in a nested stack belongs to that one's. */
  private pathsWithin(scope: string): Map<string, string> {
    const below = this.ids.filter(([, at]) => at.startsWith(`${scope}/`));
    const nested = below.flatMap(([, at]) => /^(.+)\.NestedStack\/[^/]+\.NestedStackResource$/.exec(at)?.[1] ?? []);
    return new Map(below.filter(([, at]) => !nested.some((other) => at.startsWith(`${other}/`))));
  }

  /** Without those that stand for a whole file wherever it is used: an exemption of one is none of the others. */
  private exemptIn(file: string): InputDocument['exempt'] {
    const exempt = this.exempt.get(file);
    if (!exempt) return undefined;
    const inMetadata = new Set(this.ids.map(([, at]) => at));
    return new Map([...exempt].filter(([, at]) => !inMetadata.has(at)));
  }

  /** An aspect on the app does not arrive in a stage; where one did, it has recorded what it changed. */
  private isReached(): boolean {
    return (this.reported.hasAspect && !this.inStage) || this.metadata.some(({ type }) => type === CHANGE_METADATA);
  }

  private changesOf(paths: ReadonlyMap<string, string>): InputDocument['changes'] {
    const logicalIds = new Map([...paths].map(([logicalId, at]) => [at, logicalId]));
    return this.metadata.flatMap(({ at, type, data }) => {
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
