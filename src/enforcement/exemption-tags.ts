import { CfnResource, TagManager, type IAspect } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isPlain, overridesOf, typedProperty, typeOf } from './resource-properties';
import { isStruct } from '../private/json';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

/** Where a tag interrupts nothing: a launch template's would be a new version. */
export const TAGGED_TYPES = ['AWS::EC2::Instance', GROUP];

/** Writes tags where those of the CDK do not arrive: on resources without a class of their own, and above overrides of all tags. */
export class TagsBeyondCdk implements IAspect {
  constructor(private readonly tags: { readonly [key: string]: string }) {}

  public visit(construct: IConstruct): void {
    if (!CfnResource.isCfnResource(construct) || !TAGGED_TYPES.includes(typeOf(construct))) return;
    const { Properties: overrides = {} } = overridesOf(construct);
    if (!isPlain(overrides) || (TagManager.isTaggable(construct) && !('Tags' in overrides))) return;
    const given = 'Tags' in overrides ? overrides.Tags : typedProperty(construct, 'Tags');
    // What a function gives cannot be added to.
    if (given !== undefined && !Array.isArray(given)) return;
    const propagate = typeOf(construct) === GROUP ? { PropagateAtLaunch: true } : {};
    const kept = (given ?? []).filter((tag) => !isStruct(tag) || !Object.hasOwn(this.tags, String(tag.Key)));
    const added = Object.entries(this.tags).map(([Key, Value]) => ({ Key, Value, ...propagate }));
    // Override objects may be shared between resources.
    construct.addOverride('Properties', { ...overrides, Tags: [...kept, ...added] });
  }
}
