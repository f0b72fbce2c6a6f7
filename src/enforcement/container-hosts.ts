import type { CfnResource } from 'aws-cdk-lib';
import type { ConstructWorld } from './construct-world';
import type { LaunchIndex } from './launch-index';
import { camelCase, isMadeAnew, isPlain, overridesOf, sourceOf, typedProperty, typeOf } from './resource-properties';
import { userDataPathsOf } from '../launch-sources/boot-scripts';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { EACH } from '../launch-sources/places';
import { userDataIn } from '../posture/boot-text';
import { containerImageAmong, containersStartedBy, mayStartContainers } from '../posture/container-runtime';
import { isStruct, type Json, type Struct } from '../private/json';

/** What one resource says of what instances boot with. */
export interface Boot {
  readonly resource: CfnResource;
  /** The strings that user data and image are made of, in no order and comments included. */
  readonly userData: readonly string[];
  readonly image: readonly string[];
}

/** What this very resource says. */
export function bootOf(resource: CfnResource, world: ConstructWorld): Boot {
  const source = sourceOf(resource);
  const paths = userDataPathsOf(typeOf(resource));
  if (paths.length === 0 && !source?.imagePath) return { resource, userData: [], image: [] };
  // What a class of somebody's own makes is read as it is written, and so is what launches nothing itself.
  const made = !source || isMadeAnew(resource, source) ? world.readWhole(resource).Properties : undefined;
  return {
    resource,
    userData: paths.flatMap((path) => stringsAt(resource, path, made, world)),
    image: source?.imagePath ? stringsAt(resource, source.imagePath, made, world) : [],
  };
}

/** Why the instances of this launch source run containers, or undefined where nothing says so. */
export function containerHostReason(
  resource: CfnResource, source: LaunchSourceType, boots: readonly Boot[], world: ConstructWorld, index: () => LaunchIndex,
): string | undefined {
  if (source.containerHost) return source.containerHost;
  // Nothing can point to a source that has no name, so no index is needed for it.
  const used = source.nameProperty ? usedByContainerService(resource, index()) : undefined;
  if (used) return used;
  const image = containerImageAmong(boots.flatMap(({ image: images }) => images));
  if (image) return image;
  return containersStartedBy(boots.filter(({ userData }) => userData.some(mayStartContainers)).flatMap((boot) => scriptsOf(boot, world)));
}

function scriptsOf({ resource }: Boot, world: ConstructWorld): string[] {
  const { Type: type, Properties: properties } = world.readable(resource);
  return userDataIn(type, properties);
}

function usedByContainerService(resource: CfnResource, index: LaunchIndex, depth = 0): string | undefined {
  for (const { resource: follower } of index.followersOf(resource)) {
    const reason = sourceOf(follower)?.containerHost ?? (depth < 2 ? usedByContainerService(follower, index, depth + 1) : undefined);
    if (reason) return reason;
  }
  return undefined;
}

function stringsAt(resource: CfnResource, [top, ...below]: readonly string[], made: Json, world: ConstructWorld): string[] {
  const into: string[] = [];
  const typed = made === undefined ? typedProperty(resource, top) : isStruct(made) ? made[top] : undefined;
  const overrides = overridesOf(resource).Properties;
  for (const value of [typed, isStruct(overrides) ? overrides[top] : undefined]) {
    for (const found of valuesAt(value, below)) world.tokens.strings(found, resource, into);
  }
  return into;
}

/** What stands at a path, in the spelling of an L1 or of CloudFormation; where a token hides what lies below it, the token. */
function valuesAt(value: Json, path: readonly string[]): Json[] {
  if (value === undefined || value === null) return [];
  if (path.length === 0) return [value];
  const [key, ...below] = path;
  const isList = Array.isArray(value);
  if (!isPlain(value) && !(isList && value.every(isPlain))) return [value];
  // An override names the items of a list as it names members.
  if (key === EACH) return Object.values(value).flatMap((item) => valuesAt(item, below));
  return isList ? [] : valuesAt((value as Struct)[camelCase(key)] ?? (value as Struct)[key], below);
}
