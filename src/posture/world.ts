import type { Dependency, Judgement } from './posture';
import type { SourceReference, SourceResource } from '../launch-sources/launch-source';
import type { Version } from '../launch-sources/launch-template-reference';
import type { Outcomes } from '../launch-sources/metadata-options';

/** What a reference to another launch source leads to. */
export type Target<R> =
  /** A resource of the same assembly. */
  | { readonly kind: 'resource'; readonly resource: R }
  /** Something that exists outside the assembly, in the words a user would recognize; undecided if it may be inside after all. */
  | { readonly kind: 'external'; readonly name: string; readonly undecided?: boolean };

/**
 * Where launch sources live: the templates of an assembly, or a construct tree before it is written.
 *
 * @typeParam R the world's handle of a resource.
 */
export interface World<R> {
  /** Judgements made so far, where resources do not change any more. */
  readonly judgements?: Map<R, Judgement>;
  /** What only written templates tell. */
  readonly written?: Written<R>;
  /** The resource as CloudFormation would read it; at least the properties its launch source type reads. */
  read(resource: R): SourceResource;
  /** What `reference`, found in `from`, leads to; several where conditions choose. */
  follow(from: R, reference: SourceReference): ReadonlyArray<Target<R>>;
  /** Which version of its launch template a reference asks for. */
  version(from: R, reference: SourceReference): Version;
  /** Everything that a value in the resource's properties can be. */
  outcomes(resource: R): Outcomes;
}

/** What written templates tell beyond a posture. */
export interface Written<R> {
  /** The same resources, with every parameter at its default. */
  readonly underDefaults: World<R>;
  /** What decides at deployment about the value at `path` below `Properties`. */
  dependencies(resource: R, path: readonly string[]): Dependency[];
  /** The resource's logical id, and the id of its document. */
  addressOf(resource: R): { readonly logicalId: string; readonly document: string };
}
