import { GetInstanceMetadataDefaultsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { TargetRecord } from './records';

/**
 * What the account says in a region, of those options only that are set.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html
 */
export async function readDefaults(ec2: EC2Client): Promise<Required<Pick<TargetRecord, 'defaults' | 'managedBy'>>> {
  const { AccountLevel: { ManagedBy, ManagedExceptionMessage: _, ...set } = {} } = await ec2.send(new GetInstanceMetadataDefaultsCommand({}));
  const defaults = Object.entries(set).filter(([, value]) => value !== undefined).map(([option, value]) => [option, String(value)]);
  return { defaults: Object.fromEntries(defaults), managedBy: ManagedBy ?? 'account' };
}
