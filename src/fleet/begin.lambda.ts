import { takeLock } from './handlers/lock';
import type { Run } from './handlers/records';
import { runOf, type RunSettings } from './handlers/run';

/** What the state machine is started with. */
export interface Input {
  /** Takes inventory, and changes nothing. */
  readonly inventory?: boolean;
  /** The id of a run whose changes are undone. */
  readonly rollback?: string;
  /** Goes on where what is changed could not be changed back. */
  readonly acceptNoWayBack?: boolean;
}

export interface BeginEvent extends RunSettings {
  readonly bucket: string;
  readonly executionArn: string;
  /** Whether this state machine changes anything, and so reads its input. */
  readonly changes: boolean;
  readonly input: Input;
}

export interface Begun {
  readonly mode: 'inventory' | 'rollout' | 'rollback';
  readonly acceptNoWayBack: boolean;
  readonly bucket: string;
  readonly run: Run;
  /** The run that is undone; none but for `rollback`. */
  readonly from: string;
}

const KNOWN = ['inventory', 'rollback', 'acceptNoWayBack'];

/** Reads what is wanted, and makes sure that nobody else changes the fleet meanwhile. */
export async function begin({ bucket, changes, input, ...settings }: BeginEvent): Promise<Begun> {
  const { inventory = false, rollback, acceptNoWayBack = false } = changes ? valid(input) : { inventory: true };
  const mode = inventory ? 'inventory' : rollback === undefined ? 'rollout' : 'rollback';
  if (mode !== 'inventory') await takeLock(bucket, settings.executionArn);
  return { mode, acceptNoWayBack, bucket, run: runOf(settings), from: rollback ?? '' };
}

/** @throws for what is not known: a misspelt `inventory` must not change a fleet */
function valid(input: Input): Input {
  const wrong = (got: unknown, expected: string) => Object.assign(
    new Error(`the input of the execution is not understood: got ${JSON.stringify(got)}, expected ${expected}`), { name: 'BadInput' });
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw wrong(input, 'an object such as {"inventory":true}');
  const unknown = Object.keys(input).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) throw wrong(unknown[0], KNOWN.join(', '));
  for (const name of ['inventory', 'acceptNoWayBack'] as const) {
    if (input[name] !== undefined && typeof input[name] !== 'boolean') throw wrong({ [name]: input[name] }, 'true or false');
  }
  const { rollback } = input;
  if (rollback !== undefined && (typeof rollback !== 'string' || !/^[^/\s]+$/.test(rollback))) throw wrong({ rollback }, 'the id of a run, as its folder in the bucket is called');
  if (input.inventory && rollback !== undefined) throw wrong(input, 'inventory or rollback, not both');
  return input;
}
