/** CloudFormation JSON: what the library reads and writes, and the few questions it keeps asking of it. */

export type Json = unknown;
export interface Struct { readonly [key: string]: Json }

/** A plain JSON object: intrinsics are structs too. */
export function isStruct(value: Json): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of the intrinsic function that `value` is a call of, such as `Ref` or `Fn::If`. */
export function intrinsicOf(value: Json): string | undefined {
  if (!isStruct(value)) return undefined;
  let only: string | undefined;
  for (const key in value) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only !== undefined && (only === 'Ref' || only.startsWith('Fn::')) ? only : undefined;
}

/** The function and the argument of `{ "Fn::X": argument }` or `{ Ref: name }`. */
export function callOf(value: Json): { readonly name: string; readonly argument: Json } | undefined {
  const name = intrinsicOf(value);
  return name === undefined ? undefined : { name, argument: (value as Struct)[name] };
}

/** Whether an intrinsic function stands in the place of members, or beside them: they cannot be read one by one. */
export function hasFunction(value: Struct): boolean {
  if ('Ref' in value) return intrinsicOf(value) !== undefined;
  for (const key in value) if (key.startsWith('Fn::')) return true;
  return false;
}

/** `{ Ref: 'AWS::NoValue' }`: the property is as good as absent. */
export function isNoValue(value: Json): boolean {
  return isStruct(value) && value.Ref === 'AWS::NoValue';
}

/** A string that CloudFormation resolves at deployment from SSM or Secrets Manager. */
export function isDynamicReference(value: Json): boolean {
  return typeof value === 'string' && value.includes('{{resolve:');
}

/** The branches of a well-formed `Fn::If`, or undefined for anything else. */
export function ifBranches(value: Json): { condition: Json; branches: [Json, Json] } | undefined {
  const args = isStruct(value) ? value['Fn::If'] : undefined;
  return args !== undefined && Array.isArray(args) && args.length === 3 && intrinsicOf(value) === 'Fn::If'
    ? { condition: args[0], branches: [args[1], args[2]] }
    : undefined;
}

/** What `value` can be, through every `Fn::If` at its root; the value alone where there is none. However deep, it takes no stack. */
export function outcomesOf(value: Json): Json[] {
  if (!ifBranches(value)) return [value];
  const outcomes: Json[] = [];
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    const choice = ifBranches(next);
    if (choice) pending.push(choice.branches[1], choice.branches[0]);
    else outcomes.push(next);
  }
  return outcomes;
}

/** Whether a value nests deeper than can be edited step by step: nobody writes what does. */
export function isTooDeep(value: Json, limit = 500): boolean {
  const pending: Array<readonly [Json, number]> = [[value, 0]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [current, depth] = next;
    if (depth > limit) return true;
    if (typeof current === 'object' && current !== null) for (const member of Object.values(current)) pending.push([member, depth + 1]);
  }
  return false;
}

/** The arguments of `Fn::GetAtt`, in either of its two spellings. */
export function getAttOf(value: Json): [string, string] | undefined {
  const args = isStruct(value) ? value['Fn::GetAtt'] : undefined;
  if (typeof args === 'string') {
    const dot = args.indexOf('.');
    return dot > 0 ? [args.slice(0, dot), args.slice(dot + 1)] : undefined;
  }
  return Array.isArray(args) && typeof args[0] === 'string' && typeof args[1] === 'string' ? [args[0], args[1]] : undefined;
}

/** The value at `path`, or undefined where the path leaves the structure. */
export function valueAt(value: Json, path: readonly string[]): Json {
  let current = value;
  for (let i = 0; i < path.length; i++) {
    if (!isStruct(current)) return undefined;
    current = current[path[i]];
  }
  return current;
}
