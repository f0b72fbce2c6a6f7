import { changesOf, rejectionsOf, type ChangeRecord, type Rejections, type Wave, type WaveTarget } from './handlers/change-records';
import { reach } from './handlers/clients';
import { callsOf, FINEST } from './handlers/metrics';
import type { Run } from './handlers/records';
import { parsed, Store } from './handlers/store';

export interface WatchEvent {
  readonly bucket: string;
  readonly run: Run;
  readonly target: WaveTarget;
  readonly wave: Pick<Wave, 'number'>;
}

/** How many calls without a token were rejected by what a wave changed in an account and region. */
export async function watch({ bucket, run, target, wave }: WatchEvent): Promise<void> {
  const store = new Store(bucket, run);
  const names = (await store.names(changesOf(wave.number, target))).filter((name) => /\/\d+\.jsonl$/.test(name));
  const changed: ChangeRecord[] = [];
  for (const name of names) changed.push(...parsed<ChangeRecord>(await store.get(name)).filter(({ outcome }) => outcome === 'changed'));
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
