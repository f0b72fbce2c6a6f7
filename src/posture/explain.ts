import { Posture, type Dependency, type Judgement } from './posture';
import type { World } from './world';
import type { SourceReference } from '../launch-sources/launch-source';

/** A judgement, and if it is conditional what decides about the values at `paths` of the resource, ahead of what decides beyond it. */
export function withDependencies<R>(judgement: Judgement, resource: R, paths: ReadonlyArray<readonly string[]>, world: World<R>): Judgement {
  const { written } = world;
  if (judgement.posture !== Posture.CONDITIONAL || !written) return judgement;
  const dependencies = new Map<string, Dependency>();
  for (const each of [...paths.flatMap((path) => written.dependencies(resource, path)), ...judgement.dependsOn ?? []]) {
    dependencies.set(`${each.kind} ${each.name}`, each);
  }
  const { dependsOn: _, ...rest } = judgement;
  return dependencies.size === 0 ? rest : { ...rest, dependsOn: [...dependencies.values()] };
}

/** A conditional judgement with its outcome under the defaults; what they leave conditional is not decided by them. */
export function withDefaults(judgement: Judgement, outcome: Posture | undefined): Judgement {
  const { underDefaults: _, ...rest } = judgement;
  return outcome === undefined || outcome === Posture.CONDITIONAL ? rest : { ...rest, underDefaults: outcome };
}

/** Where below `Properties` a reference says what it leads to. */
export function pathsTo({ path, keys }: SourceReference): string[][] {
  return keys ? keys.map((key) => [...path, key]) : [[...path]];
}
