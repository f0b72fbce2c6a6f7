import type { CfnResource } from 'aws-cdk-lib';
import type { ConstructWorld } from './construct-world';
import type { LaunchIndex } from './launch-index';
import type { Facts } from './scope-facts';
import type { LaunchSourceType, SourceReference } from '../launch-sources/launch-source';
import type { Struct } from '../private/json';
import type { Effective } from '../private/settings';

/** A launch source as one visit sees it; read once. */
export interface Subject {
  readonly resource: CfnResource;
  readonly source: LaunchSourceType;
  /** Its properties, as far as its type reads them. */
  readonly properties: Struct;
  readonly references: readonly SourceReference[];
  readonly settings: Effective;
  readonly acknowledged: Facts['acknowledged'];
}

/** What the visits of one pass share. */
export interface Pass {
  readonly world: ConstructWorld;
  readonly index: () => LaunchIndex;
  /** Whose boot scripts were read: several launch sources may share them. */
  readonly bootsRead: Set<CfnResource>;
}
