import { entriesIn, withEntry } from './option-entries';
import { METADATA_OPTIONS, type Spelling } from './options-spelling';
import { EACH, placesAt, type Place } from './places';
import { hasFunction, ifBranches, isDynamicReference, isNoValue, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

/** What one block of metadata options, under one outcome of its conditions, says about IMDSv1. */
export enum Stance {
  REQUIRED = 'required',
  DISABLED = 'disabled',
  OPTIONAL = 'optional',
  /** It does not mention tokens: something else decides. */
  SILENT = 'silent',
  /** It turns the endpoint on, and leaves tokens to something else. */
  ENABLED = 'enabled',
  /** A literal that is none of the values of its option. */
  INVALID = 'invalid',
  /** A parameter, a dynamic reference or a transform decides. */
  UNKNOWN = 'unknown',
}

/** Stands among literals for a value that cannot be known. */
export const NOT_KNOWN = Symbol('not known');

/** Literal values that a property can take; `undefined` in the list is "absent". What is no literal of one word stands as JSON. */
export type Literals = ReadonlyArray<string | number | boolean | undefined | typeof NOT_KNOWN>;

/** Everything that a value can be at deployment; what cannot be known comes back as the function it is. */
export type Outcomes = (value: Json) => readonly Json[];

/** The blocks at `path`, each with its place: several where conditions, lists or entries make them. */
export function blockPlaces(
  properties: Json, path: readonly string[], spelling: Spelling = METADATA_OPTIONS, outcomes: Outcomes = outcomesOf,
): Place[] {
  const places = placesAt(properties, path);
  const { entry } = spelling;
  return entry ? places.flatMap((place) => entriesIn(place, entry, outcomes)) : places;
}

/** The block, or the block of each branch where a parent of it stands under a condition. */
export function blocksAt(properties: Json, path: readonly string[], spelling?: Spelling, outcomes?: Outcomes): Json[] {
  return blockPlaces(properties, path, spelling, outcomes).map(({ value }) => value);
}

/** Every stance that `block` can take. */
export function stancesOf(block: Json, outcomes: Outcomes = outcomesOf, spelling: Spelling = METADATA_OPTIONS): Set<Stance> {
  const stances = new Set<Stance>();
  for (const outcome of outcomesOf(block)) addStances(outcome, outcomes, spelling, stances);
  return stances;
}

function addStances(block: Json, outcomes: Outcomes, spelling: Spelling, stances: Set<Stance>): void {
  if (block === undefined || block === null || isNoValue(block)) return void stances.add(Stance.SILENT);
  if (!isStruct(block)) return void stances.add(isDynamicReference(block) ? Stance.UNKNOWN : Stance.INVALID);
  if (hasFunction(block)) return void stances.add(Stance.UNKNOWN);
  const tokens = literalsOf(block[spelling.tokens], outcomes);
  for (const endpoint of spelling.endpoint === undefined ? [undefined] : literalsOf(block[spelling.endpoint], outcomes)) {
    for (const token of tokens) stances.add(stance(token, endpoint, spelling));
  }
}

function stance(tokens: Literals[number], endpoint: Literals[number], spelling: Spelling): Stance {
  if (endpoint === 'disabled') return isInvalid(tokens, spelling.required, spelling.optional) ? Stance.INVALID : Stance.DISABLED;
  const said = String(tokens);
  if (said === String(spelling.required)) return Stance.REQUIRED;
  if (isInvalid(tokens, spelling.required, spelling.optional) || isInvalid(endpoint, ...ENDPOINT)) return Stance.INVALID;
  if (endpoint === NOT_KNOWN || tokens === NOT_KNOWN) return Stance.UNKNOWN;
  if (said === String(spelling.optional)) return Stance.OPTIONAL;
  return endpoint === undefined ? Stance.SILENT : Stance.ENABLED;
}

const ENDPOINT = ['enabled', 'disabled'] as const;

/** A literal is one of these words; CloudFormation takes a string for a number or a boolean, and the other way round. */
function isInvalid(value: Literals[number], ...valid: ReadonlyArray<string | number | boolean>): boolean {
  return value !== undefined && value !== NOT_KNOWN && !valid.some((one) => String(one) === String(value));
}

/** The literals in a block that are none of the values of their option, in words; a block that is none is said itself. */
export function invalidIn(block: Json, outcomes: Outcomes = outcomesOf, spelling: Spelling = METADATA_OPTIONS): string[] {
  const { tokens, required, optional, endpoint } = spelling;
  const options: Array<[string, ReadonlyArray<string | number | boolean>]> = [[tokens, [required, optional]]];
  if (endpoint !== undefined) options.push([endpoint, ENDPOINT]);
  return outcomesOf(block).flatMap((outcome) => {
    if (outcome === undefined || outcome === null || isNoValue(outcome) || isDynamicReference(outcome)) return [];
    if (!isStruct(outcome)) return [`${Array.isArray(outcome) ? 'a list' : JSON.stringify(outcome)} stands where ${tokens} is to be said`];
    if (hasFunction(outcome)) return [];
    return options.flatMap(([option, valid]) => literalsOf(outcome[option], outcomes).filter((value) => isInvalid(value, ...valid))
      .map((value) => `${option} is ${typeof value === 'string' ? `'${value}'` : String(value)}, and can be ${valid.map((one) => typeof one === 'string' ? `'${one}'` : String(one)).join(' or ')}`));
  });
}

/** The hop limits that `block` can say; `undefined` among them where it can say none. */
export function hopLimitsOf(block: Json, outcomes: Outcomes = outcomesOf, { hopLimit, endpoint }: Spelling = METADATA_OPTIONS): Literals {
  if (hopLimit === undefined) return [];
  return outcomesOf(block).flatMap((outcome): Literals => {
    if (outcome === undefined || isNoValue(outcome)) return [undefined];
    if (!isStruct(outcome) || hasFunction(outcome)) return [NOT_KNOWN];
    // A disabled endpoint answers nobody, however many hops away.
    if (endpoint !== undefined && outcome[endpoint] === 'disabled') return [];
    return literalsOf(outcome[hopLimit], outcomes).map((value) => isKnownLimit(value) ? Number(value) : value);
  });
}

function literalsOf(value: Json, outcomes: Outcomes): Literals {
  return [...new Set(outcomes(value).map(literalOf))];
}

function literalOf(value: Json): Literals[number] {
  if (value === undefined || value === null || isNoValue(value)) return undefined;
  if (isDynamicReference(value) || (isStruct(value) && hasFunction(value))) return NOT_KNOWN;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** How tokens become required and hop limits bounded; a pure description, so that report and edit cannot differ. */
export interface Requirement {
  /** False leaves `HttpTokens` as it is. */
  readonly tokens: boolean;
  /** Written where a block says none or a larger one; undefined leaves hop limits alone. */
  readonly hopLimit?: number;
  /** Written only into a block that says no hop limit while its tokens become required. */
  readonly hopLimitOnFlip?: number;
}

/** Marks a block that cannot be edited because its content is not known before deployment. */
export const CANNOT_KNOW = Symbol('cannot know');

/**
 * A resource's properties with the options at `path` as `requirement` wants them, through every condition on the way.
 *
 * The same object where nothing is to be done. Below a list only blocks that are there are edited.
 */
export function requireOptionsAt(
  properties: Json, path: readonly string[], requirement: Requirement, spelling: Spelling = METADATA_OPTIONS,
): Json | typeof CANNOT_KNOW {
  const require = spelling.entry ? requireEntry : requireOptions;
  return mapBlocksAt(properties, path, (block) => require(block, requirement, spelling));
}

/** Properties with the blocks at `path` mapped, through every condition on the way; the same object where no block changes. */
export function mapBlocksAt(
  value: Json, path: readonly string[], map: (block: Json) => Json | typeof CANNOT_KNOW, depth = 0,
): Json | typeof CANNOT_KNOW {
  if (depth === path.length) return map(value);
  const choice = ifBranches(value);
  if (choice) return mapBranches(value, choice, (branch) => mapBlocksAt(branch, path, map, depth));
  if (value === undefined || isNoValue(value)) {
    if (path.includes(EACH)) return value;
    const nothing = {};
    const wanted = mapBlocksAt(nothing, path, map, depth);
    return wanted === nothing ? value : wanted;
  }
  const key = path[depth];
  if (key === EACH && Array.isArray(value)) {
    const items = value.map((item) => mapBlocksAt(item, path, map, depth + 1));
    if (items.includes(CANNOT_KNOW)) return CANNOT_KNOW;
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isStruct(value) || hasFunction(value)) return CANNOT_KNOW;
  if (value[key] === undefined && path.includes(EACH)) return value;
  const wanted = mapBlocksAt(value[key], path, map, depth + 1);
  if (wanted === CANNOT_KNOW) return CANNOT_KNOW;
  return wanted === value[key] ? value : { ...value, [key]: wanted };
}

type Choice = NonNullable<ReturnType<typeof ifBranches>>;

function mapBranches(value: Json, choice: Choice, map: (branch: Json) => Json | typeof CANNOT_KNOW): Json | typeof CANNOT_KNOW {
  const branches = choice.branches.map(map);
  if (branches.includes(CANNOT_KNOW)) return CANNOT_KNOW;
  return branches.every((branch, i) => branch === choice.branches[i]) ? value : { 'Fn::If': [choice.condition, ...branches] };
}

/** The list with one entry that requires tokens, and all its others. */
function requireEntry(list: Json, requirement: Requirement, spelling: Spelling): Json | typeof CANNOT_KNOW {
  const choice = ifBranches(list);
  if (choice) return mapBranches(list, choice, (branch) => requireEntry(branch, requirement, spelling));
  const entries = entriesIn({ path: [], value: list }, spelling.entry!, outcomesOf);
  if (!requirement.tokens || entries.every(({ value }) => isAssured(value, spelling))) return list;
  if (list !== undefined && !isNoValue(list) && !Array.isArray(list)) return CANNOT_KNOW;
  const wanted = (block: Struct): Struct => ({ ...block, [spelling.tokens]: spelling.required });
  return withEntry(Array.isArray(list) ? list : [], spelling.entry!, wanted) ?? CANNOT_KNOW;
}

/**
 * The block as `requirement` wants it: the same value where nothing is to be done.
 *
 * A block whose endpoint is disabled is left alone: whether EC2 accepts tokens beside it is not documented.
 */
function requireOptions(block: Json, requirement: Requirement, spelling: Spelling): Json | typeof CANNOT_KNOW {
  if (block === undefined || block === null || isNoValue(block)) return requireStruct({}, requirement, spelling, block);
  const choice = ifBranches(block);
  if (choice) return mapBranches(block, choice, (branch) => requireOptions(branch, requirement, spelling));
  if (!isStruct(block) || hasFunction(block)) return CANNOT_KNOW;
  return requireStruct(block, requirement, spelling, block);
}

function requireStruct(block: Struct, requirement: Requirement, spelling: Spelling, unchanged: Json): Json {
  const { tokens, required, hopLimit, endpoint } = spelling;
  if (endpoint !== undefined && block[endpoint] === 'disabled') return unchanged;
  const flips = requirement.tokens && !isAssured(block, spelling);
  const limit = hopLimit === undefined ? undefined : block[hopLimit];
  const wanted = hopLimit === undefined ? undefined : boundHopLimit(limit, requirement, flips);
  if (!flips && wanted === limit) return unchanged;
  return {
    ...block,
    ...(flips ? { [tokens]: required } : {}),
    ...(hopLimit !== undefined && wanted !== limit ? { [hopLimit]: wanted } : {}),
  };
}

/** Whether every outcome of a block's conditions is safe. */
function isAssured(block: Json, spelling: Spelling): boolean {
  const { tokens, endpoint } = spelling;
  if (isStruct(block) && block[tokens] === undefined && (endpoint === undefined || block[endpoint] === undefined)) return false;
  for (const each of stancesOf(block, outcomesOf, spelling)) if (each !== Stance.REQUIRED && each !== Stance.DISABLED) return false;
  return true;
}

/** What is already required never gets a larger limit, and what says none may have 1 from its account or image. */
function boundHopLimit(limit: Json, requirement: Requirement, flips: boolean): Json {
  const { hopLimit, hopLimitOnFlip } = requirement;
  if (limit === undefined || isNoValue(limit)) {
    if (flips) return hopLimit ?? hopLimitOnFlip ?? limit;
    return requirement.tokens && hopLimit === 1 ? hopLimit : limit;
  }
  if (hopLimit === undefined) return limit;
  const choice = ifBranches(limit);
  if (choice) return mapBranches(limit, choice, (branch) => boundHopLimit(branch, requirement, flips));
  if (!isKnownLimit(limit)) return flips ? hopLimit : limit;
  return Number(limit) <= hopLimit ? limit : hopLimit;
}

function isKnownLimit(limit: Json): boolean {
  return typeof limit === 'number' || (typeof limit === 'string' && /^\d+$/.test(limit));
}
