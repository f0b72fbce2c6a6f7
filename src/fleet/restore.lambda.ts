import type { EC2Client } from '@aws-sdk/client-ec2';
import { restoredPartOf, type RestoreRecord, type WaveTarget } from './handlers/change-records';
import { inWords, reach } from './handlers/clients';
import { csv, RESTORE_COLUMNS } from './handlers/csv';
import { checkLock } from './handlers/lock';
import { inForce, isGone, modify, present, settled } from './handlers/options';
import { Pace } from './handlers/pace';
import type { Run } from './handlers/records';
import { lines, parsed, Store } from './handlers/store';
import { partsOfWave, touchedIn, type Touched } from './handlers/touched';
import { undoneBefore } from './handlers/undone';

export interface RestoreEvent {
  readonly bucket: string;
  readonly run: Run;
  /** The run that is undone: this one, or an earlier one. */
  readonly from: string;
  readonly target: WaveTarget;
}

/** The same again, for the next call. */
export interface Restored extends RestoreEvent {
  readonly done: boolean;
}

/** Milliseconds that one part may take; with less left the next call does it. */
const PART_TIME = 240_000;

/** Gives the instances of an account and region exactly the options back that they had before these waves, the last one first. */
export async function restore(event: RestoreEvent, timeLeft: () => number): Promise<Restored> {
  const { bucket, run, from, target } = event;
  const check = async () => checkLock(bucket, run.executionArn!);
  await check();
  const store = new Store(bucket, run);
  const earlier = new Store(bucket, { id: from });
  const undone = [earlier, ...await undoneBefore(earlier, from, run)];
  const { ec2 } = await reach(target, run);
  const pace = new Pace(run.changesPerSecond!, check);
  for (const wave of [...target.waves].reverse()) {
    for (const [part, name] of (await partsOfWave(earlier, wave, target)).entries()) {
      if (await store.find(restoredPartOf(wave, target, part, 'jsonl')) !== undefined) continue;
      if (timeLeft() < PART_TIME) return { ...event, done: false };
      const records = await carryOut(ec2, pace, await leftChanged(undone, name, restoredPartOf(wave, target, part, 'jsonl')), event);
      await store.put(restoredPartOf(wave, target, part, 'csv'), csv(RESTORE_COLUMNS, records), 'text/csv');
      await store.put(restoredPartOf(wave, target, part, 'jsonl'), lines(records), 'application/x-ndjson');
    }
  }
  return { ...event, done: true };
}

/** What a run changed in a part and neither gave back itself nor got undone before: whoever changed that since is somebody else. */
async function leftChanged(undone: readonly Store[], part: string, restored: string): Promise<Touched[]> {
  const back = new Set<string>();
  for (const store of undone) {
    for (const { instance, outcome } of parsed<RestoreRecord>(await store.find(restored) ?? '')) if (outcome !== 'failed') back.add(instance);
  }
  return (await touchedIn(undone[0], part)).filter(({ instance }) => !back.has(instance));
}

async function carryOut(ec2: EC2Client, pace: Pace, changed: readonly Touched[], { run, from }: RestoreEvent): Promise<RestoreRecord[]> {
  const now = await present(ec2, changed.map(({ instance }) => instance));
  const records: RestoreRecord[] = [];
  for (const { account, region, instance, wave, before: after } of changed) {
    const before = now.get(instance)?.options;
    const record = (rest: Pick<RestoreRecord, 'outcome' | 'reason'>) => (
      records.push({ account, region, instance, run: run.id, from, wave, time: new Date().toISOString(), before, after: after!, ...rest }));
    if (!before) {record({ outcome: 'gone' });} else if (before.tokens === after!.tokens && before.hopLimit === after!.hopLimit) {record({ outcome: 'already' });} else {
      await pace.turn();
      try {
        await modify(ec2, instance, before, after!);
        record({ outcome: 'restored' });
      } catch (error) {
        record({ outcome: isGone(error as Error) ? 'gone' : 'failed', reason: inWords(error as Error) });
      }
    }
  }
  const isRestored = ({ outcome }: RestoreRecord) => outcome === 'restored';
  const known = await settled(ec2, records.filter(isRestored).map(({ instance }) => instance), 'optional');
  return records.map((record) => isRestored(record) ? { ...record, ...inForce(known.get(record.instance)) } : record);
}
