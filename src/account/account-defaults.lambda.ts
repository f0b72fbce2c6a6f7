import { createHash } from 'crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { regionNamed } from './handlers/clients';
import { answering, type Answer, type Request } from './handlers/custom-resource';
import { hold, release, type Dropped, type Held, type Holder } from './handlers/hold';
import { inEach, isNotEnabled, summary, type Outcome } from './handlers/outcomes';
import type { Region } from './handlers/region';
import { ownRegion, regionsOf, type RequestedProperties } from './handlers/requested';
import { inWords, OPTIONS, optionsOf } from './handlers/values';

export interface AccountDefaultsProperties extends RequestedProperties {
  readonly OnRemoval: string;
}

type AccountDefaultsRequest = Request<AccountDefaultsProperties>;

export const handler = answering<AccountDefaultsProperties>((request, signal) => accountDefaults(request, signal));

/** Sets the defaults of all regions, or lets go of them. @param regionOf how a region is reached */
export async function accountDefaults(request: AccountDefaultsRequest, signal?: AbortSignal, regionOf = regionNamed): Promise<Answer> {
  const owner = createHash('sha256').update(`${request.StackId} ${request.LogicalResourceId}`).digest('hex').slice(0, 32);
  const physicalId = request.PhysicalResourceId ?? `imdsv2-account-defaults-${owner}`;
  const wanted = request.ResourceProperties;
  const names = await regionsOf(wanted, signal);
  if (request.RequestType === 'Delete') {
    // What cannot be put back is logged: a stack is never blocked by it.
    await letGo(owner, names.map((name) => regionOf(name, signal)), { options: OPTIONS, restore: await isPutBack(request) });
    return { physicalId };
  }

  const { OldResourceProperties: old } = request;
  const leftRegions = old ? (await regionsOf(old, signal)).filter((name) => !names.includes(name)) : [];
  const options = old ? optionsOf(old.Defaults).filter((option) => wanted.Defaults[option] === undefined) : [];
  const restore = leftRegions.length + options.length > 0 && await isPutBack(request);
  const holder: Holder = {
    owner, resource: `${request.StackId} ${request.LogicalResourceId}`, run: request.RequestId, isCreate: request.RequestType === 'Create',
  };

  const regions = names.map((name) => regionOf(name, signal));
  const outcomes = await inEach(regions, (region) => hold(region, holder, wanted.Defaults, { options, restore }));
  const said = summary(outcomes, ({ outcome }) => outcome);
  log('held', said);
  const failed = outcomes.filter(({ error }) => error).length;
  if (failed > 0) {
    // CloudFormation puts an update back by sending the earlier properties; of a creation it knows nothing to send.
    const after = request.RequestType === 'Create' && textOf(await letGo(owner, names.map((name) => regionOf(name)), { options: OPTIONS, restore: true }));
    throw new Error(`the account defaults could not be set to ${inWords(wanted.Defaults)} in ${failed} of ${regions.length} `
      + `region${regions.length === 1 ? '' : 's'}. ${said}${after ? `. Afterwards: ${after}` : ''}`);
  }
  const left = [
    ...options.length > 0 ? await letGo(owner, regions, { options, restore }) : [],
    ...leftRegions.length > 0 ? await letGo(owner, leftRegions.map((name) => regionOf(name, signal)), { options: OPTIONS, restore }) : [],
  ];
  // A region that the account has disabled is one to leave out; everything else that is not put back must be known.
  if (left.some(({ error }) => error && !isNotEnabled(error))) throw new Error(`what is not asked for any more could not be let go of. ${textOf(left)}`);
  return { physicalId, data: attributes(outcomes, wanted.Report ?? []) };
}

async function letGo(owner: string, regions: readonly Region[], dropped: Dropped): Promise<ReadonlyArray<Outcome<string>>> {
  const outcomes = await inEach(regions, (region) => release(region, owner, dropped));
  log('let go', textOf(outcomes));
  return outcomes;
}

/**
 * Whether what is removed is put back: where the user says so, and where a deployment is rolled back. The request does
 * not tell a roll-back from a removal, but the state of the stack does.
 */
async function isPutBack({ StackId, ResourceProperties }: AccountDefaultsRequest): Promise<boolean> {
  if (ResourceProperties.OnRemoval === 'RESTORE') return true;
  try {
    return await isRolledBack(StackId, new CloudFormationClient({ region: ownRegion() }));
  } catch (error) {
    console.log(JSON.stringify({ warning: `whether the stack is rolled back is not known, so everything stays as it is: ${(error as Error).message}` }));
    return false;
  }
}

/** A nested stack that is new to a deployment which is rolled back is deleted like any other: only its parent tells. */
async function isRolledBack(stackId: string, cloudFormation: CloudFormationClient): Promise<boolean> {
  const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }));
  if (/ROLLBACK.*IN_PROGRESS$/.test(stack?.StackStatus ?? '')) return true;
  // What a creation with on-failure DELETE is told by: its state is that of any deletion.
  if (stack?.StackStatus === 'DELETE_IN_PROGRESS' && /failed to create/.test(stack.StackStatusReason ?? '')) return true;
  return stack?.ParentId !== undefined && isRolledBack(stack.ParentId, cloudFormation);
}

function attributes(outcomes: ReadonlyArray<Outcome<Held>>, report: readonly string[]): { [attribute: string]: string } {
  return Object.fromEntries(outcomes.flatMap(({ region, value }) => {
    const { previous, effective, managedBy } = value!;
    const values = { Previous: inWords(previous), Effective: inWords(effective), ManagedBy: managedBy };
    const prefixes = [...region === ownRegion() ? [''] : [], ...report.includes(region) ? [`${region}.`] : []];
    return prefixes.flatMap((prefix) => Object.entries(values).map(([name, text]) => [`${prefix}${name}`, text]));
  }));
}

function textOf(outcomes: ReadonlyArray<Outcome<string>>): string {
  return summary(outcomes, (text) => text);
}

function log(step: string, outcomes: string): void {
  console.log(JSON.stringify({ step, outcomes }));
}
