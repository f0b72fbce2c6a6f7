import { inWords, isDenied, reach } from './handlers/clients';
import { csv, INSTANCE_COLUMNS, SOURCE_COLUMNS } from './handlers/csv';
import { readDefaults } from './handlers/defaults';
import { BEGINNING, describePage, type Place } from './handlers/instances';
import { Profiles } from './handlers/profiles';
import { readReadiness } from './handlers/readiness';
import type { InstanceRecord, Run, SourceRecord, Target, TargetRecord } from './handlers/records';
import { sourcesOf } from './handlers/sources';
import { lines, outcomeOf, partOf, Store } from './handlers/store';

/** Where the inventory of a region goes on. */
export interface Cursor extends Place {
  /** The number of the next part. */
  readonly part: number;
}

export interface InspectEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly target: Target;
  readonly cursor?: Cursor;
}

/** The same again, for the next call. */
export interface Inspected extends InspectEvent {
  readonly done: boolean;
}

/** Milliseconds that one page, with its metrics, profiles and launch sources, may take; with less left the next call does it. */
const PAGE_TIME = 180_000;

/**
 * The inventory of one account and region, page by page: each page that is not empty is a part of the evidence, whose name
 * depends on its number alone, so that a call that is repeated writes the same again.
 */
export async function inspect(event: InspectEvent, timeLeft: () => number): Promise<Inspected> {
  const { bucket, run, target } = event;
  const store = new Store(bucket, run);
  const { account, region } = target;
  const done = async (record: Omit<TargetRecord, 'account' | 'region'>): Promise<Inspected> => {
    await store.putJson(outcomeOf(target), { account, region, ...record } satisfies TargetRecord);
    return { bucket, run, target, done: true };
  };
  const write = async (records: readonly InstanceRecord[], sources: readonly SourceRecord[], part: number): Promise<void> => {
    await Promise.all([
      store.put(partOf('instances', target, part, 'jsonl'), lines(records), 'application/x-ndjson'),
      store.put(partOf('instances', target, part, 'csv'), csv(INSTANCE_COLUMNS, records), 'text/csv'),
      store.put(partOf('sources', target, part, 'jsonl'), lines(sources), 'application/x-ndjson'),
      store.put(partOf('sources', target, part, 'csv'), csv(SOURCE_COLUMNS, sources), 'text/csv'),
    ]);
  };
  try {
    const reached = await reach(target, run);
    const profiles = new Profiles(reached.iam);
    let place: Place | undefined = event.cursor ?? BEGINNING;
    let part = event.cursor?.part ?? 0;
    do {
      const { instances, groups, next } = await describePage(reached, run, target, place);
      const readiness = await readReadiness(reached.cloudWatch, instances.map(({ instance }) => instance), run);
      const records: InstanceRecord[] = [];
      for (const { containerHost, ...facts } of instances) {
        const { hosts, ...role } = await profiles.of(facts.profile);
        records.push({ ...facts, ...role, containerHost: containerHost ?? hosts, readiness: readiness.get(facts.instance)! });
      }
      // Most regions have none, and at the end every object is read.
      if (records.length > 0) await write(records, await sourcesOf(reached, target, records, groups), part++);
      place = next;
    } while (place && timeLeft() > PAGE_TIME);
    if (place) return { bucket, run, target, cursor: { ...place, part }, done: false };
    return await done({ status: 'inspected', parts: part, ...await readDefaults(reached.ec2) });
  } catch (error) {
    // To try again would not help; everything else is the state machine's to repeat.
    if (!isDenied(error as Error)) throw error;
    return done({ status: 'denied', reason: inWords(error as Error) });
  }
}
