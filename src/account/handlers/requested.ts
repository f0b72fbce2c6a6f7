import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { clientsOf } from './clients';
import type { Values } from './values';

/** What the template says; the constructs write it, CloudFormation passes it on as text. */
export interface RequestedProperties {
  /** The options that are named, and no other. */
  readonly Defaults: Values;
  /** Names of regions, or one `*` for all that are enabled. */
  readonly Regions: readonly string[];
  /** The regions of which attributes are read by name; CloudFormation takes no more than 4 KB. */
  readonly Report?: readonly string[];
}

/** The region of the function, which is that of the stack. */
export function ownRegion(): string {
  return process.env.AWS_REGION!;
}

export async function regionsOf({ Regions }: RequestedProperties, signal?: AbortSignal): Promise<string[]> {
  if (Regions[0] !== '*') return [...Regions];
  const { Regions: enabled = [] } = await clientsOf(ownRegion()).ec2.send(new DescribeRegionsCommand({}), { abortSignal: signal });
  return enabled.map(({ RegionName }) => RegionName!);
}
