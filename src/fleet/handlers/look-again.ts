import type { Reached } from './clients';
import { obstacleOf } from './inventory';
import { CHUNK, exemptOf, present } from './options';
import { callersSince } from './readiness';
import type { InstanceRecord, Run } from './records';

/** Why instances like these should not be launched with tokens required, by the inventory or by what has become of them since, where they should not. */
export async function obstacleNow(reached: Reached, run: Run, instances: readonly InstanceRecord[]): Promise<string | undefined> {
  return obstacleOf(instances) ?? obstacleOf(await lookAgain(reached, run, instances));
}

/** Who is exempt now, and who called without a token after the inventory: the waves before this may have baked for weeks. */
async function lookAgain({ ec2, autoScaling, cloudWatch }: Reached, run: Run, instances: readonly InstanceRecord[]): Promise<InstanceRecord[]> {
  const ids = instances.map(({ instance }) => instance);
  const callers = await callersSince(cloudWatch, ids, run);
  const exempt = new Set<string>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    for (const id of await exemptOf(autoScaling, await present(ec2, ids.slice(from, from + CHUNK)))) exempt.add(id);
  }
  return instances.map((record) => ({
    ...record,
    exempt: exempt.has(record.instance),
    ...callers.has(record.instance) && { readiness: { ...record.readiness, state: 'not-ready' as const } },
  }));
}
