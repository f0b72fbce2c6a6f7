import { DeleteParameterCommand, GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Region } from './region';
import type { Values } from './values';
import { CLAIMS_PATH } from '../claims-path';

/**
 * What one resource holds in one region. It is written before the first change and kept in the region itself, because
 * a run may be killed in the middle, and because a resource that was renamed or moved is created before its old self is
 * deleted: neither the physical id nor the reply to CloudFormation can tell the one about the other.
 */
export interface Claim {
  readonly owner: string;
  /** The stack and logical id, for people. */
  readonly resource: string;
  /** The request that created it: a run that is repeated goes on where it was, and a leftover is none of ours. */
  readonly run: string;
  /** When it was made; the latest of several claims wins. */
  readonly at: number;
  /** What was there before the first write, whoever made it. */
  readonly first: Values;
  readonly written: Values;
}

export async function readClaims({ ssm, signal }: Region): Promise<Claim[]> {
  const claims: Claim[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(new GetParametersByPathCommand({ Path: CLAIMS_PATH, NextToken }), { abortSignal: signal });
    for (const { Name, Value } of page.Parameters ?? []) claims.push(parse(Name!, Value!));
    NextToken = page.NextToken;
  } while (NextToken);
  return claims.sort((a, b) => a.at - b.at);
}

export async function putClaim({ ssm, signal }: Region, claim: Claim): Promise<void> {
  await ssm.send(new PutParameterCommand({
    Name: `${CLAIMS_PATH}/${claim.owner}`, Type: 'String', Value: JSON.stringify(claim), Overwrite: true,
  }), { abortSignal: signal });
}

export async function deleteClaim({ ssm, signal }: Region, owner: string): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: `${CLAIMS_PATH}/${owner}` }), { abortSignal: signal });
  } catch (error) {
    if ((error as Error).name !== 'ParameterNotFound') throw error;
  }
}

function parse(name: string, value: string): Claim {
  try {
    const claim = JSON.parse(value);
    if (typeof claim.owner === 'string' && typeof claim.first === 'object' && typeof claim.written === 'object') return claim;
  } catch {
    // Said below, with its name.
  }
  throw new Error(`the parameter ${name} is not what cdk-imdsv2 wrote: put its earlier value back, or delete it to forget the earlier defaults`);
}
