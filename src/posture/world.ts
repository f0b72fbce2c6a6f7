import type { SourceReference, SourceResource } from '../launch-sources/launch-source';
import type { Version } from '../launch-sources/launch-template-reference';
import type { AllowedValues } from '../launch-sources/metadata-options';

/** What a reference to another launch source leads to. */
export type Target<R> =
  /** A resource of the same assembly. */
  | { readonly kind: 'resource'; readonly resource: R }
  /** Something that exists outside the assembly, in the words a user would recognize. */
  | { readonly kind: 'external'; readonly name: string };

/**
 * Where launch sources live: the templates of an assembly, or a construct tree before it is written.
 *
 * @typeParam R the world's handle of a resource.
 */
export interface World<R> {
  /** The resource as CloudFormation would read it; at least the properties its launch source type reads. */
  read(resource: R): SourceResource;
  /** What `reference`, found in `from`, leads to; several where conditions choose. */
  follow(from: R, reference: SourceReference): ReadonlyArray<Target<R>>;
  /** Which version of its launch template a reference asks for. */
  version(from: R, reference: SourceReference): Version;
  /** The only values a parameter of the resource's template can take. */
  allowedValues(resource: R): AllowedValues;
}
