import type { Run } from './records';

/** What the definition of the state machine says of a run, and the name of its execution. */
export interface RunSettings extends Omit<Run, 'id'> {
  readonly execution: string;
}

/** Sorted by time in the bucket; a run that is redriven has the same id. */
export function runOf({ execution, ...rest }: RunSettings): Run {
  return { id: `${rest.startedAt.slice(0, 19).replace(/:/g, '-')}Z-${execution}`, ...rest };
}
