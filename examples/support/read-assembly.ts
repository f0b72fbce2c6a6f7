import * as fs from 'fs';
import * as path from 'path';
import { AssetManifestArtifact, CloudAssembly, type CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { BOOT_CALL_METADATA, CHANGE_METADATA, type ChangeRecord } from '../../src/enforcement/change-record';
import { CATALOG } from '../../src/launch-sources/catalog';
import type { BootCall } from '../../src/posture/boot-calls';
import { isSafe, judge } from '../../src/posture/judge';
import { Posture } from '../../src/posture/posture';
import { TemplateWorld, type TemplateDocument, type TemplateResource } from '../../src/posture/template-world';
import { isStruct, valueAt } from '../../src/private/json';
import { NAMESPACE, Rule, ruleId } from '../../src/private/rules';

/** One launch source of a written template. */
export interface LaunchSource {
  readonly path: string;
  readonly type: string;
  readonly posture: Posture;
  readonly reason: string;
  /** Allows IMDSv1: tokens are optional, or a condition decides. */
  readonly open: boolean;
  /** The source, or everything open that it launches from, is exempt. */
  readonly exempt: boolean;
  /** The source, or everything open that it launches from, is named in a finding or a warning. */
  readonly named: boolean;
}

export interface Change extends ChangeRecord { readonly path: string }

/** A finding or a warning of this library. */
export interface Notice {
  readonly path: string;
  readonly rule: string;
  readonly text: string;
}

export interface Exemption extends Notice { readonly reason: string }

/** A boot script's call without a token, with the construct that holds it. */
export interface BootCallOf extends Omit<BootCall, 'path'> {
  readonly path: string;
  /** Where in the resource the script stands. */
  readonly script: string;
}

export interface AssemblyReading {
  readonly launchSources: LaunchSource[];
  readonly changes: Change[];
  readonly bootCalls: BootCallOf[];
  readonly warnings: Notice[];
  readonly exemptions: Exemption[];
  readonly findings: Notice[];
}

/** A written template that knows the construct paths of its resources. */
interface Document extends TemplateDocument {
  readonly paths: ReadonlyMap<string, string>;
}

/** Rules whose notices say that a launch source may allow IMDSv1; the others speak of what requiring tokens does. */
const SAYS_OPEN = new Set([
  Rule.TOKENS, Rule.LAUNCH_CONFIGURATION, Rule.LAUNCH_TEMPLATE_FOLLOWER, Rule.EXTERNAL_LAUNCH_TEMPLATE, Rule.UNSETTABLE, Rule.STAGE,
].map(ruleId));

/** What a synthesized assembly says about IMDSv2, from its files alone. */
export function readAssembly(directory: string): AssemblyReading {
  const stacks = new CloudAssembly(directory).stacksRecursively;
  const entries = stacks.flatMap(({ metadata }) => Object.entries(metadata)
    .flatMap(([at, list]) => list.map(({ type, data }) => ({ path: at.replace(/^\//, ''), type, data: data as unknown }))));
  const warnings = entries.filter(({ type }) => type === 'aws:cdk:warning').flatMap(({ path: at, data }) => noticeOf(at, String(data)));
  const { findings, exemptions } = readValidationReport(path.join(directory, 'validation-report.json'));
  const exempt = new Set(exemptions.filter(({ rule }) => rule === ruleId(Rule.TOKENS)).map((exemption) => exemption.path));
  const named = new Set([...findings, ...warnings].filter(({ rule }) => SAYS_OPEN.has(rule)).map((notice) => notice.path));
  return {
    launchSources: readLaunchSources(stacks.flatMap(documentsOf), exempt, named),
    changes: entries.filter(({ type }) => type === CHANGE_METADATA).map((entry) => ({ ...entry.data as ChangeRecord, path: entry.path })),
    bootCalls: entries.filter(({ type }) => type === BOOT_CALL_METADATA).map(({ path: at, data }) => {
      const { path: script, ...call } = data as BootCall;
      return { ...call, path: at, script };
    }),
    warnings,
    exemptions,
    findings,
  };
}

function readLaunchSources(documents: readonly Document[], exempt: ReadonlySet<string>, named: ReadonlySet<string>): LaunchSource[] {
  const world = new TemplateWorld(documents);
  const pathOf = ({ document, logicalId }: TemplateResource) => (document as Document).paths.get(logicalId) ?? logicalId;
  // A group is open through its launch template, which is where a finding or an exemption stands.
  const covered = (resource: TemplateResource, paths: ReadonlySet<string>): boolean => {
    if (paths.has(pathOf(resource))) return true;
    const source = CATALOG.get(String(resource.body.Type))!;
    const properties = resource.body.Properties;
    if (source.optionsPath || !isStruct(properties)) return false;
    const open = (source.references?.(properties) ?? [])
      .flatMap((reference) => world.follow(resource, reference))
      .flatMap((target) => target.kind === 'resource' ? [target.resource] : [])
      .filter((target) => !isSafe(judge(target, world)?.posture ?? Posture.EXTERNAL));
    return open.length > 0 && open.every((target) => covered(target, paths));
  };
  return documents.flatMap((document) => [...world.resourcesOf(document).values()]).flatMap((resource) => {
    const judgement = judge(resource, world);
    return judgement ? [{
      path: pathOf(resource),
      type: String(resource.body.Type),
      posture: judgement.posture,
      reason: judgement.reason,
      open: judgement.posture === Posture.OPTIONAL || judgement.posture === Posture.CONDITIONAL,
      exempt: covered(resource, exempt),
      named: covered(resource, named),
    }] : [];
  });
}

/** The template of a stack and those of the stacks nested in it. */
function documentsOf(stack: CloudFormationStackArtifact): Document[] {
  // Templates of nested stacks are assets, listed under the hash that their URL ends with.
  const files = stack.assembly.artifacts.filter((artifact) => artifact instanceof AssetManifestArtifact)
    .flatMap((artifact) => Object.entries(artifact.contents.files ?? {}))
    .flatMap(([hash, { source }]) => source.path?.endsWith('.template.json') ? [{ hash, file: path.join(stack.assembly.directory, source.path) }] : []);
  const ids = Object.entries(stack.metadata).flatMap(([at, entries]) => entries
    .filter(({ type }) => type === 'aws:cdk:logicalId').map(({ data }): [string, string] => [String(data), at.replace(/^\//, '')]));

  const read = (body: unknown, id: string, within: string, nestedIn?: TemplateDocument['nestedIn']): Document[] => {
    const resources = Object.entries(valueAt(body, ['Resources']) ?? {}).filter(([, resource]) => resource?.Type === 'AWS::CloudFormation::Stack');
    const below = ids.filter(([, at]) => at.startsWith(`${within}/`));
    const nestedScopes = below.flatMap(([, at]) => /^(.+)\.NestedStack\/[^/]+\.NestedStackResource$/.exec(at)?.[1] ?? []);
    // Logical ids are unique in one template only: what stands in a nested stack belongs to that one's.
    const paths = new Map(below.filter(([, at]) => !nestedScopes.some((scope) => at.startsWith(`${scope}/`))));
    const children = resources.flatMap(([logicalId, resource]) => {
      const url = JSON.stringify(resource.Properties?.TemplateURL ?? '');
      const file = files.find(({ hash }) => url.includes(hash))?.file;
      const scope = paths.get(logicalId)?.replace(/\.NestedStack\/[^/]+$/, '');
      return file && scope
        ? read(JSON.parse(fs.readFileSync(file, 'utf8')), `${id}/${logicalId}`, scope, { document: id, logicalId })
        : [];
    });
    const environment = `${stack.assembly.directory} ${stack.environment.name}`;
    return [{ id, body, nestedIn, paths, environment, stackName: nestedIn ? undefined : stack.stackName }, ...children];
  };
  return read(stack.template, stack.templateFullPath, stack.hierarchicalId);
}

function readValidationReport(file: string): { findings: Notice[]; exemptions: Exemption[] } {
  if (!fs.existsSync(file)) return { findings: [], exemptions: [] };
  const plugins: any[] = JSON.parse(fs.readFileSync(file, 'utf8')).pluginReports ?? [];
  const own = plugins.filter(({ pluginName }) => pluginName === NAMESPACE);
  for (const { metadata } of own) if (metadata?.error) throw new Error(`the plugin ${NAMESPACE} failed: ${metadata.error}`);
  const notices = (violations: any[] = []): Exemption[] => violations.flatMap((violation) => violation.violatingConstructs.map((one: any) => ({
    path: one.constructPath, rule: violation.ruleName, text: violation.description, reason: violation.reason ?? '',
  })));
  return {
    findings: own.flatMap(({ violations }) => notices(violations)),
    exemptions: own.flatMap(({ suppressedViolations }) => notices(suppressedViolations)),
  };
}

function noticeOf(at: string, data: string): Notice[] {
  const match = /^(.*) \[ack: (cdk-imdsv2::[\w-]+)\]$/s.exec(data);
  return match ? [{ path: at, rule: match[2], text: match[1] }] : [];
}
