import { editsBetween } from './edits';
import { followersOf, type RemedySubject } from './followers';
import type { EditEffect, EditRemedy } from './remedy';
import { editEffect, needsReplaceResources } from '../launch-sources/effects';
import { DeployEffect, type LaunchSourceType, type SourceResource } from '../launch-sources/launch-source';
import type { TemplateResource } from '../posture/template-world';
import type { Struct } from '../private/json';

interface Making {
  /** Whether `RequireImdsv2` makes such edits. */
  readonly byAspect: boolean;
  /** What becomes of the resource itself; absent where its metadata options are edited. */
  readonly effect?: DeployEffect;
}

/** The edits that give a launch source other properties, and what deploying them does. */
export function editRemedy(subject: RemedySubject, wanted: Struct, { byAspect, effect }: Making): EditRemedy {
  const { resource, source, properties, world } = subject;
  const own = effect ?? editEffect(source, resource.body, createdWith(subject)) ?? DeployEffect.NONE;
  const effects = [
    effectOn(resource, source, own),
    ...followersOf(resource, world).map((follower) => effectOn(follower.resource, follower.source, follower.effect)),
  ];
  const replaces = needsReplaceResources(own) || effects.slice(1).some((each) => each.effect === DeployEffect.REPLACES_RESOURCE);
  const written = byAspect && isWrittenByAspect(subject, needsReplaceResources(own));
  return {
    kind: 'edit',
    edits: editsBetween(properties, wanted, addressOf(resource), ['Properties']),
    effects,
    ...source.caution && effect === undefined && { caution: source.caution },
    ...written && { aspect: { replaceResources: replaces, inStage: resource.document.cdk?.inStage ?? false } },
  };
}

/** What the resource is created with, as far as the templates show it. */
function createdWith({ resource, source, properties, world }: RemedySubject): SourceResource[] {
  return (source.createdWith?.(properties) ?? []).flatMap((reference) => world.follow(resource, reference))
    .flatMap((target) => target.kind === 'resource' ? target.resource.body : []);
}

function isWrittenByAspect({ resource, source, properties }: RemedySubject, costs: boolean): boolean {
  const { cdk } = resource.document;
  if (source.rejected !== undefined || (cdk && (cdk.isReached || !cdk.hasConstruct(resource.logicalId)))) return false;
  // CloudFormation refuses to replace what keeps its name.
  return !(costs && source.nameProperty !== undefined && properties[source.nameProperty] !== undefined);
}

function effectOn(resource: TemplateResource, { name }: LaunchSourceType, effect: DeployEffect): EditEffect {
  return { ...addressOf(resource), name, effect };
}

export function addressOf({ document, logicalId }: TemplateResource): { readonly document: string; readonly logicalId: string } {
  return { document: document.id, logicalId };
}
