import type { Outcomes } from './metadata-options';
import type { Spelling } from './options-spelling';
import type { Place } from './places';
import type { Json, Struct } from '../private/json';

/**
 * What AWS does to running instances when an edit is deployed, as the service documents it and not CloudFormation alone.
 *
 * The codes stand in what other programs read, so they stay; `effectInWords` is for people.
 */
export enum DeployEffect {
  NONE = 'no-interruption',
  NEW_VERSION = 'new-launch-template-version',
  NEW_CONFIGURATION = 'new-launch-configuration',
  NEW_TEMPLATE = 'new-launch-template',
  KEEPS_OLD_INSTANCES = 'new-instances-only',
  ROLLS_GROUP = 'rolls-group',
  REPLACES_GROUP = 'replaces-group',
  RENEWS_NODES = 'renews-nodes',
  ROLLS_ENVIRONMENT = 'rolls-environment',
  TERMINATES_INSTANCES = 'terminates-instances',
  REPLACES_ENVIRONMENT = 'replaces-compute-environment',
  NOT_PASSED_ON = 'not-passed-on',
  REPLACES_RESOURCE = 'replaces-resource',
  UNDOCUMENTED = 'not-documented',
}

/** A resource as a launch source type sees it: its type and its properties in CloudFormation's spelling. */
export interface SourceResource {
  readonly 'Type'?: Json;
  readonly 'Properties'?: Json;
  readonly 'UpdatePolicy'?: Json;
  readonly 'Metadata'?: Json;
  readonly 'Fn::Transform'?: Json;
}

/** A place in a resource's properties that names another launch source. */
export interface SourceReference {
  /** Where it stands below `Properties`. */
  readonly path: readonly string[];
  readonly to: 'launch template' | 'launch configuration' | 'instance' | 'Auto Scaling group' | 'EMR security configuration'
  | 'Elastic Beanstalk configuration template';
  /** A `Ref`, an id, a name, or any intrinsic. */
  readonly target: Json;
  /** The launch template version asked for; undefined where the type knows none or none is given. */
  readonly version?: Json;
  /** The member below `path` that holds the version; absent where `path` itself leads to the name. */
  readonly versionKey?: string;
  /** The members below `path` that name it; absent where `path` itself leads to the name. */
  readonly keys?: readonly string[];
}

/** One of several ways in which a resource launches instances at once: options of its own over what it points to. */
export interface Part {
  readonly options: Place;
  readonly references: readonly SourceReference[];
}

/** A place from where instances are launched of which neither the resource nor anything that it points to says anything. */
export interface Gap {
  /** Where it stands below `Properties`. */
  readonly path: readonly string[];
  readonly reason: string;
  /** What can be done about it. */
  readonly fix: string;
  /** A property that could say something is there, and is not used. */
  readonly settable?: boolean;
}

/**
 * One CloudFormation type that launches EC2 instances or carries their metadata options.
 *
 * The aspect, the postures, the rules and the documents are loops over these.
 */
export interface LaunchSourceType {
  readonly type: string;
  /** What a user calls it. */
  readonly name: string;
  readonly documentation: string;
  /** Why nobody should use the type any more: it is a finding by itself. */
  readonly rejected?: string;
  /** Where the metadata options stand below `Properties`; absent where the type has none of its own. */
  readonly optionsPath?: readonly string[];
  /** How they are spelled; absent where they are those of EC2. */
  readonly spelling?: Spelling;
  /** The property by whose value others may point to it. */
  readonly nameProperty?: string;
  /** Where the user data and the image of its instances stand, if the type holds them itself. */
  readonly userDataPath?: readonly string[];
  readonly imagePath?: readonly string[];
  /** The properties that decide about metadata options; nothing else is read. */
  readonly reads: ReadonlyArray<readonly string[]>;
  /** What has to be true before such an edit is deployed, beyond what CloudFormation does. */
  readonly caution?: string;
  /** Instances of this type run containers that reach the metadata service through a bridge. */
  readonly containerHost?: string;
  /** What it is created with, where its instances are not launched from that; absent where the type names nothing of the kind. */
  createdWith?(properties: Struct): SourceReference[];
  /** What its service does when the metadata options of this very resource change; `named` is what it is created with, where that is known. */
  onEdit?(resource: SourceResource, named: readonly SourceResource[]): DeployEffect;
  /** What CloudFormation does to this resource when a launch template it follows gets a new version. */
  onNewVersion?(resource: SourceResource): DeployEffect;
  /** The other launch sources it points to; absent where the type can point to none. */
  references?(properties: Struct): SourceReference[];
  /** The ways in which it launches, where each may have options of its own; such options are required where they are, and never added. */
  parts?(properties: Struct): Part[];
  /** From where it launches without anybody's word; absent where the type has no such place. */
  gaps?(properties: Struct): Gap[];
  /** Whether this resource launches EC2 instances at all; absent where all of the type do. */
  launches?(properties: Struct, outcomes: Outcomes): boolean;
}
