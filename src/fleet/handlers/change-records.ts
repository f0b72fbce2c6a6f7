import type { Target } from './records';

/** What a run that changes writes: evidence, and the only way back. Names stay. */

/** The options of an instance. */
export interface Options {
  readonly tokens: string;
  readonly hopLimit?: number;
  readonly endpoint: string;
}

/** An instance of a wave, and the hop limit that it gets, where it gets another one. */
export interface WaveItem {
  readonly instance: string;
  readonly hopLimit?: number;
  /** Whether that is less than it had; else it is more. */
  readonly lowers?: boolean;
}

/** One account and region, whose role may change it. */
export interface WaveTarget extends Target {
  /** The role that may only read it; absent for the account of the run. */
  readonly reader?: string;
  /** The waves it has instances in: one where it is an item of that wave. */
  readonly waves: readonly number[];
  /** How many of its instances these waves have. */
  readonly instances: number;
}

/** Everything that a run may change, whatever the wave: what a rollback reads. */
export const CHANGE_TARGETS = 'change-targets.json';

/** What undid a run later, by the ids of these runs. */
export const UNDONE_BY = 'undone-by/';

/** A wave as the state machine hands it on; waves are counted from 1. */
export interface Wave {
  readonly number: number;
  /** How many there are. */
  readonly of: number;
  readonly instances: number;
  readonly targetsKey: string;
}

/** Said by whoever let the wave begin. */
export interface WaveApproval {
  readonly approver: string;
}

/** What became of an instance in a wave. */
export type ChangeOutcome = 'changed' | 'already' | 'gone' | 'exempt' | 'endpoint-disabled' | 'not-ready' | 'failed';

/** Written before an instance is changed. */
export interface Intent {
  readonly account: string;
  readonly region: string;
  readonly instance: string;
  readonly run: string;
  readonly wave: number;
  readonly approver: string;
  /** ISO 8601. */
  readonly time: string;
  /** Absent where the instance is gone. */
  readonly before?: Options;
  readonly after?: Options;
  /** Why it is left as it is, where it is. */
  readonly left?: Exclude<ChangeOutcome, 'changed' | 'failed'>;
  readonly reason?: string;
}

/** Written after. */
export interface ChangeRecord extends Omit<Intent, 'left'>, InForce {
  readonly outcome: ChangeOutcome;
}

/** What EC2 says of options that an instance was given. */
export interface InForce {
  /** Whether it said that they are in force. */
  readonly applied?: boolean;
  /** Whether the instance was stopped instead: it gets them when it starts. */
  readonly stopped?: boolean;
}

export type RestoreOutcome = 'restored' | 'already' | 'gone' | 'failed';

/** An instance that got its previous options back. */
export interface RestoreRecord extends InForce {
  readonly account: string;
  readonly region: string;
  readonly instance: string;
  readonly run: string;
  /** The run that had changed it. */
  readonly from: string;
  readonly wave: number;
  readonly time: string;
  readonly before?: Options;
  readonly after: Options;
  readonly outcome: RestoreOutcome;
  readonly reason?: string;
}

/** Calls without a token that were rejected after a wave. */
export interface Rejections {
  readonly account: string;
  readonly region: string;
  readonly instance: string;
  readonly calls: number;
  /** ISO 8601, to five minutes. */
  readonly lastCall: string;
}

/** Whether what is changed in an account and region could be changed back. */
export interface WayBack {
  readonly account: string;
  readonly region: string;
  readonly open: boolean;
  readonly reason?: string;
}

const two = (wave: number) => String(wave).padStart(2, '0');

/** The items of the map over a wave. */
export const targetsOfWave = (wave: number) => `waves/${two(wave)}/targets.json`;

export const itemsOf = (wave: number, { account, region }: Target) => `waves/${two(wave)}/${account}/${region}.json`;

export const wayBackOf = ({ account, region }: Target) => `way-back/${account}/${region}.json`;

export const rejectionsOf = (wave: number, { account, region }: Target) => `rejections/${two(wave)}/${account}/${region}.json`;

export type ChangePart = 'before.jsonl' | 'jsonl' | 'csv';

export const changesOf = (wave: number, { account, region }: Target) => `changes/${two(wave)}/${account}/${region}/`;

export const changePartOf = (wave: number, target: Target, part: number, extension: ChangePart) => (
  `${changesOf(wave, target)}${String(part).padStart(5, '0')}.${extension}`);

export const restoredPartOf = (wave: number, { account, region }: Target, part: number, extension: 'jsonl' | 'csv') => (
  `restored/${two(wave)}/${account}/${region}/${String(part).padStart(5, '0')}.${extension}`);

/** Why something was given up in an account and region. */
export const failureOf = (phase: string, { account, region }: Target) => `failures/${phase}/${account}/${region}.json`;
