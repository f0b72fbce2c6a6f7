import { followersOf, type RemedySubject } from './followers';

/** Why the instances of a launch source run containers, as far as the templates tell. */
export function hostOf({ resource, source, world }: Pick<RemedySubject, 'resource' | 'source' | 'world'>, depth = 0): string | undefined {
  if (source.containerHost || depth > 2) return source.containerHost;
  for (const follower of followersOf(resource, world)) {
    const reason = hostOf({ ...follower, world }, depth + 1);
    if (reason) return reason;
  }
  return undefined;
}
