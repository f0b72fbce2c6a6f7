import { createHash } from 'crypto';
import { csv, RESULT_COLUMNS, SOURCE_COLUMNS, TARGET_COLUMNS, type ResultRecord } from './handlers/csv';
import { each } from './handlers/each';
import type { InstanceRecord, Run, SourceRecord, Target, TargetRecord } from './handlers/records';
import { ASKED, AT_ONCE, isOutcome, lines, outcomeOf, parsed, partNamed, Store } from './handlers/store';
import { Ends } from './report/ends';
import { fleetPage } from './report/page';
import { Summing, type RunEnd, type Summary } from './report/summary';

export interface ReportEvent {
  readonly bucket: string;
  readonly run: Run;
  /** The dimension of the metrics. */
  readonly stateMachine: string;
  /** How the run ended, where it changed the fleet. */
  readonly end?: RunEnd;
}

export interface Reported {
  /** The key of the page. */
  readonly page: string;
  /** The SHA-256 of `manifest.json`, which has those of all other objects. */
  readonly manifest: string;
  readonly complete: boolean;
  readonly open: number;
  /** How many instances, accounts and regions did not end as they should. */
  readonly failures: number;
  /** What `PutMetricData` takes. */
  readonly metrics: readonly object[];
}

const MANIFEST = 'manifest.json';

/** Adds up what the run wrote, writes the report, and seals all of it with a manifest. */
export async function report({ bucket, run, stateMachine, end }: ReportEvent): Promise<Reported> {
  const store = new Store(bucket, run);
  const names = await store.names();
  const hashes = new Map<string, string>();
  const read = async (name: string) => {
    const text = await store.get(name);
    hashes.set(name, hash(text));
    return text;
  };
  const write = async (name: string, body: string, contentType: string) => {
    hashes.set(name, hash(body));
    await store.put(name, body, contentType);
  };
  const targets = await outcomes(names, read);
  const evidence = names.filter(isEvidence);
  const ends = await Ends.of(evidence, read);
  const summing = new Summing();
  const parts = new Map(targets.map((target) => [outcomeOf(target), target.parts ?? Infinity]));
  await each(evidence.filter((name) => !hashes.has(name)), AT_ONCE, async (name) => {
    const text = await read(name);
    const part = partNamed(name);
    // A call that died may have written more parts than the one that was repeated.
    if (!part || part.part >= (parts.get(outcomeOf(part)) ?? Infinity)) return;
    if (part.kind === 'sources') {
      for (const record of parsed<SourceRecord>(text)) summing.addSource(record);
      return;
    }
    const records = parsed<InstanceRecord>(text).map((record) => ({ record, end: ends.of(record) }));
    for (const { record, end: ended } of records) summing.addInstance(record, ended);
    if (!end) return;
    const results = records.map(({ record: { account, region, instance }, end: ended }): ResultRecord => (
      { account, region, instance, run: run.id, ...ended }));
    const result = (extension: string) => name.replace(/^instances/, 'results').replace(/jsonl$/, extension);
    await write(result('jsonl'), lines(results), 'application/x-ndjson');
    await write(result('csv'), csv(RESULT_COLUMNS, results), 'text/csv');
  });

  const summary = summing.summary(run, targets, { waves: ends.summaries, sourceChanges: ends.sources, end });
  await write('targets.jsonl', lines(targets), 'application/x-ndjson');
  await write('targets.csv', csv(TARGET_COLUMNS, targets), 'text/csv');
  await write('sources.jsonl', lines(summary.sources), 'application/x-ndjson');
  await write('sources.csv', csv(SOURCE_COLUMNS, summary.sources), 'text/csv');
  await write('report.html', fleetPage(summary), 'text/html; charset=utf-8');
  const manifest = JSON.stringify(manifestOf(summary, hashes), undefined, 1);
  await store.put(MANIFEST, manifest, 'application/json');
  return {
    page: store.keyOf('report.html'),
    manifest: hash(manifest),
    complete: summary.complete,
    open: summary.totals.open,
    failures: ends.failures(!end || end.state === 'done'),
    metrics: metricsOf(summary, stateMachine),
  };
}

/** What this function writes itself, and writes again when it is repeated. */
const WRITTEN = [MANIFEST, 'report.html', 'targets.jsonl', 'targets.csv', 'sources.jsonl', 'sources.csv'];

function isEvidence(name: string): boolean {
  return !WRITTEN.includes(name) && !name.startsWith('results/');
}

/** Everything that was asked for; where nothing was recorded, that is what is said. */
async function outcomes(names: readonly string[], read: (name: string) => Promise<string>): Promise<TargetRecord[]> {
  const asked = JSON.parse(await read(ASKED)) as Target[];
  const recorded = new Set(names.filter(isOutcome));
  const records = new Map<Target, TargetRecord>();
  await each(asked, AT_ONCE, async (target) => {
    const name = outcomeOf(target);
    const { account, region } = target;
    records.set(target, recorded.has(name)
      ? JSON.parse(await read(name)) as TargetRecord
      : { account, region, status: 'failed', reason: 'nothing was recorded: the run was stopped, or its workers could not write' });
  });
  return asked.map((target) => records.get(target)!).sort((one, other) => (`${one.account} ${one.region}` < `${other.account} ${other.region}` ? -1 : 1));
}

function manifestOf({ run, complete, statuses, totals, endpointDisabled, waves, end }: Summary, hashes: ReadonlyMap<string, string>): object {
  const objects = [...hashes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, sha256]) => ({ name, sha256 }));
  return { schemaVersion: 1, run, complete, statuses, totals, endpointDisabled, ...end && { waves, end }, objects };
}

/** The count that remains is said only where all was inspected: an account that cannot be read must not look like progress. */
function metricsOf({ complete, targets, statuses, totals }: Summary, stateMachine: string): object[] {
  const metric = (MetricName: string, Value: number) => ({ MetricName, Value, Unit: 'Count', Dimensions: [{ Name: 'StateMachine', Value: stateMachine }] });
  return [
    ...complete ? [metric('InstancesAllowingImdsV1', totals.open)] : [],
    metric('TargetsNotInspected', targets.length - statuses.inspected),
  ];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
