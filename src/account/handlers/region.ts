import { GetInstanceMetadataDefaultsCommand, ModifyInstanceMetadataDefaultsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { patiently } from './patiently';
import { inWords, NO_PREFERENCE, optionsOf, OPTIONS, pick, satisfies, type Values } from './values';

/** How a run reaches one region of the account. */
export interface Region {
  readonly name: string;
  readonly ec2: EC2Client;
  readonly ssm: SSMClient;
  /** Ends calls and waiting while there is still time to answer. */
  readonly signal?: AbortSignal;
  /** Waits between two reads of what was written. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** What a region's account level says. */
export interface AccountLevel {
  /** All options; those that are not set have no preference. */
  readonly values: Values;
  /** `account` or `declarative-policy`. */
  readonly managedBy: string;
  /** The policy's own message. */
  readonly policyMessage?: string;
}

const POLICY = 'declarative-policy';

export function isManaged({ managedBy }: AccountLevel): boolean {
  return managedBy === POLICY;
}

/** What EC2 answers where something denies a call. */
export const DENIED = 'UnauthorizedOperation';

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html */
export async function readDefaults({ ec2, signal, sleep }: Region): Promise<AccountLevel> {
  const read = () => ec2.send(new GetInstanceMetadataDefaultsCommand({}), { abortSignal: signal });
  const { AccountLevel: level = {} } = await patiently(read, ({ name }) => name === DENIED, sleep);
  return {
    values: Object.fromEntries(OPTIONS.map((option) => [option, String(level[option] ?? NO_PREFERENCE)])),
    managedBy: level.ManagedBy ?? 'account',
    policyMessage: level.ManagedExceptionMessage,
  };
}

/** How often, and after how many milliseconds, what was written is read back: it need not be visible at once. */
const READ_BACK = [0, 500, 1000, 2000, 4000, 8000];

/**
 * Writes exactly these options, and believes it when the account says so.
 *
 * @throws if the account does not say so in the end
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
 */
export async function writeDefaults(region: Region, values: Values): Promise<AccountLevel> {
  const { HttpPutResponseHopLimit: hops, ...rest } = values;
  const limit = hops === undefined ? {} : { HttpPutResponseHopLimit: hops === NO_PREFERENCE ? -1 : Number(hops) };
  await region.ec2.send(new ModifyInstanceMetadataDefaultsCommand({ ...rest, ...limit } as object), { abortSignal: region.signal });
  let level!: AccountLevel;
  for (const wait of READ_BACK) {
    if (wait > 0) await region.sleep(wait);
    level = await readDefaults(region);
    if (satisfies(level.values, values)) return level;
  }
  const dropped = optionsOf(values).filter((option) => level.values[option] !== values[option]);
  throw new Error(`EC2 took ${said(pick(values, dropped))} and still says ${said(pick(level.values, dropped))}`);
}

function said(values: Values): string {
  return optionsOf(values).map((option) => `${option}=${values[option]}`).join(',') || inWords(values);
}
