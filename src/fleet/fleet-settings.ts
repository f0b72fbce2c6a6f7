import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Approval } from './approval';
import { FleetGroups } from './fleet-groups';
import type { Imdsv2FleetRolloutProps } from './fleet-rollout-props';
import type { GroupSettings } from './handlers/ledger';
import { Wave } from './wave';
import { HopLimit } from '../hop-limit';

/** CloudWatch keeps points of five minutes, which is what EC2 reports, for so many days. */
const LONGEST_LOOK_BACK = 63;

/** What EC2 lets through of this call: five a second, for everybody in an account and region. */
const MOST_A_SECOND = 4;

/** What a run that changes something goes by, validated. */
export interface RolloutSettings {
  readonly waves: ReadonlyArray<{ readonly instances?: number; readonly percent?: number }>;
  readonly approval: Approval;
  readonly bake: Duration;
  readonly maxRejections: number;
  readonly includeUnknown: boolean;
  readonly hopLimit?: number;
  readonly containerHostHopLimit: number;
  readonly changesPerSecond: number;
  readonly groups: GroupSettings;
}

/** @throws for less than a day and more than CloudWatch keeps */
export function lookBackDaysOf(scope: Construct, lookBack: Duration = Duration.days(35)): number {
  const days = lookBack.isUnresolved() ? NaN : lookBack.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_LOOK_BACK) {
    throw wrong(scope, `cannot look back that far: got ${inWords(lookBack)}`, `whole days from 1 to ${LONGEST_LOOK_BACK}, as in Duration.days(35)`);
  }
  return days;
}

/** @throws for what cannot be; undefined for a dry run */
export function rolloutSettings(scope: Construct, props: Imdsv2FleetRolloutProps): RolloutSettings | undefined {
  const {
    dryRun = true, approval, bake = Duration.hours(1), maxRejections = 0, includeUnknown = false, hopLimit,
    containerHostHopLimit = HopLimit.CONTAINERS,
    changesPerSecond = 3, groups = FleetGroups.inPlace(), waves = [Wave.instances(5), Wave.percent(25), Wave.remaining()],
  } = props;
  const made = (prop: string, value: unknown, member: string, expected: string) => {
    // Without types, a topic would be taken for an approval that asks nobody, and a number for a wave of everything.
    if (value !== undefined && !(member in Object(value))) throw wrong(scope, `has a value of ${prop} that is none: got ${String(value)}`, expected);
  };
  made('accounts', props.accounts, '_askedBy', "FleetAccounts.of(['111122223333'], …), FleetAccounts.organization(…) or FleetAccounts.thisAccount()");
  made('approval', approval, '_topic', 'Approval.beforeEachWave(topic) or Approval.none()');
  made('groups', groups, '_settings', 'FleetGroups.inPlace() or FleetGroups.instanceRefresh()');
  for (const [prop, limit] of Object.entries({ hopLimit, containerHostHopLimit })) {
    made(prop, limit, 'hops', 'HopLimit.HOST (1), HopLimit.CONTAINERS (2) or HopLimit.of(n)');
  }
  for (const wave of waves) made('waves', wave, '_instances', 'Wave.instances(5), Wave.percent(25) or Wave.remaining()');
  const seconds = bake.isUnresolved() ? NaN : bake.toSeconds({ integral: false });
  if (!(seconds >= 600 && seconds <= Duration.days(30).toSeconds())) {
    throw wrong(scope, `cannot watch a wave that long: got ${inWords(bake)}`, '10 minutes to 30 days, as in Duration.hours(1)');
  }
  if (!Number.isInteger(maxRejections) || maxRejections < 0) throw wrong(scope, `allows no such number of rejections: got ${maxRejections}`, 'a whole number from 0 on');
  if (!(changesPerSecond > 0 && changesPerSecond <= MOST_A_SECOND)) {
    throw wrong(scope, `cannot change so many instances a second: got ${changesPerSecond}`, `more than 0 and at most ${MOST_A_SECOND}, which leaves others some of EC2's limit`);
  }
  if (waves.length === 0) throw wrong(scope, 'has no wave: got an empty list', 'at least one, as in [Wave.instances(5), Wave.remaining()]');
  const sizes = waves.map(({ _instances: instances, _percent: percent }) => ({ instances, percent }));
  const last = sizes.findIndex(({ instances, percent }) => instances === undefined && percent === undefined);
  if (last >= 0 && last < sizes.length - 1) throw wrong(scope, `has a wave with nothing left: got ${sizes.length - 1 - last} behind Wave.remaining()`, 'Wave.remaining() at the end');
  if (dryRun) return undefined;
  if (!approval) throw wrong(scope, 'asks nobody: got dryRun false and no approval', 'Approval.beforeEachWave(topic), or Approval.none() where nobody is to be asked');
  return {
    waves: sizes,
    approval,
    bake,
    maxRejections,
    includeUnknown,
    hopLimit: hopLimit?.hops,
    containerHostHopLimit: containerHostHopLimit.hops,
    changesPerSecond,
    groups: groups._settings,
  };
}

function inWords(duration: Duration): string {
  return duration.isUnresolved() ? 'a token' : duration.toHumanString();
}

function wrong(scope: Construct, what: string, expected: string): Error {
  return new Error(`'${scope.node.path}' ${what}, expected ${expected}`);
}
