import { rejectionsOf, type Rejections, type Wave, type WaveTarget } from './handlers/change-records';
import { reach } from './handlers/clients';
import { callsOf, FINEST } from './handlers/metrics';
import type { Run } from './handlers/records';
import { Store } from './handlers/store';
import { partsOfWave, touchedIn, type Touched } from './handlers/touched';

export interface WatchEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly target: WaveTarget;
  readonly wave: Pick<Wave, 'number'>;
}

/** How many calls without a token were rejected by what a wave changed in an account and region, or may have changed. */
export async function watch({ bucket, run, target, wave }: WatchEvent): Promise<void> {
  const store = new Store(bucket, run);
  const changed: Touched[] = [];
  for (const part of await partsOfWave(store, wave.number, target)) changed.push(...await touchedIn(store, part));
  const since = Math.min(...changed.map(({ time }) => Date.parse(time)));
  const rejections: Rejections[] = [];
  if (changed.length > 0) {
    const { cloudWatch } = await reach({ ...target, role: target.reader }, run);
    // What is older than the change cannot be there: the metric begins with it.
    const start = Math.floor(since / (FINEST * 1000)) * FINEST * 1000;
    const calls = await callsOf(cloudWatch, 'MetadataNoTokenRejected', changed.map(({ instance }) => instance), start, Date.now(), FINEST);
    for (const [instance, points] of calls) {
      const rejected = points.filter(([, count]) => count > 0);
      if (rejected.length === 0) continue;
      rejections.push({
        account: target.account,
        region: target.region,
        instance,
        calls: rejected.reduce((sum, [, count]) => sum + count, 0),
        lastCall: new Date(Math.max(...rejected.map(([time]) => time))).toISOString(),
      });
    }
  }
  await store.putJson(rejectionsOf(wave.number, target), rejections);
}
