import type { Gap, LaunchSourceType, Part } from './launch-source';
import { Stance, stancesOf } from './metadata-options';
import { outcomesOf, type Json, type Struct } from '../private/json';

/** One launch that a text asks for. */
export interface EmbeddedLaunch {
  /** What it says of its options, with paths below the properties. */
  readonly parts: readonly Part[];
  readonly gaps?: readonly Gap[];
  /** The line to write, and where. */
  readonly fix: string;
}

interface Embedding extends Pick<LaunchSourceType, 'type' | 'name' | 'documentation' | 'reads' | 'spelling'> {
  /** Where it says what is launched, in words. */
  readonly embedded: string;
  /** What stands in every text that launches: no other is read. */
  readonly sign: RegExp;
  /** The properties, with the documents in their texts in place of the texts. */
  opened(properties: Struct): Struct;
  /** What those launch. */
  launchesIn(opened: Struct): EmbeddedLaunch[];
}

/** A type that launches by what stands in a text of its own, be it a call or a document: it is judged, and never edited. */
export function embedding({ sign, opened, launchesIn, ...source }: Embedding): LaunchSourceType {
  const known = new WeakMap<Struct, { readonly opened: Struct; readonly launches: readonly EmbeddedLaunch[] }>();

  function read(properties: Struct) {
    let found = known.get(properties);
    if (!found) {
      const documents = isSigned(properties, source.reads, sign) ? opened(properties) : {};
      known.set(properties, found = { opened: documents, launches: launchesIn(documents) });
    }
    return found;
  }

  return {
    ...source,
    opened: (properties) => read(properties).opened,
    launches: (properties) => read(properties).launches.length > 0,
    parts: partsOf,
    // What says something itself leaves nothing to its launch template.
    references: (properties) => partsOf(properties)
      .flatMap(({ options, references }) => stancesIn(options.value).has(Stance.SILENT) ? references : []),
    gaps: (properties) => read(properties).launches.flatMap(({ gaps = [] }) => gaps),
    fix: (properties) => [...new Set(read(properties).launches.filter(isOpen).map(({ fix }) => fix))].join('; '),
  };

  function partsOf(properties: Struct): Part[] {
    return read(properties).launches.flatMap(({ parts }) => parts);
  }

  function isOpen({ parts }: EmbeddedLaunch): boolean {
    return parts.some(({ options }) => [...stancesIn(options.value)].some((stance) => stance !== Stance.REQUIRED && stance !== Stance.DISABLED));
  }

  function stancesIn(block: Json): ReadonlySet<Stance> {
    return stancesOf(block, outcomesOf, source.spelling);
  }
}

function isSigned(properties: Struct, reads: LaunchSourceType['reads'], sign: RegExp): boolean {
  const pending: Json[] = reads.map(([property]) => properties[property]);
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string' && sign.test(value)) return true;
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) pending.push(item);
  }
  return false;
}
