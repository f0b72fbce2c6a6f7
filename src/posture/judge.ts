import { Posture, type Judgement } from './posture';
import type { World } from './world';
import { CATALOG } from '../launch-sources/catalog';
import type { LaunchSourceType, SourceReference } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { blocksAt, Stance, stancesOf } from '../launch-sources/metadata-options';
import { hasFunction, intrinsicOf, isNoValue, isStruct, type Json, type Struct } from '../private/json';

/** From the worst to the best: a group is as safe as the least safe of what it launches from. */
const WORST_FIRST = [Posture.OPTIONAL, Posture.CONDITIONAL, Posture.EXTERNAL, Posture.REQUIRED, Posture.DISABLED];

/**
 * The posture of one resource, or undefined where it is no launch source.
 *
 * Pure: everything it knows comes from `world`, so templates on disk and constructs before synthesis are judged alike.
 */
export function judge<R>(resource: R, world: World<R>, seen: ReadonlySet<R> = new Set()): Judgement | undefined {
  const { Type: type, Properties: properties = {} } = world.read(resource);
  const source = typeof type === 'string' ? CATALOG.get(type) : undefined;
  if (!source?.judged) return undefined;
  if (!isStruct(properties) || hasFunction(properties)) {
    return { posture: Posture.CONDITIONAL, path: 'Properties', reason: 'its properties are made by a transform at deployment' };
  }
  if (source.optionsPath && isPlainlyRequired(properties, source.optionsPath)) return plainlyRequired(source);
  const followed = (source.references?.(properties) ?? [])
    // A group under one condition has a template and under the other a policy; an instance may have no template at all.
    .filter((reference) => source.optionsPath !== undefined || !isNoValue(reference.target))
    .map((reference) => judgeReference(resource, reference, world, seen));
  return source.optionsPath
    ? judgeOptions(source, source.optionsPath, properties, world.allowedValues(resource), followed)
    : worst(followed) ?? {
      posture: Posture.EXTERNAL,
      path: 'Properties',
      reason: 'it names no launch template, launch configuration or instance that could be read',
    };
}

/** What nearly every launch source of an app that complies says, recognized before anything is weighed. */
function isPlainlyRequired(properties: Struct, path: readonly string[]): boolean {
  let value: Json = properties;
  for (let i = 0; i < path.length; i++) {
    if (!isStruct(value) || hasFunction(value)) return false;
    value = value[path[i]];
  }
  return isStruct(value) && value.HttpTokens === 'required' && value.HttpEndpoint === undefined && !hasFunction(value);
}

const PLAINLY_REQUIRED = new Map<LaunchSourceType, Judgement>();

function plainlyRequired(source: LaunchSourceType): Judgement {
  let judgement = PLAINLY_REQUIRED.get(source);
  if (!judgement) PLAINLY_REQUIRED.set(source, judgement = required(source.optionsPath!));
  return judgement;
}

function required(optionsPath: readonly string[]): Judgement {
  return { posture: Posture.REQUIRED, path: ['Properties', ...optionsPath, 'HttpTokens'].join('.'), reason: 'tokens are required' };
}

function judgeOptions(
  source: LaunchSourceType, optionsPath: readonly string[], properties: Struct,
  allowed: (name: string) => readonly string[] | undefined, followed: Judgement[],
): Judgement {
  const path = ['Properties', ...optionsPath].join('.');
  const block = blocksAt(properties, optionsPath);
  const stances = new Set(block.flatMap((value) => [...stancesOf(value, allowed)]));
  const inherited = followed.length === 0 ? undefined : combineOutcomes(followed);
  if (stances.has(Stance.SILENT) && inherited) {
    const says = block.some((value) => isStruct(value) && Object.keys(value).length > 0 && !intrinsicOf(value));
    if (stances.size === 1 && !says) return inherited;
    stances.delete(Stance.SILENT);
    if (inherited.posture === Posture.OPTIONAL) stances.add(Stance.OPTIONAL);
    else if (stances.size === 0 || !isSafe(inherited.posture)) stances.add(Stance.UNKNOWN);
  }
  const open = stances.has(Stance.OPTIONAL) || stances.has(Stance.SILENT);
  const safe = stances.has(Stance.REQUIRED) || stances.has(Stance.DISABLED);
  if (stances.has(Stance.UNKNOWN)) {
    return { posture: Posture.CONDITIONAL, path, reason: 'its value is not known before deployment' };
  }
  if (open && safe) return { posture: Posture.CONDITIONAL, path, reason: 'a condition decides whether tokens are required' };
  if (open) {
    return stances.has(Stance.OPTIONAL)
      ? { posture: Posture.OPTIONAL, path: `${path}.HttpTokens`, reason: 'tokens are optional' }
      : { posture: Posture.OPTIONAL, path, reason: `the ${source.name} says nothing about tokens` };
  }
  return stances.has(Stance.REQUIRED)
    ? required(optionsPath)
    : { posture: Posture.DISABLED, path: `${path}.HttpEndpoint`, reason: 'the metadata endpoint is disabled' };
}

function judgeReference<R>(from: R, reference: SourceReference, world: World<R>, seen: ReadonlySet<R>): Judgement {
  const path = ['Properties', ...reference.path].join('.');
  if (isNoValue(reference.target)) return { posture: Posture.OPTIONAL, path, reason: `under a condition it names no ${reference.to}` };
  if (reference.to === 'instance') {
    return { posture: Posture.EXTERNAL, path, reason: 'it copies a running instance, and what becomes of its metadata options is not documented' };
  }
  const outcomes = world.follow(from, reference).map((target): Judgement => {
    if (target.kind === 'external') {
      return { posture: Posture.EXTERNAL, path, reason: `the ${reference.to} ${target.name} is not part of this app` };
    }
    if (seen.has(target.resource)) return { posture: Posture.CONDITIONAL, path, reason: 'it refers to itself' };
    const judgement = judge(target.resource, world, new Set([...seen, from]));
    if (!judgement) return { posture: Posture.EXTERNAL, path, reason: `what it names is no ${reference.to}` };
    const version = reference.to === 'launch template' ? world.version(from, reference) : Version.LATEST;
    return version !== Version.LATEST && isSafe(judgement.posture)
      ? { posture: Posture.EXTERNAL, path: `${path}.Version`, reason: 'it asks for a version that an earlier deployment may have written' }
      : { ...judgement, path, reason: `follows its ${reference.to}: ${judgement.reason}` };
  });
  return combineOutcomes(outcomes);
}

/** Alternatives of which a condition chooses one: alike, or conditional. */
function combineOutcomes(outcomes: readonly Judgement[]): Judgement {
  if (outcomes.length === 1) return outcomes[0];
  const sorted = sortWorstFirst(outcomes);
  const [first] = sorted;
  const last = sorted[sorted.length - 1];
  return first.posture === last.posture || (isSafe(first.posture) && isSafe(last.posture)) || first.posture === Posture.EXTERNAL
    ? first
    : { posture: Posture.CONDITIONAL, path: first.path, reason: `a condition decides: ${first.reason}, or ${last.reason}` };
}

function worst(judgements: readonly Judgement[]): Judgement | undefined {
  return judgements.length > 1 ? sortWorstFirst(judgements)[0] : judgements[0];
}

function sortWorstFirst(judgements: readonly Judgement[]): Judgement[] {
  return [...judgements].sort((a, b) => WORST_FIRST.indexOf(a.posture) - WORST_FIRST.indexOf(b.posture));
}

export function isSafe(posture: Posture): boolean {
  return posture === Posture.REQUIRED || posture === Posture.DISABLED;
}
