import { isOpen, isTold, type InstanceRecord, type SourceRecord, type Target, type TargetRecord } from './records';
import { outcomeOf, parsed, partOf, type PartKind, type Store } from './store';

/** A launch template with the open instances behind it, and how these and their groups name its version. */
export interface TemplateUse {
  readonly id: string;
  readonly versions: ReadonlySet<string>;
  readonly instances: readonly InstanceRecord[];
}

/** What a run found open in one account and region, and may change; nothing unless all of it was inspected. */
export class Inventory {
  /** @param includeUnknown whether instances of which too little is known count as ready */
  public static async read(store: Store, target: Target, includeUnknown = false): Promise<Inventory> {
    const { status, parts = 0 } = await store.findJson<TargetRecord>(outcomeOf(target)) ?? {};
    const all = async <T>(kind: PartKind) => {
      const records: T[] = [];
      for (let part = 0; part < (status === 'inspected' ? parts : 0); part++) {
        records.push(...parsed<T>(await store.get(partOf(kind, target, part, 'jsonl'))));
      }
      return records;
    };
    const instances = (await all<InstanceRecord>('instances')).filter((record) => isOpen(record) && !isTold(record)).map((record) => (
      includeUnknown && record.readiness.state === 'unknown' ? { ...record, readiness: { ...record.readiness, state: 'ready' as const } } : record));
    return new Inventory(instances, await all<SourceRecord>('sources'));
  }

  /** The open instances of each group, sorted by its name. */
  public readonly groups: ReadonlyMap<string, readonly InstanceRecord[]>;

  private constructor(private readonly instances: readonly InstanceRecord[], private readonly sources: readonly SourceRecord[]) {
    const groups = new Map<string, InstanceRecord[]>();
    for (const instance of instances) {
      if (!instance.group) continue;
      const members = groups.get(instance.group);
      if (members) members.push(instance);
      else groups.set(instance.group, [instance]);
    }
    this.groups = new Map([...groups].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** The launch templates behind open instances, sorted by their ids. */
  public templates(): TemplateUse[] {
    const uses = new Map<string, { versions: Set<string>; instances: Set<InstanceRecord> }>();
    const alone = this.instances.filter(({ group }) => !group);
    for (const { kind, id, version = '$Default', group } of this.sources) {
      if (kind !== 'launch-template') continue;
      const behind = group ? this.groups.get(group) ?? [] : alone.filter(({ launchTemplate }) => launchTemplate === id);
      if (behind.length === 0) continue;
      const use = uses.get(id) ?? { versions: new Set(), instances: new Set() };
      use.versions.add(version);
      for (const instance of behind) use.instances.add(instance);
      uses.set(id, use);
    }
    return [...uses].sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, { versions, instances }]) => ({ id, versions, instances: [...instances] }));
  }
}

/** Why the instances behind something should not be replaced by others that require tokens, asked when its turn has come. */
export type Obstacle = () => Promise<string | undefined>;

/** Why instances like these should not be launched with tokens required, where they should not. */
export function obstacleOf(instances: readonly InstanceRecord[]): string | undefined {
  const exempt = instances.find((instance) => instance.exempt);
  if (exempt) return `the instance ${exempt.instance} is exempt`;
  const open = instances.find(({ readiness }) => readiness.state !== 'ready');
  if (!open) return undefined;
  return open.readiness.state === 'unknown'
    ? `of the instance ${open.instance} it is not known whether it does without IMDSv1`
    : `the instance ${open.instance} calls IMDSv1`;
}
