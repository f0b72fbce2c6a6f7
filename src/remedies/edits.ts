import type { Address, Edit } from './remedy';
import { loopAt } from '../posture/read-resources';
import { hasFunction, ifBranches, isStruct, type Json, type Struct } from '../private/json';

/** The edits that make `after` of `before`, each as deep as both can be read member by member. */
export function editsBetween(before: Json, after: Json, of: Address, path: readonly string[]): Edit[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after) && after.length >= before.length) {
    return after.flatMap((item, i) => {
      const at = [...path, String(i)];
      return i < before.length ? editsBetween(before[i], item, of, at) : [editTo(item, of, at)];
    });
  }
  const choices = [ifBranches(before), ifBranches(after)];
  if (choices[0] && choices[1]) {
    const edits = choices[1].branches.flatMap((branch, i) => editsBetween(choices[0]!.branches[i], branch, of, [...path, 'Fn::If', String(i + 1)]));
    // Two whole branches that differ are read as one choice.
    const areWhole = edits.length === 2 && edits.every((edit) => edit.path.length === path.length + 2);
    return areWhole && edits[0].value !== edits[1].value ? [editTo(after, of, path)] : edits;
  }
  if (isReadable(after) && (before === undefined || isReadable(before)) && Object.keys(after).length > 0) {
    const members: Struct = before ?? {};
    return Object.keys(after).flatMap((key) => editsBetween(members[key], after[key], of, [...path, key]));
  }
  return [editTo(after, of, path)];
}

/** A template with the edits made; the same object where there are none. */
export function withEdits(body: Json, edits: readonly Edit[]): Json {
  return edits.reduce((edited, { logicalId, path, value }) => withValue(edited, [...placeOf(edited, logicalId), ...path], value), body);
}

function editTo(value: Json, { document, logicalId }: Address, path: readonly string[]): Edit {
  return { document, logicalId, path, value };
}

function isReadable(value: Json): value is Struct {
  return isStruct(value) && !hasFunction(value);
}

/** Where a resource stands in its template, be it in loops. */
function placeOf(body: Json, logicalId: string): string[] {
  const resources = isStruct(body) ? body.Resources : undefined;
  return ['Resources', ...(isStruct(resources) ? placeAmong(resources, logicalId) : undefined) ?? [logicalId]];
}

function placeAmong(resources: Struct, logicalId: string): string[] | undefined {
  if (Object.hasOwn(resources, logicalId)) return [logicalId];
  for (const [name, value] of Object.entries(resources)) {
    const loop = loopAt(name, value);
    const place = loop && placeAmong(loop.bodies, logicalId);
    if (place) return [name, '2', ...place];
  }
  return undefined;
}

function withValue(parent: Json, [key, ...rest]: readonly string[], value: Json): Json {
  const child = isStruct(parent) || Array.isArray(parent) ? (parent as Struct)[key] : undefined;
  const next = rest.length === 0 ? value : withValue(child, rest, value);
  if (Array.isArray(parent)) return Object.assign([...parent], { [key]: next });
  return { ...isStruct(parent) ? parent : {}, [key]: next };
}
