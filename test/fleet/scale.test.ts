import { readFileSync } from 'fs';
import { join } from 'path';
import { FakeFleet, instance, NOW, RUN } from './fake-fleet';
import { million, planOf, tables, written, type Place } from '../../benchmarks/fleet-at-scale';
import { change } from '../../src/fleet/change.lambda';
import { checkWayBack } from '../../src/fleet/check-way-back.lambda';
import type { WaveTarget } from '../../src/fleet/handlers/change-records';
import { inspect } from '../../src/fleet/inspect.lambda';
import { judgeWave, judgeWayBack } from '../../src/fleet/judge.lambda';
import { planWaves } from '../../src/fleet/plan-waves.lambda';
import { plan } from '../../src/fleet/plan.lambda';
import { watch } from '../../src/fleet/watch.lambda';

jest.setTimeout(60_000);

const BUCKET = 'reports';
const RUNNING = { ...RUN, executionArn: 'arn:run', changesPerSecond: 1_000_000 };
const REGIONS = ['us-east-1', 'eu-west-1', 'us-west-2'];
const ACCOUNTS = ['111111111111', '222222222222', '333333333333'];

/** Instances and ready ones by account and region: none, few, just one part, more than one part, more than one page. */
const PLACES: ReadonlyArray<Place> = [
  { instances: 0, ready: 0 }, { instances: 3, ready: 0 }, { instances: 4, ready: 4 }, { instances: 100, ready: 100 }, { instances: 120, ready: 101 },
  { instances: 501, ready: 333 }, { instances: 1001, ready: 700 }, { instances: 1, ready: 1 }, { instances: 50, ready: 20 },
];

test('the plan says what a run does', async () => {
  Object.assign(process.env, { AWS_REGION: REGIONS[0], AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'x' });
  const fleet = new FakeFleet(500);
  fleet.objects.set('lock.json', JSON.stringify({ execution: 'arn:run' }));
  const names = ACCOUNTS.flatMap((account) => REGIONS.map((region) => `${account}/${region}`));
  for (const account of ACCOUNTS) fleet.regions[account] = Object.fromEntries(REGIONS.map((region) => [region, 'opt-in-not-required']));
  for (const [at, { instances, ready }] of PLACES.entries()) {
    fleet.places[names[at]] = { instances: Array.from({ length: instances }, (_, i) => instance(`i-${at}-${i}`)) };
    for (let i = 0; i < ready; i++) fleet.seen(`i-${at}-${i}`, 35);
  }

  // As the states call them.
  const common = { bucket: BUCKET, run: RUNNING };
  await plan({ ...common, accounts: ACCOUNTS, roleName: 'r', partition: 'aws' });
  for (const target of fleet.json('targets.json')) await inspect({ ...common, target }, () => 900_000);
  await planWaves({
    ...common, waves: [{ instances: 5 }, { percent: 25 }, {}], includeUnknown: false, refreshesGroups: false, containerHostHopLimit: 2, changeRoleName: 'r-change', partition: 'aws',
  });
  const targets = fleet.json('change-targets.json') as WaveTarget[];
  for (const target of targets) await checkWayBack({ ...common, target });
  expect(await judgeWayBack(common)).toEqual({ open: true, closed: 0 });
  const counts = [1, 2, 3].map((number) => new Map((fleet.json(`waves/0${number}/targets.json`) as WaveTarget[]).map(({ account, region, instances }) => [`${account}/${region}`, instances])));
  for (const number of [1, 2, 3]) {
    const wave = { number, of: 3, instances: 0, targetsKey: '' };
    for (const target of fleet.json(`waves/0${number}/targets.json`)) {
      await change({ ...common, target, wave, approval: { approver: 'ana' } }, () => 900_000);
      await watch({ ...common, target, wave });
    }
    expect((await judgeWave({ ...common, wave, maxRejections: 0 })).verdict).toBe('good');
  }

  // Which instances are in which wave is by chance, so the plan is told.
  const places = names.map((name, at) => ({ name, ...PLACES[at] }));
  const byReady = (wave: Map<string, number>) => {
    const left = places.filter(({ ready }) => ready > 0).map(({ name }) => wave.get(name) ?? 0);
    return () => left.shift()!;
  };
  const { calls, metrics, objects } = planOf({ accounts: ACCOUNTS.length, places, waves: counts.map(byReady) });
  const made: { [operation: string]: number } = {};
  for (const { operation } of fleet.calls) made[operation] = (made[operation] ?? 0) + 1;
  expect(Object.fromEntries(Object.keys(calls).map((operation) => [operation, made[operation]]))).toEqual(calls);
  const asked = fleet.calls.filter(({ operation }) => operation === 'GetMetricData').flatMap(({ input }) => input.MetricDataQueries);
  expect([asked.length, made['s3:PutObject']]).toEqual([metrics, objects]);
  expect(Object.keys(made).filter((operation) => !(operation in calls) && !operation.startsWith('s3:'))).toEqual([]);
  // Calls to EC2 for each instance that is changed, descriptions aside.
  const changed = PLACES.reduce((sum, { ready }) => sum + ready, 0);
  expect(made.ModifyInstanceMetadataOptions / changed).toBeLessThan(1.1);
  expect(RUN.startedAt).toBe(new Date(NOW).toISOString());
});

test('the page has the numbers of the plan', () => {
  const page = readFileSync(join(__dirname, '../../docs/fleet-at-scale.md'), 'utf8');
  expect(written(page)).toBe(page);
  expect(tables()).toContain('`ModifyInstanceMetadataOptions`');
  expect(million().places.reduce((sum, { instances }) => sum + instances, 0)).toBe(1_000_000);
  expect(million().places).toHaveLength(34_000);
});
