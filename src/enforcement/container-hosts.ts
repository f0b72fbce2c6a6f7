import type { CfnResource } from 'aws-cdk-lib';
import { camelCase, isPlain, overridesOf, sourceOf, typedProperty, type ConstructWorld } from './construct-world';
import type { LaunchIndex } from './launch-index';
import { valueAt, type Json } from '../private/json';

/** What starts a container runtime or joins a cluster, as user data says it. */
const STARTS_CONTAINERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bECS_CLUSTER\b/, 'its user data sets ECS_CLUSTER'],
  [/\bnodeadm\b|\bkind:\s*NodeConfig\b/, 'its user data runs nodeadm'],
  [/\/etc\/eks\/bootstrap\.sh|\bbootstrap\.sh\b/, 'its user data runs bootstrap.sh'],
  [/\bkubelet\b/, 'its user data starts kubelet'],
  [/\bk3s\b/, 'its user data starts k3s'],
  [/\bcontainerd\b/, 'its user data starts containerd'],
  [/\bpodman\b/, 'its user data starts podman'],
  [/\bnomad\b/i, 'its user data starts Nomad'],
  [/\bdocker\b/i, 'its user data starts Docker'],
];

/** Images that AWS builds to run containers, as SSM parameters or names spell them. */
const CONTAINER_IMAGES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\/aws\/service\/ecs\/|amzn2?-ami-ecs|al2023-ami-ecs|ecs-optimized|aws-ecs-/i, 'it uses an ECS optimized image'],
  [/\/aws\/service\/eks\/|amazon-eks-(node|al)|eks-optimized|\/bottlerocket\/aws-k8s/i, 'it uses an EKS optimized image'],
];

const COMMENT_LINES = /^\s*#(?!!).*$/gm;

/** The properties, of whichever type, that hold what an instance boots with. */
const BOOTS_WITH = [['UserData'], ['ImageId'], ['LaunchTemplateData', 'UserData'], ['LaunchTemplateData', 'ImageId']];

/** Everything a launch source boots with, as the strings it is made of. */
export function bootStrings(resource: CfnResource, world: ConstructWorld): string[] {
  const overrides = overridesOf(resource).Properties;
  return BOOTS_WITH.flatMap((path) => [
    ...world.strings(typedAt(resource, path), resource),
    ...world.strings(valueAt(overrides, path), resource),
  ]);
}

/** Why the instances of this launch source run containers, or undefined where nothing says so. */
export function containerHostReason(resource: CfnResource, strings: readonly string[], index: () => LaunchIndex): string | undefined {
  // Nothing can point to a source that has no name, so no index is needed for it.
  const used = sourceOf(resource)?.nameProperty ? usedByContainerService(resource, index()) : undefined;
  return used
    ?? firstMatch(CONTAINER_IMAGES, strings)
    ?? firstMatch(STARTS_CONTAINERS, strings);
}

function usedByContainerService(resource: CfnResource, index: LaunchIndex, depth = 0): string | undefined {
  for (const { resource: follower } of index.followersOf(resource)) {
    const reason = sourceOf(follower)?.containerHost ?? (depth < 2 ? usedByContainerService(follower, index, depth + 1) : undefined);
    if (reason) return reason;
  }
  return undefined;
}

function firstMatch(patterns: ReadonlyArray<readonly [RegExp, string]>, strings: readonly string[]): string | undefined {
  return patterns.find(([pattern]) => strings.some((text) => pattern.test(text.replace(COMMENT_LINES, ''))))?.[1];
}

function typedAt(resource: CfnResource, [top, below]: readonly string[]): Json {
  const value = typedProperty(resource, top);
  return below === undefined || !isPlain(value) ? value : value[camelCase(below)] ?? value[below];
}
