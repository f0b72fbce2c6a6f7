import { embedding, type EmbeddedLaunch } from './embedded';
import { openText } from './embedded-text';
import type { LaunchSourceType, SourceReference } from './launch-source';
import type { Spelling } from './options-spelling';
import { hasFunction, isStruct, outcomesOf, valueAt, type Json, type Struct } from '../private/json';

/** What Karpenter launches nodes by, of which the second is what it was before version 0.32. */
const NODE_CLASSES: ReadonlySet<Json> = new Set(['EC2NodeClass', 'AWSNodeTemplate']);

const METADATA_OPTIONS: Spelling = {
  tokens: 'httpTokens',
  required: 'required',
  optional: 'optional',
  endpoint: 'httpEndpoint',
  hopLimit: 'httpPutResponseHopLimit',
  members: ['httpTokens', 'httpEndpoint', 'httpPutResponseHopLimit', 'httpProtocolIPv6'],
};

/** A custom resource of the CDK that gives documents to a Kubernetes cluster, which may be node classes. */
export function kubernetesDocuments(source: Pick<LaunchSourceType, 'type' | 'documentation'>, property: string): LaunchSourceType {
  return embedding({
    ...source,
    name: 'Karpenter node class',
    embedded: `\`spec.metadataOptions\` of an \`EC2NodeClass\` or \`AWSNodeTemplate\` in \`${property}\``,
    reads: [[property]],
    spelling: METADATA_OPTIONS,
    sign: /EC2NodeClass|AWSNodeTemplate/,
    opened: (properties) => ({ [property]: openText(properties[property]) }),
    launchesIn: (opened) => nodeClassesIn(opened, []),
  });
}

function nodeClassesIn(value: Json, path: readonly string[]): EmbeddedLaunch[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isStruct(value) && NODE_CLASSES.has(value.kind) ? [launchOf(value, path)] : [];
  return [...own, ...Object.entries(value).flatMap(([key, member]) => nodeClassesIn(member, [...path, key]))];
}

function launchOf({ kind, spec }: Struct, path: readonly string[]): EmbeddedLaunch {
  const options = [...path, 'spec', 'metadataOptions'];
  const own = isStruct(spec) && hasFunction(spec) ? [spec] : outcomesOf(valueAt(spec, ['metadataOptions'])).map(withDefault);
  const template = valueAt(spec, ['launchTemplate']);
  // A launch template that is named takes the place of everything else.
  const references: SourceReference[] = template === undefined ? [] : [{ path: [...path, 'spec', 'launchTemplate'], to: 'launch template', target: template }];
  return {
    parts: own.map((value) => ({ options: { path: options, value: template === undefined ? value : undefined }, references })),
    fix: `write httpTokens: required in spec.metadataOptions of the ${String(kind)} (Properties.${path.join('.')}), or nothing, as Karpenter then requires tokens; `
      + 'RequireImdsv2 edits no manifest',
  };
}

/**
 * Karpenter requires tokens where it is told nothing.
 *
 * @see https://karpenter.sh/docs/concepts/nodeclasses/#specmetadataoptions
 */
function withDefault(options: Json): Json {
  if (options === undefined || options === null) return { httpTokens: 'required' };
  return isStruct(options) && !hasFunction(options) ? { ...options, httpTokens: options.httpTokens ?? 'required' } : options;
}
