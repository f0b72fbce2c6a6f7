import { inspect as inspectTarget, type InspectEvent, type Inspected } from './inspect.lambda';

/** One bundle, several handlers: what the state machine runs. */
export { plan } from './plan.lambda';
export { recordFailure } from './record-failure.lambda';
export { report } from './report.lambda';

export async function inspect(event: InspectEvent, context: { getRemainingTimeInMillis(): number }): Promise<Inspected> {
  return inspectTarget(event, () => context.getRemainingTimeInMillis());
}
