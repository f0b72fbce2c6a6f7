import { error, FakeFleet, RUN } from './fake-fleet';
import { plan, type PlanEvent } from '../../src/fleet/plan.lambda';
import { recordFailure } from '../../src/fleet/record-failure.lambda';

const [ONE, TWO] = ['111111111111', '222222222222'];

let fleet: FakeFleet;
beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'x' });
  fleet = new FakeFleet();
  const regions = { 'us-east-1': 'opt-in-not-required', 'me-south-1': 'opted-in', 'af-south-1': 'not-opted-in' };
  fleet.regions = { own: regions, [ONE]: regions, [TWO]: { 'us-east-1': 'opt-in-not-required' } };
});

const planned = (event: Partial<PlanEvent> = {}) => plan({ bucket: 'reports', run: RUN, partition: 'aws', accounts: [ONE], ...event });
const names = (file: string) => fleet.json(file).map(({ account, region }: any) => `${account} ${region}`).sort();
const outcomes = () => Object.fromEntries([...fleet.objects].filter(([key]) => key.includes('/outcomes/')).map(([key, body]) => {
  const { status, reason } = JSON.parse(body);
  return [key.split('/outcomes/')[1], `${status}: ${reason}`];
}));

test('the account of the run is asked for its regions itself', async () => {
  expect(await planned()).toEqual({ targets: 2, targetsKey: 'runs/run/targets.json' });
  expect(fleet.json('targets.json')).toEqual([{ account: ONE, region: 'us-east-1' }, { account: ONE, region: 'me-south-1' }]);
  expect(names('asked.json')).toEqual(names('targets.json'));
  expect(fleet.operations()).not.toContain('AssumeRole');
});

test('each account is asked through its role, and of listed regions what is not enabled is said', async () => {
  const { targets } = await planned({ accounts: [ONE, TWO], roleName: 'imdsv2', regions: ['us-east-1', 'af-south-1', 'xx-north-9'] });
  expect(targets).toBe(2);
  expect(fleet.json('targets.json')).toEqual(expect.arrayContaining([
    { account: ONE, region: 'us-east-1', role: `arn:aws:iam::${ONE}:role/imdsv2` }, { account: TWO, region: 'us-east-1', role: `arn:aws:iam::${TWO}:role/imdsv2` },
  ]));
  expect(names('asked.json')).toHaveLength(6);
  expect(outcomes()).toEqual({
    [`${ONE}/af-south-1.json`]: 'disabled: the account has not opted in to the region',
    [`${ONE}/xx-north-9.json`]: 'failed: EC2 knows no region xx-north-9 in this partition',
    [`${TWO}/af-south-1.json`]: 'failed: EC2 knows no region af-south-1 in this partition',
    [`${TWO}/xx-north-9.json`]: 'failed: EC2 knows no region xx-north-9 in this partition',
  });
});

test.each([
  ['AccessDenied', undefined, { [`${TWO}/all.json`]: 'denied: no role (AccessDenied)' }, `${TWO} all`],
  ['InternalFailure', ['us-east-1'], { [`${TWO}/us-east-1.json`]: 'failed: no role (InternalFailure)' }, `${TWO} us-east-1`],
])('an account that cannot be reached (%s) does not stop the others', async (name, regions, expected, asked) => {
  fleet.fault = ({ operation, input }) => operation === 'AssumeRole' && input.RoleArn.includes(TWO) ? error(name, 'no role') : undefined;
  await planned({ accounts: [TWO, ONE], roleName: 'imdsv2', regions });
  expect(outcomes()).toEqual(expected);
  expect(names('targets.json').every((target: string) => target.startsWith(ONE))).toBe(true);
  expect(names('asked.json')).toContain(asked);
});

test('a thousand accounts are asked, each once', async () => {
  const accounts = Array.from({ length: 1000 }, (_1, i) => String(100_000_000_000 + i));
  for (const account of accounts) fleet.regions[account] = { 'us-east-1': 'opt-in-not-required' };
  expect((await planned({ accounts, roleName: 'imdsv2' })).targets).toBe(1000);
  expect(new Set(names('targets.json')).size).toBe(1000);
});

test.each([
  ['what a function threw', { Error: 'TypeError', Cause: '{"errorMessage":"x is not a function","errorType":"TypeError"}' }, 'x is not a function (TypeError)'],
  ['a function that died', { Error: 'Lambda.Unknown', Cause: 'The cause could not be determined' }, 'The cause could not be determined (Lambda.Unknown)'],
  ['JSON of somebody else', { Error: 'E', Cause: '{"x":1}' }, '{"x":1} (E)'],
])('a failure is recorded: %s', async (_1, failure, reason) => {
  await recordFailure({ bucket: 'reports', run: RUN, target: { account: ONE, region: 'eu-west-1' }, error: failure });
  expect(fleet.json(`outcomes/${ONE}/eu-west-1.json`)).toEqual({ account: ONE, region: 'eu-west-1', status: 'failed', reason });
});
