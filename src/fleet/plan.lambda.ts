import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { inWords, isDenied, ownRegion, reach } from './handlers/clients';
import { each } from './handlers/each';
import { membersOf } from './handlers/organization';
import type { Run, Target, TargetRecord } from './handlers/records';
import { ASKED, outcomeOf, Store, TARGETS } from './handlers/store';

export interface PlanEvent {
  readonly bucket: string;
  readonly run: Run;
  /** Their ids, or none for all of the organization. */
  readonly accounts?: readonly string[];
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
const AT_ONCE = 32;

/** Writes down what is asked for, and what of it can be inspected. */
export async function plan(event: PlanEvent): Promise<Planned> {
  const { bucket, run, accounts, roleName, partition, regions } = event;
  const store = new Store(bucket, run);
  const asked: Target[] = [];
  const targets: Target[] = [];
  await each(await membersAsked(accounts), AT_ONCE, async ({ account, ...known }) => {
    const member = { account, role: roleName && `arn:${partition}:iam::${account}:role/${roleName}` };
    for (const planned of known.outcome ? notAsked(member, regions, known.outcome) : await targetsOf(member, regions, run)) {
      const { outcome, ...target } = planned;
      asked.push(target);
      if (outcome) await store.putJson(outcomeOf(target), { account, region: target.region, ...outcome } satisfies TargetRecord);
      else targets.push(target);
    }
  });
  await store.putJson(ASKED, asked);
  await store.putJson(TARGETS, targets);
  return { targetsKey: store.keyOf(TARGETS), targets: targets.length };
}

/** What is known already, where nothing is to be inspected. */
type Outcome = Pick<TargetRecord, 'status' | 'reason'>;

/** What stands in the report where the accounts of an organization should. */
const ORGANIZATION = 'organization';

/** The accounts that are named, or those of the organization; that these cannot be listed is an outcome, too. */
async function membersAsked(accounts: readonly string[] | undefined): Promise<Array<{ readonly account: string; readonly outcome?: Outcome }>> {
  if (accounts) return accounts.map((account) => ({ account }));
  try {
    return (await membersOf()).map(({ account, inactive }) => (
      { account, outcome: inactive ? { status: 'disabled', reason: `the organization says that the account is ${inactive}` } : undefined }
    ));
  } catch (thrown) {
    const error = thrown as Error;
    const status = isDenied(error) ? 'denied' : 'failed';
    // To try again would not help; everything else is the state machine's to repeat.
    if (status === 'failed' && error.name !== 'AWSOrganizationsNotInUseException') throw error;
    const reason = `the accounts of the organization could not be listed, which only its management account and delegated administrators may do: ${inWords(error)}`;
    return [{ account: ORGANIZATION, outcome: { status, reason } }];
  }
}

interface PlannedTarget extends Target {
  readonly outcome?: Outcome;
}

function notAsked(account: Omit<Target, 'region'>, regions: readonly string[] = ['all'], outcome: Outcome): PlannedTarget[] {
  return regions.map((region) => ({ ...account, region, outcome }));
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
    return notAsked(account, regions, { status: isDenied(error) ? 'denied' : 'failed', reason: inWords(error) });
  }
}

function notEnabled(region: string, isKnown: boolean): Outcome {
  return isKnown
    ? { status: 'disabled', reason: 'the account has not opted in to the region' }
    : { status: 'failed', reason: `EC2 knows no region ${region} in this partition` };
}
