import { Tokenization, type CfnResource } from 'aws-cdk-lib';
import type { ConstructWorld } from './construct-world';
import { camelCase, isPlain, isTyped, overridesOf, typedProperties, typedProperty } from './resource-properties';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { METADATA_OPTIONS, type Spelling } from '../launch-sources/options-spelling';
import { EACH } from '../launch-sources/places';
import { intrinsicOf, isNoValue, isStruct, valueAt, type Json, type Struct } from '../private/json';

/**
 * Writes the metadata options of the properties that `ConstructWorld.read` gave and the requirement changed.
 *
 * The typed property is edited when that is enough, so that other tools which read the tree see it; an override only
 * where an override would win otherwise, or where the resource has no typed property.
 */
export function writeOptions(resource: CfnResource, source: LaunchSourceType, read: Struct, wanted: Struct, world: ConstructWorld): void {
  const { optionsPath: path = [], spelling = METADATA_OPTIONS } = source;
  // A resource that is its own block has a property for each option.
  const block = path.length === 0 ? [spelling.tokens] : path;
  const top = block[0];
  // Where a condition or a list chooses a parent of the block, that parent is written whole.
  const whole = block.length > 1 && block.slice(1).some((step, i) => step === EACH || intrinsicOf(valueAt(wanted, block.slice(0, i + 1))));
  const target = whole ? [top] : block;
  const value = valueAt(wanted, target);
  const overridden = touchedByOverrides(resource, target);
  // The items of a list were read as CloudFormation spells them, and are written so.
  if (!overridden && !source.parts && isTyped(resource, top)) {
    const written = spelling.entry ? writeEntries(resource, top, read[top], value, world) : writeTyped(resource, target, value, spelling, world);
    if (written) return;
  }
  writeOverride(resource, wanted, target, spelling, world);
}

/** Whether null stands where an override would have to be merged in, at which the CDK throws; CloudFormation takes none either. */
export function isBarredByNull(resource: CfnResource, { optionsPath = [], spelling = METADATA_OPTIONS }: LaunchSourceType): boolean {
  const [top] = optionsPath;
  if (top === undefined || spelling.entry || isTyped(resource, top)) return false;
  const given = { [top]: typedProperty(resource, top) };
  return optionsPath.some((_, i) => valueAt(given, optionsPath.slice(0, i + 1)) === null);
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

function writeTyped(resource: CfnResource, path: readonly string[], value: Json, spelling: Spelling, world: ConstructWorld): boolean {
  const [top, below] = path;
  const setter = resource as unknown as { [property: string]: Json };
  const current = typedProperty(resource, top);
  if (below === undefined) {
    setter[camelCase(top)] = typedValue(current, value, spelling, world);
    return true;
  }
  if (!isPlain(current)) return false;
  const name = spelling.verbatim ? below : camelCase(below);
  setter[camelCase(top)] = { ...current, [name]: typedValue(current[name], value, spelling, world) };
  return true;
}

/** Only what is not among the items that were read is new; the others keep the very tokens they had. */
function writeEntries(resource: CfnResource, top: string, read: Json, wanted: Json, world: ConstructWorld): boolean {
  const current = typedProperty(resource, top) ?? [];
  const items = read ?? [];
  if (!Array.isArray(current) || !Array.isArray(items) || !Array.isArray(wanted) || current.length !== items.length) return false;
  const setter = resource as unknown as { [property: string]: Json };
  setter[camelCase(top)] = wanted.map((item) => items.includes(item) ? current[items.indexOf(item)] : inL1(world.tokens.restore(item)));
  return true;
}

function inL1(item: Json): Json {
  return isStruct(item) && !intrinsicOf(item) ? Object.fromEntries(Object.entries(item).map(([key, member]) => [camelCase(key), member])) : item;
}

/** The block in the L1's spelling: members that do not change keep the very tokens they had. */
function typedValue(current: Json, value: Json, { tokens, hopLimit, verbatim }: Spelling, world: ConstructWorld): Json {
  if (!isStruct(value) || intrinsicOf(value)) return world.tokens.restore(value);
  const members = Object.entries(value).map(([key, member]) => [verbatim ? key : camelCase(key), world.tokens.restore(member)]);
  if (!isPlain(current)) return Object.fromEntries(members);
  const edited = [tokens, hopLimit].map((option) => option === undefined || verbatim ? option : camelCase(option));
  const changed = members.filter(([key]) => edited.includes(String(key)) || !(String(key) in current));
  return { ...current, ...Object.fromEntries(changed) };
}

/**
 * Replaces the whole block in the overrides.
 *
 * Override objects may be shared between resources, so the way down to the block is copied, never changed. Options that
 * the block does not have are deleted by name: merging would bring them back from the typed value below.
 */
function writeOverride(resource: CfnResource, wanted: Struct, path: readonly string[], { members }: Spelling, world: ConstructWorld): void {
  const properties = overridesOf(resource).Properties;
  // Where all properties are one token nothing can be put beside it, and the written template will say so.
  if (Tokenization.isResolvable(properties)) return;
  // A token or condition on the way is replaced by what it stands for, and what was deleted on the way stays deleted.
  const opaque = path.findIndex((_, i) => i > 0 && isOpaque(valueAt(properties, path.slice(0, i))));
  const target = opaque > 0 ? path.slice(0, opaque) : path;
  const value = world.tokens.restore(valueAt(wanted, target));
  const isBlock = target === path && isStruct(value) && !intrinsicOf(value);
  const block = isBlock ? { ...Object.fromEntries(members.map((option) => [option, undefined])), ...value } : value;
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
