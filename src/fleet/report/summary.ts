import type { End, EndState, WaveSummary } from './ends';
import type { SourceChange } from '../handlers/ledger';
import { isOpen, type InstanceRecord, type ReadinessState, type RoleAccess, type Run, type SourceRecord, type TargetRecord, type TargetStatus } from '../handlers/records';

/** An instance of the inventory, and how it ended in a run that changes the fleet. */
export type Seen = readonly [record: InstanceRecord, end?: End];

/** How many open instances of one kind there are. */
export interface Counts {
  readonly open: number;
  readonly ready: number;
  readonly notReady: number;
  readonly unknown: number;
  /** Of the open ones, those with an exemption in force. */
  readonly exempt: number;
}

/** Open instances that share an owner, an application or a role. */
export interface Group extends Counts {
  readonly name: string;
  /** What the role could do, where it is one. */
  readonly access?: RoleAccess;
}

/** What a run changed; nothing where it takes inventory only. */
export interface Changes {
  readonly waves: readonly WaveSummary[];
  /** Launch templates and groups. */
  readonly sourceChanges: readonly SourceChange[];
  /** How a run that changes the fleet ended, once it has. */
  readonly end?: RunEnd;
}

/** What a run came to. */
export interface Summary extends Changes {
  readonly run: Run;
  /** Whether every account and region that was asked for was inspected. */
  readonly complete: boolean;
  readonly targets: readonly TargetRecord[];
  readonly statuses: { readonly [status in TargetStatus]: number };
  readonly totals: Counts;
  /** Instances whose endpoint is disabled: their tokens are optional, and nothing answers. */
  readonly endpointDisabled: number;
  readonly owners: readonly Group[];
  readonly applications: readonly Group[];
  readonly roles: readonly Group[];
  /** Those an attacker would gain most from, as many as a page holds. */
  readonly worst: readonly Seen[];
  /** Those that end soonest, as many as a page holds. */
  readonly exemptions: readonly InstanceRecord[];
  /** How many there are, with those that a page does not hold. */
  readonly exemptionCount: number;
  readonly sources: readonly SourceRecord[];
  /** Instances that did not end as they should, as many as a page holds. */
  readonly failed: ReadonlyArray<Required<Seen>>;
}

/** How a run that changes the fleet ended. */
export interface RunEnd {
  /** `done`, or why it stopped. */
  readonly state: string;
  readonly reason: string;
}

/** As many rows as one looks at; all of them are in the files. */
export const MOST_SHOWN = 500;

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

const NONE: Counts = { open: 0, ready: 0, notReady: 0, unknown: 0, exempt: 0 };
/** Ends of instances that do not answer IMDSv1 any more. What EC2 did not confirm, and what a refresh replaced, which may have skipped it, counts until it is looked at again. */
const NOT_OPEN: readonly EndState[] = ['required', 'gone'];

const COUNTED: { readonly [state in ReadinessState]: 'ready' | 'notReady' | 'unknown' } = { 'ready': 'ready', 'not-ready': 'notReady', 'unknown': 'unknown' };

/** From what could do everything to what could do nothing; what is not known is feared. */
const ACCESS: readonly RoleAccess[] = ['administrator', 'unknown', 'wildcard', 'scoped', 'none'];
const STATES: readonly ReadinessState[] = ['not-ready', 'unknown', 'ready'];

/** Adds up records of which no more is held than a page shows. */
export class Summing {
  private readonly totals = { ...NONE };
  private endpointDisabled = 0;
  private readonly owners = new Map<string, Mutable<Group>>();
  private readonly applications = new Map<string, Mutable<Group>>();
  private readonly roles = new Map<string, Mutable<Group>>();
  private readonly sources = new Map<string, SourceRecord>();
  private worst: Seen[] = [];
  private exemptions: InstanceRecord[] = [];
  private exemptionCount = 0;
  private readonly failed: Array<Required<Seen>> = [];

  public addInstance(inspected: InstanceRecord, end?: End): void {
    // It may have called after it was inspected.
    const record = end?.state === 'not-ready' ? { ...inspected, readiness: { ...inspected.readiness, state: end.state } } : inspected;
    if (end?.state === 'failed' && this.failed.length < MOST_SHOWN) this.failed.push([record, end]);
    if (end && NOT_OPEN.includes(end.state)) return;
    if (!isOpen(record) || end?.state === 'endpoint-disabled') {
      this.endpointDisabled++;
      return;
    }
    const role = record.role ?? record.profile?.split('/').pop();
    for (const counts of [
      this.totals as Mutable<Counts>,
      groupOf(this.owners, record.owner ?? 'no owner'),
      groupOf(this.applications, record.application ?? 'no application'),
      groupOf(this.roles, role ? `${record.account}/${role}` : 'no role', record.roleAccess),
    ]) {
      counts.open++;
      counts[COUNTED[record.readiness.state]]++;
      if (record.exempt) counts.exempt++;
    }
    this.worst.push([record, end]);
    if (this.worst.length > 4 * MOST_SHOWN) this.worst = mostFeared(this.worst);
    if (record.exemptUntil) {
      this.exemptions.push(record);
      this.exemptionCount++;
    }
    if (this.exemptions.length > 4 * MOST_SHOWN) this.exemptions = endingSoonest(this.exemptions);
  }

  /** Several instances, on several pages of the inventory, have the same. */
  public addSource(record: SourceRecord): void {
    const { account, region, kind, id, version, group } = record;
    this.sources.set(JSON.stringify([account, region, kind, id, version, group]), record);
  }

  public summary(run: Run, targets: readonly TargetRecord[], changes: Changes = { waves: [], sourceChanges: [] }): Summary {
    const statuses = { inspected: 0, denied: 0, disabled: 0, failed: 0 };
    for (const { status } of targets) statuses[status]++;
    return {
      run,
      complete: targets.length > 0 && statuses.inspected === targets.length,
      targets,
      statuses,
      totals: this.totals,
      endpointDisabled: this.endpointDisabled,
      owners: byOpen(this.owners),
      applications: byOpen(this.applications),
      roles: byOpen(this.roles).sort((one, other) => ACCESS.indexOf(one.access!) - ACCESS.indexOf(other.access!)),
      worst: mostFeared(this.worst),
      exemptions: endingSoonest(this.exemptions),
      exemptionCount: this.exemptionCount,
      sources: [...this.sources].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, source]) => source),
      ...changes,
      failed: this.failed,
    };
  }
}

function groupOf(groups: Map<string, Mutable<Group>>, name: string, access?: RoleAccess): Mutable<Group> {
  let group = groups.get(name);
  if (!group) groups.set(name, group = { name, access, ...NONE });
  return group;
}

function byOpen(groups: ReadonlyMap<string, Group>): Group[] {
  return [...groups.values()].sort((one, other) => other.open - one.open || (one.name < other.name ? -1 : 1));
}

function mostFeared(seen: readonly Seen[]): Seen[] {
  const rank = ({ roleAccess, readiness }: InstanceRecord) => ACCESS.indexOf(roleAccess) * STATES.length + STATES.indexOf(readiness.state);
  return [...seen].sort(([one], [other]) => rank(one) - rank(other) || (one.instance < other.instance ? -1 : 1)).slice(0, MOST_SHOWN);
}

function endingSoonest(records: readonly InstanceRecord[]): InstanceRecord[] {
  return [...records].sort((one, other) => (one.exemptUntil! + one.instance < other.exemptUntil! + other.instance ? -1 : 1)).slice(0, MOST_SHOWN);
}
