import type { Gap, SourceReference } from './launch-source';
import { mayBeAbsent, placesAt } from './places';
import { getAttOf, hasFunction, isNoValue, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

/** The members of a launch template specification. */
interface Keys {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

const KEYS: Keys = { id: 'LaunchTemplateId', name: 'LaunchTemplateName', version: 'Version' };

/**
 * Reads a launch template specification, `{ LaunchTemplateId | LaunchTemplateName, Version }`.
 *
 * A specification under `Fn::If` gives one reference for each branch, with `AWS::NoValue` as target where a branch names none.
 */
export function launchTemplateReferences(specification: Json, path: readonly string[], named?: Partial<Keys>): SourceReference[] {
  if (specification === undefined || isNoValue(specification)) return [];
  const { id, name, version } = named ? { ...KEYS, ...named } : KEYS;
  return outcomesOf(specification).flatMap((outcome): SourceReference[] => {
    if (outcome === undefined) return [];
    if (!isStruct(outcome) || hasFunction(outcome)) return [{ path, to: 'launch template', target: outcome }];
    const target = isPresent(outcome[id]) ? outcome[id]
      : isPresent(outcome[name]) ? outcome[name]
        : outcome;
    return [{ path, to: 'launch template', target, version: outcome[version], versionKey: version, keys: [id, name] }];
  });
}

/** The launch templates that are specified at `path`, through conditions and lists. */
export function launchTemplatesAt(properties: Json, path: readonly string[], named?: Partial<Keys>, at?: readonly string[]): SourceReference[] {
  return placesAt(properties, path, at).flatMap((place) => launchTemplateReferences(place.value, place.path, named));
}

/** The gap where no launch template is named at `path`, or under a condition none. */
export function withoutLaunchTemplate(properties: Struct, path: readonly string[], fix: string): Gap[] {
  const outcomes = placesAt(properties, path).flatMap(({ value }) => outcomesOf(value));
  const when = outcomes.every(mayBeAbsent) ? '' : 'under a condition ';
  return !outcomes.some(mayBeAbsent) ? [] : [{
    path,
    reason: `${when}it launches without a launch template, and has no metadata options of its own`,
    fix,
  }];
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

/** Whether a launch template specification may ask for the default version, which is also what it asks for by saying none. */
export function mayBeDefault(version: Json, attributeOf: (value: Json) => string | undefined): boolean {
  return outcomesOf(version).some((outcome) =>
    !isPresent(outcome) || outcome === '$Default' || attributeIn(outcome, attributeOf) === 'DefaultVersionNumber');
}

function attributeIn(version: Json, attributeOf: (value: Json) => string | undefined): string | undefined {
  const substituted = isStruct(version) && typeof version['Fn::Sub'] === 'string' ? /^\$\{\w+\.(\w+)\}$/.exec(version['Fn::Sub']) : null;
  return substituted?.[1] ?? getAttOf(version)?.[1] ?? attributeOf(version);
}

function versionOfOutcome(version: Json, attributeOf: (value: Json) => string | undefined): Version {
  const attribute = attributeIn(version, attributeOf);
  if (attribute === 'LatestVersionNumber' || version === '$Latest') return Version.LATEST;
  if (attribute === 'DefaultVersionNumber') return Version.PINNED;
  return version === undefined || typeof version === 'string' || typeof version === 'number' || isNoValue(version) ? Version.PINNED : Version.UNKNOWN;
}

function isPresent(value: Json): boolean {
  return value !== undefined && !isNoValue(value);
}
