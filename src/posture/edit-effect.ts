import type { World } from './world';
import { editEffect } from '../launch-sources/effects';
import type { DeployEffect, LaunchSourceType, SourceResource } from '../launch-sources/launch-source';
import { isStruct } from '../private/json';

/** What an edit of a resource's own metadata options does, and what would make it cost less. */
export interface EditEffect {
  readonly effect: DeployEffect;
  readonly easedBy?: string;
}

/** Asked of a resource where it stands, because what it is created with has a say; undefined where its type has no options of its own. */
export function effectOfEdit<R>(resource: R, source: LaunchSourceType, world: World<R>): EditEffect | undefined {
  const body = world.read(resource);
  const named = createdWith(resource, source, body, world);
  const effect = editEffect(source, body, named);
  return effect && { effect, easedBy: source.easedBy?.(body, named) };
}

function createdWith<R>(resource: R, source: LaunchSourceType, { Properties: properties }: SourceResource, world: World<R>): SourceResource[] {
  if (!source.createdWith || !isStruct(properties)) return [];
  return source.createdWith(properties).flatMap((reference) => world.follow(resource, reference))
    .flatMap((target) => target.kind === 'resource' ? world.read(target.resource) : []);
}
