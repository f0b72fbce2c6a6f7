import { pathsTo, withDefaults, withDependencies } from './explain';
import { isPlainlyRequired, judgeOptions, plainlyRequired } from './judge-options';
import { Posture, type ChainLink, type Judgement } from './posture';
import { combine, isSafe, worst } from './weigh';
import type { Target, World } from './world';
import { isIdle, launchSourceOf } from '../launch-sources/catalog';
import type { LaunchSourceType, SourceReference, SourceResource } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { blockPlaces } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import type { Place } from '../launch-sources/places';
import { hasFunction, isNoValue, isStruct, type Struct } from '../private/json';

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
    return judgeOwn(source, optionsPath, blocks, source.references?.(properties) ?? [], resource, world);
  }
  const together = source.parts
    ? [
      ...source.parts(properties).map(({ options, references }) => judgeOwn(source, options.path, [options], references, resource, world)),
      ...judgeGaps(source, properties),
    ]
    : judgeFollowed(source, properties, resource, world);
  return worst(together) ?? {
    posture: Posture.EXTERNAL,
    path: 'Properties',
    reason: 'it names no launch template, launch configuration or instance that could be read',
  };
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
): Judgement {
  const { tokens, endpoint } = source.spelling ?? METADATA_OPTIONS;
  const inherited = references.length === 0 ? undefined : combine(references.map((reference) => judgeReference(resource, reference, world)));
  const { judgement, inherits } = judgeOptions(source, path, blocks.map(({ value }) => value), world.outcomes(resource), inherited);
  // The branches of a condition stand at one place.
  const own = [...new Map(blocks.map((place) => [place.path.join('.'), place.path])).values()]
    .flatMap((at) => [[...at, tokens], ...endpoint === undefined ? [] : [[...at, endpoint]]]);
  return withDependencies(judgement, resource, [...own, ...inherits ? references.flatMap(pathsTo) : []], world);
}

function judgeReference<R>(from: R, reference: SourceReference, world: World<R>): Judgement {
  const path = ['Properties', ...reference.path].join('.');
  if (isNoValue(reference.target)) return { posture: Posture.OPTIONAL, path, reason: `under a condition it names no ${reference.to}` };
  if (reference.to === 'instance') {
    return { posture: Posture.EXTERNAL, path, reason: 'it copies a running instance, and what becomes of its metadata options is not documented' };
  }
  const version = reference.to === 'launch template' ? world.version(from, reference) : Version.LATEST;
  const outcomes = world.follow(from, reference).map((target) => judgeTarget(target, path, reference, version, world));
  return withDependencies(combine(outcomes), from, pathsTo(reference), world);
}

function judgeTarget<R>(target: Target<R>, path: string, { to }: SourceReference, version: Version, world: World<R>): Judgement {
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
  const judgement = sourceOf(body)?.name === to ? world.judgements?.get(resource) ?? judgeAs(body, resource, world) : undefined;
  if (!judgement) return { posture: Posture.EXTERNAL, path, reason: `what it names is no ${to}`, chain: link };
  const chain = [...link, ...judgement.chain ?? []];
  return version !== Version.LATEST && isSafe(judgement.posture)
    ? { posture: Posture.EXTERNAL, path: `${path}.Version`, reason: 'it asks for a version that an earlier deployment may have written', chain }
    : { ...judgement, path, reason: `follows its ${to}: ${judgement.reason}`, chain };
}
