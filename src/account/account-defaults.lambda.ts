import { createHash } from 'crypto';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { regionNamed } from './handlers/clients';
import { answering, type Answer, type Request } from './handlers/custom-resource';
import { hold, release, type Held, type Holder } from './handlers/hold';
import { inEach, summary, type Outcome } from './handlers/outcomes';
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
    await letGo(owner, names.map((name) => regionOf(name, signal)), await isPutBack(request));
    return { physicalId };
  }

  const { OldResourceProperties: old } = request;
  const regions = names.map((name) => regionOf(name, signal));
  const dropped = old ? (await regionsOf(old, signal)).filter((name) => !names.includes(name)) : [];
  const options = old ? optionsOf(old.Defaults).filter((option) => wanted.Defaults[option] === undefined) : [];
  const restore = dropped.length + options.length > 0 && await isPutBack(request);
  if (options.length > 0) log('options dropped', await inEach(regions, (region) => release(region, owner, options, restore)), (text) => text);

  const holder: Holder = {
    owner, resource: `${request.StackId} ${request.LogicalResourceId}`, run: request.RequestId, isCreate: request.RequestType === 'Create',
  };
  const outcomes = await inEach(regions, (region) => hold(region, holder, wanted.Defaults));
  const said = log('held', outcomes, ({ outcome }) => outcome);
  const failed = outcomes.filter(({ error }) => error).length;
  if (failed > 0) {
    // CloudFormation puts an update back by sending the earlier properties; of a creation it knows nothing to send.
    const after = request.RequestType === 'Create' ? await letGo(owner, names.map((name) => regionOf(name)), true) : undefined;
    throw new Error(`the account defaults could not be set to ${inWords(wanted.Defaults)} in ${failed} of ${regions.length} `
      + `region${regions.length === 1 ? '' : 's'}. ${said}${after ? `. Afterwards: ${after}` : ''}`);
  }
  if (dropped.length > 0) await letGo(owner, dropped.map((name) => regionOf(name, signal)), restore);
  return { physicalId, data: attributes(outcomes, wanted.Report ?? []) };
}

/** Never fails: what cannot be put back is said, and must neither block a stack nor hide why it came to this. */
async function letGo(owner: string, regions: readonly Region[], restore: boolean): Promise<string> {
  return log('let go', await inEach(regions, (region) => release(region, owner, OPTIONS, restore)), (text) => text);
}

/**
 * Whether what is removed is put back: where the user says so, and where a deployment is rolled back. The request does
 * not tell a roll-back from a removal, but the state of the stack does.
 */
async function isPutBack({ StackId, ResourceProperties }: AccountDefaultsRequest): Promise<boolean> {
  if (ResourceProperties.OnRemoval === 'RESTORE') return true;
  try {
    const { Stacks: [stack] = [] } = await new CloudFormationClient({ region: ownRegion() }).send(new DescribeStacksCommand({ StackName: StackId }));
    return /ROLLBACK.*IN_PROGRESS$/.test(stack?.StackStatus ?? '');
  } catch (error) {
    console.log(JSON.stringify({ warning: `whether the stack is rolled back is not known, so everything stays as it is: ${(error as Error).message}` }));
    return false;
  }
}

function attributes(outcomes: ReadonlyArray<Outcome<Held>>, report: readonly string[]): { [attribute: string]: string } {
  return Object.fromEntries(outcomes.flatMap(({ region, value }) => {
    const { previous, effective, managedBy } = value!;
    const values = { Previous: inWords(previous), Effective: inWords(effective), ManagedBy: managedBy };
    const prefixes = [...region === ownRegion() ? [''] : [], ...report.includes(region) ? [`${region}.`] : []];
    return prefixes.flatMap((prefix) => Object.entries(values).map(([name, text]) => [`${prefix}${name}`, text]));
  }));
}

function log<T>(step: string, outcomes: ReadonlyArray<Outcome<T>>, words: (value: T) => string): string {
  const text = summary(outcomes, words);
  console.log(JSON.stringify({ step, outcomes: text }));
  return text;
}
