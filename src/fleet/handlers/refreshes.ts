import {
  CancelInstanceRefreshCommand, DescribeInstanceRefreshesCommand, StartInstanceRefreshCommand, type AutoScalingClient, type InstanceRefresh,
} from '@aws-sdk/client-auto-scaling';
import type { RefreshSettings, Save } from './ledger';

export type Refresh = InstanceRefresh;

const ACTIVE = ['Pending', 'InProgress', 'Baking', 'Cancelling', 'RollbackInProgress'];

/** Clocks differ. */
const TOLERANCE = 60_000;

export function isActive({ Status }: Refresh): boolean {
  return ACTIVE.includes(Status!);
}

/** Whether a refresh whose id was never written down is one that was started since. */
export function isOurs({ StartTime }: Refresh, since: string): boolean {
  return StartTime === undefined || StartTime.getTime() >= Date.parse(since) - TOLERANCE;
}

/**
 * The instance refreshes of a group.
 *
 * Without a desired configuration, so that the group is left as it is configured: it is its template that has changed. For a
 * group that follows `$Default` or `$Latest`, Auto Scaling offers no rollback; the way back is a second refresh.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
 */
export class Refreshes {
  constructor(private readonly autoScaling: AutoScalingClient, private readonly AutoScalingGroupName: string) {}

  /**
   * Starts one, unless one has been started since `time`.
   *
   * @returns its id, or nothing while one of somebody else is under way
   */
  public async start(settings: RefreshSettings, time: string, save: Save): Promise<string | undefined> {
    const { minHealthyPercentage, instanceWarmupSeconds, alarms } = settings;
    // The time of the record stays, and tells this refresh from earlier ones.
    await save({});
    try {
      const { InstanceRefreshId } = await this.autoScaling.send(new StartInstanceRefreshCommand({
        AutoScalingGroupName: this.AutoScalingGroupName,
        Strategy: 'Rolling',
        Preferences: {
          MinHealthyPercentage: minHealthyPercentage,
          InstanceWarmup: instanceWarmupSeconds,
          SkipMatching: true,
          ...alarms && alarms.length > 0 && { AlarmSpecification: { Alarms: [...alarms] } },
        },
      }));
      return InstanceRefreshId;
    } catch (error) {
      if (!/^InstanceRefreshInProgress/.test((error as Error).name)) throw error;
      return (await this.all()).find((one) => isActive(one) && isOurs(one, time))?.InstanceRefreshId;
    }
  }

  public async find(id: string): Promise<Refresh | undefined> {
    const { InstanceRefreshes = [] } = await this.autoScaling.send(new DescribeInstanceRefreshesCommand({
      AutoScalingGroupName: this.AutoScalingGroupName, InstanceRefreshIds: [id],
    }));
    return InstanceRefreshes[0];
  }

  /** The latest ones, the first of which is the only one that can be under way. */
  public async all(): Promise<Refresh[]> {
    const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: this.AutoScalingGroupName });
    const { InstanceRefreshes = [] } = await this.autoScaling.send(command);
    return InstanceRefreshes;
  }

  public async cancel(): Promise<void> {
    try {
      await this.autoScaling.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: this.AutoScalingGroupName }));
    } catch (error) {
      // It has ended meanwhile.
      if (!/^ActiveInstanceRefreshNotFound/.test((error as Error).name)) throw error;
    }
  }
}
