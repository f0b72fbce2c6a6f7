import { changeSources as changeTargetSources, type SourcesEvent } from './change-sources.lambda';
import { change as changeTarget, type Changed, type ChangeEvent } from './change.lambda';
import { checkLock } from './handlers/lock';
import { inspect as inspectTarget, type InspectEvent, type Inspected } from './inspect.lambda';
import { restoreSources as restoreTargetSources, type RestoreSourcesEvent } from './restore-sources.lambda';
import { restore as restoreTarget, type Restored, type RestoreEvent } from './restore.lambda';

/** One bundle, several handlers: what the state machine runs. */
export { begin } from './begin.lambda';
export { checkWayBack } from './check-way-back.lambda';
export { judgeWave, judgeWayBack } from './judge.lambda';
export { plan } from './plan.lambda';
export { planWaves } from './plan-waves.lambda';
export { recordFailure } from './record-failure.lambda';
export { report } from './report.lambda';
export { watch } from './watch.lambda';

interface Context {
  getRemainingTimeInMillis(): number;
}

export async function inspect(event: InspectEvent, context: Context): Promise<Inspected> {
  return inspectTarget(event, () => context.getRemainingTimeInMillis());
}

export async function change(event: ChangeEvent, context: Context): Promise<Changed> {
  return changeTarget(event, () => context.getRemainingTimeInMillis());
}

export async function restore(event: RestoreEvent, context: Context): Promise<Restored> {
  return restoreTarget(event, () => context.getRemainingTimeInMillis());
}

export async function changeSources(event: SourcesEvent, context: Context): Promise<SourcesEvent & { done: boolean }> {
  const check = async () => checkLock(event.bucket, event.run.executionArn!);
  await check();
  return changeTargetSources(event, () => context.getRemainingTimeInMillis(), check);
}

export async function restoreSources(event: RestoreSourcesEvent, context: Context): Promise<RestoreSourcesEvent & { done: boolean }> {
  const check = async () => checkLock(event.bucket, event.run.executionArn!);
  await check();
  return restoreTargetSources(event, () => context.getRemainingTimeInMillis(), check);
}
