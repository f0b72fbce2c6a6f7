import { UNDONE_BY } from './change-records';
import type { Run } from './records';
import { Store } from './store';

/**
 * The runs that undid a run before this one did: what they gave back is not given back again, because whoever changed it since is
 * somebody else. This one says in the folder of that run that it is one of them, before it does anything.
 */
export async function undoneBefore(origin: Store, from: string, run: Pick<Run, 'id'>): Promise<Store[]> {
  if (run.id === from) return [];
  const nameOf = (id: string) => `${UNDONE_BY}${id}.json`;
  await origin.putJson(nameOf(run.id), { run: run.id });
  const names = await origin.names(UNDONE_BY);
  return names.filter((name) => name !== nameOf(run.id)).map((name) => new Store(origin.bucket, { id: name.slice(UNDONE_BY.length, -'.json'.length) }));
}
