import { CfnResource, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { launchSourceOf } from '../launch-sources/catalog';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { hasFunction, isStruct, type Json, type Struct } from '../private/json';
import { asIfWritten, isWithdrawn } from '../private/withdrawn';

/**
 * What CDK keeps to itself about a resource: reading it is the only cheap way to see that escape hatches exist.
 * Nothing is ever written here.
 */
interface Internals {
  readonly rawOverrides?: Struct;
  readonly _cfnProperties?: Struct;
  readonly cfnProperties: Json;
  renderProperties(properties: Json): Json;
  _toCloudFormation(): Json;
  readonly [property: string]: Json;
}

/** The CloudFormation type that will be written, which an escape hatch may have changed. */
export function typeOf(resource: CfnResource): string {
  const override = internals(resource).rawOverrides?.Type;
  return typeof override === 'string' ? override : resource.cfnResourceType;
}

/** The catalog's entry for a construct, or undefined where it is none of its types. */
export function sourceOf(construct: IConstruct): LaunchSourceType | undefined {
  return CfnResource.isCfnResource(construct) && !isWithdrawn(construct) ? launchSourceOf(typeOf(construct)) : undefined;
}

/** The overrides of a resource, as they were given. */
export function overridesOf(resource: CfnResource): Struct {
  return internals(resource).rawOverrides ?? {};
}

/** The value of a top-level property: from the typed setter where there is one, else as it was given. */
export function typedProperty(resource: CfnResource, property: string): Json {
  return internals(resource)[camelCase(property)] ?? internals(resource)._cfnProperties?.[property];
}

/** All properties as they were given, in the spelling of the L1 or of CloudFormation. */
export function typedProperties(resource: CfnResource): Json {
  return internals(resource).cfnProperties;
}

/** Whether the L1 has a typed setter for the property; `new CfnResource(…)` has none. */
export function isTyped(resource: CfnResource, property: string): boolean {
  return camelCase(property) in resource;
}

const CAMEL_CASE = new Map<string, string>();

/** CloudFormation's spelling in the L1's: `DisableIMDSV1` is `disableImdsv1` there. */
export function camelCase(property: string): string {
  let name = CAMEL_CASE.get(property);
  if (name === undefined) {
    const words = property.replace(/[A-Z]{2,}(?![a-z])/g, (letters) => letters[0] + letters.slice(1).toLowerCase());
    CAMEL_CASE.set(property, name = words[0].toLowerCase() + words.slice(1));
  }
  return name;
}

/** A plain object whose members can be read one by one. */
export function isPlain(value: Json): value is Struct {
  return isStruct(value) && !Tokenization.isResolvable(value) && !hasFunction(value);
}

/** Whether an override decides about anything the type reads. */
export function isOverridden(resource: CfnResource, source: LaunchSourceType): boolean {
  const overrides = overridesOf(resource);
  for (const key in overrides) {
    if (key === 'Type' || key === 'UpdatePolicy') return true;
    if (key === 'Properties') {
      const properties = overrides.Properties;
      if (!isPlain(properties) || source.reads.some((path) => touches(properties, path, resource))) return true;
    }
  }
  return false;
}

/** Whether the properties of a resource without typed ones are more than what was given: a class of somebody's own, or a function, makes them. */
export function isMadeAnew(resource: CfnResource, source: LaunchSourceType): boolean {
  if (source.reads.length === 0 || isTyped(resource, source.reads[0][0])) return false;
  const own = internals(resource);
  try {
    const { _cfnProperties: given = {} } = own;
    return own.renderProperties(own.cfnProperties) !== given || Tokenization.isResolvable(given) || hasFunction(given);
  } catch {
    // A class may refuse to be asked before synthesis; what it writes is judged on the template.
    return false;
  }
}

function touches(overrides: Struct, path: readonly string[], resource: CfnResource): boolean {
  // What an override merges into must be known member by member.
  if (path.length > 1 && path[0] in overrides && !isPlain(typedProperty(resource, path[0]) ?? {})) return true;
  let current: Json = overrides;
  for (const key of path) {
    if (!isPlain(current)) return true;
    if (!(key in current)) return false;
    current = current[key];
  }
  return true;
}

/** The token that renders the resource as it would be written now. */
export function rendering(resource: CfnResource): Json {
  return asIfWritten(resource, () => internals(resource)._toCloudFormation());
}

function internals(resource: CfnResource): Internals {
  return resource as unknown as Internals;
}
