import { createHash } from 'crypto';
import { CHANGE_TARGETS, itemsOf, targetsOfWave, type Wave, type WaveItem, type WaveTarget } from './handlers/change-records';
import { each } from './handlers/each';
import { isOpen, isTold, type InstanceRecord, type Run, type Target, type TargetRecord } from './handlers/records';
import { AT_ONCE, outcomeOf, parsed, partNamed, Store, TARGETS } from './handlers/store';

/** How large a wave is: so many instances, or so many percent of all that are changed. */
export interface WaveSize {
  readonly instances?: number;
  readonly percent?: number;
}

/** What decides which instances are changed, and how. */
export interface WaveSettings {
  readonly waves: readonly WaveSize[];
  /** Whether those are changed of which too little is known. */
  readonly includeUnknown: boolean;
  /** Whether the instances of groups are replaced instead. */
  readonly refreshesGroups: boolean;
  readonly hopLimit?: number;
  readonly containerHostHopLimit: number;
  /** The role that may change an account, and the partition it is in; none for the account of the run alone. */
  readonly changeRoleName?: string;
  readonly partition: string;
}

export interface PlanWavesEvent extends WaveSettings {
  readonly bucket: string;
  readonly run: Run;
}

export interface PlannedWaves {
  /** The first one. */
  readonly wave: Wave;
  /** How many instances there are in all of them. */
  readonly instances: number;
  /** How many more would be in them if their groups were not refreshed instead. */
  readonly inGroups: number;
  /** Every account and region that may be changed. */
  readonly targetsKey: string;
}

/** An instance of which nothing more is needed. */
interface Candidate extends WaveItem {
  readonly target: Target;
}

/** Writes down which instances are changed in which wave. */
export async function planWaves(event: PlanWavesEvent): Promise<PlannedWaves> {
  const store = new Store(event.bucket, event.run);
  const candidates: Candidate[] = [];
  let inGroups = 0;
  const targets = await inspected(store, (record, target) => {
    if (!isCandidate(record, event)) return;
    if (event.refreshesGroups && record.group) inGroups++;
    else candidates.push({ target, instance: record.instance, ...hopLimitOf(record, event) });
  });
  const all = new Map(targets.map((target) => [nameOf(target), { ...withRoles(target, event), waves: [] as number[], instances: 0 }]));
  const waves = inWaves(candidates, event.waves);
  for (const [at, wave] of waves.entries()) {
    for (const target of await writeWave(store, at + 1, wave, event)) {
      const known = all.get(nameOf(target))!;
      known.waves.push(at + 1);
      known.instances += target.instances;
    }
  }
  await store.putJson(CHANGE_TARGETS, [...all.values()] satisfies WaveTarget[]);
  const wave = waveOf(store, 1, waves.length, waves[0]?.length ?? 0);
  return { wave, instances: candidates.length, inGroups, targetsKey: store.keyOf(CHANGE_TARGETS) };
}

/** The wave of a number, as the state machine hands it on. */
export function waveOf(store: Store, number: number, of: number, instances: number): Wave {
  return { number, of, instances, targetsKey: store.keyOf(targetsOfWave(number)) };
}

/** Whether an instance is one that a run changes, or replaces. */
function isCandidate(record: InstanceRecord, { includeUnknown }: Pick<WaveSettings, 'includeUnknown'>): boolean {
  const { state } = record.readiness;
  return isOpen(record) && !isTold(record) && !record.exempt && (state === 'ready' || state === 'unknown' && includeUnknown);
}

/** A limit that is too small would cut containers off; on other hosts the largest one that is wanted holds. */
function hopLimitOf({ hopLimit = 1, containerHost }: InstanceRecord, settings: WaveSettings): Omit<WaveItem, 'instance'> {
  const wanted = containerHost === undefined ? Math.min(hopLimit, settings.hopLimit ?? hopLimit) : Math.max(hopLimit, settings.containerHostHopLimit);
  return wanted === hopLimit ? {} : { hopLimit: wanted, ...wanted < hopLimit && { lowers: true } };
}

/**
 * Each instance in one wave, in an order that is the same whenever it is asked for and has nothing to do with whose they
 * are: every wave is a sample of the fleet. What the sizes leave over is in no wave.
 */
export function inWaves<T extends { readonly instance: string }>(candidates: readonly T[], sizes: readonly WaveSize[]): T[][] {
  const ordered = candidates.map((candidate) => [createHash('sha256').update(candidate.instance).digest('hex'), candidate] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1)).map(([, candidate]) => candidate);
  const waves: T[][] = [];
  let from = 0;
  for (const { instances, percent } of sizes) {
    const size = instances ?? (percent === undefined ? ordered.length : Math.ceil(ordered.length * percent / 100));
    waves.push(ordered.slice(from, from + size));
    from += size;
  }
  return waves.filter((wave) => wave.length > 0);
}

function nameOf({ account, region }: Target): string {
  return `${account} ${region}`;
}

function withRoles({ account, region, role }: Target, { changeRoleName, partition }: WaveSettings) {
  return { account, region, reader: role, role: changeRoleName && `arn:${partition}:iam::${account}:role/${changeRoleName}` };
}

async function writeWave(store: Store, wave: number, candidates: readonly Candidate[], settings: WaveSettings): Promise<WaveTarget[]> {
  const byTarget = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const all = byTarget.get(nameOf(candidate.target));
    if (all) all.push(candidate);
    else byTarget.set(nameOf(candidate.target), [candidate]);
  }
  const targets: WaveTarget[] = [];
  await each([...byTarget.values()], AT_ONCE, async (all) => {
    const target = { ...withRoles(all[0].target, settings), waves: [wave], instances: all.length };
    targets.push(target);
    await store.putJson(itemsOf(wave, target), all.map(({ target: _, ...item }): WaveItem => item));
  });
  await store.putJson(targetsOfWave(wave), targets);
  return targets;
}

/** Visits every instance of the accounts and regions that were inspected to their end, which it returns. */
async function inspected(store: Store, visit: (record: InstanceRecord, target: Target) => void): Promise<Target[]> {
  const targets = new Map((JSON.parse(await store.get(TARGETS)) as Target[]).map((target) => [outcomeOf(target), target]));
  const names = await store.names();
  const parts = new Map<string, number>();
  await each(names.filter((name) => targets.has(name)), AT_ONCE, async (name) => {
    const { status, parts: known } = JSON.parse(await store.get(name)) as TargetRecord;
    if (status === 'inspected') parts.set(name, known!);
  });
  await each(names, AT_ONCE, async (name) => {
    const part = partNamed(name);
    // A call that died may have written more parts than the one that was repeated.
    if (part?.kind !== 'instances' || part.part >= (parts.get(outcomeOf(part)) ?? 0)) return;
    const target = targets.get(outcomeOf(part))!;
    for (const record of parsed<InstanceRecord>(await store.get(name))) visit(record, target);
  });
  return [...parts.keys()].map((name) => targets.get(name)!);
}
