import {
  CfnElement, CfnResource, DefaultTokenResolver, Reference, Stack, Tokenization,
  type CfnStack, type IPostProcessor, type IResolvable, type IResolveContext,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { LaunchIndex } from './launch-index';
import { CATALOG } from '../launch-sources/catalog';
import type { LaunchSourceType, SourceReference, SourceResource } from '../launch-sources/launch-source';
import { versionOf, type Version } from '../launch-sources/launch-template-reference';
import type { Target, World } from '../posture/world';
import { getAttOf, hasFunction, ifBranches, intrinsicOf, isStruct, type Json, type Struct } from '../private/json';

/**
 * What CDK keeps to itself about a resource: reading it is the only cheap way to see that escape hatches exist.
 * Nothing is ever written here.
 */
interface Internals {
  readonly rawOverrides?: Struct;
  readonly _cfnProperties?: Struct;
  _toCloudFormation(): Json;
  readonly [property: string]: Json;
}

/** Marks a value that could not be resolved before synthesis; judged like a transform. */
const UNREADABLE: Struct = { 'Fn::Transform': 'unreadable' };

/** Intrinsics whose arguments name things, and hold no text. */
const NAMING = new Set(['Ref', 'Fn::GetAtt', 'Fn::FindInMap', 'Fn::ImportValue']);

/** Stands in for a `Reference` token inside JSON, so that cross-stack references are never resolved too early. */
const PLACEHOLDER = '\u0000reference:';

/**
 * The construct tree of one stage, read as the template it is going to be.
 *
 * Typed values and overrides are read first, and only what holds a token is resolved: resolving every resource
 * would cost more than all the rest of the library.
 */
export class ConstructWorld implements World<CfnResource> {
  private readonly references: Reference[] = [];
  private readonly resolver = new KeepReferences(this.references);

  constructor(private readonly index: () => LaunchIndex) {}

  public read(resource: CfnResource): SourceResource {
    const source = sourceOf(resource);
    if (!source) return { Type: typeOf(resource) };
    return isOverridden(resource, source) || isMadeByFunction(resource, source) ? this.readWhole(resource) : this.readTyped(resource, source);
  }

  /** The whole resource as it would be written now. */
  public readWhole(resource: CfnResource): SourceResource {
    const rendered = this.resolve(internals(resource)._toCloudFormation(), resource);
    const body = isStruct(rendered) && isStruct(rendered.Resources) ? Object.values(rendered.Resources)[0] : undefined;
    return isStruct(body) ? body : { Type: typeOf(resource), Properties: UNREADABLE };
  }

  public follow(from: CfnResource, reference: SourceReference): ReadonlyArray<Target<CfnResource>> {
    // A version that is an attribute of a launch template says more than a name: the template may be newer than the index.
    const template = this.referenceAt(reference.version)?.target;
    if (typeof reference.target === 'string' && template && sourceOf(template)) return [{ kind: 'resource', resource: template as CfnResource }];
    return this.targets(reference.target, from);
  }

  public version(_from: CfnResource, { version }: SourceReference): Version {
    const passed = this.passedOn(version);
    return versionOf(passed, (value) => this.referenceAt(value)?.displayName);
  }

  /** Which values a parameter may take is judged on the written template; an edit never depends on it. */
  public allowedValues(): () => undefined {
    return () => undefined;
  }

  /** Puts the references back that reading had replaced, so that the value can be written. */
  public restore(value: Json): Json {
    const token = this.referenceAt(value);
    if (token) return token;
    if (Array.isArray(value)) return value.map((item) => this.restore(item));
    if (!isStruct(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.restore(item)]));
  }

  /** A value for people: references by the name they have in the template. */
  public readable(value: Json): Json {
    const token = this.referenceAt(value);
    if (token) {
      const name = CfnElement.isCfnElement(token.target) ? Stack.of(token.target).resolve(token.target.logicalId) : token.target.node.path;
      return { Ref: token.displayName === 'Ref' ? name : `${name}.${token.displayName}` };
    }
    if (Array.isArray(value)) return value.map((item) => this.readable(item));
    return isStruct(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.readable(item)])) : value;
  }

  /** Every string that `value` can turn into text with, tokens looked into but not rendered: cheap, and in no order. */
  public strings(value: Json, scope: IConstruct, into: string[] = []): string[] {
    if (typeof value === 'string') {
      into.push(value);
      if (value.includes('${Token[')) this.strings(Tokenization.reverseString(value).tokens, scope, into);
    } else if (Reference.isReference(value)) {
      const fallback: Json = (value.target as { default?: Json }).default;
      into.push(typeof fallback === 'string' ? fallback : '');
    } else if (Tokenization.isResolvable(value)) {
      this.strings(lookInto(value as IResolvable, scope) ?? this.resolve(value, scope), scope, into);
    } else if (Array.isArray(value)) {
      const list = listTokenOf(value);
      if (list) this.strings(list, scope, into);
      else for (const item of value) this.strings(item, scope, into);
    } else if (isStruct(value) && !NAMING.has(intrinsicOf(value) ?? '')) {
      for (const key in value) this.strings(value[key], scope, into);
    }
    return into;
  }

  private readTyped(resource: CfnResource, source: LaunchSourceType): SourceResource {
    const properties: { [key: string]: Json } = {};
    for (let i = 0; i < source.reads.length; i++) {
      const path = source.reads[i];
      const value = typedProperty(resource, path[0]);
      if (value !== undefined && value !== null) this.readInto(properties, path, 0, value, resource);
    }
    return new TypedResource(source.type, properties, resource, this);
  }

  /** Reads only what lies on `path`, unless a token on the way hides what lies below it. */
  private readInto(into: { [key: string]: Json }, path: readonly string[], depth: number, value: Json, resource: CfnResource): void {
    const key = path[depth];
    if (depth === path.length - 1 || !isPlain(value)) {
      into[key] = this.spell(value, resource);
      return;
    }
    const below = (into[key] ??= {}) as { [key: string]: Json };
    const next = value[camelCase(path[depth + 1])] ?? value[path[depth + 1]];
    if (next !== undefined && next !== null) this.readInto(below, path, depth + 1, next, resource);
  }

  /** A typed value in CloudFormation's spelling, references replaced by placeholders. */
  public spell(value: Json, resource: CfnResource): Json {
    if (typeof value === 'string') return value.includes('${Token[') ? this.spellToken(value, resource) : value;
    if (Array.isArray(value) && listTokenOf(value)) return this.spell(this.resolve(value, resource), resource);
    if (Array.isArray(value)) return value.map((item) => this.spell(item, resource));
    if (typeof value === 'number') return Tokenization.reverseNumber(value) ? this.resolve(value, resource) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Tokenization.isResolvable(value)) return this.spell(this.resolve(value, resource), resource);
    if (intrinsicOf(value)) return this.resolve(value, resource);
    const spelled: { [key: string]: Json } = {};
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined && item !== null) spelled[key[0].toUpperCase() + key.slice(1)] = this.spell(item, resource);
    }
    return spelled;
  }

  /** Most string tokens are one reference, which needs no resolving to be known. */
  private spellToken(value: string, resource: CfnResource): Json {
    const { length, firstToken } = Tokenization.reverseString(value);
    return length === 1 && Reference.isReference(firstToken) ? this.resolver.keep(firstToken) : this.resolve(value, resource);
  }

  private resolve(value: Json, scope: IConstruct): Json {
    try {
      return Tokenization.resolve(value, { scope, resolver: this.resolver, preparing: false });
    } catch {
      // A lazy value may refuse to be read before synthesis; what it writes is judged on the template.
      return UNREADABLE;
    }
  }

  private targets(value: Json, from: CfnResource): Array<Target<CfnResource>> {
    const choice = ifBranches(value);
    if (choice) return choice.branches.flatMap((branch) => this.targets(branch, from));
    const token = this.referenceAt(value);
    if (token && CfnResource.isCfnResource(token.target)) return [{ kind: 'resource', resource: token.target }];
    const passed = this.passedOn(value);
    if (passed !== value) return this.targets(passed, from);
    if (token) return [{ kind: 'external', name: `given by '${token.target.node.path}'` }];
    const name = typeof value === 'string' ? value : undefined;
    const substituted = isStruct(value) && typeof value['Fn::Sub'] === 'string' ? /^\$\{(\w+)\}$/.exec(value['Fn::Sub'])?.[1] : undefined;
    const logicalId = isStruct(value) && typeof value.Ref === 'string' ? value.Ref : getAttOf(value)?.[0] ?? substituted;
    const resource = name !== undefined ? this.index().byName(name)
      : logicalId !== undefined ? this.index().byLogicalId(Stack.of(from), logicalId)
        : undefined;
    return [resource ? { kind: 'resource', resource } : { kind: 'external', name: name ?? nameOf(value, logicalId) }];
  }

  /** What the parent of a nested stack passes for the parameter that `value` refers to, or another stack exports under its name. */
  private passedOn(value: Json): Json {
    const imported = isStruct(value) ? value['Fn::ImportValue'] : undefined;
    const exported = typeof imported === 'string' ? this.index().exported(imported) : undefined;
    if (exported) return this.passedOn(this.resolve(exported.value, exported));
    const parameter = this.referenceAt(value)?.target;
    const nested = parameter && CfnElement.isCfnElement(parameter) ? parameter.stack.nestedStackResource as CfnStack | undefined : undefined;
    if (!parameter || !nested || CfnResource.isCfnResource(parameter)) return value;
    const passed = this.resolve(nested.parameters, nested);
    const given = isStruct(passed) ? passed[Stack.of(parameter).resolve((parameter as CfnElement).logicalId)] : undefined;
    return given === undefined ? value : this.passedOn(given);
  }

  private referenceAt(value: Json): Reference | undefined {
    const ref = isStruct(value) ? value.Ref : undefined;
    return typeof ref === 'string' && ref.startsWith(PLACEHOLDER) ? this.references[Number(ref.slice(PLACEHOLDER.length))] : undefined;
  }
}

/** The CloudFormation type that will be written, which an escape hatch may have changed. */
export function typeOf(resource: CfnResource): string {
  const override = internals(resource).rawOverrides?.Type;
  return typeof override === 'string' ? override : resource.cfnResourceType;
}

/** The catalog's entry for a construct, or undefined where it is none of its types. */
export function sourceOf(construct: IConstruct): LaunchSourceType | undefined {
  return CfnResource.isCfnResource(construct) ? CATALOG.get(typeOf(construct)) : undefined;
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

/** CloudFormation's spelling in the L1's. */
export function camelCase(property: string): string {
  let name = CAMEL_CASE.get(property);
  if (name === undefined) CAMEL_CASE.set(property, name = property[0].toLowerCase() + property.slice(1));
  return name;
}

/** A plain object whose members can be read one by one. */
export function isPlain(value: Json): value is Struct {
  return isStruct(value) && !Tokenization.isResolvable(value) && !hasFunction(value);
}

/** Whether an override decides about anything the type reads. */
function isOverridden(resource: CfnResource, source: LaunchSourceType): boolean {
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

/** Whether the properties of a resource without typed ones are, or hold, an intrinsic function. */
function isMadeByFunction(resource: CfnResource, source: LaunchSourceType): boolean {
  const properties = isTyped(resource, source.reads[0][0]) ? undefined : internals(resource)._cfnProperties;
  return properties !== undefined && (Tokenization.isResolvable(properties) || hasFunction(properties));
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

function internals(resource: CfnResource): Internals {
  return resource as unknown as Internals;
}

/** What leads out of the app, in the words of the template. */
function nameOf(value: Json, logicalId: string | undefined): string {
  if (logicalId !== undefined) return `given by ${logicalId}`;
  const name = intrinsicOf(value);
  const argument = name && (value as Struct)[name];
  return `given by ${name ?? 'an unknown value'}${typeof argument === 'string' ? ` '${argument}'` : ''}`;
}

/** A resource of which only what its type reads was read. */
class TypedResource implements SourceResource {
  constructor(
    public readonly Type: string, public readonly Properties: Struct, private readonly resource: CfnResource, private readonly world: ConstructWorld,
  ) {}

  public get UpdatePolicy(): Json {
    return this.world.spell(this.resource.cfnOptions.updatePolicy, this.resource);
  }
}

/** The context of a look into a token: nothing below it is resolved. */
const LOOKING = { preparing: false, documentPath: [], resolve: (value: Json) => value, registerPostProcessor: () => {} };

/** The token that a list of one encoded string stands for. */
function listTokenOf(value: readonly Json[]): IResolvable | undefined {
  return value.length === 1 && typeof value[0] === 'string' && value[0].startsWith('#{Token[')
    ? Tokenization.reverseList(value as string[])
    : undefined;
}

/** One level of a token, or undefined where it needs the real context to resolve. */
function lookInto(token: IResolvable, scope: IConstruct): Json {
  try {
    return token.resolve({ ...LOOKING, scope });
  } catch {
    return undefined;
  }
}

/** Resolves everything but references, which stay as placeholders. */
class KeepReferences extends DefaultTokenResolver {
  private readonly indices = new Map<Reference, number>();

  constructor(private readonly references: Reference[]) {
    super(JOIN);
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): Json {
    if (!Reference.isReference(token)) return super.resolveToken(token, context, postProcessor);
    // Inside `Fn::Sub` a reference is text.
    const resolved = super.resolveToken(token, context, postProcessor);
    return typeof resolved === 'string' ? resolved : this.keep(token);
  }

  public keep(token: Reference): Json {
    const index = this.indices.get(token) ?? this.references.push(token) - 1;
    this.indices.set(token, index);
    return { Ref: `${PLACEHOLDER}${index}` };
  }
}

/** Strings and intrinsics side by side become one `Fn::Join`, as CDK itself writes them. */
const JOIN: ConstructorParameters<typeof DefaultTokenResolver>[0] = {
  join(left: Json, right: Json): Json {
    if (left === undefined) return right;
    if (right === undefined) return left;
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    return { 'Fn::Join': ['', [...parts(left), ...parts(right)]] };
  },
};

function parts(value: Json): Json[] {
  const join = isStruct(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(join) && join[0] === '' && Array.isArray(join[1]) ? join[1] : [value];
}
