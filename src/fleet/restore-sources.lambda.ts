import { ITEM_TIME, type SourcesEvent } from './change-sources.lambda';
import { reach } from './handlers/clients';
import { restoreGroup } from './handlers/groups';
import { Inventory } from './handlers/inventory';
import { Ledger, type ChangedKind, type SourceChange, type SourceOutcome } from './handlers/ledger';
import { sourcesOf } from './handlers/sources';
import { Store } from './handlers/store';
import { restoreTemplate } from './handlers/templates';
import { undoneBefore } from './handlers/undone';

export interface RestoreSourcesEvent extends SourcesEvent {
  /** The id of the run whose changes are undone; this one if it is absent. */
  readonly from?: string;
}

/** What an earlier run that undid the same one has done with: whoever changed it since is somebody else. */
const UNDONE: ReadonlyArray<SourceOutcome | undefined> = ['restored', 'already', 'gone'];

/**
 * Undoes what a run changed, where it is still so: default versions first, then the instances that were replaced. Like the way
 * there, it is called until it is done, and asks before each whether it may go on.
 */
export async function restoreSources<T extends RestoreSourcesEvent>(
  event: T, timeLeft: () => number, check: () => Promise<void>,
): Promise<T & { done: boolean }> {
  const { bucket, run, target, groups: settings, from = run.id } = event;
  const origin = new Store(bucket, { id: from });
  const inventory = await Inventory.read(origin, target);
  const changes = new Ledger(origin, target, { id: from });
  const ledger = new Ledger(new Store(bucket, run), target, run, from);
  const others = (await undoneBefore(origin, from, run)).map((store) => new Ledger(store, target, run, from));
  const isUndone = async (kind: ChangedKind, id: string) => {
    for (const other of others) if (UNDONE.includes((await other.read(kind, id))?.outcome)) return true;
    return false;
  };
  const reached = await reach(target, run);
  const answer = (done: boolean) => ({ ...event, done });

  const templates = new Map<string, SourceChange>();
  for (const { id } of inventory.templates()) {
    if (timeLeft() < ITEM_TIME) return answer(false);
    await check();
    const change = await changes.read('launch-template', id);
    if (change?.before === undefined || await isUndone('launch-template', id)) continue;
    await ledger.handle('launch-template', id, (record, save) => restoreTemplate(reached.ec2, change, record, save));
    templates.set(id, (await ledger.read('launch-template', id))!);
  }

  const sources = await sourcesOf(reached, target, [...inventory.groups.values()].flat());
  let done = true;
  for (const [group, instances] of inventory.groups) {
    if (timeLeft() < ITEM_TIME) return answer(false);
    await check();
    const change = await changes.read('auto-scaling-group', group);
    // Where a start failed, it may have begun all the same.
    if (!change || (change.refresh === undefined && change.outcome && !change.retry) || await isUndone('auto-scaling-group', group)) continue;
    const use = { group, instances, sources: sources.filter((source) => source.group === group) };
    done = await ledger.handle('auto-scaling-group', group, (record, save) => (
      restoreGroup(reached.autoScaling, use, templates, settings, change, record, save))) && done;
  }
  if (done) ledger.rethrow();
  return answer(done);
}
