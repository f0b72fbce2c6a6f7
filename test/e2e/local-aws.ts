import { spawn } from 'child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeInstancesCommand, DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand, EC2Client, GetInstanceMetadataDefaultsCommand,
  ModifyInstanceMetadataDefaultsCommand, RunInstancesCommand, type InstanceMetadataOptionsResponse,
  type ModifyInstanceMetadataDefaultsRequest, type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { App, Stack, type Environment } from 'aws-cdk-lib';

export const HERE = 'us-east-1';
export const THERE = 'eu-west-1';
export const ENV: Environment = { account: '000000000000', region: HERE };
export const IMAGE = 'ami-12c6146b';

/** Where EC2 is, and what moto_resources.py makes. */
export const IN_MOTO = process.env.AWS_ENDPOINT_URL_EC2!;

const CDK = resolve(__dirname, '../../node_modules/aws-cdk/bin/cdk');

/** What is to go wrong: see aws/control.py. */
export function control(state: {
  policies?: { [region: string]: string };
  denied?: string[];
  kill?: number;
  v2Images?: string[];
  dies?: string;
  deaths?: number;
  throttle?: boolean;
  deniedAccounts?: string[];
}): void {
  writeFileSync(process.env.E2E_CONTROL!, JSON.stringify(state));
}

/** Waits for both servers, and bootstraps what is not. */
export async function start(): Promise<void> {
  control({});
  for (let attempt = 0; ; attempt++) {
    try {
      await Promise.all([accountDefaults(HERE), new CloudFormationClient({ maxAttempts: 1 }).send(new DescribeStacksCommand({}))]);
      break;
    } catch (error) {
      if (attempt > 120) throw error;
      await new Promise((wake) => setTimeout(wake, 250));
    }
  }
  for (const region of [HERE, THERE]) await setDefaults(region, {});
  if (await statusOf('CDKToolkit')) return;
  const { code, output } = await cdk('bootstrap', `aws://${ENV.account}/${ENV.region}`);
  if (code !== 0) throw new Error(output);
}

/** Runs the real CLI. */
export async function cdk(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((done) => {
    let output = '';
    const child = spawn(process.execPath, [CDK, ...args, '--no-notices', '--no-color'], { cwd: mkdtempSync(join(tmpdir(), 'cdk-imdsv2-e2e-')) });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output += text);
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** Synthesizes an app and deploys all of it. */
export async function deploy(build: (app: App) => void): Promise<{ readonly code: number; readonly output: string }> {
  return cdk('deploy', '**', '--app', synthesize(build), '--require-approval', 'never', '--progress', 'events');
}

export async function deployed(build: (app: App) => void): Promise<void> {
  const { code, output } = await deploy(build);
  if (code !== 0) throw new Error(`${output}\n${readFileSync(process.env.E2E_LOG!, 'utf8').slice(-4000)}`);
}

/** Destroys all of an app; the local CloudFormation is asked whether it did. */
export async function destroy(build: (app: App) => void, ...names: string[]): Promise<void> {
  const { output } = await cdk('destroy', '**', '--app', synthesize(build), '--force');
  for (const name of names) if (await statusOf(name) !== undefined) throw new Error(output);
}

export function oneStack(build: (stack: Stack) => void, name: string): (app: App) => void {
  return (app) => build(new Stack(app, name, { env: ENV }));
}

export async function statusOf(name: string): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: name }));
    return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack?.StackStatus;
  } catch {
    return undefined;
  }
}

export async function outputsOf(name: string): Promise<{ [name: string]: string }> {
  const { Stacks: [stack] = [] } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: name }));
  return Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue!]));
}

/** What an account says of what is set. */
export async function accountDefaults(region: string): Promise<{ [option: string]: unknown }> {
  const { AccountLevel = {} } = await ec2(region).send(new GetInstanceMetadataDefaultsCommand({}));
  const { ManagedBy: _, ManagedExceptionMessage: __, ...values } = AccountLevel;
  return values;
}

/** Sets exactly this, as somebody else would. */
export async function setDefaults(region: string, values: ModifyInstanceMetadataDefaultsRequest): Promise<void> {
  const none = 'no-preference';
  await ec2(region).send(new ModifyInstanceMetadataDefaultsCommand({
    HttpTokens: none, HttpPutResponseHopLimit: -1, HttpEndpoint: none, InstanceMetadataTags: none, HttpTokensEnforced: none, ...values,
  }));
}

/** How many earlier values are kept. */
export async function claims(region: string): Promise<number> {
  const { Parameters = [] } = await new SSMClient({ region }).send(new GetParametersByPathCommand({ Path: '/cdk-imdsv2/account-defaults' }));
  return Parameters.length;
}

/** The metadata options that a new instance is born with. */
export async function born(request: Partial<RunInstancesRequest> = {}): Promise<Pick<InstanceMetadataOptionsResponse, 'HttpTokens' | 'HttpPutResponseHopLimit'>> {
  const named = request.LaunchTemplate ? {} : { ImageId: IMAGE };
  const { Instances: [instance] = [] } = await ec2(HERE).send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ...named, ...request }));
  const { HttpTokens, HttpPutResponseHopLimit } = instance.MetadataOptions!;
  return { HttpTokens, HttpPutResponseHopLimit };
}

export async function tokensOfInstances(): Promise<string[]> {
  const { Reservations = [] } = await ec2(HERE).send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ MetadataOptions }) => MetadataOptions!.HttpTokens!));
}

export interface DeployedTemplate { readonly id: string; readonly defaultVersion: number; readonly latestVersion: number }

export async function launchTemplates(): Promise<DeployedTemplate[]> {
  const { LaunchTemplates = [] } = await ec2(HERE).send(new DescribeLaunchTemplatesCommand({}));
  return LaunchTemplates.map(({ LaunchTemplateId, DefaultVersionNumber, LatestVersionNumber }) => (
    { id: LaunchTemplateId!, defaultVersion: DefaultVersionNumber!, latestVersion: LatestVersionNumber! }
  ));
}

/** `HttpTokens` of the latest version. */
export async function tokensOfTemplate(id: string): Promise<string | undefined> {
  const { LaunchTemplateVersions: [version] = [] } = await ec2(HERE).send(new DescribeLaunchTemplateVersionsCommand({
    LaunchTemplateId: id, Versions: ['$Latest'],
  }));
  return version.LaunchTemplateData?.MetadataOptions?.HttpTokens;
}

export function ec2(region: string, maxAttempts = 10): EC2Client {
  return new EC2Client({ region, maxAttempts });
}

/** Asks a service of which no client is at hand. */
export async function ask(service: string, target: string, input: object, endpoint = process.env.AWS_ENDPOINT_URL!): Promise<any> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'content-type': `application/x-amz-json-1.${/sqs|states/.test(service) ? 0 : 1}`,
      'x-amz-target': target,
      'authorization': `AWS4-HMAC-SHA256 Credential=${ENV.account}/20261124/${HERE}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${target}: ${response.status} ${answer}`);
  return answer ? JSON.parse(answer) : {};
}

function synthesize(build: (app: App) => void): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-imdsv2-e2e-')) });
  build(app);
  return app.synth().directory;
}
