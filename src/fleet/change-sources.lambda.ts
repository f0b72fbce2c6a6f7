import { reach } from './handlers/clients';
import { changeGroup, type GroupUse } from './handlers/groups';
import { Inventory } from './handlers/inventory';
import { Ledger, type GroupSettings, type SourceChange } from './handlers/ledger';
import { obstacleNow } from './handlers/look-again';
import type { Run, Target } from './handlers/records';
import { sourcesOf } from './handlers/sources';
import { Store } from './handlers/store';
import { changeTemplate } from './handlers/templates';

export interface SourcesEvent {
  readonly bucket: string;
  readonly run: Run;
  /** One account and region, with the role that may change it. */
  readonly target: Target;
  readonly groups: GroupSettings;
  /** Whether instances of which too little is known are changed like those that are ready. */
  readonly includeUnknown?: boolean;
}

/** Milliseconds that one template or group may take; with less left the next call does it. */
export const ITEM_TIME = 60_000;

/**
 * Lets the launch templates behind open instances require tokens, and then replaces the instances of their groups if that is
 * wanted. A call that runs out of time, or that waits for an instance refresh, is not done: what is done is in the records, and
 * the next call goes on from there.
 *
 * @param check throws where nothing may be changed any more, which is asked before each: a function goes on when its execution is stopped
 */
export async function changeSources<T extends SourcesEvent>(
  event: T, timeLeft: () => number, check: () => Promise<void>,
): Promise<T & { done: boolean }> {
  const { bucket, run, target, groups: settings } = event;
  const store = new Store(bucket, run);
  const inventory = await Inventory.read(store, target, event.includeUnknown);
  const ledger = new Ledger(store, target, run);
  const reached = await reach(target, run);
  const answer = (done: boolean) => ({ ...event, done });
  const obstacle = ({ instances }: Pick<GroupUse, 'instances'>) => async () => obstacleNow(reached, run, instances);

  const templates = new Map<string, SourceChange>();
  for (const use of inventory.templates()) {
    if (timeLeft() < ITEM_TIME) return answer(false);
    await check();
    await ledger.handle('launch-template', use.id, (record, save) => changeTemplate(reached.ec2, use, obstacle(use), record, save));
    templates.set(use.id, (await ledger.read('launch-template', use.id))!);
  }

  const sources = await sourcesOf(reached, target, [...inventory.groups.values()].flat());
  let done = true;
  for (const [group, instances] of inventory.groups) {
    if (timeLeft() < ITEM_TIME) return answer(false);
    await check();
    const use = { group, instances, sources: sources.filter((source) => source.group === group) };
    done = await ledger.handle('auto-scaling-group', group, (record, save) => (
      changeGroup(reached.autoScaling, use, obstacle(use), templates, settings, record, save))) && done;
  }
  if (done) ledger.rethrow();
  return answer(done);
}
