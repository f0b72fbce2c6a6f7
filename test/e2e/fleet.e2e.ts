import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { EC2Client, ModifyInstanceMetadataOptionsCommand, StopInstancesCommand, type RunInstancesRequest } from '@aws-sdk/client-ec2';
import { definitionOf, FleetServer, ROLE } from './fleet-server';
import { control, HERE, THERE } from './local-aws';
import { AccountRegions, FleetAccounts } from '../../src';
import '../support';

jest.setTimeout(120_000);

const ACCOUNTS = ['111111111111', '222222222222'];

const server = new FleetServer();
beforeAll(async () => server.start());
beforeEach(async () => server.reset());
afterAll(async () => server.stop());

async function launched(account: string, region: string, days: number, calls: number, request?: Partial<RunInstancesRequest>): Promise<string> {
  return (await server.launched(account, region, days, calls, request))[0];
}

/** Takes an inventory; the JSON lines that it wrote. */
async function run(name: string): Promise<{ readonly output: any; readonly instances: any[]; readonly targets: any[] }> {
  const machine = await server.create(name, definitionOf(() => (
    { accounts: FleetAccounts.of(ACCOUNTS, { roleName: ROLE }), regions: AccountRegions.of([HERE, THERE]) })));
  const execution = await server.ended(await server.begin(machine, name));
  if (execution.status !== 'SUCCEEDED') throw new Error(JSON.stringify(execution));
  return { output: JSON.parse(execution.output).report, instances: await server.lines(name, 'instances/'), targets: await server.lines(name, 'targets') };
}

async function metrics(stateMachine: string): Promise<string[]> {
  const { Metrics = [] } = await new CloudWatchClient({ endpoint: server.endpoint, region: HERE }).send(new ListMetricsCommand({ Namespace: 'cdk-imdsv2' }));
  return Metrics.filter(({ Dimensions }) => Dimensions![0].Value === stateMachine).map(({ MetricName }) => MetricName!).sort();
}

test('the real definition and the real functions take inventory of two accounts and regions', async () => {
  const [one, two] = ACCOUNTS;
  const expected = new Map<string, object>();
  const expectInstance = (id: string, account: string, region: string, readiness: string, rest = {}) => (
    expected.set(id, { account, region, readiness, state: 'running', exempt: false, ...rest }));
  expectInstance(await launched(one, HERE, 35, 0), one, HERE, 'ready');
  expectInstance(await launched(one, HERE, 35, 4), one, HERE, 'not-ready');
  expectInstance(await launched(one, THERE, 3, 0), one, THERE, 'unknown');
  expectInstance(await launched(two, THERE, 35, 0, {
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'imdsv2:exempt-until', Value: '2099-12-31' }, { Key: 'imdsv2:exempt-reason', Value: 'the vendor' }] }],
  }), two, THERE, 'ready', { exempt: true });
  const stopped = await launched(two, HERE, 0, 0);
  await new EC2Client(await server.inAccount(two, HERE)).send(new StopInstancesCommand({ InstanceIds: [stopped] }));
  expectInstance(stopped, two, HERE, 'unknown', { state: 'stopped' });
  await launched(two, HERE, 35, 0, { MetadataOptions: { HttpTokens: 'required' } });

  const { output, instances, targets } = await run('complete');
  expect(new Map(instances.map(({ instance, account, region, readiness, state, exempt }) => (
    [instance, { account, region, readiness: readiness.state, state, exempt }])))).toEqual(expected);
  expect(targets.map(({ account, region, status }) => [account, region, status])).toEqual([
    [one, THERE, 'inspected'], [one, HERE, 'inspected'], [two, THERE, 'inspected'], [two, HERE, 'inspected'],
  ]);
  expect(output).toEqual(expect.objectContaining({ complete: true, open: expected.size }));
  expect(await metrics('complete')).toEqual(['InstancesAllowingImdsV1', 'TargetsNotInspected']);
});

test('a function that dies for one target is recorded, the others are inspected, and the count is not put', async () => {
  const [one, two] = ACCOUNTS;
  const open = await launched(one, HERE, 35, 0);
  const flipped = await launched(one, HERE, 35, 0);
  await new EC2Client(await server.inAccount(one, HERE)).send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: flipped, HttpTokens: 'required' }));
  control({ dies: `inspect ${two}/${THERE}` });
  const { output, instances, targets } = await run('dying');
  expect(targets.filter(({ status }) => status !== 'inspected')).toEqual([
    { account: two, region: THERE, status: 'failed', reason: 'Runtime exited (Runtime.ExitError)' },
  ]);
  expect(targets).toHaveLength(4);
  expect(instances.map(({ instance }) => instance)).toEqual([open]);
  expect(output).toEqual(expect.objectContaining({ complete: false, open: 1 }));
  expect(await metrics('dying')).toEqual(['TargetsNotInspected']);
});
