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
  /** Where the service takes the options only sometimes; absent where it always does. */
  readonly taken?: {
    /** Whether it does; undefined where the value at `decidedAt` is only known at deployment. */
    readonly counts: boolean | undefined;
    /** Where below `Properties` stands what decides that. */
    readonly decidedAt: readonly string[];
  };
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
  /** Where scripts stand that its instances run when they start, lists on the way as `EACH`; absent where the type holds none. */
  readonly userDataPaths?: ReadonlyArray<readonly string[]>;
  /** Where the image of its instances stands, if the type holds it itself. */
  readonly imagePath?: readonly string[];
  /** The properties that decide about metadata options; nothing else is read. */
  readonly reads: ReadonlyArray<readonly string[]>;
  /** The page that says what an edit does, of the resource itself or of what it launches from; absent where none does. */
  readonly effectDocumentation?: string;
  /** What has to be true before such an edit is deployed, beyond what its effect says. */
  readonly caution?: string;
  /** Instances of this type run containers that reach the metadata service through a bridge. */
  readonly containerHost?: string;
  /** Where it says what it launches, if that stands in a text or call which nothing edits and nothing else launches from. */
  readonly embedded?: string;
  /** What it is created with, where its instances are not launched from that; absent where the type names nothing of the kind. */
  createdWith?(properties: Struct): SourceReference[];
  /** What its service does when the metadata options of this very resource change; `named` is what it is created with, where that is known. */
  onEdit?(resource: SourceResource, named: readonly SourceResource[]): DeployEffect;
  /** What can be deployed before such an edit so that it costs less, in words; undefined where nothing can. */
  easedBy?(resource: SourceResource, named: readonly SourceResource[]): string | undefined;
  /** What CloudFormation does to this resource when a launch template it follows gets a new version. */
  onNewVersion?(resource: SourceResource): DeployEffect;
  /** The other launch sources it points to; absent where the type can point to none. */
  references?(properties: Struct): SourceReference[];
  /** The ways in which it launches, where each may have options of its own; such options are required where they are, and never added. */
  parts?(properties: Struct, outcomes: Outcomes): Part[];
  /** Why tokens are required where the properties say nothing, in words; undefined where that is not certain. */
  requiredBySilence?(properties: Struct): string | undefined;
  /** From where it launches without anybody's word; absent where the type has no such place. */
  gaps?(properties: Struct): Gap[];
  /** The line to write, where it is not the same for every resource of the type. */
  fix?(properties: Struct): string;
  /** The properties with the documents that stand in their texts: there the paths of its parts lead. */
  opened?(properties: Struct): Struct;
  /** Whether this resource launches EC2 instances at all; absent where all of the type do. */
  launches?(properties: Struct, outcomes: Outcomes): boolean;
}
