import { blocksAt } from '../../launch-sources/metadata-options';
import { ifBranches, isNoValue, type Json, type Struct } from '../../private/json';

/** What can stand at `path` once conditions are decided; undefined among it where it can be absent. */
export function outcomesAt(properties: Struct, path: readonly string[]): Json[] {
  return blocksAt(properties, path).flatMap(outcomesOf);
}

function outcomesOf(value: Json): Json[] {
  const choice = ifBranches(value);
  if (choice) return choice.branches.flatMap(outcomesOf);
  return [isNoValue(value) ? undefined : value];
}
