import { failureOf } from './handlers/change-records';
import type { Run, Target, TargetRecord } from './handlers/records';
import { outcomeOf, Store } from './handlers/store';

/** What a state that failed was given, with what Step Functions says of the failure. */
export interface FailureEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly target: Target;
  /** What failed, where it is not the inspection. */
  readonly phase?: string;
  readonly error: { readonly Error: string; readonly Cause: string };
}

/** Writes down that a target failed, so that the report says so. */
export async function recordFailure({ bucket, run, target, phase, error }: FailureEvent): Promise<void> {
  const { account, region } = target;
  const record: TargetRecord = { account, region, status: 'failed', reason: `${messageOf(error.Cause)} (${error.Error})` };
  await new Store(bucket, run).putJson(phase === undefined ? outcomeOf(target) : failureOf(phase, target), record);
}

/** The message of what a function threw; text of Step Functions itself as it is. */
function messageOf(cause: string): string {
  try {
    return JSON.parse(cause).errorMessage ?? cause;
  } catch {
    return cause;
  }
}
