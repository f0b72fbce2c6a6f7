import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { sleep } from './patiently';
import type { Region } from './region';

/**
 * `ModifyInstanceMetadataDefaults` is limited to 2 calls a second for everybody in the account and region: where others take
 * most of them, a call must come again as long as the function has time.
 */
const PATIENT = { retryMode: 'adaptive', maxAttempts: 40 } as const;

const CLIENTS = new Map<string, { readonly ec2: EC2Client; readonly ssm: SSMClient }>();

export function clientsOf(name: string): { readonly ec2: EC2Client; readonly ssm: SSMClient } {
  let clients = CLIENTS.get(name);
  if (!clients) CLIENTS.set(name, clients = { ec2: new EC2Client({ region: name, ...PATIENT }), ssm: new SSMClient({ region: name, ...PATIENT }) });
  return clients;
}

export function regionNamed(name: string, signal?: AbortSignal): Region {
  return { name, ...clientsOf(name), signal, sleep };
}
