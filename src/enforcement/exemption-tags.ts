import { CfnResource, Stage, TagManager, type IAspect } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ConstructWorld } from './construct-world';
import { LaunchIndex } from './launch-index';
import { isPlain, overridesOf, sourceOf, typedProperty, typeOf } from './resource-properties';
import { isStruct } from '../private/json';
import { Ledger } from '../private/ledger';
import { isWithin } from '../private/scopes';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** Where a tag interrupts nothing: a launch template's would be a new version. */
export const TAGGED_TYPES = ['AWS::EC2::Instance', GROUP];

/** The priority of the CDK's own tags. */
const PRIORITY = 100;

/**
 * Writes tags where those of the CDK do not arrive: on resources without a class of their own, above overrides of all tags, and
 * on the groups that launch what is exempt by its launch template.
 */
export class TagsBeyondCdk implements IAspect {
  private readonly indices = new WeakMap<IConstruct, LaunchIndex>();

  constructor(private readonly tags: { readonly [key: string]: string }) {}

  public visit(construct: IConstruct): void {
    if (!CfnResource.isCfnResource(construct)) return;
    if (TAGGED_TYPES.includes(typeOf(construct))) {
      if (!isTaggedByCdk(construct)) this.override(construct);
    } else if (sourceOf(construct)?.nameProperty) {
      for (const { resource } of this.indexOf(construct).followersOf(construct)) if (typeOf(resource) === GROUP) this.tagGroup(resource);
    }
  }

  /** The followers in a stage, gathered once: an exemption may cover many launch templates. */
  private indexOf(construct: IConstruct): LaunchIndex {
    const stage = Stage.of(construct) ?? construct.node.root;
    let index = this.indices.get(stage);
    if (!index) {
      const world: ConstructWorld = new ConstructWorld(() => index!);
      this.indices.set(stage, index = new LaunchIndex(stage, world));
    }
    return index;
  }

  /** A group that is exempt itself has the tags of its own exemption. */
  private tagGroup(group: CfnResource): void {
    if (Ledger.of(group).exemptions.some(({ scope }) => isWithin(group, scope))) return;
    if (!isTaggedByCdk(group)) return this.override(group);
    for (const [key, value] of Object.entries(this.tags)) TagManager.of(group)?.setTag(key, value, PRIORITY, true);
  }

  private override(resource: CfnResource): void {
    const { Properties: overrides = {} } = overridesOf(resource);
    if (!isPlain(overrides)) return;
    const given = 'Tags' in overrides ? overrides.Tags : typedProperty(resource, 'Tags');
    // What a function gives cannot be added to.
    if (given !== undefined && !Array.isArray(given)) return;
    const propagate = typeOf(resource) === GROUP ? { PropagateAtLaunch: true } : {};
    const kept = (given ?? []).filter((tag) => !isStruct(tag) || !Object.hasOwn(this.tags, String(tag.Key)));
    const added = Object.entries(this.tags).map(([Key, Value]) => ({ Key, Value, ...propagate }));
    // Override objects may be shared between resources.
    resource.addOverride('Properties', { ...overrides, Tags: [...kept, ...added] });
  }
}

function isTaggedByCdk(resource: CfnResource): boolean {
  const { Properties: overrides = {} } = overridesOf(resource);
  return TagManager.isTaggable(resource) && isPlain(overrides) && !('Tags' in overrides);
}
