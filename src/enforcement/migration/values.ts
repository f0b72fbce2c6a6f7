import { hasFunction, ifBranches, intrinsicOf, isDynamicReference, isNoValue, isStruct, type Json, type Struct } from '../../private/json';

/** Where what cannot be translated is said. */
export type Problems = string[];

export const NO_VALUE: Struct = { Ref: 'AWS::NoValue' };

/** The value with `map` made of each outcome of its conditions; `undefined` stands for absent, on both sides. */
export function through(value: Json, map: (outcome: Json) => Json): Json {
  const choice = ifBranches(value);
  if (!choice) return map(isNoValue(value) ? undefined : value);
  return either(choice.condition, ...choice.branches.map((branch) => through(branch, map)) as [Json, Json]);
}

/** `Fn::If`, or nothing where both branches are nothing. */
export function either(condition: Json, then: Json, otherwise: Json): Json {
  return then === undefined && otherwise === undefined ? undefined : { 'Fn::If': [condition, then ?? NO_VALUE, otherwise ?? NO_VALUE] };
}

/** True or false, which CloudFormation also takes as text; a function stays what it is. */
export function flag(value: Json, name: string, problems: Problems): Json {
  if (value === undefined || typeof value === 'boolean' || isOpen(value)) return value;
  if (value === 'true' || value === 'false') return value === 'true';
  problems.push(`its ${name} is ${JSON.stringify(value)}, which is neither true nor false`);
  return undefined;
}

/** A whole number, which CloudFormation also takes as text. */
export function count(value: Json, name: string, problems: Problems): Json {
  if (value === undefined || typeof value === 'number' || isOpen(value)) return value;
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  problems.push(`its ${name} is ${JSON.stringify(value)}, which is not a number`);
  return undefined;
}

export function toText(value: Json): Json {
  return typeof value === 'number' ? String(value) : value;
}

/** A structure all of whose members are known; anything else is a problem. */
export function knownMembers(value: Json, known: readonly string[], name: string, problems: Problems): Struct | undefined {
  if (value === undefined) return undefined;
  if (!isStruct(value) || hasFunction(value)) {
    problems.push(`its ${name} is made by a function at deployment, or is no structure`);
    return undefined;
  }
  for (const member of Object.keys(value)) {
    if (!known.includes(member)) problems.push(`${member} in its ${name} is not known to this library, and might be lost`);
  }
  return value;
}

/** Decided at deployment. */
export function isOpen(value: Json): boolean {
  return intrinsicOf(value) !== undefined || isDynamicReference(value);
}
