import { spawn, type ChildProcess } from 'child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'fs';
import { createServer, type AddressInfo } from 'net';
import { dirname, join, resolve } from 'path';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EC2Client, RunInstancesCommand, type RunInstancesRequest } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { control, ENV, HERE, IMAGE } from './local-aws';
import { Imdsv2FleetRollout, type Imdsv2FleetRolloutProps } from '../../src';

export const ROLE = 'imdsv2-inspection';
export const DAY = 24 * 60 * 60 * 1000;
const BUCKET = 'reports';

/** Where everything is that no role was assumed for. */
const MOTO_ACCOUNT = '123456789012';

/** What is asked before a wave, and what an answer needs; or how a run ended. */
export interface Question {
  readonly question: string;
  readonly end?: string;
  readonly run: string;
  readonly report: string;
  readonly taskToken: string;
}

/** A server of the fleet's own: what runs in it does not meet the deployments of the other tests. */
export class FleetServer {
  public endpoint = '';
  private process?: ChildProcess;

  public async start(): Promise<void> {
    control({});
    const port = await freePort();
    this.endpoint = `http://127.0.0.1:${port}`;
    this.process = spawn(join(process.env.TMPDIR!, 'venv/bin/python'), ['fleet.py', String(port), resolve(__dirname, '../../lib/fleet/functions/index.js')], {
      cwd: join(__dirname, 'aws'), env: { ...process.env, AWS_ENDPOINT_URL: this.endpoint, AWS_ENDPOINT_URL_EC2: this.endpoint },
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) stream.on('data', (text) => appendFileSync(process.env.E2E_LOG!, text));
    for (let attempt = 0; ; attempt++) {
      try {
        await fetch(`${this.endpoint}/moto-api/`);
        return;
      } catch (error) {
        if (attempt > 120) throw error;
        await pause(250);
      }
    }
  }

  /** Nothing is there any more but an empty bucket, and nothing goes wrong. */
  public async reset(): Promise<void> {
    control({});
    rmSync(CALLS(), { force: true });
    const post = async (path: string, body: string) => fetch(`${this.endpoint}/moto-api/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    await post('reset', '');
    await post('config', '{"stepfunctions":{"execute_state_machine":true}}');
    await this.s3().send(new CreateBucketCommand({ Bucket: BUCKET }));
  }

  public async stop(): Promise<void> {
    this.process!.kill();
    await new Promise((ended) => this.process!.once('close', ended));
  }

  /** How a client reaches an account and region. */
  public async inAccount(account: string, region: string) {
    const { endpoint } = this;
    const command = new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${ROLE}`, RoleSessionName: 'test' });
    const { AccessKeyId, SecretAccessKey, SessionToken } = (await new STSClient({ endpoint, region: HERE }).send(command)).Credentials!;
    return { endpoint, region, credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! } };
  }

  /** Launches instances, and says what so many days saw of each: that many calls on the last one, none on the others. */
  public async launched(account: string, region: string, days: number, calls: number, request: Partial<RunInstancesRequest> = {}): Promise<string[]> {
    const config = await this.inAccount(account, region);
    const command = new RunInstancesCommand({ ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...request });
    const { Instances = [] } = await new EC2Client(config).send(command);
    const ids = Instances.map(({ InstanceId }) => InstanceId!);
    const today = Math.floor(Date.now() / DAY) * DAY;
    const points = ids.flatMap((id) => Array.from({ length: days }, (_, day) => (
      { id, time: new Date(today - (day + 1) * DAY + 60_000), value: day === 0 ? calls : 0 })));
    for (let from = 0; from < points.length; from += 500) {
      await this.metric(config, 'MetadataNoToken', points.slice(from, from + 500));
    }
    return ids;
  }

  public async metric(
    config: object, MetricName: string, points: ReadonlyArray<{ readonly id: string; readonly time: Date; readonly value: number }>,
  ): Promise<void> {
    // The server unpacks what is compressed twice.
    await new CloudWatchClient({ ...config, disableRequestCompression: true }).send(new PutMetricDataCommand({
      Namespace: 'AWS/EC2',
      MetricData: points.map(({ id, time, value }) => ({ MetricName, Dimensions: [{ Name: 'InstanceId', Value: id }], Timestamp: time, Value: value })),
    }));
  }

  /** Makes a state machine of a definition. */
  public async create(name: string, definition: string): Promise<string> {
    return (await this.stepFunctions('CreateStateMachine', { name, definition, roleArn: `arn:aws:iam::${ENV.account}:role/fleet` })).stateMachineArn;
  }

  public async begin(stateMachineArn: string, name: string, input: object = {}): Promise<string> {
    return (await this.stepFunctions('StartExecution', { stateMachineArn, name, input: JSON.stringify(input) })).executionArn;
  }

  /** Waits for the end of an execution. */
  public async ended(executionArn: string): Promise<any> {
    for (;;) {
      const execution = await this.stepFunctions('DescribeExecution', { executionArn });
      if (execution.status !== 'RUNNING') return execution;
      await pause(500);
    }
  }

  public async stepFunctions(action: string, input: object): Promise<any> {
    const response = await fetch(this.endpoint, {
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

  /** Ends an execution as somebody with a console would. */
  public async stopped(executionArn: string): Promise<void> {
    await this.stepFunctions('StopExecution', { executionArn });
    await this.ended(executionArn);
  }

  /**
   * Goes on where a stopped execution was, with its name and its input there, which is what a redrive does and this engine cannot.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  public async redriven(stateMachineArn: string, executionArn: string, definition: string): Promise<string> {
    const { events } = await this.stepFunctions('GetExecutionHistory', { executionArn, maxResults: 1000 });
    const machine = JSON.parse(definition);
    const { name: StartAt, input } = events.map(({ stateEnteredEventDetails: entered }: any) => entered)
      .filter((entered: any) => entered?.name in machine.States).pop();
    await this.stepFunctions('DeleteStateMachine', { stateMachineArn });
    const [name, execution] = executionArn.split(':').slice(-2);
    return this.begin(await this.create(name, JSON.stringify({ ...machine, StartAt })), execution, JSON.parse(input));
  }

  /** A topic for approvals, and what reads it. */
  public async approvals(): Promise<() => Promise<Question>> {
    const topic = await this.query('sns', { Action: 'CreateTopic', Name: 'approvals' }, /<TopicArn>(.*?)</);
    // Nothing is deleted from it: what was read must not come again, however slow the machine is.
    const kept = { 'Attribute.1.Name': 'VisibilityTimeout', 'Attribute.1.Value': '43200' };
    const queue = await this.query('sqs', { Action: 'CreateQueue', QueueName: 'approvals', ...kept }, /<QueueUrl>(.*?)</);
    const Endpoint = `arn:aws:sqs:${HERE}:${MOTO_ACCOUNT}:${queue.split('/').pop()}`;
    await this.query('sns', { Action: 'Subscribe', TopicArn: topic, Protocol: 'sqs', Endpoint });
    return async () => {
      for (let attempt = 0; attempt < 240; attempt++) {
        const body = await this.query('sqs', { Action: 'ReceiveMessage', QueueUrl: queue }, /<Body>([^]*?)<\/Body>/).catch(() => undefined);
        if (body) {
          return JSON.parse(JSON.parse(body.replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&#39;/g, "'").replace(/&amp;/g, '&')).Message);
        }
        await pause(250);
      }
      throw new Error('nobody was asked within a minute');
    };
  }

  private async query(service: string, parameters: { readonly [name: string]: string }, wanted = /()/): Promise<string> {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${ENV.account}/20261124/${HERE}/${service}/aws4_request, SignedHeaders=host, Signature=0` },
    });
    const answer = await response.text();
    const found = wanted.exec(answer);
    if (!response.ok || !found) throw new Error(`${parameters.Action}: ${response.status} ${answer}`);
    return found[1];
  }

  /** The names of what an execution wrote, without what comes before them in the bucket. */
  public async names(execution: string): Promise<string[]> {
    return (await this.keys()).filter((key) => key.includes(`Z-${execution}/`)).map((key) => key.split(`Z-${execution}/`)[1]);
  }

  /** The JSON lines of what an execution wrote. */
  public async lines(execution: string, part: string): Promise<any[]> {
    const keys = (await this.keys()).filter((key) => key.includes(`Z-${execution}/${part}`) && key.endsWith('.jsonl'));
    const texts = await Promise.all(keys.map(async (Key) => (
      (await this.s3().send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body!.transformToString())));
    return texts.join('').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** One object that an execution wrote. */
  public async text(execution: string, name: string): Promise<string> {
    const Key = (await this.keys()).find((key) => key.includes(`Z-${execution}/`) && key.endsWith(name));
    return (await this.s3().send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body!.transformToString();
  }

  /** How often EC2 was asked for something since the last reset. */
  public calls(action: string): number {
    return existsSync(CALLS()) ? readFileSync(CALLS(), 'utf8').split('\n').filter((line) => line.split(' ')[1] === action && line.endsWith('False')).length : 0;
  }

  private async keys(): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.s3().send(new ListObjectsV2Command({ Bucket: BUCKET, ContinuationToken }));
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return keys;
  }

  private s3(): S3Client {
    return new S3Client({ endpoint: this.endpoint, region: HERE, forcePathStyle: true });
  }
}

const CALLS = () => join(dirname(process.env.E2E_CONTROL!), 'fleet-calls.log');

/** The definition as it is synthesized, with what this engine does not know. */
export function definitionOf(props: (stack: Stack) => Imdsv2FleetRolloutProps): string {
  const stack = new Stack(new App(), 'Fleet', { env: ENV });
  new Imdsv2FleetRollout(stack, 'Fleet', props(stack));
  const template = Template.fromStack(stack);
  const functions = template.findResources('AWS::Lambda::Function');
  const topics = template.findResources('AWS::SNS::Topic');
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return machine.Properties.DefinitionString['Fn::Join'][1].map((part: any) => {
    if (typeof part === 'string') return part;
    if (part.Ref in topics) return `arn:aws:sns:${HERE}:${MOTO_ACCOUNT}:approvals`;
    if (part.Ref) return part.Ref === 'AWS::Partition' ? 'aws' : BUCKET;
    return `arn:aws:lambda:${HERE}:${ENV.account}:function:${functions[part['Fn::GetAtt'][0]].Properties.Handler.split('.')[1]}`;
  }).join('')
    // It does not parse a percentage; and nobody waits for minutes here.
    .replace(/"ToleratedFailurePercentage":100/g, '"ToleratedFailureCount":1000')
    .replace(/"IntervalSeconds":5,"MaxAttempts":4,/g, '"IntervalSeconds":1,"MaxAttempts":2,')
    .replace(/"Type":"Wait","Seconds":\d+/g, '"Type":"Wait","Seconds":2')
    .replace(/"changesPerSecond":3/, '"changesPerSecond":50');
}

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => socket.once('listening', ready));
  const { port } = socket.address() as AddressInfo;
  await new Promise((closed) => socket.close(closed));
  return port;
}

export async function pause(milliseconds: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, milliseconds));
}
