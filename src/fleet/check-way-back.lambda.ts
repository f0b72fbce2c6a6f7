import { GetInstanceMetadataDefaultsCommand, ModifyInstanceMetadataOptionsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { itemsOf, wayBackOf, type WaveItem, type WaveTarget, type WayBack } from './handlers/change-records';
import { inWords, isDenied, reach } from './handlers/clients';
import type { Run } from './handlers/records';
import { Store } from './handlers/store';

export interface CheckWayBackEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly target: WaveTarget;
}

/** Whether an account and region would let an instance go back to optional tokens; asks without changing anything. */
export async function checkWayBack({ bucket, run, target }: CheckWayBackEvent): Promise<void> {
  if (target.waves.length === 0) return;
  const store = new Store(bucket, run);
  const [{ instance }] = JSON.parse(await store.get(itemsOf(target.waves[0], target))) as WaveItem[];
  const reason = await closedBy(target, run, instance);
  const { account, region } = target;
  await store.putJson(wayBackOf(target), { account, region, open: reason === undefined, reason } satisfies WayBack);
}

async function closedBy(target: WaveTarget, run: Run, instance: string): Promise<string | undefined> {
  try {
    const { ec2 } = await reach(target, run);
    const { AccountLevel: { HttpTokensEnforced, ManagedBy } = {} } = await ec2.send(new GetInstanceMetadataDefaultsCommand({}));
    if (HttpTokensEnforced === 'enabled') {
      return `HttpTokensEnforced is enabled by ${ManagedBy === 'declarative-policy' ? 'a declarative policy' : 'the account'}: what requires tokens cannot go back`;
    }
    return await refusal(ec2, instance);
  } catch (error) {
    if (isDenied(error as Error)) return inWords(error as Error);
    throw error;
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html */
async function refusal(ec2: EC2Client, InstanceId: string): Promise<string | undefined> {
  try {
    await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpTokens: 'optional', HttpEndpoint: 'enabled', DryRun: true }));
    throw new Error('a dry run was not refused: expected the error DryRunOperation');
  } catch (error) {
    const { name } = error as Error;
    // An instance that is gone says nothing of those that are there.
    if (name === 'DryRunOperation' || name === 'InvalidInstanceID.NotFound') return undefined;
    if (name === 'UnsupportedOperation') return inWords(error as Error);
    throw error;
  }
}
