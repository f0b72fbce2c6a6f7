/** What a run writes: evidence that others read, so that names stay. */

/** One account and region that is asked for. */
export interface Target {
  readonly account: string;
  /** `all` where the account could not even be asked for its regions. */
  readonly region: string;
  /** The role that reads it; absent for the account of the run. */
  readonly role?: string;
}

/** What holds for a whole run. */
export interface Run {
  readonly id: string;
  /** ISO 8601; the end of the look-back window, too, so that a run that is redriven still means the same. */
  readonly startedAt: string;
  /** The version of this library. */
  readonly version: string;
  readonly lookBackDays: number;
  /** Tags that name an owner or an application, the first one that is there; upper and lower case are the same. */
  readonly ownerTags: readonly string[];
  readonly applicationTags: readonly string[];
  /** What may change the fleet: the execution that holds the lock, and how fast. */
  readonly executionArn?: string;
  readonly changesPerSecond?: number;
}

export type TargetStatus = 'inspected' | 'denied' | 'disabled' | 'failed';

/** What became of one target. */
export interface TargetRecord {
  readonly account: string;
  readonly region: string;
  readonly status: TargetStatus;
  /** Why it was not inspected. */
  readonly reason?: string;
  /** How many parts of the inventory belong to it. */
  readonly parts?: number;
  /** The account's defaults that are set, `HttpTokensEnforced` among them. */
  readonly defaults?: { readonly [option: string]: string };
  /** `account` or `declarative-policy`. */
  readonly managedBy?: string;
}

export type ReadinessState = 'ready' | 'not-ready' | 'unknown';

/** Whether an instance was seen to do without IMDSv1. */
export interface Readiness {
  readonly state: ReadinessState;
  /** Calls without a token in the look-back window. */
  readonly calls: number;
  /** ISO 8601, to five minutes. */
  readonly lastCall?: string;
  /** Whole days of the window with data. */
  readonly daysWithData: number;
}

/** What a role could do at most: conditions, denials and boundaries are not looked at. */
export type RoleAccess = 'none' | 'scoped' | 'wildcard' | 'administrator' | 'unknown';

/** An instance that may answer IMDSv1. */
export interface InstanceRecord {
  readonly account: string;
  readonly region: string;
  readonly instance: string;
  readonly state: string;
  readonly launchedAt?: string;
  readonly image?: string;
  /** `optional`, or `required` where EC2 does not say yet that this is in force. */
  readonly tokens: string;
  readonly hopLimit?: number;
  /** `enabled` or `disabled`: with a disabled endpoint nothing answers, with a token or without. */
  readonly endpoint: string;
  readonly group?: string;
  readonly launchTemplate?: string;
  readonly launchTemplateVersion?: string;
  readonly profile?: string;
  readonly role?: string;
  readonly roleAccess: RoleAccess;
  readonly owner?: string;
  readonly application?: string;
  /** Why it looks like a container host, where it does. */
  readonly containerHost?: string;
  readonly readiness: Readiness;
  readonly exemptUntil?: string;
  readonly exemptReason?: string;
  /** Whether the exemption holds at the start of the run. */
  readonly exempt: boolean;
}

export type SourceKind = 'launch-template' | 'launch-configuration';

/** What groups and instances of the inventory are launched from. */
export interface SourceRecord {
  readonly account: string;
  readonly region: string;
  readonly kind: SourceKind;
  readonly id: string;
  /** As it is named: a number, `$Default` or `$Latest`; none for launch configurations. */
  readonly version?: string;
  readonly group?: string;
  /** `silent` where the account or the image decides, `missing` where it does not exist any more. */
  readonly tokens: 'required' | 'optional' | 'silent' | 'missing';
  readonly hopLimit?: number;
}

/** Whether EC2 was told to require tokens of an instance, so that nothing is left to change. */
export function isTold({ tokens }: Pick<InstanceRecord, 'tokens'>): boolean {
  return tokens === 'required';
}

/** Whether an instance answers IMDSv1 now. */
export function isOpen({ endpoint }: Pick<InstanceRecord, 'endpoint'>): boolean {
  return endpoint !== 'disabled';
}
