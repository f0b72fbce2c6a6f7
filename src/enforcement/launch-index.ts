import { CfnElement, CfnResource, Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { SSM_PARAMETER, type ConstructWorld, type Given, type Lookup } from './construct-world';
import { isMadeAnew, overridesOf, sourceOf, typedProperty, typeOf } from './resource-properties';
import { newVersionEffect } from '../launch-sources/effects';
import type { DeployEffect, LaunchSourceType, SourceReference } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { literal, sharedName } from '../posture/shared-name';
import { isDynamicReference, isStruct, valueAt, type Json } from '../private/json';

/** A resource that points to a launch template or launch configuration, and how. */
export interface Follower {
  readonly resource: CfnResource;
  /** Whether it may move when what it points to changes. */
  readonly moves: boolean;
  /** Whether it may launch from the default version of a launch template. */
  readonly byDefault: boolean;
  /** Whether it moves by an export of another stack, which CloudFormation does not change while it is in use. */
  readonly imports: boolean;
  /** What that change then does to it. */
  readonly effect: DeployEffect;
}

/** An exported value, as the construct that exports it. */
export type Exported = CfnElement & Given & { readonly exportName?: string };

/** Who follows whom in one stage: built by one walk, when the first launch template is about to be edited. */
export class LaunchIndex implements Lookup {
  private readonly sources = new Set<CfnResource>();
  private readonly following = new Set<CfnResource>();
  private readonly exporting: Exported[] = [];
  private readonly stored: CfnResource[] = [];
  private exports?: Map<string, Exported[]>;
  private parameters?: Map<string, CfnResource[]>;
  private undecided?: readonly CfnResource[];
  private names?: Map<string, CfnResource[]>;
  private followers?: Map<CfnResource, Follower[]>;
  private readonly logicalIds = new Map<Stack, Map<string, CfnResource>>();

  constructor(stage: IConstruct, private readonly world: ConstructWorld) {
    this.gather(stage);
  }

  private gather(construct: IConstruct): void {
    for (const child of construct.node.children) {
      if (CfnElement.isCfnElement(child)) {
        if (sourceOf(child)) this.sources.add(child as CfnResource);
        else if ('exportName' in child) this.exporting.push(child as unknown as Exported);
        else if (CfnResource.isCfnResource(child) && typeOf(child) === SSM_PARAMETER) this.stored.push(child);
      } else if (Stage.isStage(child)) {
        continue;
      }
      this.gather(child);
    }
  }

  /** Takes in what was made, or came to point to something, after the walk: other aspects do both. */
  public learn(resource: CfnResource): void {
    if (!this.sources.has(resource)) {
      this.sources.add(resource);
      if (this.names) addTo(this.names, this.nameOf(resource), resource);
      this.logicalIds.get(resource.stack)?.set(resource.stack.resolve(resource.logicalId), resource);
    }
    if (this.followers && !this.following.has(resource)) this.addFollower(this.followers, resource);
  }

  /** What the stacks of the stage give out. */
  public outputs(): ReadonlyArray<Exported> {
    return this.exporting;
  }

  /** Puts a launch template where its launch configuration was: whoever followed that follows this. */
  public replace(configuration: CfnResource, template: CfnResource): void {
    const followers = this.followersOf(configuration);
    this.followers!.set(template, followers.map((follower) => {
      const { resource } = follower;
      return { ...follower, effect: sourceOf(resource)!.onNewVersion!(this.world.read(resource)) };
    }));
  }

  /** Everything of the stage that points to `target`. */
  public followersOf(target: CfnResource): readonly Follower[] {
    this.followers ??= this.findFollowers();
    return this.followers.get(target) ?? [];
  }

  /** Groups whose launch configuration only the deployment can tell. */
  public adrift(): readonly CfnResource[] {
    return this.undecided ??= [...this.sources].filter((resource) => {
      const { references } = sourceOf(resource) ?? {};
      const { Properties: properties } = this.world.read(resource);
      return references && isStruct(properties) && references(properties).some((reference) =>
        reference.to === 'launch configuration' && (typeof reference.target !== 'string' || isDynamicReference(reference.target))
        && this.world.follow(resource, reference).some(({ kind }) => kind === 'external'));
    });
  }

  public byName(wanted: Json, to: SourceReference['to'], from: IConstruct): CfnResource | undefined {
    this.names ??= grouped(this.sources, (source) => this.nameOf(source));
    const shared = sharedName(wanted, Stack.of(from), literal);
    const named = this.names.get(`${to} ${shared ?? JSON.stringify(wanted)}`);
    // What any other function makes is the same name in one stack only.
    return shared === undefined ? named?.find((one) => one.stack === Stack.of(from)) : seenFrom(from, named);
  }

  private nameOf(source: CfnResource): string | undefined {
    // A launch configuration may have been migrated since.
    const type = sourceOf(source);
    const name = type?.nameProperty && this.world.nameOf(source, type);
    return name === undefined ? undefined : `${type!.name} ${sharedName(name, Stack.of(source), literal) ?? JSON.stringify(name)}`;
  }

  public byLogicalId(stack: Stack, logicalId: string): CfnResource | undefined {
    let ids = this.logicalIds.get(stack);
    if (!ids) {
      ids = new Map();
      for (const source of this.sources) if (source.stack === stack) ids.set(stack.resolve(source.logicalId), source);
      this.logicalIds.set(stack, ids);
    }
    return ids.get(logicalId);
  }

  public exported(name: string, from: IConstruct): Exported | undefined {
    this.exports ??= grouped(this.exporting, (one) => sharedName(this.world.tokens.resolve(one.exportName, one), Stack.of(one), literal));
    return seenFrom(from, this.exports.get(name));
  }

  public nestedOutput(nested: IConstruct, attribute: string): Exported | undefined {
    const name = /^Outputs\.(.+)$/.exec(attribute)?.[1];
    return name === undefined ? undefined
      : this.exporting.find(({ stack, logicalId }) => stack.nestedStackResource === nested && stack.resolve(logicalId) === name);
  }

  public parameterNamed(name: string, from: IConstruct): CfnResource | undefined {
    this.parameters ??= grouped(this.stored, (one) => sharedName(valueAt(this.world.readWhole(one).Properties, ['Name']), one.stack, literal));
    return seenFrom(from, this.parameters.get(name));
  }

  private findFollowers(): Map<CfnResource, Follower[]> {
    const followers = new Map<CfnResource, Follower[]>();
    for (const resource of this.sources) this.addFollower(followers, resource);
    return followers;
  }

  private addFollower(followers: Map<CfnResource, Follower[]>, resource: CfnResource): void {
    const source = sourceOf(resource);
    if (!source?.references || !saysAnything(resource, source)) return;
    const read = this.world.read(resource);
    for (const reference of isStruct(read.Properties) ? source.references(read.Properties) : []) {
      this.following.add(resource);
      for (const [target, how] of this.followed(resource, reference)) {
        const list = followers.get(target) ?? [];
        list.push({ resource, ...how, effect: newVersionEffect(source, read, reference) });
        followers.set(target, list);
      }
    }
  }

  /** What a reference leads to, be it by an SSM parameter, and what decides the version that it asks for. */
  private followed(from: CfnResource, reference: SourceReference): Map<CfnResource, Omit<Follower, 'resource' | 'effect'>> {
    const plain = this.world.latestOf(reference);
    if (plain) return new Map([[plain, { moves: true, byDefault: false, imports: exportsAreLocked(from) && topStack(from) !== topStack(plain) }]]);
    const [id, number] = [reference.target, reference.version].map((value) => this.world.stored(value, from));
    const led = { ...reference, target: id ? id.value : reference.target, version: number ? number.value : reference.version };
    const targets = this.world.follow(id?.parameter ?? from, led).flatMap((target) => target.kind === 'resource' ? target.resource : []);
    const version = reference.to === 'launch template' ? this.world.version(from, led) : Version.LATEST;
    const carried = reference.to === 'launch template' ? number : id;
    const isLocked = reference.version !== '$Latest' && !carried?.byName && exportsAreLocked(from);
    const how = (target: CfnResource, moves: boolean) => ({
      moves,
      byDefault: version === Version.UNKNOWN || (!moves && this.world.mayBeDefault(from, led)),
      imports: moves && isLocked && topStack(from) !== topStack(target),
    });
    return new Map([
      ...targets.map((target) => [target, how(target, version !== Version.PINNED)] as const),
      ...this.world.numberedBy(from, led).map((target) => [target, how(target, true)] as const),
    ]);
  }
}

function grouped<T>(all: Iterable<T>, nameOf: (one: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) addTo(groups, nameOf(one), one);
  return groups;
}

function addTo<T>(groups: Map<string, T[]>, name: string | undefined, one: T): void {
  const group = name === undefined ? undefined : groups.get(name);
  if (group) group.push(one);
  else if (name !== undefined) groups.set(name, [one]);
}

/** What a name means in the account and region of `from`; where one of them is not known, it may mean what is anywhere. */
function seenFrom<T extends IConstruct>(from: IConstruct, named: readonly T[] = []): T | undefined {
  const here = Stack.of(from);
  const mayBe = (one: string, other: string) => one === other || Token.isUnresolved(one) || Token.isUnresolved(other);
  return named.find((one) => Stack.of(one).environment === here.environment)
    ?? named.find((one) => mayBe(Stack.of(one).account, here.account) && mayBe(Stack.of(one).region, here.region));
}

/** Most instances name no launch template: that is seen without reading them. */
function saysAnything(resource: CfnResource, source: LaunchSourceType): boolean {
  for (const override in overridesOf(resource)) if (override === 'Properties' || override === 'Type') return true;
  const own = source.parts ? undefined : source.optionsPath?.[0];
  return isMadeAnew(resource, source) || source.reads.some((path) => path[0] !== own && typedProperty(resource, path[0]) !== undefined);
}

/** The stack whose template holds a resource, or the stacks nested in it: only between such stacks values are exported. */
function topStack(resource: CfnResource): Stack {
  let { stack } = resource;
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  return stack;
}

/** References between stacks are exports, unless the app has chosen weak ones. */
function exportsAreLocked(resource: CfnResource): boolean {
  return !['both', 'weak'].includes(resource.node.tryGetContext('@aws-cdk/core:defaultCrossStackReferences'));
}
