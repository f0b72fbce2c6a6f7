import { CHANGE_TARGETS, rejectionsOf, targetsOfWave, wayBackOf, type Rejections, type Wave, type WaveTarget, type WayBack } from './handlers/change-records';
import { each } from './handlers/each';
import type { Run } from './handlers/records';
import { AT_ONCE, Store } from './handlers/store';
import { waveOf } from './plan-waves.lambda';

export interface JudgeEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly wave: Wave;
}

export interface WayBackJudged {
  readonly open: boolean;
  /** How many accounts and regions could not go back. */
  readonly closed: number;
}

/** Whether every account and region of the run could go back; one of which nothing is known could not. */
export async function judgeWayBack({ bucket, run }: Omit<JudgeEvent, 'wave'>): Promise<WayBackJudged> {
  const store = new Store(bucket, run);
  let closed = 0;
  const targets = JSON.parse(await store.get(CHANGE_TARGETS)) as WaveTarget[];
  await each(targets.filter(({ waves }) => waves.length > 0), AT_ONCE, async (target) => {
    if (!(await store.findJson<WayBack>(wayBackOf(target)))?.open) closed++;
  });
  return { open: closed === 0, closed };
}

export interface JudgeWaveEvent extends JudgeEvent {
  readonly maxRejections: number;
}

export interface WaveJudged {
  /** `unwatched` where it is not known of every account and region what was rejected. */
  readonly verdict: 'good' | 'rejected' | 'unwatched';
  readonly rejections: number;
  /** The wave that comes next, where one does. */
  readonly next: Wave;
  readonly isLast: boolean;
}

/** Adds up what was rejected after a wave. */
export async function judgeWave({ bucket, run, wave, maxRejections }: JudgeWaveEvent): Promise<WaveJudged> {
  const store = new Store(bucket, run);
  let rejections = 0;
  let unwatched = 0;
  await each(await targetsFrom(store, wave.number), AT_ONCE, async (target) => {
    const written = await store.findJson<Rejections[]>(rejectionsOf(wave.number, target));
    if (written === undefined) unwatched++;
    else for (const { calls } of written) rejections += calls;
  });
  const isLast = wave.number >= wave.of;
  const following = isLast ? [] : await targetsFrom(store, wave.number + 1);
  return {
    verdict: rejections > maxRejections ? 'rejected' : unwatched > 0 ? 'unwatched' : 'good',
    rejections,
    next: waveOf(store, wave.number + 1, wave.of, following.reduce((sum, { instances }) => sum + instances, 0)),
    isLast,
  };
}

async function targetsFrom(store: Store, wave: number): Promise<WaveTarget[]> {
  return JSON.parse(await store.get(targetsOfWave(wave))) as WaveTarget[];
}
