import type { CfnResource } from 'aws-cdk-lib';
import type { ConstructWorld } from './construct-world';
import type { LaunchIndex } from './launch-index';
import { camelCase, isMadeAnew, isPlain, overridesOf, sourceOf, typedProperty } from './resource-properties';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { embeddedScripts, mayBeEncoded } from '../posture/encoded-text';
import { codeLines } from '../posture/script-lines';
import { scriptText } from '../posture/script-text';
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
  [/^\s*\[?settings\.(ecs|kubernetes)\b/m, 'its user data configures Bottlerocket'],
];

/** Images that AWS builds to run containers, as SSM parameters or names spell them. */
const CONTAINER_IMAGES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\/aws\/service\/ecs\/|amzn2?-ami-ecs|al2023-ami-ecs|ecs-optimized|aws-ecs-/i, 'it uses an ECS optimized image'],
  [/\/aws\/service\/eks\/|amazon-eks-(node|al)|eks-optimized|\/bottlerocket\/aws-k8s/i, 'it uses an EKS optimized image'],
];

/** What any of the patterns needs to be found: nearly no user data has it, and most is looked at only this once. */
const WORTH_A_LOOK = /ecs|eks|settings\.kubernetes|bottlerocket|nodeadm|NodeConfig|bootstrap\.sh|kubelet|k3s|containerd|podman|nomad|docker/i;

/** What the instances of a launch source boot with. */
export interface Boot {
  /** The strings that user data and image are made of, in no order and comments included. */
  readonly userData: string[];
  readonly image: string[];
  /** The launch sources that hold them. */
  readonly from: CfnResource[];
}

/** Adds what this very launch source says to `boot`. */
export function readBoot(resource: CfnResource, source: LaunchSourceType, world: ConstructWorld, boot: Boot): Boot {
  boot.from.push(resource);
  if (!source.userDataPath && !source.imagePath) return boot;
  // What a class of somebody's own makes is read as it is written.
  const made = isMadeAnew(resource, source) ? world.readWhole(resource).Properties : undefined;
  if (source.userDataPath) gather(resource, source.userDataPath, made, world, boot.userData);
  if (source.imagePath) gather(resource, source.imagePath, made, world, boot.image);
  return boot;
}

/** Why the instances of this launch source run containers, or undefined where nothing says so. */
export function containerHostReason(
  resource: CfnResource, source: LaunchSourceType, boot: Boot, world: ConstructWorld, index: () => LaunchIndex,
): string | undefined {
  if (source.containerHost) return source.containerHost;
  // Nothing can point to a source that has no name, so no index is needed for it.
  const used = source.nameProperty ? usedByContainerService(resource, index()) : undefined;
  if (used) return used;
  if (boot.image.some(worthALook)) {
    const match = CONTAINER_IMAGES.find(([pattern]) => boot.image.some((text) => pattern.test(text)));
    if (match) return match[1];
  }
  if (!boot.userData.some(worthALook)) return undefined;
  const commands = boot.from.map((one) => commandsOf(one, world)).join('\n');
  return STARTS_CONTAINERS.find(([pattern]) => pattern.test(commands))?.[1];
}

function worthALook(text: string): boolean {
  return WORTH_A_LOOK.test(text) || mayBeEncoded(text);
}

/** The commands of the user data, decoded and without its comments. */
function commandsOf(resource: CfnResource, world: ConstructWorld): string {
  const path = sourceOf(resource)?.userDataPath;
  const { text } = scriptText(path && valueAt(world.readable(resource).Properties, path));
  const lines = [text, ...embeddedScripts(text).texts].flatMap(codeLines);
  return lines.map(({ commands }) => commands.map(({ pieces }) => pieces.map((piece) => piece.text).join('')).join('\n')).join('\n');
}

function usedByContainerService(resource: CfnResource, index: LaunchIndex, depth = 0): string | undefined {
  for (const { resource: follower } of index.followersOf(resource)) {
    const reason = sourceOf(follower)?.containerHost ?? (depth < 2 ? usedByContainerService(follower, index, depth + 1) : undefined);
    if (reason) return reason;
  }
  return undefined;
}

function gather(resource: CfnResource, path: readonly string[], made: Json, world: ConstructWorld, into: string[]): void {
  const typed = made === undefined ? typedAt(resource, path) : valueAt(made, path);
  if (typed !== undefined && typed !== null) world.tokens.strings(typed, resource, into);
  const overrides = overridesOf(resource).Properties;
  if (overrides !== undefined) world.tokens.strings(valueAt(overrides, path), resource, into);
}

function typedAt(resource: CfnResource, [top, below]: readonly string[]): Json {
  const value = typedProperty(resource, top);
  return below === undefined || !isPlain(value) ? value : value[camelCase(below)] ?? value[below];
}
