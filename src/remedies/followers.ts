import { launchSourceOf } from '../launch-sources/catalog';
import { newVersionEffect } from '../launch-sources/effects';
import type { DeployEffect, LaunchSourceType, SourceReference } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import type { TemplateResource, TemplateWorld } from '../posture/template-world';
import { hasFunction, isStruct, type Struct } from '../private/json';

/** A launch source of a template, as far as its remedy needs to know it. */
export interface RemedySubject {
  readonly resource: TemplateResource;
  readonly source: LaunchSourceType;
  /** Empty where the properties could not be read. */
  readonly properties: Struct;
  readonly world: TemplateWorld;
}

/** One step from a launch source to what it launches from. */
export interface Followed {
  readonly reference: SourceReference;
  readonly version: Version;
  /** Undefined where it is not part of the templates. */
  readonly target: TemplateResource | undefined;
}

/** A resource that names a launch source, and what becomes of it when that changes. */
export interface Follower {
  /** False where it asks for a version that a change does not move. */
  readonly moves: boolean;
  readonly resource: TemplateResource;
  readonly source: LaunchSourceType;
  readonly effect: DeployEffect;
}

export function followedTemplates({ resource, source, properties, world }: RemedySubject): Followed[] {
  return (source.references?.(properties) ?? []).flatMap((reference) => {
    const version = reference.to === 'launch template' ? world.version(resource, reference) : Version.LATEST;
    return world.follow(resource, reference).map((target) => ({
      reference, version, target: target.kind === 'resource' ? target.resource : undefined,
    }));
  });
}

/** Gathered once for the templates that are judged together. */
const FOLLOWERS = new WeakMap<TemplateWorld, ReadonlyMap<TemplateResource, readonly Follower[]>>();

/** Everything in the templates that moves with a launch source. */
export function followersOf(target: TemplateResource, world: TemplateWorld): readonly Follower[] {
  return usersOf(target, world).filter(({ moves }) => moves);
}

/** Everything in the templates that launches from a launch source, whatever version it asks for. */
export function usersOf(target: TemplateResource, world: TemplateWorld): readonly Follower[] {
  let followers = FOLLOWERS.get(world);
  if (!followers) FOLLOWERS.set(world, followers = gather(world));
  return followers.get(target) ?? [];
}

function gather(world: TemplateWorld): Map<TemplateResource, Follower[]> {
  const followers = new Map<TemplateResource, Follower[]>();
  for (const resource of world.resources()) {
    const source = launchSourceOf(resource.body.Type);
    const { Properties: properties } = resource.body;
    if (!source?.references || !isStruct(properties) || hasFunction(properties)) continue;
    for (const { reference, version, target } of followedTemplates({ resource, source, properties, world })) {
      if (!target) continue;
      const moves = version !== Version.PINNED;
      const list = followers.get(target) ?? [];
      // A group may name one template several times.
      if (list.some((known) => known.resource === resource && (known.moves || !moves))) continue;
      list.push({ resource, source, moves, effect: newVersionEffect(source, resource.body, reference) });
      followers.set(target, list);
    }
  }
  return followers;
}
