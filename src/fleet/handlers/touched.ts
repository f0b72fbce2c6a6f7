import { changesOf, type ChangeRecord, type Intent, type WaveTarget } from './change-records';
import { parsed, type Store } from './store';

/** The parts of what a wave did in an account and region, by what was written down before each. */
export async function partsOfWave(store: Store, wave: number, target: WaveTarget): Promise<string[]> {
  return (await store.names(changesOf(wave, target))).filter((name) => name.endsWith('.before.jsonl')).sort();
}

/** An instance that was changed, or may have been. */
export type Touched = Omit<Intent, 'left'>;

/** What was changed in a part, or may have been: a call that died for good wrote down only what it was about to do. */
export async function touchedIn(store: Store, part: string): Promise<Touched[]> {
  const records = await store.find(part.replace('.before.jsonl', '.jsonl'));
  return records === undefined
    ? parsed<Intent>(await store.get(part)).filter(({ left }) => left === undefined)
    : parsed<ChangeRecord>(records).filter(({ outcome }) => outcome === 'changed');
}
