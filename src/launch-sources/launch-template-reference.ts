import type { SourceReference } from './launch-source';
import { getAttOf, isNoValue, isStruct, outcomesOf, type Json } from '../private/json';

/**
 * Reads a launch template specification, `{ LaunchTemplateId | LaunchTemplateName, Version }`.
 *
 * A specification under `Fn::If` gives one reference for each branch, with `AWS::NoValue` as target where a branch names none.
 */
export function launchTemplateReferences(
  specification: Json,
  path: readonly string[],
  keys: { id: string; name: string } = { id: 'LaunchTemplateId', name: 'LaunchTemplateName' },
): SourceReference[] {
  if (specification === undefined || isNoValue(specification)) return [];
  return outcomesOf(specification).flatMap((outcome): SourceReference[] => {
    if (outcome === undefined) return [];
    if (!isStruct(outcome) || isNoValue(outcome)) return [{ path, to: 'launch template', target: outcome }];
    const target = isPresent(outcome[keys.id]) ? outcome[keys.id]
      : isPresent(outcome[keys.name]) ? outcome[keys.name]
        : outcome;
    return [{ path, to: 'launch template', target, version: outcome.Version }];
  });
}

/** Which version of a launch template a reference asks for. */
export enum Version {
  /** It moves with the template. */
  LATEST = 'latest',
  /** One that a deployment of the template does not move. */
  PINNED = 'pinned',
  /** A parameter or condition decides: it may move. */
  UNKNOWN = 'unknown',
}

/**
 * Judges the version of a launch template specification.
 *
 * @param attributeOf the attribute that a reference stands for, as the world of the caller writes references.
 */
export function versionOf(version: Json, attributeOf: (value: Json) => string | undefined): Version {
  const versions = new Set(outcomesOf(version).map((outcome) => versionOfOutcome(outcome, attributeOf)));
  return versions.size === 1 ? [...versions][0] : Version.UNKNOWN;
}

function versionOfOutcome(version: Json, attributeOf: (value: Json) => string | undefined): Version {
  const substituted = isStruct(version) && typeof version['Fn::Sub'] === 'string' ? /^\$\{\w+\.(\w+)\}$/.exec(version['Fn::Sub']) : null;
  const attribute = substituted?.[1] ?? getAttOf(version)?.[1] ?? attributeOf(version);
  if (attribute === 'LatestVersionNumber' || version === '$Latest') return Version.LATEST;
  if (attribute === 'DefaultVersionNumber') return Version.PINNED;
  return version === undefined || typeof version === 'string' || typeof version === 'number' || isNoValue(version) ? Version.PINNED : Version.UNKNOWN;
}

function isPresent(value: Json): boolean {
  return value !== undefined && !isNoValue(value);
}
