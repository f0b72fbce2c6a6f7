import { spawn, type ChildProcess } from 'child_process';
import { appendFileSync } from 'fs';
import { createServer, type AddressInfo } from 'net';
import { join, resolve } from 'path';
import { CloudWatchClient, ListMetricsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EC2Client, ModifyInstanceMetadataOptionsCommand, RunInstancesCommand, StopInstancesCommand, type RunInstancesRequest } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { control, ENV, HERE, IMAGE, THERE } from './local-aws';
import { AccountRegions, FleetAccounts, Imdsv2FleetRollout } from '../../src';
import '../support';

jest.setTimeout(120_000);

const ACCOUNTS = ['111111111111', '222222222222'];
const ROLE = 'imdsv2-inspection';
const DAY = 24 * 60 * 60 * 1000;

/** A server of its own: what runs in it does not meet the deployments of the other tests. */
let server: ChildProcess;
let endpoint: string;
beforeAll(async () => {
  control({});
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  server = spawn(join(process.env.TMPDIR!, 'venv/bin/python'), ['fleet.py', String(port), resolve(__dirname, '../../lib/fleet/functions/index.js')], {
    cwd: join(__dirname, 'aws'), env: { ...process.env, AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_EC2: endpoint },
  });
  for (const stream of [server.stdout!, server.stderr!]) stream.on('data', (text) => appendFileSync(process.env.E2E_LOG!, text));
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(`${endpoint}/moto-api/`);
      break;
    } catch (error) {
      if (attempt > 120) throw error;
      await new Promise((wake) => setTimeout(wake, 250));
    }
  }
});
// The engine cannot start a state machine beside one that has run.
beforeEach(async () => {
  const post = async (path: string, body: string) => fetch(`${endpoint}/moto-api/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  await post('reset', '');
  await post('config', '{"stepfunctions":{"execute_state_machine":true}}');
  await s3().send(new CreateBucketCommand({ Bucket: 'reports' }));
});
afterAll(async () => {
  server.kill();
  await new Promise((ended) => server.once('close', ended));
});

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => socket.once('listening', ready));
  const { port } = socket.address() as AddressInfo;
  await new Promise((closed) => socket.close(closed));
  return port;
}

const s3 = () => new S3Client({ endpoint, region: HERE, forcePathStyle: true });

async function inAccount(account: string, region: string) {
  const command = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${ROLE}`, RoleSessionName: 'test' });
  const { AccessKeyId, SecretAccessKey, SessionToken } = (await new STSClient({ endpoint, region: HERE }).send(command)).Credentials!;
  return { endpoint, region, credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! } };
}

/** Launches an instance, and says what the last 35 days saw of it. */
async function launched(account: string, region: string, days: number, calls: number, request: Partial<RunInstancesRequest> = {}): Promise<string> {
  const config = await inAccount(account, region);
  const command = new RunInstancesCommand({ ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...request });
  const { Instances: [{ InstanceId }] = [{}] } = await new EC2Client(config).send(command);
  const today = Math.floor(Date.now() / DAY) * DAY;
  const points = Array.from({ length: days }, (_, day) => ({ Timestamp: new Date(today - (day + 1) * DAY + 60_000), Value: day === 0 ? calls : 0 }));
  if (points.length > 0) {
    await new CloudWatchClient(config).send(new PutMetricDataCommand({
      Namespace: 'AWS/EC2',
      MetricData: points.map((point) => ({ MetricName: 'MetadataNoToken', Dimensions: [{ Name: 'InstanceId', Value: InstanceId }], ...point })),
    }));
  }
  return InstanceId!;
}

/** The definition as it is synthesized, with what this engine does not know. */
function definition(): string {
  const stack = new Stack(new App(), 'Fleet', { env: ENV });
  new Imdsv2FleetRollout(stack, 'Fleet', { accounts: FleetAccounts.of(ACCOUNTS, { roleName: ROLE }), regions: AccountRegions.of([HERE, THERE]) });
  const template = Template.fromStack(stack);
  const functions = template.findResources('AWS::Lambda::Function');
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return machine.Properties.DefinitionString['Fn::Join'][1].map((part: any) => {
    if (typeof part === 'string') return part;
    if (part.Ref) return part.Ref === 'AWS::Partition' ? 'aws' : 'reports';
    return `arn:aws:lambda:${HERE}:${ENV.account}:function:${functions[part['Fn::GetAtt'][0]].Properties.Handler.split('.')[1]}`;
  }).join('')
    // It does not parse a percentage; and nobody waits for three minutes here.
    .replace('"ToleratedFailurePercentage":100', '"ToleratedFailureCount":1000')
    .replace(/"IntervalSeconds":5,"MaxAttempts":4/g, '"IntervalSeconds":1,"MaxAttempts":1');
}

async function stepFunctions(action: string, input: object): Promise<any> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${action}`,
      'authorization': `AWS4-HMAC-SHA256 Credential=${ENV.account}/20261124/${HERE}/states/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${action}: ${response.status} ${answer}`);
  return JSON.parse(answer);
}

/** Runs the state machine; the JSON lines that it wrote. */
async function run(name: string): Promise<{ readonly output: any; readonly instances: any[]; readonly targets: any[] }> {
  const { stateMachineArn } = await stepFunctions('CreateStateMachine', { name, definition: definition(), roleArn: `arn:aws:iam::${ENV.account}:role/fleet` });
  const { executionArn } = await stepFunctions('StartExecution', { stateMachineArn, name });
  let execution: any;
  do {
    await new Promise((wake) => setTimeout(wake, 500));
    execution = await stepFunctions('DescribeExecution', { executionArn });
  } while (execution.status === 'RUNNING');
  if (execution.status !== 'SUCCEEDED') throw new Error(JSON.stringify(execution));
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: 'reports' }));
  const keys = Contents.map(({ Key }) => Key!);
  const lines = async (part: string) => {
    const texts = await Promise.all(keys.filter((key) => key.includes(`-${name}/${part}`) && key.endsWith('.jsonl')).map(async (Key) => (
      (await s3().send(new GetObjectCommand({ Bucket: 'reports', Key }))).Body!.transformToString())));
    return texts.join('').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  };
  return { output: JSON.parse(execution.output), instances: await lines('instances/'), targets: await lines('targets') };
}

async function metrics(stateMachine: string): Promise<string[]> {
  const { Metrics = [] } = await new CloudWatchClient({ endpoint, region: HERE }).send(new ListMetricsCommand({ Namespace: 'cdk-imdsv2' }));
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
  await new EC2Client(await inAccount(two, HERE)).send(new StopInstancesCommand({ InstanceIds: [stopped] }));
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
  await new EC2Client(await inAccount(one, HERE)).send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: flipped, HttpTokens: 'required' }));
  control({ dies: `${two}/${THERE}` });
  const { output, instances, targets } = await run('dying');
  expect(targets.filter(({ status }) => status !== 'inspected')).toEqual([
    { account: two, region: THERE, status: 'failed', reason: 'Runtime exited (Runtime.ExitError)' },
  ]);
  expect(targets).toHaveLength(4);
  expect(instances.map(({ instance }) => instance)).toEqual([open]);
  expect(output).toEqual(expect.objectContaining({ complete: false, open: 1 }));
  expect(await metrics('dying')).toEqual(['TargetsNotInspected']);
});
