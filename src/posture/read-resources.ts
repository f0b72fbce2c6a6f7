import { isNestedStack, section, type Loop, type TemplateDocument, type TemplateResource } from './template-document';
import { BOOT_SCRIPTS } from '../launch-sources/boot-scripts';
import { launchSourceOf } from '../launch-sources/catalog';
import { isStruct, type Json, type Struct } from '../private/json';

export const FOR_EACH = 'Fn::ForEach::';

/** What stands among a template's resources, in the bodies of loops as it is written there. */
interface Entry {
  readonly logicalId: string;
  readonly body: Json;
  readonly loop?: Loop;
}

/** Everything among resources, through loops. */
export function* entriesOf(resources: Struct): Iterable<Entry> {
  const pending: Array<{ bodies: Struct; loop?: Loop }> = [{ bodies: resources }];
  for (let block = pending.pop(); block; block = pending.pop()) {
    const { bodies, loop } = block;
    for (const logicalId in bodies) {
      const body = bodies[logicalId];
      const inner = loopAt(logicalId, body);
      if (inner) pending.push({ bodies: inner.bodies, loop: { name: logicalId, variable: inner.variable, outer: loop } });
      else yield { logicalId, body, loop };
    }
  }
}

/** The launch sources, their boot scripts and nested stacks of a document by logical id. */
export function readResources(document: TemplateDocument): Map<string, TemplateResource> {
  const resources = new Map<string, TemplateResource>();
  for (const { logicalId, body, loop } of entriesOf(section(document, 'Resources'))) {
    if (!isStruct(body) || !isOfInterest(body.Type)) continue;
    // Two loops may write one id that differs only in their items.
    const id = loop && resources.has(logicalId) ? `${loop.name}.${logicalId}` : logicalId;
    resources.set(id, loop ? { document, logicalId, body, loop } : { document, logicalId, body });
  }
  return resources;
}

/** Reads `"Fn::ForEach::Name": [variable, collection, bodies]`. */
export function loopAt(name: string, value: Json): { readonly variable: string; readonly bodies: Struct } | undefined {
  return name.startsWith(FOR_EACH) && Array.isArray(value) && typeof value[0] === 'string' && isStruct(value[2])
    ? { variable: value[0], bodies: value[2] }
    : undefined;
}

/** The loop whose variable decides what a string, or the name in a `Ref`, turns out to be. */
export function loopIn(value: Json, innermost: Loop | undefined): Loop | undefined {
  const name = isStruct(value) ? value.Ref : undefined;
  const text = name ?? value;
  for (let loop = innermost; loop && typeof text === 'string'; loop = loop.outer) {
    const { variable } = loop;
    if (name === variable || text.includes(`\${${variable}}`) || text.includes(`&{${variable}}`)) return loop;
  }
  return undefined;
}

/** Nested stacks are followed; nothing else but launch sources and what they boot with is looked at. */
export function isOfInterest(type: Json): boolean {
  return launchSourceOf(type) !== undefined || isNestedStack(type) || (typeof type === 'string' && BOOT_SCRIPTS.has(type));
}
