import { error, FakeFleet, RUN } from './fake-fleet';
import { reach } from '../../src/fleet/handlers/clients';
import { plan, type PlanEvent } from '../../src/fleet/plan.lambda';
import { recordFailure } from '../../src/fleet/record-failure.lambda';

jest.setTimeout(60_000);

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

describe('the accounts of an organization', () => {
  const THREE = '333333333333';
  const ofAll = (event: Partial<PlanEvent> = {}) => planned({ accounts: undefined, roleName: 'imdsv2', ...event });

  test('are listed page by page, and those that are not active are said to be so', async () => {
    fleet.members = [
      { Id: ONE, State: 'ACTIVE' }, { Id: THREE, State: 'SUSPENDED', Status: 'ACTIVE' }, { Id: '444444444444', State: 'PENDING_CLOSURE' }, { Id: TWO },
      { Id: '555555555555', State: 'CLOSED' },
    ];
    expect((await ofAll()).targets).toBe(3);
    expect(names('targets.json')).toEqual([`${ONE} me-south-1`, `${ONE} us-east-1`, `${TWO} us-east-1`]);
    expect(names('asked.json')).toEqual([...names('targets.json'), `${THREE} all`, '444444444444 all', '555555555555 all']);
    expect(outcomes()).toEqual({
      [`${THREE}/all.json`]: 'disabled: the organization says that the account is SUSPENDED',
      '444444444444/all.json': 'disabled: the organization says that the account is PENDING_CLOSURE',
      '555555555555/all.json': 'disabled: the organization says that the account is CLOSED',
    });
    expect(fleet.calls.filter(({ operation }) => operation === 'AssumeRole').map(({ input }) => input.RoleArn).sort()).toEqual(
      [`arn:aws:iam::${ONE}:role/imdsv2`, `arn:aws:iam::${TWO}:role/imdsv2`]);
  });

  test('that are not active are said to be so in each region that is named', async () => {
    fleet.members = [{ Id: THREE, State: 'SUSPENDED' }];
    await ofAll({ regions: ['us-east-1', 'eu-west-1'] });
    expect(Object.keys(outcomes()).sort()).toEqual([`${THREE}/eu-west-1.json`, `${THREE}/us-east-1.json`]);
  });

  test.each([['AccessDeniedException', 'denied'], ['AWSOrganizationsNotInUseException', 'failed']])('that may not be listed (%s) are %s in the report', async (name, status) => {
    fleet.fault = ({ operation }) => operation === 'ListAccounts' ? error(name, 'not here') : undefined;
    expect((await ofAll()).targets).toBe(0);
    expect(outcomes()).toEqual({
      'organization/all.json': `${status}: the accounts of the organization could not be listed, which only its management account and delegated administrators may do: not here (${name})`,
    });
    expect(names('asked.json')).toEqual(['organization all']);
  });

  test('that could not be listed this time are asked for again', async () => {
    fleet.fault = ({ operation }) => operation === 'ListAccounts' ? error('ServiceException', 'later') : undefined;
    await expect(ofAll()).rejects.toThrow('later');
    expect(fleet.objects.size).toBe(0);
  });
});

test('two thousand accounts are asked, each once, many at once', async () => {
  const accounts = Array.from({ length: 2000 }, (_1, i) => String(100_000_000_000 + i));
  for (const account of accounts) fleet.regions[account] = { 'us-east-1': 'opt-in-not-required', 'af-south-1': 'not-opted-in' };
  expect((await planned({ accounts, roleName: 'imdsv2', regions: ['us-east-1', 'af-south-1'] })).targets).toBe(2000);
  expect(new Set(names('targets.json')).size).toBe(2000);
  const count = (operation: string) => fleet.operations().filter((other) => other === operation).length;
  expect(['AssumeRole', 'DescribeRegions', 's3:PutObject'].map(count)).toEqual([2000, 2000, 2002]);
  expect(fleet.peak).toBe(32);
});

test('however many accounts are reached, their clients share the connections', async () => {
  const reached = await Promise.all([ONE, TWO].map((account) => reach({ region: 'us-east-1', role: `arn:aws:iam::${account}:role/imdsv2` }, RUN)));
  expect(new Set(reached.flatMap((clients) => Object.values(clients)).map(({ config }) => config.requestHandler)).size).toBe(1);
});

test.each([
  ['what a function threw', { Error: 'TypeError', Cause: '{"errorMessage":"x is not a function","errorType":"TypeError"}' }, 'x is not a function (TypeError)'],
  ['a function that died', { Error: 'Lambda.Unknown', Cause: 'The cause could not be determined' }, 'The cause could not be determined (Lambda.Unknown)'],
  ['JSON of somebody else', { Error: 'E', Cause: '{"x":1}' }, '{"x":1} (E)'],
])('a failure is recorded: %s', async (_1, failure, reason) => {
  await recordFailure({ bucket: 'reports', run: RUN, target: { account: ONE, region: 'eu-west-1' }, error: failure });
  expect(fleet.json(`outcomes/${ONE}/eu-west-1.json`)).toEqual({ account: ONE, region: 'eu-west-1', status: 'failed', reason });
});
