import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Obstacle } from './inventory';
import type { Ending, GroupSettings, Save, SourceChange } from './ledger';
import type { InstanceRecord, SourceRecord } from './records';
import { isActive, isOurs, Refreshes, type Refresh } from './refreshes';

/** A group with its open instances, and what it launches from now. */
export interface GroupUse {
  readonly group: string;
  readonly instances: readonly InstanceRecord[];
  readonly sources: readonly SourceRecord[];
}

/** What is known of the templates behind a group, by their ids: a group waits for one that is tried again. */
export type TemplateRecords = ReadonlyMap<string, SourceChange>;

/** Says whether the next instance of a group requires tokens, and replaces those that are there if that is wanted. */
export async function changeGroup(
  autoScaling: AutoScalingClient, { group, sources }: GroupUse, obstacleTo: Obstacle, templates: TemplateRecords, settings: GroupSettings,
  record: SourceChange, save: Save,
): Promise<Ending | undefined> {
  if (sources.length === 0) return { outcome: 'gone' };
  const refreshes = new Refreshes(autoScaling, group);
  if (record.refresh === undefined) {
    const open = sources.find(({ tokens }) => tokens !== 'required');
    if (open) return stillOpen(open, templates.get(open.id));
    if (settings.mode === 'in-place') return { outcome: 'already' };
    const obstacle = await obstacleTo();
    if (obstacle) return { outcome: 'left', reason: `its instances are not replaced: ${obstacle}` };
    const refresh = await refreshes.start(settings, record.time, save);
    if (refresh === undefined) return undefined;
    await save({ refresh });
    return undefined;
  }
  return endOf(await refreshes.find(record.refresh), 'changed');
}

/** Stops what the record says is under way, and replaces the instances again once the launch source is what it was. */
export async function restoreGroup(
  autoScaling: AutoScalingClient, { group, sources }: GroupUse, templates: TemplateRecords, settings: GroupSettings, change: SourceChange,
  record: SourceChange, save: Save,
): Promise<Ending | undefined> {
  if (sources.length === 0) return { outcome: 'gone' };
  const refreshes = new Refreshes(autoScaling, group);
  if (record.refresh !== undefined) return endOf(await refreshes.find(record.refresh), 'restored');
  const refresh = change.refresh === undefined
    ? (await refreshes.all()).find((one) => isOurs(one, change.time))
    : await refreshes.find(change.refresh);
  if (!refresh) return { outcome: 'already' };
  if (isActive(refresh)) {
    await save({ stopped: refresh.InstanceRefreshId });
    if (refresh.Status !== 'Cancelling') await refreshes.cancel();
    return undefined;
  }
  if (settings.mode === 'in-place') {
    return {
      outcome: 'failed',
      reason: 'an instance refresh has replaced instances of it, or some, and this rollout starts none any more',
      next: 'start an instance refresh of the group, or give the rollout FleetGroups.instanceRefresh() and undo the run again',
    };
  }
  const required = sources.find(({ tokens }) => tokens === 'required');
  if (required) {
    return { outcome: 'left', reason: `its instances are not replaced again: ${required.id} still requires tokens`, retry: templates.get(required.id)?.retry };
  }
  // An alarm that has gone off would end it at once.
  const { alarms: _, ...calm } = settings;
  const back = await refreshes.start(calm, record.time, save);
  if (back !== undefined) await save({ refresh: back });
  return undefined;
}

function stillOpen({ kind, id, version, tokens }: SourceRecord, template: SourceChange | undefined): Ending {
  if (tokens === 'missing') return { outcome: 'left', reason: `${id} does not exist any more` };
  if (kind === 'launch-configuration') {
    return { outcome: 'left', reason: `the launch configuration ${id} does not require tokens, and cannot be changed`, next: 'move the group to a launch template' };
  }
  if (/^\d+$/.test(version!)) {
    const fixed = template?.outcome === 'changed' ? template.after : undefined;
    return {
      outcome: 'pinned',
      reason: `it launches from version ${version} of ${id}, which does not require tokens`,
      next: `point the group at ${fixed ? `version ${fixed}` : 'a version that requires tokens'}`,
    };
  }
  const reason = `${version} of ${id} does not require tokens: ${template?.reason ?? 'it was not changed'}`;
  return { outcome: 'left', reason, next: template?.next, retry: template?.retry };
}

function endOf(refresh: Refresh | undefined, success: 'changed' | 'restored'): Ending | undefined {
  if (!refresh) return { outcome: 'failed', reason: 'its instance refresh is not known any more' };
  if (isActive(refresh)) return undefined;
  if (refresh.Status === 'Successful') return { outcome: success };
  return { outcome: 'failed', reason: `its instance refresh ended as ${refresh.Status}: ${refresh.StatusReason ?? 'no reason was given'}`, next: 'look at the scaling activities of the group' };
}
