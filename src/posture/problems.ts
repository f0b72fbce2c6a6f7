import { entriesOf, FOR_EACH } from './read-resources';
import { isTransform } from './unseen';
import { isStruct, type Json, type Struct } from '../private/json';

/** What of a template cannot be read, in sentences. */
export function problemsOf(template: Json): string[] {
  if (!isStruct(template)) return ['the template is not an object'];
  const { Resources: resources = {} } = template;
  if (!isStruct(resources)) return ["'Resources' is not an object"];
  return [...entriesOf(resources)].flatMap(({ logicalId, body }) => problemsOfResource(logicalId, body));
}

function problemsOfResource(logicalId: string, body: Json): string[] {
  if (logicalId.startsWith(FOR_EACH)) return [`'${logicalId}' is not a list of a variable, a collection and an object of resources`];
  if (isTransform(logicalId, body)) return [];
  if (!isStruct(body)) return [`the resource '${logicalId}' is not an object`];
  const { Type: type, Properties: properties = {} } = body;
  return [
    ...typeof type === 'string' ? [] : [`the type of '${logicalId}' is not a string`],
    ...isStruct(properties) ? brokenConditions(properties, logicalId) : [`the properties of '${logicalId}' are not an object`],
  ];
}

function brokenConditions(properties: Struct, logicalId: string): string[] {
  const problems: string[] = [];
  const pending: Json[] = [properties];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (key === 'Fn::If' && !(Array.isArray(member) && member.length === 3)) problems.push(`an Fn::If in '${logicalId}' does not have three arguments`);
      pending.push(member);
    }
  }
  return problems;
}
