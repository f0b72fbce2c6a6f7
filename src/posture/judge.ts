import { pathsTo, withDefaults, withDependencies } from './explain';
import { isPlainlyRequired, judgeOptions, plainlyRequired } from './judge-options';
import { Posture, type ChainLink, type Judgement } from './posture';
import { combine, isSafe, worst } from './weigh';
import type { Target, World } from './world';
import { isIdle, launchSourceOf } from '../launch-sources/catalog';
import type { LaunchSourceType, Part, SourceReference, SourceResource } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { blockPlaces, Stance, stancesOf, type Outcomes } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import type { Place } from '../launch-sources/places';
import { hasFunction, isNoValue, isStruct, type Json, type Struct } from '../private/json';

export { isSafe } from './weigh';

/**
 * The posture of one resource, or undefined where it is no launch source.
 *
 * Pure: everything it knows comes from `world`, so templates on disk and constructs before synthesis are judged alike.
 */
export function judge<R>(resource: R, world: World<R>): Judgement | undefined {
  return world.judgements?.get(resource) ?? judgeAs(world.read(resource), resource, world);
}

function judgeAs<R>(body: SourceResource, resource: R, world: World<R>): Judgement | undefined {
  const source = sourceOf(body);
  const judgement = source && judgeSource(source, body, resource, world);
  if (!judgement || !world.judgements) return judgement;
  const kept = judgement.posture === Posture.CONDITIONAL && world.written
    ? withDefaults(judgement, judge(resource, world.written.underDefaults)?.posture)
    : judgement;
  world.judgements.set(resource, kept);
  return kept;
}

function sourceOf(body: SourceResource): LaunchSourceType | undefined {
  return isIdle(body) ? undefined : launchSourceOf(body.Type);
}

function judgeSource<R>(
  source: LaunchSourceType, { Properties: properties = {}, 'Fn::Transform': beside }: SourceResource, resource: R, world: World<R>,
): Judgement | undefined {
  const made = { posture: Posture.CONDITIONAL, path: 'Properties', reason: 'its properties are made by a transform at deployment' };
  // A transform may change everything that stands beside it.
  if (beside !== undefined) return made;
  if (!isStruct(properties) || hasFunction(properties)) return withDependencies(made, resource, [[]], world);
  const { optionsPath } = source;
  if (optionsPath && isPlainlyRequired(properties, optionsPath, source)) return plainlyRequired(source);
  const outcomes = world.outcomes(resource);
  if (source.launches?.(properties, outcomes) === false) return undefined;
  if (optionsPath && !source.parts) {
    const blocks = blockPlaces(properties, optionsPath, source.spelling, outcomes);
    return judgeOwn(source, optionsPath, blocks, source.references?.(properties) ?? [], resource, world, source.requiredBySilence?.(properties));
  }
  const together = source.parts
    ? [...source.parts(properties, outcomes).map((part) => judgePart(source, part, resource, world)), ...judgeGaps(source, properties)]
    : judgeByService(source, properties) ?? judgeFollowed(source, properties, resource, world);
  return worst(together) ?? {
    posture: Posture.EXTERNAL,
    path: 'Properties',
    reason: 'it names no launch template, launch configuration or instance that could be read',
  };
}

/** A launch source without options of its own, whose service requires tokens by itself. */
function judgeByService(source: LaunchSourceType, properties: Struct): Judgement[] | undefined {
  const reason = source.requiredBySilence?.(properties);
  return reason === undefined ? undefined : [{ posture: Posture.REQUIRED, path: 'Properties', reason }];
}

/** One way in which it launches; where only the deployment tells whether its options count, with them or without. */
function judgePart<R>(source: LaunchSourceType, { options, references, taken }: Part, resource: R, world: World<R>): Judgement {
  const by = (value: Json) => judgeOwn(source, options.path, [{ ...options, value }], references, resource, world);
  if (!taken) return by(options.value);
  const { counts, decidedAt } = taken;
  if (counts !== undefined) return by(counts ? options.value : undefined);
  return withDependencies(combine([by(options.value), by(undefined)]), resource, [decidedAt], world);
}

function judgeGaps(source: LaunchSourceType, properties: Struct): Judgement[] {
  return (source.gaps?.(properties) ?? []).map(({ path, reason, settable }) =>
    ({ posture: settable ? Posture.OPTIONAL : Posture.UNSETTABLE, path: ['Properties', ...path].join('.'), reason }));
}

/** A launch source without options of its own: what it points to decides, and where it points to nothing nobody does. */
function judgeFollowed<R>(source: LaunchSourceType, properties: Struct, resource: R, world: World<R>): Judgement[] {
  // A group under one condition has a template and under the other a policy.
  const references = (source.references?.(properties) ?? []).filter((reference) => !isNoValue(reference.target));
  return [...references.map((reference) => judgeReference(resource, reference, world)), ...judgeGaps(source, properties)];
}

/** A launch source with options of its own, and perhaps a launch template whose options it inherits. */
function judgeOwn<R>(
  source: LaunchSourceType, path: readonly string[], blocks: readonly Place[], references: readonly SourceReference[], resource: R, world: World<R>,
  bySilence?: string,
): Judgement {
  const { tokens, endpoint } = source.spelling ?? METADATA_OPTIONS;
  const follow = (onlyTokens: boolean) => combine(references.map((reference) => judgeReference(resource, reference, world, onlyTokens)));
  const inherited = references.length === 0 ? undefined : { all: follow(false), tokens: () => follow(true) };
  const created = source.createdWith?.(propertiesOf(resource, world)) ?? [];
  const { judgement, inherits } = judgeOptions(source, path, blocks.map(({ value }) => value), world.outcomes(resource), inherited, bySilence);
  // The branches of a condition stand at one place.
  const own = [...new Map(blocks.map((place) => [place.path.join('.'), place.path])).values()]
    .flatMap((at) => [[...at, tokens], ...endpoint === undefined ? [] : [[...at, endpoint]]]);
  const judged = withDependencies(judgement, resource, [...own, ...inherits ? references.flatMap(pathsTo) : []], world);
  if (created.length === 0 || !isSilent(blocks, source, world.outcomes(resource))) return judged;
  return worst(created.map((reference) => judgeCreation(resource, source, reference, world)))!;
}

function propertiesOf<R>(resource: R, world: World<R>): Struct {
  const { Properties: properties } = world.read(resource);
  return isStruct(properties) ? properties : {};
}

/** Whether a launch source, under one of its conditions, says nothing of tokens, and nothing that is not safe. */
function isSilent(blocks: readonly Place[], source: LaunchSourceType, outcomes: Outcomes): boolean {
  const stances = new Set(blocks.flatMap(({ value }) => [...stancesOf(value, outcomes, source.spelling)]));
  return stances.has(Stance.SILENT) && [...stances].every((stance) => stance === Stance.SILENT || stance === Stance.REQUIRED);
}

/** What says nothing itself is created with the settings of what it names, which do not reach it again when they change. */
function judgeCreation<R>(from: R, source: LaunchSourceType, reference: SourceReference, world: World<R>): Judgement {
  const judgement = judgeReference(from, reference, world);
  const { to } = reference;
  if (judgement.posture === Posture.OPTIONAL) return { ...judgement, reason: `the ${source.name} says nothing about tokens, nor requires them by its ${to}` };
  const reason = isSafe(judgement.posture)
    ? `its ${to} requires tokens where the ${source.name} is created, and whether one that exists takes them up is not documented`
    : `it says nothing about tokens, and is created with a ${to} of which that is not known`;
  return { ...judgement, posture: Posture.CONDITIONAL, reason };
}

/** @param onlyTokens whether something else decides about the endpoint. */
function judgeReference<R>(from: R, reference: SourceReference, world: World<R>, onlyTokens = false): Judgement {
  const path = ['Properties', ...reference.path].join('.');
  if (isNoValue(reference.target)) return { posture: Posture.OPTIONAL, path, reason: `under a condition it names no ${reference.to}` };
  if (reference.to === 'instance') {
    return { posture: Posture.EXTERNAL, path, reason: 'it copies a running instance, and what becomes of its metadata options is not documented' };
  }
  const version = reference.to === 'launch template' ? world.version(from, reference) : Version.LATEST;
  const outcomes = world.follow(from, reference).map((target) => judgeTarget(target, path, reference, version, world, onlyTokens));
  return withDependencies(combine(outcomes), from, pathsTo(reference), world);
}

function judgeTarget<R>(
  target: Target<R>, path: string, { to }: SourceReference, version: Version, world: World<R>, onlyTokens: boolean,
): Judgement {
  if (target.kind === 'external') {
    const chain = [{ path, external: target.name }];
    return target.undecided
      ? { posture: Posture.CONDITIONAL, path, reason: `a loop decides which ${to} it names`, chain }
      : { posture: Posture.EXTERNAL, path, reason: `the ${to} ${target.name} is not part of this app`, chain };
  }
  const { resource } = target;
  const link: ChainLink[] = world.written ? [{ path, ...world.written.addressOf(resource) }] : [];
  const body = world.read(resource);
  // A launch source of another type cannot be launched from, whatever its own options say.
  const source = sourceOf(body);
  const judgement = source?.name !== to ? undefined
    : onlyTokens ? judgeSource(withoutEndpoint(source), body, resource, world)
      : world.judgements?.get(resource) ?? judgeAs(body, resource, world);
  if (!judgement) return { posture: Posture.EXTERNAL, path, reason: `what it names is no ${to}`, chain: link };
  const chain = [...link, ...judgement.chain ?? []];
  return version !== Version.LATEST && isSafe(judgement.posture)
    ? { posture: Posture.EXTERNAL, path: `${path}.Version`, reason: 'it asks for a version that an earlier deployment may have written', chain }
    : { ...judgement, path, reason: `follows its ${to}: ${judgement.reason}`, chain };
}

const TOKENS_ONLY = new Map<LaunchSourceType, LaunchSourceType>();

/** The type as one that has no endpoint to turn off; one object for each type. */
function withoutEndpoint(source: LaunchSourceType): LaunchSourceType {
  let only = TOKENS_ONLY.get(source);
  if (!only) {
    const { endpoint: _, ...spelling } = source.spelling ?? METADATA_OPTIONS;
    TOKENS_ONLY.set(source, only = { ...source, spelling });
  }
  return only;
}
