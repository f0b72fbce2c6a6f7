import { hasFunction, isNoValue, isStruct, outcomesOf, type Json } from '../private/json';

/** In a path, every item of a list. */
export const EACH = '*';

/** A value below a resource's properties, and where it stands. */
export interface Place {
  readonly path: readonly string[];
  readonly value: Json;
}

/**
 * What stands at `path`, through every condition on the way: undefined where a condition or a list's item has none.
 *
 * A function that stands in the place of members comes back itself, because they cannot be read.
 */
export function placesAt(value: Json, path: readonly string[], at: readonly string[] = []): Place[] {
  // Nearly everything stands plainly where the path says.
  let plain = value;
  let depth = 0;
  while (depth < path.length && path[depth] !== EACH && isStruct(plain) && !hasFunction(plain)) plain = plain[path[depth++]];
  if (depth === path.length) return [{ path: [...at, ...path], value: plain }];
  if (depth > 0) return placesAt(plain, path.slice(depth), [...at, ...path.slice(0, depth)]);
  const [step, ...rest] = path;
  return outcomesOf(value).map(documentIn).flatMap((outcome): Place[] => {
    if (isStruct(outcome) && hasFunction(outcome) && !isNoValue(outcome)) return [{ path: at, value: outcome }];
    if (step === EACH) return Array.isArray(outcome) ? outcome.flatMap((item, i) => placesAt(item, rest, [...at, String(i)])) : [];
    return placesAt(isStruct(outcome) && !isNoValue(outcome) ? outcome[step] : undefined, rest, [...at, step]);
  });
}

/** The document in a string of JSON, which CloudFormation takes as well as the document itself. */
function documentIn(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether a value, under one of its conditions, is not there. */
export function mayBeAbsent(value: Json): boolean {
  return outcomesOf(value).some((outcome) => outcome === undefined || outcome === null || isNoValue(outcome));
}
