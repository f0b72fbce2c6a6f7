import fc from 'fast-check';
import { FakeFleet, RUN } from './fake-fleet';
import type { InstanceRecord } from '../../src/fleet/handlers/records';
import { inWaves, planWaves, type WaveSettings } from '../../src/fleet/plan-waves.lambda';

jest.setTimeout(60_000);

const [ONE, TWO] = ['111111111111', '222222222222'];
const HERE = { account: ONE, region: 'us-east-1', role: `arn:aws:iam::${ONE}:role/r` };
const THERE = { account: TWO, region: 'eu-west-1', role: `arn:aws:iam::${TWO}:role/r` };

let fleet: FakeFleet;
beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'x' });
  fleet = new FakeFleet();
});

const put = (name: string, body: unknown) => fleet.objects.set(`runs/run/${name}`, typeof body === 'string' ? body : JSON.stringify(body));
const record = (instance: string, rest: Partial<InstanceRecord> = {}, state = 'ready') => (
  { instance, endpoint: 'enabled', exempt: false, hopLimit: 1, readiness: { state }, ...rest });

/** An inventory of one account and region. */
function inspected(target: typeof HERE, records: readonly object[], outcome: object = { status: 'inspected', parts: 1 }): void {
  const { account, region } = target;
  put(`outcomes/${account}/${region}.json`, { account, region, ...outcome });
  put(`instances/${account}/${region}/00000.jsonl`, records.map((one) => `${JSON.stringify({ account, region, ...one })}\n`).join(''));
}

async function planned(settings: Partial<WaveSettings> = {}) {
  put('targets.json', [HERE, THERE]);
  return planWaves({ bucket: 'reports', run: RUN, waves: [{}], includeUnknown: false, refreshesGroups: false, containerHostHopLimit: 2, partition: 'aws', changeRoleName: 'r-change', ...settings });
}

/** Which instances are in which waves, and the hop limit each gets. */
const waves = () => Object.fromEntries([...fleet.objects].filter(([key]) => /waves\/\d+\/\d/.test(key)).flatMap(([key, body]) => (
  JSON.parse(body).map(({ instance, hopLimit }: any) => [instance, [Number(/waves\/(\d+)/.exec(key)![1]), hopLimit]]))));

test('only instances that are ready are changed, and unknown ones where that is wanted', async () => {
  inspected(HERE, [
    record('ready'), record('not-ready', {}, 'not-ready'), record('unknown', {}, 'unknown'), record('exempt', { exempt: true }), record('off', { endpoint: 'disabled' }),
    record('told', { tokens: 'required' }),
  ]);
  expect((await planned()).instances).toBe(1);
  expect(Object.keys(waves())).toEqual(['ready']);
  expect((await planned({ includeUnknown: true })).instances).toBe(2);
  expect(Object.keys(waves()).sort()).toEqual(['ready', 'unknown']);
});

test('what a group launched is in no wave where its group is refreshed, and is like all others where it is not', async () => {
  inspected(HERE, [record('alone'), record('in-group', { group: 'web' })]);
  expect(await planned()).toMatchObject({ instances: 2, inGroups: 0 });
  fleet.objects.clear();
  inspected(HERE, [record('alone'), record('in-group', { group: 'web' }), record('calls', { group: 'web' }, 'not-ready'), record('exempt', { group: 'web', exempt: true })]);
  expect(await planned({ refreshesGroups: true })).toMatchObject({ instances: 1, inGroups: 1 });
  expect(Object.keys(waves())).toEqual(['alone']);
});

test.each<[string, Partial<InstanceRecord>, Partial<WaveSettings>, number | undefined]>([
  ['the limit stays', { hopLimit: 3 }, {}, undefined],
  ['a larger one is lowered', { hopLimit: 3 }, { hopLimit: 1 }, 1],
  ['a smaller one is kept', { hopLimit: 1 }, { hopLimit: 2 }, undefined],
  ['a container host gets two', { hopLimit: 1, containerHost: 'a tag' }, {}, 2],
  ['a container host of which none is known gets two', { hopLimit: undefined, containerHost: 'a tag' }, {}, 2],
  ['a container host keeps three', { hopLimit: 3, containerHost: 'a tag' }, { hopLimit: 1 }, undefined],
  ['a container host gets what is said', { hopLimit: 2, containerHost: 'a tag' }, { containerHostHopLimit: 3 }, 3],
])('hop limit: %s', async (_, facts, settings, expected) => {
  inspected(HERE, [record('i-1', facts)]);
  await planned(settings);
  expect(waves()).toEqual({ 'i-1': [1, expected] });
  expect(fleet.json(`waves/01/${ONE}/us-east-1.json`)[0].lowers).toBe(expected === 1 ? true : undefined);
});

test('what was not inspected to its end is left alone, and so are parts of a call that died', async () => {
  inspected(HERE, [record('i-1')]);
  put(`instances/${ONE}/us-east-1/00001.jsonl`, `${JSON.stringify(record('i-ghost'))}\n`);
  inspected(THERE, [record('i-2')], { status: 'failed', reason: 'it died' });
  const { instances, targetsKey } = await planned();
  expect(instances).toBe(1);
  expect(JSON.parse(fleet.objects.get(targetsKey)!)).toEqual([{ account: ONE, region: 'us-east-1', reader: HERE.role, role: `arn:aws:iam::${ONE}:role/r-change`, waves: [1], instances: 1 }]);
});

test('the account of the run is changed without a role, and every account and region knows its waves', async () => {
  inspected(HERE, Array.from({ length: 6 }, (_, i) => record(`i-${i}`)));
  inspected(THERE, []);
  const { wave, targetsKey } = await planned({ waves: [{ instances: 2 }, { percent: 50 }, {}], changeRoleName: undefined });
  expect(wave).toEqual({ number: 1, of: 3, instances: 2, targetsKey: 'runs/run/waves/01/targets.json' });
  const targets = JSON.parse(fleet.objects.get(targetsKey)!);
  expect(targets.map(({ role, waves: of, instances }: any) => [role, of, instances])).toEqual([[undefined, [1, 2, 3], 6], [undefined, [], 0]]);
  expect([1, 2, 3].map((number) => Object.values<any>(waves()).filter(([of]) => of === number).length)).toEqual([2, 3, 1]);
  expect(fleet.json('waves/02/targets.json')).toEqual([{ account: ONE, region: 'us-east-1', reader: HERE.role, waves: [2], instances: 3 }]);
});

test('without an instance there is no wave', async () => {
  inspected(HERE, []);
  expect(await planned()).toEqual(expect.objectContaining({ instances: 0, wave: expect.objectContaining({ of: 0, instances: 0 }) }));
});

const size = fc.oneof(fc.record({ instances: fc.integer({ min: 1, max: 50 }) }), fc.record({ percent: fc.integer({ min: 1, max: 100 }) }));

test('in any fleet no instance is in two waves, none is forgotten, and sizes are as asked', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 120 }), fc.array(size, { maxLength: 5 }), (ids, sizes) => {
    const all = ids.map((instance) => ({ instance }));
    const planned_ = inWaves(all, [...sizes, {}]);
    const flat = planned_.flat().map(({ instance }) => instance);
    expect(new Set(flat).size).toBe(flat.length);
    expect([...flat].sort()).toEqual([...ids].sort());
    let left = ids.length;
    const expected = sizes.map((one) => {
      const count = Math.min(left, 'instances' in one ? one.instances : Math.ceil(ids.length * one.percent / 100));
      left -= count;
      return count;
    });
    expect(planned_.map(({ length }) => length)).toEqual([...expected, left].filter((count) => count > 0));
    // The same whatever order the inventory was read in.
    expect(inWaves([...all].reverse(), [...sizes, {}])).toEqual(planned_);
  }));
});

test('a wave is a sample of the fleet, not the first account', () => {
  const all = Array.from({ length: 1000 }, (_, i) => ({ instance: `i-${i}`, account: i < 500 ? ONE : TWO }));
  const [first] = inWaves(all, [{ instances: 100 }, {}]);
  expect(first.filter(({ account }) => account === ONE).length).toBeGreaterThan(25);
  expect(first.filter(({ account }) => account === TWO).length).toBeGreaterThan(25);
});
