import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { PAGE } from '../src/fleet/handlers/instances';
import { CHUNK } from '../src/fleet/handlers/options';
import { AT_ONCE } from '../src/fleet/tasks';

/** Open instances of one account and region, and how many of them a run changes. */
export interface Place {
  readonly instances: number;
  readonly ready: number;
}

export interface Fleet {
  readonly accounts: number;
  /** One for each account and region. */
  readonly places: readonly Place[];
  /** Instances of a place in a wave, by wave. */
  readonly waves: ReadonlyArray<(ready: number) => number>;
}

/** What a run that changes everything that is ready does, where nothing fails; roles of instances and launch templates apart. */
export interface Plan {
  readonly calls: { readonly [operation: string]: number };
  /** Metrics that CloudWatch is asked for. */
  readonly metrics: number;
  readonly transitions: number;
  readonly lambdaCalls: number;
  /** Objects that are written before the report. */
  readonly objects: number;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** How often each operation is called, and what Step Functions and Lambda do meanwhile. */
export function planOf({ accounts, places, waves }: Fleet): Plan {
  const filled = places.filter(({ instances }) => instances > 0);
  const changing = places.filter(({ ready }) => ready > 0);
  const pages = sum(filled.map(({ instances }) => Math.ceil(instances / PAGE)));
  // Where a place has nothing, that takes a page to see; what was told to require tokens and does not yet is asked for after it.
  const looks = pages + places.length - filled.length + places.length;
  const perWave = waves.map((share) => changing.map(({ ready }) => share(ready)).filter((count) => count > 0));
  const inWaves = perWave.flat();
  const parts = sum(inWaves.map((count) => Math.ceil(count / CHUNK)));
  const ready = sum(inWaves);
  const calls = {
    AssumeRole: accounts + places.length + changing.length + 2 * inWaves.length,
    DescribeRegions: accounts,
    DescribeInstances: looks + 3 * parts,
    GetInstanceMetadataDefaults: places.length + changing.length,
    GetMetricData: pages + parts + sum(inWaves.map((count) => Math.ceil(count / PAGE))),
    ModifyInstanceMetadataOptions: ready + changing.length,
  };
  return {
    calls,
    // At the inventory, before a change and after it.
    metrics: sum(places.map(({ instances }) => instances)) + 2 * ready,
    // Each account and region is an execution of its own: what is done, whether it is done, and the end.
    transitions: 12 + 9 * waves.length + 3 * places.length + places.length + (3 + 1) * inWaves.length + 3 * places.length,
    // The whole of what is asked for and is inspected; four for a page and one for its place; waves; what was before, and the record twice.
    objects: 2 + 4 * pages + places.length + 1 + waves.length + 2 * inWaves.length + changing.length + 3 * parts,
    lambdaCalls: 5 + waves.length + 3 * places.length + 2 * inWaves.length,
  };
}

/** Dollars in us-east-1, from the pages of AWS on 2026-11-24. */
const PRICES = {
  /** @see https://aws.amazon.com/step-functions/pricing/ */
  transition: 0.025 / 1000,
  /** @see https://aws.amazon.com/lambda/pricing/ */
  lambdaCall: 0.20 / 1e6,
  gigabyteSecond: 0.0000166667,
  /** @see https://aws.amazon.com/cloudwatch/pricing/ */
  metric: 0.01 / 1000,
  /** @see https://aws.amazon.com/s3/pricing/ */
  put: 0.005 / 1000,
};

/** What a call is taken to need, where nothing of AWS was measured. */
const SECONDS = { perPlace: 3, perPage: 10, perPart: 6 };

/** Gigabytes of the functions that inspect and change. */
const MEMORY = 0.5;

const MILLION = { instances: 1_000_000, accounts: 2000, regions: 17, largest: 20_000, readyShare: 0.8, perSecond: 3 };

/** A million instances in two thousand accounts: one place has twenty thousand, the others share the rest. */
export function million(): Fleet {
  const { accounts, regions, instances, largest, readyShare } = MILLION;
  const others = accounts * regions - 1;
  const each = (instances - largest) / others;
  const places = [largest, ...Array.from({ length: others }, (_, i) => Math.floor((i + 1) * each) - Math.floor(i * each))]
    .map((count) => ({ instances: count, ready: Math.round(count * readyShare) }));
  const first = 5;
  return {
    accounts,
    places,
    waves: [(ready) => (ready === largest * readyShare ? first : 0), (ready) => Math.ceil(ready / 4), (ready) => Math.floor(ready * 3 / 4)],
  };
}

export function tables(): string {
  const fleet = million();
  const { calls, metrics, transitions, lambdaCalls, objects } = planOf(fleet);
  const { perSecond, largest, readyShare } = MILLION;
  const ready = sum(fleet.places.map((place) => place.ready));
  const parts = sum(fleet.places.map((place) => Math.ceil(place.ready / CHUNK)));
  const inspecting = fleet.places.map(({ instances }) => SECONDS.perPlace + Math.ceil(instances / PAGE) * SECONDS.perPage);
  const changing = ready / perSecond + parts * SECONDS.perPart;
  const gigabyteSeconds = (sum(inspecting) + changing + 2 * fleet.places.length * SECONDS.perPlace) * MEMORY;
  const number = (value: number) => Math.round(value).toLocaleString('en-US');
  const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} h`;
  const dollars = (value: number) => `$${value.toFixed(2)}`;
  const costs: ReadonlyArray<readonly [string, string, number]> = [
    ['state transitions', number(transitions), transitions * PRICES.transition],
    ['calls of functions', number(lambdaCalls), lambdaCalls * PRICES.lambdaCall],
    ['gigabyte-seconds of functions', number(gigabyteSeconds), gigabyteSeconds * PRICES.gigabyteSecond],
    ['metrics asked of CloudWatch', number(metrics), metrics * PRICES.metric],
    ['objects written, before the report', number(objects), objects * PRICES.put],
  ];
  return [
    '| call | times |',
    '|---|---|',
    ...Object.entries(calls).map(([name, count]) => `| \`${name}\` | ${number(count)} |`),
    '',
    '| | how many | dollars |',
    '|---|---|---|',
    ...costs.map(([what, count, cost]) => `| ${what} | ${count} | ${dollars(cost)} |`),
    `| together | | ${dollars(sum(costs.map(([, , cost]) => cost)))} |`,
    '',
    '| | takes |',
    '|---|---|',
    `| the inventory, ${AT_ONCE} accounts and regions at once | ${hours(Math.max(Math.max(...inspecting), sum(inspecting) / AT_ONCE))} |`,
    `| changing all that is ready, ${AT_ONCE} at once | ${hours(changing / AT_ONCE)} |`,
    `| the largest account and region alone, at ${perSecond} a second | ${hours(largest * readyShare / perSecond)} |`,
  ].join('\n');
}

const BEGIN = '<!-- plan: npx tsx benchmarks/fleet-at-scale.ts --write -->';
const END = '<!-- /plan -->';

/** A page with the tables between its marks. */
export function written(page: string): string {
  return `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${tables()}\n${page.slice(page.indexOf(END))}`;
}

if (require.main === module) {
  const page = join(__dirname, '../docs/fleet-at-scale.md');
  if (process.argv.includes('--write')) writeFileSync(page, written(readFileSync(page, 'utf8')));
  else console.log(tables());
}
