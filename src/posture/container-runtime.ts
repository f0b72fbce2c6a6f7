import { embeddedScripts, mayBeEncoded } from './encoded-text';
import { codeLines } from './script-lines';

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

/** Whether a part of what an instance boots with may start containers, or hides what it holds. */
export function mayStartContainers(text: string): boolean {
  return WORTH_A_LOOK.test(text) || mayBeEncoded(text);
}

/** Why instances of these images run containers, or undefined where no name says so. */
export function containerImageAmong(images: readonly string[]): string | undefined {
  return images.some(mayStartContainers) ? CONTAINER_IMAGES.find(([pattern]) => images.some((text) => pattern.test(text)))?.[1] : undefined;
}

/** Why instances that boot with these scripts run containers: by their commands, decoded and without comments. */
export function containersStartedBy(scripts: readonly string[]): string | undefined {
  const lines = scripts.filter(mayStartContainers).flatMap((text) => [text, ...embeddedScripts(text).texts]).flatMap(codeLines);
  const commands = lines.map((line) => line.commands.map(({ pieces }) => pieces.map((piece) => piece.text).join('')).join('\n')).join('\n');
  return STARTS_CONTAINERS.find(([pattern]) => pattern.test(commands))?.[1];
}
