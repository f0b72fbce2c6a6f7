import { JsonText } from './json-text';
import { positionAt, type Places, type Position } from '../checks/positions';
import { isStruct, type Json, type Struct } from '../private/json';

/** A member of an object or list: its name or index, where it stands, and what it is. */
export interface Member<N> {
  readonly name: string;
  readonly at: number;
  readonly value: N;
}

/** Values that were read, or a text, as a tree that can be walked. */
interface Tree<N> {
  /** Empty for what is no object or list. */
  membersOf(node: N): ReadonlyArray<Member<N>>;
}

/** Where a property of a resource stands, or the closest of its parents that is written down. */
export type Locate = (logicalId: string, path: string) => Position;

/**
 * Looks up what was read from YAML.
 *
 * @param whole the value of the text
 * @param template the template in it
 * @param judged the parts of the template that are kept
 */
export function locateInYaml({ starts, offsets }: Places, whole: Json, template: Struct, judged: Struct): Locate {
  const placesOf = (node: Json) => typeof node === 'object' && node !== null ? offsets.get(node) : undefined;
  for (const [kept, original] of [[judged, template], [judged.Resources, template.Resources]]) {
    const at = placesOf(original);
    if (isStruct(kept) && at) offsets.set(kept, at);
  }
  const membersOf = (node: Json): Array<Member<Json>> => {
    const at = placesOf(node);
    return at ? Object.entries(node as Struct).map(([name, value]) => ({ name, at: at.get(name) ?? 0, value })) : [];
  };
  const within = { at: whole === template ? 0 : placesOf(whole)?.get('TemplateBody') ?? 0, value: judged };
  return (logicalId, path) => positionAt(starts, offsetOf({ membersOf }, within, logicalId, path));
}

/** Looks into the text of JSON, and no further than it has to. */
export function locateInJson(text: string): Locate {
  const json = new JsonText(text);
  const whole = { at: json.root, value: json.root };
  const template = memberOf(json, json.root, 'Resources') ? whole : memberOf(json, json.root, 'TemplateBody') ?? whole;
  return (logicalId, path) => json.positionAt(offsetOf(json, template, logicalId, path));
}

type Found<N> = Pick<Member<N>, 'at' | 'value'>;

function offsetOf<N>(tree: Tree<N>, template: Found<N>, logicalId: string, path: string): number {
  const resources = memberOf(tree, template.value, 'Resources');
  let found: Found<N> = resources && resourceIn(tree, resources.value, logicalId) || template;
  for (let rest = path; rest !== '';) {
    const child = childOn(rest, tree.membersOf(found.value));
    if (!child) break;
    rest = rest.slice(child.name.length + 1);
    found = child;
  }
  return found.at;
}

function resourceIn<N>(tree: Tree<N>, resources: N, logicalId: string): Member<N> | undefined {
  for (const member of tree.membersOf(resources)) {
    if (member.name === logicalId) return member;
    // The ids of a loop stand in its third argument.
    const bodies = member.name.startsWith('Fn::ForEach::') ? memberOf(tree, member.value, '2') : undefined;
    const found = bodies && resourceIn(tree, bodies.value, logicalId);
    if (found) return found;
  }
  return undefined;
}

function memberOf<N>(tree: Tree<N>, node: N, name: string): Member<N> | undefined {
  return tree.membersOf(node).find((member) => member.name === name);
}

/** The child whose name `path` begins with: the longest one, because names may hold dots. */
function childOn<N>(path: string, members: ReadonlyArray<Member<N>>): Member<N> | undefined {
  let longest: Member<N> | undefined;
  for (const member of members) {
    const leads = path === member.name || path.startsWith(`${member.name}.`);
    if (leads && member.name.length >= (longest?.name.length ?? 0)) longest = member;
  }
  return longest;
}
