import { DeployEffect, type LaunchSourceType, type SourceReference, type SourceResource } from './launch-source';

const WORDS: { readonly [effect in DeployEffect]: string } = {
  [DeployEffect.NONE]: 'no interruption',
  [DeployEffect.NEW_VERSION]: 'a new launch template version',
  [DeployEffect.NEW_CONFIGURATION]: 'a new launch configuration in its place',
  [DeployEffect.NEW_TEMPLATE]: 'a new launch template in the place of a launch configuration',
  [DeployEffect.KEEPS_OLD_INSTANCES]: 'new instances only, running ones stay until they are replaced',
  [DeployEffect.ROLLS_GROUP]: 'rolls the group',
  [DeployEffect.REPLACES_GROUP]: 'replaces the group',
  [DeployEffect.RENEWS_NODES]: 'renews the nodes, a few at a time',
  [DeployEffect.ROLLS_ENVIRONMENT]: 'replaces the instances of the environment in batches, by its own rolling or immutable updates',
  [DeployEffect.TERMINATES_INSTANCES]: 'terminates all instances of the environment and replaces them',
  [DeployEffect.REPLACES_ENVIRONMENT]: 'replaces the compute environment',
  [DeployEffect.NOT_PASSED_ON]: 'does not reach the group that it made before',
  [DeployEffect.REPLACES_RESOURCE]: 'replaces the resource and its instances',
  [DeployEffect.UNDOCUMENTED]: 'not documented',
};

/** An effect for people, as a table says it and as a sentence goes on after "that". */
export function effectInWords(effect: DeployEffect): string {
  return WORDS[effect];
}

/** What an edit does, for a sentence that names the edit so. */
export function consequenceInWords(effect: DeployEffect, edit: 'that' | 'the edit'): string {
  return effect === DeployEffect.UNDOCUMENTED ? `what ${edit} does to running instances is not documented` : `${edit} ${effectInWords(effect)}`;
}

/** What nobody should meet by surprise, and what nobody can tell: such an edit is made only where `replaceResources` allows it. */
const NEEDS_CONSENT: ReadonlySet<DeployEffect> = new Set([
  DeployEffect.REPLACES_RESOURCE, DeployEffect.TERMINATES_INSTANCES, DeployEffect.UNDOCUMENTED,
]);

/** Whether an edit with this effect needs `replaceResources: true`. */
export function needsReplaceResources(effect: DeployEffect): boolean {
  return NEEDS_CONSENT.has(effect);
}

/**
 * What an edit of the metadata options of a resource does when it is deployed; undefined where its type has none of its own.
 *
 * @param named what `source.createdWith` leads to, as far as it is known.
 */
export function editEffect(source: LaunchSourceType, resource: SourceResource, named: readonly SourceResource[] = []): DeployEffect | undefined {
  return source.onEdit?.(resource, named);
}

/**
 * What becomes of a follower when what it names by `reference` changes.
 *
 * A literal `$Latest` stays as it is in the template, so CloudFormation sees nothing to do.
 */
export function newVersionEffect(source: LaunchSourceType, resource: SourceResource, { version }: SourceReference): DeployEffect {
  return version === '$Latest' ? DeployEffect.KEEPS_OLD_INSTANCES : source.onNewVersion?.(resource) ?? DeployEffect.NONE;
}
