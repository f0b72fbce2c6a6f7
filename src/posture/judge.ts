import { pathsTo, withDefaults, withDependencies } from './explain';
import { isPlainlyRequired, judgeOptions, plainlyRequired } from './judge-options';
import { Posture, type ChainLink, type Judgement } from './posture';
import { combine, isSafe, worst } from './weigh';
import type { Target, World } from './world';
import { CATALOG } from '../launch-sources/catalog';
import type { LaunchSourceType, SourceReference, SourceResource } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
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
  if (!source?.judged) return undefined;
  const judgement = judgeSource(source, body, resource, world);
  if (!world.judgements) return judgement;
  const kept = judgement.posture === Posture.CONDITIONAL && world.written
    ? withDefaults(judgement, judge(resource, world.written.underDefaults)!.posture)
    : judgement;
  world.judgements.set(resource, kept);
  return kept;
}

function sourceOf({ Type: type }: SourceResource): LaunchSourceType | undefined {
  return typeof type === 'string' ? CATALOG.get(type) : undefined;
}

function judgeSource<R>(source: LaunchSourceType, { Properties: properties = {} }: SourceResource, resource: R, world: World<R>): Judgement {
  if (!isStruct(properties) || hasFunction(properties)) {
    const made = { posture: Posture.CONDITIONAL, path: 'Properties', reason: 'its properties are made by a transform at deployment' };
    return withDependencies(made, resource, [[]], world);
  }
  const { optionsPath } = source;
  if (optionsPath) {
    return isPlainlyRequired(properties, optionsPath) ? plainlyRequired(source) : judgeOwn(source, optionsPath, properties, resource, world);
  }
  // A group under one condition has a template and under the other a policy.
  const references = (source.references?.(properties) ?? []).filter((reference) => !isNoValue(reference.target));
  return worst(references.map((reference) => judgeReference(resource, reference, world))) ?? {
    posture: Posture.EXTERNAL,
    path: 'Properties',
    reason: 'it names no launch template, launch configuration or instance that could be read',
  };
}

/** A launch source with options of its own, and perhaps a launch template whose options it inherits. */
function judgeOwn<R>(source: LaunchSourceType, optionsPath: readonly string[], properties: Struct, resource: R, world: World<R>): Judgement {
  const references = source.references?.(properties) ?? [];
  const inherited = references.length === 0 ? undefined : combine(references.map((reference) => judgeReference(resource, reference, world)));
  const { judgement, inherits } = judgeOptions(source, optionsPath, properties, world.outcomes(resource), inherited);
  const paths = [[...optionsPath, 'HttpTokens'], [...optionsPath, 'HttpEndpoint'], ...inherits ? references.flatMap(pathsTo) : []];
  return withDependencies(judgement, resource, paths, world);
}

function judgeReference<R>(from: R, reference: SourceReference, world: World<R>): Judgement {
  const path = ['Properties', ...reference.path].join('.');
  if (isNoValue(reference.target)) return { posture: Posture.OPTIONAL, path, reason: `under a condition it names no ${reference.to}` };
  if (reference.to === 'instance') {
    return { posture: Posture.EXTERNAL, path, reason: 'it copies a running instance, and what becomes of its metadata options is not documented' };
  }
  const outcomes = world.follow(from, reference).map((target) => judgeTarget(target, path, from, reference, world));
  return withDependencies(combine(outcomes), from, pathsTo(reference), world);
}

function judgeTarget<R>(target: Target<R>, path: string, from: R, reference: SourceReference, world: World<R>): Judgement {
  const { to } = reference;
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
  const version = to === 'launch template' ? world.version(from, reference) : Version.LATEST;
  return version !== Version.LATEST && isSafe(judgement.posture)
    ? { posture: Posture.EXTERNAL, path: `${path}.Version`, reason: 'it asks for a version that an earlier deployment may have written', chain }
    : { ...judgement, path, reason: `follows its ${to}: ${judgement.reason}`, chain };
}
