import type { ChangeOutcome, ChangeRecord, Intent, RestoreRecord, WaveItem } from '../handlers/change-records';
import { each } from '../handlers/each';
import type { SourceChange } from '../handlers/ledger';
import { isOpen, isTold, type InstanceRecord, type TargetRecord } from '../handlers/records';
import { AT_ONCE, parsed } from '../handlers/store';

/** What an instance of the inventory came to in a run that changes the fleet. */
export type EndState = Exclude<ChangeOutcome, 'changed' | 'already'>
  | 'required' | 'unconfirmed' | 'replaced' | 'restored' | 'not-ready' | 'unknown' | 'not-reached' | 'in-no-wave' | 'in-its-group';

export interface End {
  readonly state: EndState;
  readonly wave?: number;
  readonly reason?: string;
}

/** What became of the instances of one wave. */
export interface WaveSummary {
  readonly wave: number;
  readonly approver?: string;
  readonly instances: number;
  readonly required: number;
  /** Of the required ones, those that were stopped. */
  readonly stopped: number;
  readonly unconfirmed: number;
  readonly restored: number;
  readonly failed: number;
  readonly others: number;
}

const UNKNOWN = 'whether it was changed is not known: what it had is written down, and a rollback gives it back';

const NOT_IN_FORCE = 'EC2 has not said that it is in force: it counts as open until an inventory has looked';

const STOPPED = 'it was stopped: it gets it when it starts, and what it rejects once its wave has baked is not watched';

const NOT_BACK = 'EC2 has not said that it is in force';

/** How each instance ended, from what the run wrote down. */
export class Ends {
  /** @param names all objects of the run, which `read` reads */
  public static async of(names: readonly string[], read: (name: string) => Promise<string>): Promise<Ends> {
    const ends = new Ends(new Set(names.map((name) => /^waves\/(\d+)\//.exec(name)?.[1]).filter(Boolean)).size);
    // In this order: what is known later is what counts.
    const steps: ReadonlyArray<readonly [RegExp, (text: string, wave: string, target: string) => void]> = [
      [/^failures\/change\/(\d+)\/(.+)\.json$/, (text, wave, target) => ends.givenUp.set(`${Number(wave)}/${target}`, (JSON.parse(text) as TargetRecord).reason!)],
      [/^failures\/restore\/[^/]+\/[^/]+\.json$/, () => ends.abandoned++],
      [/^waves\/(\d+)\/([^/]+\/[^/]+)\.json$/, (text, wave, target) => ends.plan(Number(wave), target, JSON.parse(text))],
      [/^changes\/\d+\/.+\/\d+\.before\.jsonl$/, (text) => ends.intend(parsed(text))],
      [/^changes\/\d+\/.+\/\d+\.jsonl$/, (text) => ends.change(parsed(text))],
      [/^restored\/\d+\/.+\/\d+\.jsonl$/, (text) => ends.restore(parsed(text))],
      [/^(?:changes|restored)\/sources\/.+\.json$/, (text) => ends.sources.push(JSON.parse(text) as SourceChange)],
      [/^failures\/(?:restore-)?sources\/[^/]+\/[^/]+\.json$/, () => ends.abandoned++],
    ];
    for (const [pattern, add] of steps) {
      await each(names.filter((name) => pattern.test(name)), AT_ONCE, async (name) => {
        const [, wave, target] = pattern.exec(name)!;
        add(await read(name), wave, target);
      });
    }
    return ends;
  }

  /** Launch templates and groups that were changed or set back. */
  public readonly sources: SourceChange[] = [];

  private readonly ends = new Map<string, End>();
  private byGroup?: Map<string, SourceChange>;
  private readonly approvers = new Map<number, string>();
  /** Why a wave was given up in an account and region. */
  private readonly givenUp = new Map<string, string>();
  /** In how many accounts and regions the way back, or the launch templates and groups, were given up. */
  private abandoned = 0;

  private constructor(private readonly waves: number) {}

  /** What became of groups. */
  private get refreshed(): Map<string, SourceChange> {
    return this.byGroup ??= new Map(this.sources.filter(({ kind, undoes }) => kind === 'auto-scaling-group' && undoes === undefined)
      .map((change) => [groupOf({ ...change, group: change.id }), change]));
  }

  /** How an instance of the inventory ended. */
  public of(record: InstanceRecord): End {
    const end = this.ends.get(record.instance);
    if (end) return end;
    if (!isOpen(record)) return { state: 'endpoint-disabled' };
    if (record.exempt) return { state: 'exempt' };
    const group = this.refreshed.get(groupOf(record));
    if (group?.outcome === 'changed') return { state: 'replaced' };
    if (isTold(record)) return { state: 'unconfirmed', reason: NOT_IN_FORCE };
    if (record.readiness.state !== 'ready') return { state: record.readiness.state };
    return group ? { state: 'in-its-group', reason: group.reason } : { state: 'in-no-wave' };
  }

  /**
   * How many things did not go as they should.
   *
   * @param isDone whether the run went on to its end: then what has none is one of them, too
   */
  public failures(isDone: boolean): number {
    let failed = this.abandoned;
    for (const { outcome } of this.sources) if (outcome === 'failed' || isDone && outcome === undefined) failed++;
    for (const { state } of this.ends.values()) if (state === 'failed' || isDone && state === 'not-reached') failed++;
    return failed;
  }

  /** What became of each wave. */
  public get summaries(): WaveSummary[] {
    const none = { instances: 0, required: 0, stopped: 0, unconfirmed: 0, restored: 0, failed: 0, others: 0 };
    const summaries = Array.from({ length: this.waves }, (_, at) => ({ wave: at + 1, approver: this.approvers.get(at + 1), ...none }));
    for (const { wave, state, reason } of this.ends.values()) {
      const summary = summaries[wave! - 1];
      if (!summary) continue;
      summary.instances++;
      if (reason === STOPPED) summary.stopped++;
      if (state === 'required' || state === 'unconfirmed' || state === 'restored' || state === 'failed') summary[state]++;
      else summary.others++;
    }
    return summaries;
  }

  private plan(wave: number, target: string, items: readonly WaveItem[]): void {
    const reason = this.givenUp.get(`${wave}/${target}`);
    for (const { instance } of items) this.ends.set(instance, reason === undefined ? { state: 'not-reached', wave } : { state: 'failed', wave, reason });
  }

  private intend(intents: readonly Intent[]): void {
    for (const { instance, account, region, wave } of intents) {
      this.ends.set(instance, { state: 'failed', wave, reason: `${UNKNOWN} (${this.givenUp.get(`${wave}/${account}/${region}`) ?? 'the run was stopped'})` });
    }
  }

  private change(records: readonly ChangeRecord[]): void {
    for (const record of records) {
      const { instance, wave, approver } = record;
      this.approvers.set(wave, approver);
      this.ends.set(instance, { ...changeEnd(record), wave });
    }
  }

  private restore(records: readonly RestoreRecord[]): void {
    for (const { instance, wave, outcome, reason, applied, stopped } of records) {
      const state = outcome === 'already' ? 'restored' : outcome;
      const notYet = applied === false && !stopped ? NOT_BACK : undefined;
      this.ends.set(instance, { state, wave, reason: outcome === 'failed' ? `it did not get its options back: ${reason}` : reason ?? notYet });
    }
  }
}

function changeEnd({ outcome, reason, applied, stopped }: ChangeRecord): End {
  if (outcome !== 'changed' && outcome !== 'already') return { state: outcome, reason };
  if (stopped) return { state: 'required', reason: STOPPED };
  return applied ? { state: 'required' } : { state: 'unconfirmed', reason: NOT_IN_FORCE };
}

function groupOf({ account, region, group }: Pick<InstanceRecord, 'account' | 'region' | 'group'>): string {
  return `${account} ${region} ${group}`;
}
