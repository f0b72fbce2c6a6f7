import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { inWords, isDenied, ownRegion, reach } from './handlers/clients';
import type { Run, Target, TargetRecord } from './handlers/records';
import { ASKED, outcomeOf, Store, TARGETS } from './handlers/store';

export interface PlanEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly accounts: readonly string[];
  /** The name of the role that reads the accounts, and the partition it is in; none for the account of the run alone. */
  readonly roleName?: string;
  readonly partition: string;
  /** Names, or none for all that an account has enabled. */
  readonly regions?: readonly string[];
}

/** What the states that follow are given. */
export interface Planned {
  readonly targetsKey: string;
  readonly targets: number;
}

/** How many accounts are asked for their regions at once. */
const AT_ONCE = 10;

/** Writes down what is asked for, and what of it can be inspected. */
export async function plan(event: PlanEvent): Promise<Planned> {
  const { bucket, run, accounts, roleName, partition, regions } = event;
  const store = new Store(bucket, run);
  const asked: Target[] = [];
  const targets: Target[] = [];
  const all = accounts.map((account) => ({ account, role: roleName && `arn:${partition}:iam::${account}:role/${roleName}` }));
  while (all.length > 0) {
    await Promise.all(all.splice(0, AT_ONCE).map(async (account) => {
      for (const planned of await targetsOf(account, regions, run)) {
        const { outcome, ...target } = planned;
        asked.push(target);
        if (outcome) await store.putJson(outcomeOf(target), { account: target.account, region: target.region, ...outcome } satisfies TargetRecord);
        else targets.push(target);
      }
    }));
  }
  await store.putJson(ASKED, asked);
  await store.putJson(TARGETS, targets);
  return { targetsKey: store.keyOf(TARGETS), targets: targets.length };
}

interface PlannedTarget extends Target {
  /** What is known already, where it is not to be inspected. */
  readonly outcome?: Pick<TargetRecord, 'status' | 'reason'>;
}

/** The regions of an account; EC2 says which of them it has enabled. */
async function targetsOf(account: Omit<Target, 'region'>, regions: readonly string[] | undefined, run: Run): Promise<PlannedTarget[]> {
  try {
    const { ec2 } = await reach({ ...account, region: ownRegion() }, run);
    const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
    const optIn = new Map(Regions.map(({ RegionName, OptInStatus }) => [RegionName!, OptInStatus]));
    const enabled = [...optIn].filter(([, status]) => status !== 'not-opted-in').map(([name]) => name);
    return (regions ?? enabled).map((region) => (
      { ...account, region, outcome: enabled.includes(region) ? undefined : notEnabled(region, optIn.has(region)) }
    ));
  } catch (thrown) {
    const error = thrown as Error;
    const outcome = { status: isDenied(error) ? 'denied' : 'failed', reason: inWords(error) } as const;
    return (regions ?? ['all']).map((region) => ({ ...account, region, outcome }));
  }
}

function notEnabled(region: string, isKnown: boolean): PlannedTarget['outcome'] {
  return isKnown
    ? { status: 'disabled', reason: 'the account has not opted in to the region' }
    : { status: 'failed', reason: `EC2 knows no region ${region} in this partition` };
}
