import { CfnElement, CfnResource, Stack, type CfnStack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { camelCase, isMadeAnew, isOverridden, isPlain, rendering, sourceOf, typedProperty, typeOf } from './resource-properties';
import { TokenReader, UNREADABLE } from './token-reader';
import { launchSourceOf } from '../launch-sources/catalog';
import type { LaunchSourceType, SourceReference, SourceResource } from '../launch-sources/launch-source';
import { mayBeDefault, Version, versionOf } from '../launch-sources/launch-template-reference';
import type { Outcomes } from '../launch-sources/metadata-options';
import { assume, MAX_CASES, NO_ASSUMPTIONS, versionOfPairs, type Under } from '../launch-sources/paired-version';
import { literal, sharedName } from '../posture/shared-name';
import type { Target, World } from '../posture/world';
import { getAttOf, ifBranches, intrinsicOf, isStruct, outcomesOf, valueAt, type Json, type Struct } from '../private/json';

/** Finds what the template of a stage names in words only. */
export interface Lookup {
  /** The launch source of that kind and name, be it literal or made by the very same function in the stack of `from`. */
  byName(name: Json, to: SourceReference['to'], from: IConstruct): CfnResource | undefined;
  byLogicalId(stack: Stack, logicalId: string): CfnResource | undefined;
  /** The construct that exports a value under that name. */
  exported(name: string, from: IConstruct): Given | undefined;
  /** The output of a nested stack that an attribute of its resource gives. */
  nestedOutput(nested: IConstruct, attribute: string): Given | undefined;
  /** The SSM parameter of that name. */
  parameterNamed(name: string, from: IConstruct): CfnResource | undefined;
}

/** A construct that gives a value. */
export type Given = IConstruct & { readonly value: Json };

/** A value, and the construct in whose template it stands. */
interface Standing {
  readonly value: Json;
  readonly scope: IConstruct;
}

/** What an SSM parameter of the app holds. */
export interface Stored {
  readonly value: Json;
  readonly parameter: CfnResource;
  /** Whether its name is all that is known of it, so that the deployment looks the value up. */
  readonly byName: boolean;
}

/**
 * The construct tree of one stage, read as the template it is going to be.
 *
 * Typed values and overrides are read first, and only what holds a token is resolved: resolving every resource
 * would cost more than all the rest of the library.
 */
export class ConstructWorld implements World<CfnResource> {
  public readonly tokens = new TokenReader();

  constructor(private readonly index: () => Lookup) {}

  public read(resource: CfnResource): SourceResource {
    const source = sourceOf(resource);
    if (!source) return { Type: typeOf(resource) };
    // What CDK makes of the items of a list only CDK knows.
    const whole = source.parts !== undefined || isOverridden(resource, source) || isMadeAnew(resource, source);
    return whole ? this.readWhole(resource) : this.readTyped(resource, source);
  }

  /** The whole resource as it would be written now. */
  public readWhole(resource: CfnResource): SourceResource {
    const rendered = this.tokens.resolve(rendering(resource), resource);
    const body = isStruct(rendered) && isStruct(rendered.Resources) ? Object.values(rendered.Resources)[0] : undefined;
    return isStruct(body) ? body : { Type: typeOf(resource), Properties: UNREADABLE };
  }

  /** The whole resource with references by the names they have in the template, for people. */
  public readable(resource: CfnResource): SourceResource {
    return this.tokens.readable(this.readWhole(resource)) as SourceResource;
  }

  public follow(from: CfnResource, reference: SourceReference): ReadonlyArray<Target<CfnResource>> {
    return this.followFrom(from, reference);
  }

  private followFrom(from: IConstruct, reference: SourceReference): ReadonlyArray<Target<CfnResource>> {
    // A template that is newer than the index is found by its version's attribute, if it has the name that was asked for.
    const template = this.tokens.referenceAt(reference.version)?.target;
    const source = template && sourceOf(template);
    if (source?.nameProperty && typeof reference.target === 'string') {
      const resource = template as CfnResource;
      if (this.nameOf(resource, source) === reference.target) return [{ kind: 'resource', resource }];
    }
    return this.targets(reference.target, reference.to, from);
  }

  /** The launch template that a reference names, and whose latest version it asks for, as nearly every one does. */
  public latestOf({ target, version }: SourceReference): CfnResource | undefined {
    const number = this.tokens.referenceAt(version);
    if (number?.displayName !== 'LatestVersionNumber' || this.tokens.referenceAt(target)?.target !== number.target) return undefined;
    return isLaunchSource(number.target) ? number.target : undefined;
  }

  public version(from: CfnResource, reference: SourceReference): Version {
    if (this.latestOf(reference)) return Version.LATEST;
    const templates = this.cases(reference.target, from)
      .map(({ outcome: { value, scope }, under }) => ({ outcome: resourcesIn(this.followFrom(scope, { ...reference, target: value })), under }));
    const versions = this.cases(reference.version, from).flatMap(({ outcome: { value, scope }, under }) => {
      const numbered = resourcesIn(this.targets(value, reference.to, scope));
      const version = versionOf(value, this.attributeOf);
      return (numbered.length > 0 ? numbered : [undefined]).map((numberOf) => ({ outcome: { version, numberOf }, under }));
    });
    return versionOfPairs(templates, versions);
  }

  /** The launch templates of whose latest versions a reference takes the number, which changes with them whatever it launches from. */
  public numberedBy(from: CfnResource, { version, to }: SourceReference): CfnResource[] {
    return everyValueIn(this.passedOn(version, from))
      .filter((number) => versionOf(number, this.attributeOf) === Version.LATEST)
      .flatMap((number) => resourcesIn(this.targets(number, to, from)));
  }

  /** What an SSM parameter of the app holds that a value stands for; whether that is what it will give is for the deployment to tell. */
  public stored(value: Json, from: CfnResource): Stored | undefined {
    const passed = this.passedOn(value, from);
    const { target, displayName } = this.tokens.referenceAt(passed) ?? {};
    const given = target && displayName === 'Value' && CfnResource.isCfnResource(target) && typeOf(target) === SSM_PARAMETER ? target : undefined;
    const name = typeof passed === 'string' ? /^\{\{resolve:ssm:([^:}]+)\}\}$/.exec(passed)?.[1] : target && nameLookedUpBy(target);
    const parameter = given ?? (name === undefined ? undefined : this.index().parameterNamed(name, from));
    return parameter && { value: valueAt(this.readWhole(parameter).Properties, ['Value']), parameter, byName: !given };
  }

  /** Whether a reference may ask for the default version of its launch template. */
  public mayBeDefault(from: CfnResource, { version }: SourceReference): boolean {
    return mayBeDefault(this.passedOn(version, from), this.attributeOf);
  }

  private readonly attributeOf = (value: Json) => this.tokens.referenceAt(value)?.displayName;

  /** Which values a parameter may take is judged on the written template; an edit never depends on it. */
  public outcomes(): Outcomes {
    return outcomesOf;
  }

  /** What a launch source calls itself, escape hatches included. */
  public nameOf(resource: CfnResource, { nameProperty }: LaunchSourceType): Json {
    return nameProperty && valueAt(this.read(resource).Properties, [nameProperty]);
  }

  private readTyped(resource: CfnResource, source: LaunchSourceType): SourceResource {
    const properties: { [key: string]: Json } = {};
    for (let i = 0; i < source.reads.length; i++) {
      const path = source.reads[i];
      const value = typedProperty(resource, path[0]);
      if (value !== undefined && value !== null) this.readInto(properties, path, 0, value, resource);
    }
    return new TypedResource(source.type, properties, resource, this.tokens);
  }

  /** Reads only what lies on `path`, unless a token on the way hides what lies below it. */
  private readInto(into: { [key: string]: Json }, path: readonly string[], depth: number, value: Json, resource: CfnResource): void {
    const key = path[depth];
    if (depth === path.length - 1 || !isPlain(value)) {
      into[key] = this.tokens.spell(value, resource);
      return;
    }
    const below = (into[key] ??= {}) as { [key: string]: Json };
    const next = value[camelCase(path[depth + 1])] ?? value[path[depth + 1]];
    if (next !== undefined && next !== null) this.readInto(below, path, depth + 1, next, resource);
  }

  private targets(value: Json, to: SourceReference['to'], from: IConstruct): Array<Target<CfnResource>> {
    const choice = ifBranches(value);
    if (choice) return choice.branches.flatMap((branch) => this.targets(branch, to, from));
    const token = this.tokens.referenceAt(value);
    if (token && isLaunchSource(token.target)) return [{ kind: 'resource', resource: token.target }];
    const passed = this.passedOn(value, from);
    if (passed !== value) return this.targets(passed, to, from);
    const namesake = typeof value === 'string' || isStruct(value) ? this.index().byName(value, to, from) : undefined;
    if (namesake) return [{ kind: 'resource', resource: namesake }];
    if (token) return [{ kind: 'external', name: `given by '${token.target.node.path}'` }];
    const name = typeof value === 'string' ? value : undefined;
    const substituted = isStruct(value) && typeof value['Fn::Sub'] === 'string' ? /^\$\{(\w+)(?:\.\w+)?\}$/.exec(value['Fn::Sub'])?.[1] : undefined;
    const logicalId = isStruct(value) && typeof value.Ref === 'string' ? value.Ref : getAttOf(value)?.[0] ?? substituted;
    const resource = logicalId === undefined ? undefined : this.index().byLogicalId(Stack.of(from), logicalId);
    return [resource ? { kind: 'resource', resource } : { kind: 'external', name: name ?? nameOf(value, logicalId) }];
  }

  /** What the parent of a nested stack passes for the parameter that `value` refers to, or another stack gives out by it. */
  public passedOn(value: Json, from: IConstruct): Json {
    return this.passedFrom(value, from).value;
  }

  /** The same, and where it stands. */
  private passedFrom(value: Json, scope: IConstruct): Standing {
    let standing: Standing = { value, scope };
    for (let next = this.passedBy(standing); next; next = this.passedBy(standing)) standing = next;
    return standing;
  }

  /** One step of it; undefined where nobody passes the value on. */
  private passedBy({ value, scope: from }: Standing): Standing | undefined {
    const imported = isStruct(value) ? value['Fn::ImportValue'] : undefined;
    const name = imported === undefined ? undefined : sharedName(imported, Stack.of(from), literal);
    const exported = name === undefined ? undefined : this.index().exported(name, from);
    if (exported) return { value: this.tokens.resolve(exported.value, exported), scope: exported };
    const token = this.tokens.referenceAt(value);
    const output = token && this.index().nestedOutput(token.target, token.displayName);
    if (output) return { value: this.tokens.resolve(output.value, output), scope: output };
    const parameter = token?.target;
    const nested = parameter && CfnElement.isCfnElement(parameter) ? parameter.stack.nestedStackResource as CfnStack | undefined : undefined;
    if (!parameter || !nested || CfnResource.isCfnResource(parameter)) return undefined;
    const passed = this.tokens.resolve(nested.parameters, nested);
    const given = isStruct(passed) ? passed[Stack.of(parameter).resolve((parameter as CfnElement).logicalId)] : undefined;
    return given === undefined ? undefined : { value: given, scope: nested };
  }

  /** Everything that a value can be, each with the conditions under which it is that; without them where there are too many. */
  private cases(start: Json, from: CfnResource): Array<Under<Standing>> {
    const cases: Array<Under<Standing>> = [];
    const pending: Array<Under<Standing>> = [{ outcome: this.passedFrom(start, from), under: NO_ASSUMPTIONS }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { outcome: { value, scope }, under } = next;
      const choice = ifBranches(value);
      if (cases.length + pending.length >= MAX_CASES) {
        return outcomesOf(start).map((each) => ({ outcome: { value: each, scope: from }, under: NO_ASSUMPTIONS }));
      }
      if (!choice) {
        cases.push(next);
        continue;
      }
      const condition = `${Stack.of(scope).node.addr}\0${JSON.stringify(choice.condition)}`;
      const branches = choice.branches.map((branch) => this.passedFrom(branch, scope));
      const assumed = under.get(condition);
      if (assumed !== undefined) pending.push({ outcome: branches[assumed ? 0 : 1], under });
      else pending.push(...branches.map((outcome, i) => ({ outcome, under: assume(under, condition, i === 0) })).reverse());
    }
    return cases;
  }
}

/** Withdrawn ones included, and without what launches by a text: nothing launches from that. */
function isLaunchSource(construct: IConstruct): construct is CfnResource {
  const source = CfnResource.isCfnResource(construct) ? launchSourceOf(typeOf(construct)) : undefined;
  return source !== undefined && source.embedded === undefined;
}

export const SSM_PARAMETER = 'AWS::SSM::Parameter';

/** The name of the SSM parameter whose value a template's parameter takes. */
function nameLookedUpBy(target: IConstruct & { readonly type?: unknown; readonly default?: unknown }): string | undefined {
  return typeof target.type === 'string' && target.type.startsWith('AWS::SSM::Parameter::Value<') && typeof target.default === 'string'
    ? target.default : undefined;
}

/** A value, and whatever stands in it. */
function everyValueIn(value: Json): Json[] {
  return typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(everyValueIn)] : [value];
}

function resourcesIn(targets: ReadonlyArray<Target<CfnResource>>): CfnResource[] {
  return targets.flatMap((target) => target.kind === 'resource' ? target.resource : []);
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
    public readonly Type: string, public readonly Properties: Struct, private readonly resource: CfnResource, private readonly tokens: TokenReader,
  ) {}

  public get UpdatePolicy(): Json {
    return this.tokens.spell(this.resource.cfnOptions.updatePolicy, this.resource);
  }
}
