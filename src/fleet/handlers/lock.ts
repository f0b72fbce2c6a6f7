import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { findObject } from './store';

/** Beside the runs: one for all of them. */
const LOCK = 'lock.json';

const S3 = new S3Client({ maxAttempts: 8 });
const STEP_FUNCTIONS = new SFNClient({ maxAttempts: 8 });

interface Held { readonly execution: string; readonly etag: string }

/**
 * Makes an execution the one that may change anything, until another one takes over, which it may once this one has ended.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws where another one is running
 */
export async function takeLock(bucket: string, execution: string): Promise<void> {
  const held = await holder(bucket);
  if (held?.execution === execution) return;
  if (held && await isRunning(held.execution)) throw refused(held.execution);
  try {
    await S3.send(new PutObjectCommand({
      Bucket: bucket,
      Key: LOCK,
      Body: Buffer.from(JSON.stringify({ execution })),
      ContentType: 'application/json',
      ChecksumAlgorithm: 'SHA256',
      ...held ? { IfMatch: held.etag } : { IfNoneMatch: '*' },
    }));
  } catch (error) {
    if (!['PreconditionFailed', 'ConditionalRequestConflict'].includes((error as Error).name)) throw error;
    const winner = await holder(bucket);
    // A repeated call finds what it wrote itself.
    if (winner?.execution !== execution) throw refused(winner?.execution ?? 'another run');
  }
}

/** @throws where the execution does not hold the lock any more, as when it is redriven after another one took over */
export async function checkLock(bucket: string, execution: string): Promise<void> {
  const held = await holder(bucket);
  if (held?.execution !== execution) throw refused(held?.execution ?? 'nobody');
}

async function holder(bucket: string): Promise<Held | undefined> {
  const found = await findObject(bucket, LOCK);
  return found && { ...JSON.parse(found.text), etag: found.etag };
}

async function isRunning(executionArn: string): Promise<boolean> {
  try {
    const { status } = await STEP_FUNCTIONS.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE';
  } catch (error) {
    // Step Functions forgets an execution 90 days after its end.
    if ((error as Error).name === 'ExecutionDoesNotExist') return false;
    throw error;
  }
}

/** The state machine tells it from what is worth another try by its name. */
function refused(holding: string): Error {
  return Object.assign(new Error(`another run changes the fleet: got the lock of ${holding}, expected none; wait for its end, or stop it`), { name: 'AnotherRun' });
}
