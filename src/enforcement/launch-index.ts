import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { sourceOf, typedProperty, type ConstructWorld } from './construct-world';
import type { SourceReference } from '../launch-sources/launch-source';
import { isStruct, type Json } from '../private/json';

/** A resource that points to a launch template, and how. */
export interface Follower {
  readonly resource: CfnResource;
  readonly reference: SourceReference;
  /** Whether it moves when the launch template gets a new version. */
  readonly latest: boolean;
}

/** An exported value, as the construct that exports it. */
type Exported = IConstruct & { readonly value: Json; readonly exportName?: string };

/** Who follows whom in one stage: built by one walk, when the first launch template is about to be edited. */
export class LaunchIndex {
  private readonly sources: CfnResource[] = [];
  private readonly exports = new Map<string, Exported>();
  private names?: Map<string, CfnResource>;
  private followers?: Map<CfnResource, Follower[]>;
  private readonly logicalIds = new Map<Stack, Map<string, CfnResource>>();

  constructor(stage: IConstruct, private readonly world: ConstructWorld) {
    const pending: IConstruct[] = [stage];
    for (let construct = pending.pop(); construct; construct = pending.pop()) {
      if (sourceOf(construct)) this.sources.push(construct as CfnResource);
      else if ('exportName' in construct && typeof construct.exportName === 'string') this.exports.set(construct.exportName, construct as Exported);
      for (const child of construct.node.children) if (!Stage.isStage(child)) pending.push(child);
    }
  }

  /** Everything of the stage that points to `target`. */
  public followersOf(target: CfnResource): readonly Follower[] {
    this.followers ??= this.findFollowers();
    return this.followers.get(target) ?? [];
  }

  /** The launch template or launch configuration of that literal name. */
  public byName(wanted: string): CfnResource | undefined {
    if (!this.names) {
      this.names = new Map();
      for (const source of this.sources) {
        const { nameProperty } = sourceOf(source)!;
        const name = nameProperty && typedProperty(source, nameProperty);
        if (typeof name === 'string') this.names.set(name, source);
      }
    }
    return this.names.get(wanted);
  }

  public byLogicalId(stack: Stack, logicalId: string): CfnResource | undefined {
    let ids = this.logicalIds.get(stack);
    if (!ids) {
      ids = new Map();
      for (const source of this.sources) if (Stack.of(source) === stack) ids.set(stack.resolve(source.logicalId), source);
      this.logicalIds.set(stack, ids);
    }
    return ids.get(logicalId);
  }

  public exported(name: string): Exported | undefined {
    return this.exports.get(name);
  }

  private findFollowers(): Map<CfnResource, Follower[]> {
    const followers = new Map<CfnResource, Follower[]>();
    for (const resource of this.sources) {
      const { Properties: properties } = this.world.read(resource);
      for (const reference of isStruct(properties) ? sourceOf(resource)!.references(properties) : []) {
        for (const target of this.world.follow(resource, reference)) {
          if (target.kind !== 'resource') continue;
          const list = followers.get(target.resource) ?? [];
          list.push({ resource, reference, latest: this.world.asksForLatest(resource, reference) });
          followers.set(target.resource, list);
        }
      }
    }
    return followers;
  }
}
