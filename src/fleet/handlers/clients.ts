import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Run, Target } from './records';

/** One account and region, as a run reaches it. */
export interface Reached {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly iam: IAMClient;
}

/** Reads share their throttle with everybody else in the account: the client slows down when it is told to. */
export const PATIENT = { retryMode: 'adaptive', maxAttempts: 10 } as const;

/**
 * In the region of the function: tokens of a regional endpoint hold in every region. All clients send through its handler,
 * because each handler of its own keeps connections open, and a function may have 1,024 files.
 */
const STS = new STSClient(PATIENT);

/** The region of the function. */
export function ownRegion(): string {
  return process.env.AWS_REGION!;
}

/** @throws where the role may not be assumed */
export async function reach({ region, role }: Pick<Target, 'region' | 'role'>, run: Pick<Run, 'id'>): Promise<Reached> {
  const config = { region, ...PATIENT, requestHandler: STS.config.requestHandler, ...role && { credentials: await assumed(role, run) } };
  return {
    ec2: new EC2Client(config), autoScaling: new AutoScalingClient(config), cloudWatch: new CloudWatchClient(config), iam: new IAMClient(config),
  };
}

async function assumed(RoleArn: string, { id }: Pick<Run, 'id'>) {
  const { Credentials } = await STS.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: `cdk-imdsv2-${id}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64) }));
  return { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken! };
}

/** What EC2, STS, IAM, CloudWatch and Auto Scaling answer where something denies a call. */
const DENIED = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];

export function isDenied({ name }: Error): boolean {
  return DENIED.includes(name);
}

/** An error for people who read reports. */
export function inWords({ name, message }: Error): string {
  return name === 'Error' ? message : `${message} (${name})`;
}
