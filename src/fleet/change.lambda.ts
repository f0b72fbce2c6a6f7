import type { EC2Client } from '@aws-sdk/client-ec2';
import {
  changePartOf, itemsOf, type ChangeRecord, type Intent, type Options, type Wave, type WaveApproval, type WaveItem, type WaveTarget,
} from './handlers/change-records';
import { inWords, reach, type Reached } from './handlers/clients';
import { CHANGE_COLUMNS, csv } from './handlers/csv';
import { checkLock } from './handlers/lock';
import { CHUNK, exemptOf, inForce, isGone, modify, present, settled, type Present } from './handlers/options';
import { Pace, partSize } from './handlers/pace';
import { callersSince } from './handlers/readiness';
import type { Run } from './handlers/records';
import { lines, parsed, Store } from './handlers/store';

export interface ChangeEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly target: WaveTarget;
  readonly wave: Pick<Wave, 'number'>;
  readonly approval: WaveApproval;
  /** The number of the next part; the first one where it is absent. */
  readonly part?: number;
}

/** The same again, for the next call. */
export interface Changed extends ChangeEvent {
  readonly done: boolean;
}

/** Instances that called without a token after the inventory, and how often. */
type Callers = ReadonlyMap<string, number>;

/** Milliseconds that one part may take; with less left the next call does it. */
const PART_TIME = 240_000;

/** One account and region of a wave, part by part; a part that has its record is not touched again. */
export async function change(event: ChangeEvent, timeLeft: () => number): Promise<Changed> {
  const { bucket, run, target, wave } = event;
  const store = new Store(bucket, run);
  const check = async () => checkLock(bucket, run.executionArn!);
  await check();
  const items = JSON.parse(await store.get(itemsOf(wave.number, target))) as WaveItem[];
  const size = partSize(run.changesPerSecond!, CHUNK);
  const reached = await reach(target, run);
  const pace = new Pace(run.changesPerSecond!, check);
  for (let part = event.part ?? 0; part * size < items.length; part++) {
    if (timeLeft() < PART_TIME) return { ...event, part, done: false };
    if (await store.find(changePartOf(wave.number, target, part, 'jsonl')) !== undefined) continue;
    const chunk = items.slice(part * size, (part + 1) * size);
    const callers = await callersSince(reached.cloudWatch, chunk.map(({ instance }) => instance), run);
    const intents = await intentsOf(store, reached, callers, event, part, chunk);
    const records = await carryOut(reached, callers, pace, intents);
    await store.put(changePartOf(wave.number, target, part, 'csv'), csv(CHANGE_COLUMNS, records), 'text/csv');
    await store.put(changePartOf(wave.number, target, part, 'jsonl'), lines(records), 'application/x-ndjson');
  }
  return { ...event, done: true };
}

/** What is about to be done, written down before: a call that died may have done some of it, and what was before is known. */
async function intentsOf(
  store: Store, { ec2, autoScaling }: Reached, callers: Callers, { run, target, wave, approval }: ChangeEvent, part: number,
  items: readonly WaveItem[],
): Promise<Intent[]> {
  const name = changePartOf(wave.number, target, part, 'before.jsonl');
  const written = await store.find(name);
  if (written !== undefined) return parsed<Intent>(written);
  const now = await present(ec2, items.map(({ instance }) => instance));
  const exempt = await exemptOf(autoScaling, now);
  const intents = items.map((item): Intent => {
    const { instance } = item;
    const found = now.get(instance);
    const before = found?.options;
    const time = new Date().toISOString();
    const { account, region } = target;
    const common = { account, region, instance, run: run.id, wave: wave.number, approver: approval.approver, time, before };
    const left = leftAs(found, exempt.has(instance), callers.get(instance));
    return left ? { ...common, ...left } : { ...common, after: { ...before!, tokens: 'required', hopLimit: hopLimitOf(item, before!) } };
  });
  await store.put(name, lines(intents), 'application/x-ndjson');
  return intents;
}

type Left = Required<Pick<Intent, 'left'>> & Pick<Intent, 'reason'>;

/** Why an instance is left as it is, where it is: weeks may pass between the inventory and a wave, and days before a run is redriven. */
function leftAs(now: Present | undefined, isExempt: boolean, calls: number | undefined): Left | undefined {
  if (!now) return { left: 'gone' };
  if (now.options.endpoint === 'disabled') return { left: 'endpoint-disabled' };
  if (isExempt) return { left: 'exempt' };
  if (now.options.tokens === 'required') return { left: 'already' };
  return calls === undefined ? undefined : { left: 'not-ready', reason: `calls without a token after the inventory: ${calls}` };
}

/** As planned, unless somebody has gone further since: a wave may begin weeks after its plan. */
function hopLimitOf({ hopLimit, lowers }: WaveItem, { hopLimit: now }: Options): number | undefined {
  if (hopLimit === undefined || now === undefined) return hopLimit ?? now;
  return lowers ? Math.min(hopLimit, now) : Math.max(hopLimit, now);
}

async function carryOut({ ec2, autoScaling }: Reached, callers: Callers, pace: Pace, intents: readonly Intent[]): Promise<ChangeRecord[]> {
  const now = await present(ec2, intents.map(({ instance }) => instance));
  const exempt = await exemptOf(autoScaling, now);
  const records: ChangeRecord[] = [];
  for (const { left, ...intent } of intents) {
    const { instance } = intent;
    const found = now.get(instance);
    const ended = left ? { outcome: left } : await changed(ec2, pace, intent, found, leftAs(found, exempt.has(instance), callers.get(instance)));
    records.push({ ...intent, time: new Date().toISOString(), ...ended });
  }
  const done = await withoutLostAnswers(ec2, records);
  const known = await settled(ec2, done.filter(isRequired).map(({ instance }) => instance), 'required');
  return done.map((record) => isRequired(record) ? { ...record, ...inForce(known.get(record.instance)) } : record);
}

/** What failed may have been done all the same, and only what is recorded as changed is watched, and gets its options back. */
async function withoutLostAnswers(ec2: EC2Client, records: readonly ChangeRecord[]): Promise<ChangeRecord[]> {
  const now = await present(ec2, records.filter(({ outcome }) => outcome === 'failed').map(({ instance }) => instance));
  return records.map((record) => (now.get(record.instance)?.options.tokens === 'required' ? { ...record, outcome: 'changed', reason: undefined } : record));
}

const isRequired = ({ outcome }: ChangeRecord) => outcome === 'changed' || outcome === 'already';

async function changed(
  ec2: EC2Client, pace: Pace, { instance, after }: Omit<Intent, 'left'>, now: Present | undefined, leftNow: Left | undefined,
): Promise<Pick<ChangeRecord, 'outcome' | 'reason'>> {
  // A call that died has done it.
  if (now?.options.tokens === 'required') return { outcome: 'changed' };
  if (leftNow) return { outcome: leftNow.left, reason: leftNow.reason };
  await pace.turn();
  try {
    await modify(ec2, instance, now!.options, after!);
    return { outcome: 'changed' };
  } catch (error) {
    return { outcome: isGone(error as Error) ? 'gone' : 'failed', reason: inWords(error as Error) };
  }
}
