import type { CheckSubject } from './check-rule';
import type { SourceReference } from '../../launch-sources/launch-source';
import { Version } from '../../launch-sources/launch-template-reference';
import type { TemplateResource } from '../../posture/template-world';

/** One step from a launch source to what it launches from. */
export interface Followed {
  readonly reference: SourceReference;
  readonly version: Version;
  /** Undefined where it is not part of the templates. */
  readonly target: TemplateResource | undefined;
}

export function followedTemplates({ resource, source, properties, world }: CheckSubject): Followed[] {
  return (source.references?.(properties) ?? []).flatMap((reference) => {
    const version = reference.to === 'launch template' ? world.version(resource, reference) : Version.LATEST;
    return world.follow(resource, reference).map((target) => ({
      reference, version, target: target.kind === 'resource' ? target.resource : undefined,
    }));
  });
}
