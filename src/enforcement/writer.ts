import { Tokenization, type CfnResource } from 'aws-cdk-lib';
import type { ConstructWorld } from './construct-world';
import { camelCase, isPlain, isTyped, overridesOf, typedProperties, typedProperty } from './resource-properties';
import { METADATA_OPTIONS } from '../launch-sources/metadata-options';
import { intrinsicOf, isNoValue, isStruct, valueAt, type Json, type Struct } from '../private/json';

/**
 * Writes the metadata options at `path` of the properties that `ConstructWorld.read` gave and the requirement changed.
 *
 * The typed property is edited when that is enough, so that other tools which read the tree see it; an override only
 * where an override would win otherwise, or where the resource has no typed property.
 */
export function writeOptions(resource: CfnResource, path: readonly string[], wanted: Struct, world: ConstructWorld): void {
  const top = path[0];
  // Where a condition chooses a parent of the block, that parent is written whole.
  const whole = path.length > 1 && path.slice(1).some((_, i) => intrinsicOf(valueAt(wanted, path.slice(0, i + 1))));
  const target = whole ? [top] : path;
  const value = valueAt(wanted, target);
  const overridden = touchedByOverrides(resource, target);
  if (!overridden && isTyped(resource, top) && writeTyped(resource, target, value, world)) return;
  writeOverride(resource, wanted, target, world);
}

/**
 * Writes a whole property, given in CloudFormation's spelling; `undefined` takes it away.
 *
 * Like the options, it goes into the typed property where that is enough.
 */
export function writeProperty(resource: CfnResource, property: string, value: Json, world: ConstructWorld): void {
  if (!touchedByOverrides(resource, [property]) && isTyped(resource, property)) {
    (resource as unknown as { [property: string]: Json })[camelCase(property)] = inL1Spelling(world.tokens.restore(value));
    return;
  }
  const overrides = overridesOf(resource).Properties;
  // Override objects may be shared between resources.
  resource.addOverride('Properties', { ...isPlain(overrides) ? overrides : {}, [property]: world.tokens.restore(value) });
}

/** A value in the spelling of an L1, intrinsics and tokens as they are. */
export function inL1Spelling(value: Json): Json {
  if (Array.isArray(value)) return value.map(inL1Spelling);
  if (!isPlain(value) || intrinsicOf(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [camelCase(key), inL1Spelling(member)]));
}

function writeTyped(resource: CfnResource, path: readonly string[], value: Json, world: ConstructWorld): boolean {
  const [top, below] = path;
  const setter = resource as unknown as { [property: string]: Json };
  const current = typedProperty(resource, top);
  if (below === undefined) {
    setter[camelCase(top)] = typedValue(current, value, world);
    return true;
  }
  if (!isPlain(current)) return false;
  const name = camelCase(below);
  setter[camelCase(top)] = { ...current, [name]: typedValue(current[name], value, world) };
  return true;
}

/** The block in the L1's spelling: members that do not change keep the very tokens they had. */
function typedValue(current: Json, value: Json, world: ConstructWorld): Json {
  if (!isStruct(value) || intrinsicOf(value)) return world.tokens.restore(value);
  const members = Object.entries(value).map(([key, member]) => [camelCase(key), world.tokens.restore(member)]);
  if (!isPlain(current)) return Object.fromEntries(members);
  const changed = members.filter(([key]) => key === 'httpTokens' || key === 'httpPutResponseHopLimit' || !(String(key) in current));
  return { ...current, ...Object.fromEntries(changed) };
}

/**
 * Replaces the whole block in the overrides.
 *
 * Override objects may be shared between resources, so the way down to the block is copied, never changed. Options that
 * the block does not have are deleted by name: merging would bring them back from the typed value below.
 */
function writeOverride(resource: CfnResource, wanted: Struct, path: readonly string[], world: ConstructWorld): void {
  const properties = overridesOf(resource).Properties;
  // Where all properties are one token nothing can be put beside it, and the written template will say so.
  if (Tokenization.isResolvable(properties)) return;
  // A token or condition on the way is replaced by what it stands for, and what was deleted on the way stays deleted.
  const opaque = path.findIndex((_, i) => i > 0 && isOpaque(valueAt(properties, path.slice(0, i))));
  const target = opaque > 0 ? path.slice(0, opaque) : path;
  const value = world.tokens.restore(valueAt(wanted, target));
  const isBlock = target === path && isStruct(value) && !intrinsicOf(value);
  const block = isBlock ? { ...Object.fromEntries(METADATA_OPTIONS.map((option) => [option, undefined])), ...value } : value;
  const deleted = 'Properties' in overridesOf(resource) && properties === undefined;
  const typed = typedProperties(resource);
  const known = (parent: Json) => isPlain(parent) ? parent : world.tokens.spell(parent, resource);
  resource.addOverride('Properties', withValue(isPlain(properties) ? properties : deleted ? deletions(typed) : {}, target, block, typed, known));
}

function isOpaque(override: Json): boolean {
  return override !== undefined && !isNoValue(override) && !isPlain(override);
}

/** @param known a typed value of which the members must be known */
function withValue(parent: Struct, [key, ...rest]: readonly string[], value: Json, typed: Json, known: (value: Json) => Json): Struct {
  if (rest.length === 0) return { ...parent, [key]: value };
  const child = parent[key];
  const typedChild = isPlain(typed) ? known(typed[key] ?? typed[camelCase(key)]) : undefined;
  const base = isPlain(child) ? child : key in parent ? deletions(typedChild) : {};
  return { ...parent, [key]: withValue(base, rest, value, typedChild, known) };
}

/** The deletion of every member of a typed value. */
function deletions(typed: Json): Struct {
  const members = isPlain(typed) ? Object.keys(typed) : [];
  return Object.fromEntries(members.map((member) => [member[0].toUpperCase() + member.slice(1), undefined]));
}

function touchedByOverrides(resource: CfnResource, path: readonly string[]): boolean {
  let current: Json = overridesOf(resource).Properties;
  if (current === undefined) return 'Properties' in overridesOf(resource);
  for (const key of path) {
    if (!isPlain(current)) return true;
    if (!(key in current)) return false;
    current = current[key];
  }
  return true;
}
