import { inWords, isDenied } from './clients';
import type { Run, Target } from './records';
import type { Store } from './store';

/** How groups get instances that require tokens. */
export type GroupSettings = { readonly mode: 'in-place' } | RefreshSettings;

export interface RefreshSettings {
  readonly mode: 'instance-refresh';
  readonly minHealthyPercentage: number;
  /** Absent where the group's own warm-up holds. */
  readonly instanceWarmupSeconds?: number;
  readonly alarms?: readonly string[];
}

export type ChangedKind = 'launch-template' | 'auto-scaling-group';

/** What became of a launch template or a group; `restored` on the way back alone. */
export type SourceOutcome = 'changed' | 'restored' | 'already' | 'left' | 'pinned' | 'gone' | 'failed';

/** What was done to a launch template or a group, written down before it is done. */
export interface SourceChange {
  readonly account: string;
  readonly region: string;
  readonly kind: ChangedKind;
  readonly id: string;
  readonly run: string;
  /** When it was begun, ISO 8601. */
  readonly time: string;
  /** On the way back, the run whose changes are undone. */
  readonly undoes?: string;
  /** The number of the default version before. */
  readonly before?: string;
  /** The number of the version that requires tokens; on the way back, of the default version that is set back. */
  readonly after?: string;
  /** The version that `after` was made from; absent where it was there already. */
  readonly source?: string;
  /** Whether the default version moves to `after`, or something follows the latest one alone. */
  readonly moves?: boolean;
  /** Whether something follows the latest version: a default version that is set back does not reach it. */
  readonly followed?: boolean;
  /** On the way back, whether `source` is made the latest version again. */
  readonly repeats?: boolean;
  /** The id of the instance refresh. */
  readonly refresh?: string;
  /** On the way back, the id of the one that was under way. */
  readonly stopped?: string;
  /** Absent while it is under way. */
  readonly outcome?: SourceOutcome;
  readonly reason?: string;
  /** What a person can do about it. */
  readonly next?: string;
  /** Whether the next call tries again. */
  readonly retry?: boolean;
}

export type Ending = Pick<SourceChange, 'reason' | 'next' | 'retry'> & { readonly outcome: SourceOutcome };

/** Adds to the record, and writes it down. */
export type Save = (facts: Partial<SourceChange>) => Promise<void>;

/** The end of it, or nothing while it is under way. */
export type Act = (record: SourceChange, save: Save) => Promise<Ending | undefined>;

/**
 * The records of one account and region: an object for each template and group, whose name depends on these alone, so that a
 * call that is repeated goes on from what was written down.
 */
export class Ledger {
  private readonly errors: Error[] = [];

  constructor(
    private readonly store: Store, private readonly target: Target, private readonly run: Pick<Run, 'id'>,
    /** On the way back, the run whose changes are undone. */
    private readonly undoes?: string,
  ) {}

  public async read(kind: ChangedKind, id: string): Promise<SourceChange | undefined> {
    return this.store.findJson(this.nameOf(kind, id));
  }

  /** Does what is left to do. What goes wrong is recorded, and the others go on. Returns whether it has ended. */
  public async handle(kind: ChangedKind, id: string, act: Act): Promise<boolean> {
    const { account, region } = this.target;
    const begun = await this.read(kind, id);
    if (begun?.outcome && !begun.retry) return true;
    const { outcome: _, reason: _reason, next: _next, retry: _retry, ...known } = begun ?? {};
    let record: SourceChange = { account, region, kind, id, run: this.run.id, time: new Date().toISOString(), undoes: this.undoes, ...known };
    const save: Save = async (facts) => {
      record = { ...record, ...facts };
      await this.store.putJson(this.nameOf(kind, id), record);
    };
    try {
      const ending = await act(record, save);
      if (ending) await save(ending);
      return ending !== undefined;
    } catch (thrown) {
      const error = thrown as Error;
      // A template that is known by its name alone has no id that EC2 would take.
      const isGone = /^InvalidLaunchTemplateId\.(NotFound|Malformed)/.test(error.name);
      const retry = !isGone && !isDenied(error);
      await save(isGone ? { outcome: 'gone' } : { outcome: 'failed', reason: inWords(error), ...retry && { retry } });
      if (retry) this.errors.push(error);
      return true;
    }
  }

  /** @throws for what another call may do better, once all were handled and none is under way: what is thrown often ends all of them */
  public rethrow(): void {
    if (this.errors.length === 0) return;
    throw new Error(`${this.errors.length} launch templates or groups failed, the first of them so: ${inWords(this.errors[0])}`);
  }

  private nameOf(kind: ChangedKind, id: string): string {
    return `${this.undoes === undefined ? 'changes' : 'restored'}/sources/${this.target.account}/${this.target.region}/${kind}/${encodeURIComponent(id)}.json`;
  }
}
