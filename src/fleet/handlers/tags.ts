import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { exemptionOfTags, type Exemption } from '../../private/exemption';

export interface Tags { readonly [key: string]: string }

/** As EC2 and Auto Scaling spell them. */
export function tagsOf({ Tags: tags = [] }: { readonly Tags?: ReadonlyArray<{ readonly Key?: string; readonly Value?: string }> }): Tags {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value ?? '']));
}

/** The group that an instance says it is of. */
export function groupOf(tags: Tags): string | undefined {
  return tags['aws:autoscaling:groupName'];
}

/** By its own tags or by those of its group, which only what was launched since has got: the one that ends later. */
export function exemptionOf(tags: Tags, groups: readonly AutoScalingGroup[]): Pick<Exemption, 'until' | 'reason'> | undefined {
  const own = exemptionOfTags(tags);
  const group = groups.find(({ AutoScalingGroupName }) => AutoScalingGroupName === groupOf(tags));
  const ofGroup = group && exemptionOfTags(tagsOf(group));
  return own && ofGroup ? (own.until < ofGroup.until ? ofGroup : own) : own ?? ofGroup;
}
