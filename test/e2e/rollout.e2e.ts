import {
  CreateLaunchTemplateCommand, CreateTagsCommand, DescribeInstancesCommand, DescribeLaunchTemplateVersionsCommand, EC2Client,
  ModifyInstanceMetadataDefaultsCommand, ModifyInstanceMetadataOptionsCommand, StopInstancesCommand, TerminateInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import { Duration } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { definitionOf, FleetServer, pause, ROLE } from './fleet-server';
import { control, HERE, IMAGE, THERE } from './local-aws';
import { AccountRegions, Approval, FleetAccounts, HopLimit, Wave, type Imdsv2FleetRolloutProps } from '../../src';
import '../support';

jest.setTimeout(600_000);

const [ONE, TWO] = ['111111111111', '222222222222'];
const PLACES: ReadonlyArray<readonly [string, string]> = [[ONE, HERE], [ONE, THERE], [TWO, HERE], [TWO, THERE]];
const DAYS = 2;

const server = new FleetServer();
beforeAll(async () => server.start());
beforeEach(async () => server.reset());
afterAll(async () => server.stop());

const PROPS: Imdsv2FleetRolloutProps = {
  dryRun: false,
  approval: Approval.none(),
  accounts: FleetAccounts.of([ONE, TWO], { roleName: ROLE }),
  regions: AccountRegions.of([HERE, THERE]),
  lookBack: Duration.days(DAYS),
};

let machines = 0;

async function machine(props: Partial<Imdsv2FleetRolloutProps> = {}): Promise<string> {
  return server.create(`m${machines++}`, definitionOf(() => ({ ...PROPS, ...props })));
}

/** One that asks before each wave. */
const asking = (waves: Wave[]) => definitionOf((stack) => ({ ...PROPS, waves, approval: Approval.beforeEachWave(new Topic(stack, 'Topic')) }));

/** So many instances that are ready, in one account and region. */
async function ready(count: number, account = ONE, region = HERE): Promise<string[]> {
  return server.launched(account, region, DAYS, 0, { MinCount: count, MaxCount: count });
}

async function run(
  name: string, input: object = {}, props: Partial<Imdsv2FleetRolloutProps> = {},
): Promise<{ readonly status: string; readonly cause?: string }> {
  const { status, cause } = await server.ended(await server.begin(await machine(props), name, input));
  return { status, cause };
}

/** How many instances ended how, by the report. */
async function states(name: string): Promise<{ [state: string]: number }> {
  const counts: { [state: string]: number } = {};
  for (const { state } of (await results(name)).values()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** How many instances say what, by EC2. */
async function tokens(): Promise<{ [tokens: string]: number }> {
  const counts: { [tokens: string]: number } = {};
  for (const instance of (await fleet()).values()) {
    if (instance.State!.Name !== 'terminated') counts[tokensOf(instance)!] = (counts[tokensOf(instance)!] ?? 0) + 1;
  }
  return counts;
}

/** Everything that runs or is stopped, and what it says. */
async function fleet(): Promise<Map<string, Instance>> {
  const found = new Map<string, Instance>();
  for (const [account, region] of PLACES) {
    const ec2 = new EC2Client(await server.inAccount(account, region));
    let NextToken: string | undefined;
    do {
      const page = await ec2.send(new DescribeInstancesCommand({ MaxResults: 1000, NextToken }));
      for (const instance of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) found.set(instance.InstanceId!, instance);
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return found;
}

const tokensOf = (instance?: Instance) => instance!.MetadataOptions!.HttpTokens;

/** How each instance ended, by the report. */
const results = async (name: string) => new Map((await server.lines(name, 'results/')).map((record) => [record.instance, record]));

async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const found = await what();
    if (found !== undefined) return found;
    await pause(250);
  }
  throw new Error('it did not happen within a minute');
}

test('two thousand instances: exactly the right ones require tokens, the report says so of each, and it can all be undone', async () => {
  const expected = new Map<string, string>();
  const launch = async (state: string, [account, region]: readonly [string, string], count: number, days: number, calls: number, request = {}) => {
    const ids = await server.launched(account, region, days, calls, { MinCount: count, MaxCount: count, ...request });
    for (const id of ids) expected.set(id, state);
    return ids;
  };
  for (const place of PLACES) {
    const ec2 = new EC2Client(await server.inAccount(...place));
    await launch('required', place, 370, DAYS, 0);
    await launch('required', place, 10, DAYS, 0, { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }] }] });
    await launch('required', place, 20, DAYS, 0, { MetadataOptions: { HttpPutResponseHopLimit: 3 } });
    await launch('required', place, 20, DAYS, 0, { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'kubernetes.io/cluster/shop', Value: 'owned' }] }] });
    await launch('not-ready', place, 30, DAYS, 4);
    await launch('unknown', place, 20, 1, 0);
    await launch('exempt', place, 10, DAYS, 0, { TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'imdsv2:exempt-until', Value: '2099-12-31' }] }] });
    await launch('endpoint-disabled', place, 10, DAYS, 0, { MetadataOptions: { HttpEndpoint: 'disabled' } });
    const stopped = await launch('required', place, 10, DAYS, 0);
    await ec2.send(new StopInstancesCommand({ InstanceIds: stopped }));
  }
  const before = await fleet();
  expect(before.size).toBe(2000);
  const arn = await machine();
  const execution = await server.ended(await server.begin(arn, 'large'));
  expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);

  const after = await fleet();
  const ends = await results('large');
  expect(new Map([...ends].map(([id, { state }]) => [id, state]))).toEqual(expected);
  for (const [id, state] of expected) {
    const [was, is] = [before.get(id)!.MetadataOptions!, after.get(id)!.MetadataOptions!];
    const isHost = after.get(id)!.Tags?.some(({ Key }) => Key!.startsWith('kubernetes.io'));
    expect([id, is]).toEqual([id, { ...was, HttpTokens: state === 'required' ? 'required' : 'optional', HttpPutResponseHopLimit: isHost ? 2 : was.HttpPutResponseHopLimit }]);
  }
  const flipped = [...expected.values()].filter((state) => state === 'required').length;
  // One of them in each account and region asks whether there is a way back.
  expect(server.calls('modify_instance_metadata_options')).toBe(flipped + PLACES.length);
  const changes = (await server.lines('large', 'changes/')).filter(({ outcome }) => outcome);
  const sizes = [1, 2, 3].map((wave) => changes.filter((change) => change.wave === wave).length);
  expect(sizes).toEqual([5, Math.ceil(flipped / 4), flipped - 5 - Math.ceil(flipped / 4)]);
  expect(changes[0]).toEqual(expect.objectContaining({ approver: 'nobody was asked', before: expect.objectContaining({ tokens: 'optional' }), after: expect.objectContaining({ tokens: 'required' }) }));

  // Once more: nothing is changed twice.
  expect((await server.ended(await server.begin(arn, 'again'))).status).toBe('SUCCEEDED');
  expect(server.calls('modify_instance_metadata_options')).toBe(flipped + PLACES.length);

  const [{ run: id }] = changes;
  const undone = await server.ended(await server.begin(arn, 'undo', { rollback: id }));
  expect([undone.status, undone.cause]).toEqual(['SUCCEEDED', undefined]);
  const optionsOf = (all: ReadonlyMap<string, Instance>) => new Map([...all].map(([instance, { MetadataOptions }]) => [instance, MetadataOptions]));
  expect(optionsOf(await fleet())).toEqual(optionsOf(before));
});

test('a third of all calls is throttled: nothing is lost', async () => {
  await ready(30);
  await ready(30, TWO, THERE);
  control({ throttle: true });
  expect(await run('throttled')).toEqual({ status: 'SUCCEEDED', cause: undefined });
  control({});
  expect(await tokens()).toEqual({ required: 60 });
  expect(await states('throttled')).toEqual({ required: 60 });
});

test('changes are denied in one account: the other one is changed, and the run does not succeed', async () => {
  await ready(5);
  const denied = await ready(3, TWO);
  control({ deniedAccounts: [TWO] });
  expect((await run('closed')).cause).toContain('could not be changed back');
  expect(await tokens()).toEqual({ optional: 8 });
  expect(await run('denied', { acceptNoWayBack: true })).toEqual({ status: 'FAILED', cause: expect.stringContaining('some instances could not be changed') });
  expect(await tokens()).toEqual({ required: 5, optional: 3 });
  const ends = await results('denied');
  expect(denied.map((id) => ends.get(id))).toEqual(denied.map((id) => expect.objectContaining({ state: 'failed', reason: expect.stringContaining('UnauthorizedOperation'), instance: id })));
});

test('functions die in the middle: what they did is known, and nothing is done twice', async () => {
  await ready(40);
  control({ deaths: 2 });
  expect(await run('dying', {}, { waves: [Wave.remaining()] })).toEqual({ status: 'SUCCEEDED', cause: undefined });
  expect(await states('dying')).toEqual({ required: 40 });
  expect(await tokens()).toEqual({ required: 40 });
  expect(server.calls('modify_instance_metadata_options')).toBe(40 + 1);
  const [{ run: id }] = await server.lines('dying', 'changes/');
  expect((await run('undying', { rollback: id })).status).toBe('SUCCEEDED');
  expect(await tokens()).toEqual({ optional: 40 });
});

test('a function dies for good: the run says so of each instance, and what it may have done can be undone', async () => {
  const [first, ...rest] = await ready(6);
  const others = await ready(2, TWO);
  control({ dies: `change ${ONE}/${HERE}` });
  expect((await run('dead', {}, { waves: [Wave.remaining()] })).status).toBe('FAILED');
  const ends = await results('dead');
  expect([first, ...rest].map((id) => ends.get(id))).toEqual([first, ...rest].map((id) => expect.objectContaining({ instance: id, state: 'failed', wave: 1, reason: 'Runtime exited (Runtime.ExitError)' })));
  expect(others.map((id) => ends.get(id).state)).toEqual(['required', 'required']);
});

test('calls are rejected after the first wave: it gets its options back, and the others are untouched', async () => {
  await server.launched(ONE, HERE, DAYS, 0, { MinCount: 10, MaxCount: 10, MetadataOptions: { HttpPutResponseHopLimit: 3 } });
  const arn = await machine({ waves: [Wave.instances(4), Wave.remaining()], hopLimit: HopLimit.CONTAINERS });
  const execution = await server.begin(arn, 'rejected');
  const [{ instance: id }] = await until(async () => {
    const changed = await server.lines('rejected', 'changes/01/');
    return changed.length > 0 ? changed : undefined;
  });
  await server.metric(await server.inAccount(ONE, HERE), 'MetadataNoTokenRejected', [{ id, time: new Date(), value: 7 }]);
  const { status, cause } = await server.ended(execution);
  expect([status, cause]).toEqual(['FAILED', expect.stringContaining('more calls without a token were rejected')]);
  expect(await tokens()).toEqual({ optional: 10 });
  expect(new Set([...(await fleet()).values()].map(({ MetadataOptions }) => MetadataOptions!.HttpPutResponseHopLimit))).toEqual(new Set([3]));
  expect(await states('rejected')).toEqual({ 'restored': 4, 'not-reached': 6 });
  const { calls } = JSON.parse(await server.text('rejected', `rejections/01/${ONE}/${HERE}.json`))[0];
  expect(calls).toBe(7);
});

test('the way back is closed by the account: nothing is changed, unless that is accepted', async () => {
  await ready(3);
  await new EC2Client(await server.inAccount(ONE, HERE)).send(new ModifyInstanceMetadataDefaultsCommand({ HttpTokens: 'required', HttpTokensEnforced: 'enabled' }));
  const { status, cause } = await run('closed');
  expect([status, cause]).toEqual(['FAILED', expect.stringContaining('acceptNoWayBack')]);
  expect(JSON.parse(await server.text('closed', `way-back/${ONE}/${HERE}.json`))).toEqual(expect.objectContaining({ open: false, reason: expect.stringContaining('HttpTokensEnforced is enabled') }));
  expect(await tokens()).toEqual({ optional: 3 });
  expect((await run('accepted', { acceptNoWayBack: true })).status).toBe('SUCCEEDED');
  expect(await tokens()).toEqual({ required: 3 });
});

test('each wave is asked for; what changed meanwhile is seen, other runs are refused, and a refusal ends it', async () => {
  const ids = await ready(6);
  const question = await server.approvals();
  const definition = asking([Wave.instances(3), Wave.instances(2), Wave.remaining()]);
  const arn = await server.create('asking', definition);
  const execution = await server.begin(arn, 'asked');
  const first = await question();
  expect(first).toEqual(expect.objectContaining({
    question: 'May wave 1 of 3 begin? It makes 3 instances require IMDSv2.', report: expect.stringMatching(/^s3:\/\/reports\/runs\/.*Z-asked\/report\.html$/), run: expect.stringMatching(/Z-asked$/),
  }));

  // While it waits: another run is refused, an inventory is not.
  expect((await server.ended(await server.begin(arn, 'second'))).status).toBe('FAILED');
  expect((await server.ended(await server.begin(arn, 'inventory', { inventory: true }))).status).toBe('SUCCEEDED');
  expect(await tokens()).toEqual({ optional: 6 });

  const [gone, exempt, flipped] = JSON.parse(await server.text('asked', `waves/01/${ONE}/${HERE}.json`)).map(({ instance }: any) => instance);
  const ec2 = new EC2Client(await server.inAccount(ONE, HERE));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [gone] }));
  await ec2.send(new CreateTagsCommand({ Resources: [exempt], Tags: [{ Key: 'imdsv2:exempt-until', Value: '2099-12-31' }] }));
  await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: flipped, HttpTokens: 'required' }));
  await server.stepFunctions('SendTaskSuccess', { taskToken: first.taskToken, output: '{"approver":"ana"}' });

  const again = await question();
  expect(again.question).toContain('wave 2 of 3');
  await server.stepFunctions('SendTaskSuccess', { taskToken: again.taskToken, output: '{"approver":"ben"}' });
  const third = await question();
  await server.stepFunctions('SendTaskFailure', { taskToken: third.taskToken, error: 'Refused', cause: 'it is Friday' });
  expect(await question()).toEqual(expect.objectContaining({ end: expect.stringContaining('somebody refused'), run: first.run, report: first.report }));
  const { status, cause } = await server.ended(execution);
  expect([status, cause]).toEqual(['FAILED', expect.stringContaining('somebody refused')]);
  expect(await states('asked')).toEqual({ 'gone': 1, 'exempt': 1, 'required': 3, 'not-reached': 1 });
  expect((await server.lines('asked', 'changes/')).filter(({ outcome }) => outcome).map(({ wave, approver }) => `${wave} ${approver}`)).toEqual([...Array(3).fill('1 ana'), ...Array(2).fill('2 ben')]);
  expect(ids).toHaveLength(6);
});

test('a run is stopped in the middle of a wave and redriven: it ends as if it had not been', async () => {
  await ready(40);
  const definition = definitionOf(() => ({ ...PROPS, waves: [Wave.remaining()] })).replace('"changesPerSecond":50', '"changesPerSecond":4');
  const arn = await server.create('slow', definition);
  const execution = await server.begin(arn, 'stopped');
  await until(async () => (server.calls('modify_instance_metadata_options') > 5 ? true : undefined));
  await server.stopped(execution);
  const { status } = await server.ended(await server.redriven(arn, execution, definition.replace('"changesPerSecond":4', '"changesPerSecond":50')));
  expect(status).toBe('SUCCEEDED');
  expect(await tokens()).toEqual({ required: 40 });
  expect(await states('stopped')).toEqual({ required: 40 });
  const [{ run: id }] = await server.lines('stopped', 'changes/');
  expect((await run('back', { rollback: id })).status).toBe('SUCCEEDED');
  expect(await tokens()).toEqual({ optional: 40 });
});

test('the launch template behind an instance requires tokens afterwards, and is set back with it', async () => {
  const ec2 = new EC2Client(await server.inAccount(ONE, HERE));
  const { LaunchTemplate } = await ec2.send(new CreateLaunchTemplateCommand({
    LaunchTemplateName: 'web',
    LaunchTemplateData: { ImageId: IMAGE, InstanceType: 't3.micro', MetadataOptions: { HttpTokens: 'optional', HttpPutResponseHopLimit: 2 } },
  }));
  const LaunchTemplateId = LaunchTemplate!.LaunchTemplateId!;
  const defaultVersion = async () => {
    const { LaunchTemplateVersions: [found] = [] } = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['$Default'] }));
    const options = found.LaunchTemplateData!.MetadataOptions!;
    return [found.VersionNumber, options.HttpTokens, options.HttpPutResponseHopLimit];
  };
  await server.launched(ONE, HERE, DAYS, 0, {
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'aws:ec2launchtemplate:id', Value: LaunchTemplateId }, { Key: 'aws:ec2launchtemplate:version', Value: '1' }] }],
  });
  expect(await run('template')).toEqual({ status: 'SUCCEEDED', cause: undefined });
  expect(await defaultVersion()).toEqual([2, 'required', 2]);
  const [{ run: id }] = await server.lines('template', 'changes/');
  expect(await run('set-back', { rollback: id })).toEqual({ status: 'SUCCEEDED', cause: undefined });
  expect(await defaultVersion()).toEqual([1, 'optional', 2]);
  expect(await tokens()).toEqual({ optional: 1 });
});
