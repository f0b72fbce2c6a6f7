import type { Dependency } from './posture';
import { loopIn } from './read-resources';
import { section, type Found, type Loop, type TemplateResource } from './template-document';
import type { Values } from './values';
import { launchSourceOf } from '../launch-sources/catalog';
import { callOf, hasFunction, ifBranches, isNoValue, isStruct, valueAt, type Json, type Struct } from '../private/json';
import { piecesOf } from '../private/substitution';

/** A value to look into, and the path below it that matters; all of it where the path ends. */
interface Place extends Found {
  readonly path: readonly string[];
}

const DYNAMIC_REFERENCE = /\{\{resolve:[^{}]*\}\}/g;

/** What decides at deployment about the value at `path` below a resource's properties, in the order in which it is met. */
export function dependenciesOf(resource: TemplateResource, path: readonly string[], values: Values): Dependency[] {
  const dependencies: Dependency[] = [];
  const seen = new Set<Json>();
  const { Type: type, Properties: properties } = resource.body;
  const opened = isStruct(properties) ? launchSourceOf(type)?.opened?.(properties) ?? properties : properties;
  const pending: Place[] = [{ value: opened, document: resource.document, path }];
  for (let place = pending.pop(); place; place = pending.pop()) {
    const { value } = place;
    if (seen.has(value)) continue;
    seen.add(value);
    dependencies.push(...namedBy(place, resource.loop, values));
    const further = leadsTo(place, values);
    for (let i = further.length - 1; i >= 0; i--) pending.push(further[i]);
  }
  return dependencies;
}

/** What the value itself names. */
function namedBy({ value, document }: Found, innermost: Loop | undefined, values: Values): Dependency[] {
  const loop = loopIn(value, innermost);
  if (loop) return [{ kind: 'transform', name: loop.name }];
  if (typeof value === 'string') return [...value.matchAll(DYNAMIC_REFERENCE)].map(([name]) => ({ kind: 'dynamic reference', name }));
  const condition = ifBranches(value)?.condition;
  if (typeof condition === 'string') return [{ kind: 'condition', name: condition }];
  if (!isStruct(value) || !hasFunction(value) || isNoValue(value)) return [];
  const { Ref: name } = value;
  if (typeof name !== 'string') return transformsIn(value);
  const decided = Object.hasOwn(section(document, 'Resources'), name) || values.step({ value, document })?.length === 1;
  return decided ? [] : [{ kind: 'parameter', name }];
}

/** A macro goes by its name; a loop among members by its key. */
function transformsIn(value: Struct): Dependency[] {
  return Object.keys(value).filter((key) => /^Fn::(?:Transform$|ForEach::)/.test(key)).map((key) => {
    const name = valueAt(value, [key, 'Name']);
    return { kind: 'transform', name: typeof name === 'string' ? name : key };
  });
}

/** Where to look next. */
function leadsTo(place: Place, values: Values): Place[] {
  const { value, document, path } = place;
  const choice = ifBranches(value);
  if (choice) return choice.branches.map((branch) => ({ ...place, value: branch }));
  const call = callOf(value);
  if (!call) return membersOf(value, path[0]).map((member) => ({ value: member, document, path: path.slice(1) }));
  // What is found under a key depends on the key.
  const found = call.name === 'Fn::FindInMap' || call.name === 'Fn::Sub' ? undefined : values.step(place);
  if (found) return found.map((next) => ({ ...next, path }));
  const parts = call.name === 'Fn::Sub' ? piecesOf(call.argument)?.flatMap((piece) => 'value' in piece ? [piece.value] : []) : undefined;
  return (parts ?? [call.argument].flat()).map((part) => ({ value: part, document, path: [] }));
}

function membersOf(value: Json, key?: string): Json[] {
  if (Array.isArray(value)) return key === undefined ? value : [value[Number(key)]];
  if (isStruct(value)) return key === undefined ? Object.values(value) : [value[key]];
  return [];
}
