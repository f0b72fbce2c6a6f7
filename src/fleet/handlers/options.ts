import { DescribeInstancesCommand, ModifyInstanceMetadataOptionsCommand, type EC2Client, type Instance } from '@aws-sdk/client-ec2';
import type { InForce, Options } from './change-records';
import type { Reached } from './clients';
import { groupsNamed } from './groups-named';
import { pause } from './pace';
import { exemptionOf, groupOf, tagsOf, type Tags } from './tags';
import { daysLeft } from '../../private/exemption';

/** As many as EC2 takes values of a filter, and some to spare. */
export const CHUNK = 100;

/** States that an instance does not come back from. */
const GONE = ['shutting-down', 'terminated'];

/** What an instance says now. */
export interface Present {
  readonly options: Options;
  readonly applied: boolean;
  readonly isStopped: boolean;
  readonly tags: Tags;
}

/** Those of at most {@link CHUNK} instances that are there; one that is not does not fail the others, as asking by id would. */
export async function present(ec2: EC2Client, instances: readonly string[]): Promise<Map<string, Present>> {
  const found = new Map<string, Present>();
  // A filter without a value is none, or an error.
  if (instances.length === 0) return found;
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [...instances] }], MaxResults: 1000, NextToken }));
    for (const instance of (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
      if (!GONE.includes(instance.State!.Name!)) found.set(instance.InstanceId!, factsOf(instance));
    }
    NextToken = page.NextToken || undefined;
  } while (NextToken);
  return found;
}

function factsOf({ MetadataOptions: options = {}, State, ...instance }: Instance): Present {
  return {
    options: { tokens: options.HttpTokens!, hopLimit: options.HttpPutResponseHopLimit, endpoint: options.HttpEndpoint ?? 'enabled' },
    applied: options.State === 'applied',
    isStopped: State!.Name === 'stopped',
    tags: tagsOf(instance),
  };
}

/** Those of the instances that are exempt today. */
export async function exemptOf(autoScaling: Reached['autoScaling'], instances: ReadonlyMap<string, Present>): Promise<Set<string>> {
  const groups = await groupsNamed(autoScaling, [...instances.values()].map(({ tags }) => groupOf(tags)));
  const isExempt = ({ tags }: Present) => {
    const exemption = exemptionOf(tags, groups);
    return exemption !== undefined && daysLeft(exemption, new Date()) >= 0;
  };
  return new Set([...instances].filter(([, instance]) => isExempt(instance)).map(([id]) => id));
}

/**
 * Tokens, the hop limit where it becomes another one, and the endpoint as it is, which has to be named beside tokens.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
 */
export async function modify(ec2: EC2Client, InstanceId: string, now: Options, { tokens, hopLimit }: Pick<Options, 'tokens' | 'hopLimit'>): Promise<void> {
  await ec2.send(new ModifyInstanceMetadataOptionsCommand({
    InstanceId,
    HttpTokens: tokens as 'optional' | 'required',
    HttpPutResponseHopLimit: hopLimit === now.hopLimit ? undefined : hopLimit,
    HttpEndpoint: now.endpoint as 'disabled' | 'enabled',
  }));
}

const TRIES = 20;
const BETWEEN = 3_000;

/** Waits until EC2 says that these tokens are in force, a minute at most; those for which it does, and those that get them once they start. */
export async function settled(ec2: EC2Client, instances: readonly string[], tokens: string): Promise<Map<string, 'applied' | 'stopped'>> {
  const done = new Map<string, 'applied' | 'stopped'>();
  for (let attempt = 0; ; attempt++) {
    const waiting = instances.filter((instance) => !done.has(instance));
    const now = await present(ec2, waiting);
    const pending = waiting.filter((instance) => {
      const found = now.get(instance);
      // What EC2 says may be older than the change.
      if (found?.options.tokens === tokens && (found.applied || found.isStopped)) done.set(instance, found.applied ? 'applied' : 'stopped');
      return found && !done.has(instance);
    });
    if (pending.length === 0 || attempt === TRIES) return done;
    await pause(BETWEEN);
  }
}

/** What {@link settled} says of an instance, as records have it. */
export function inForce(state: 'applied' | 'stopped' | undefined): InForce {
  return { applied: state === 'applied', ...state === 'stopped' && { stopped: true } };
}

/** Whether EC2 says that an instance is not there any more. */
export function isGone({ name }: Error): boolean {
  return name === 'InvalidInstanceID.NotFound';
}
