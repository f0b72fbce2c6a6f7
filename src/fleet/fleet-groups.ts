import type { Duration } from 'aws-cdk-lib';
import type { GroupSettings } from './handlers/ledger';

/**
 * How the instances of Auto Scaling groups are replaced.
 */
export interface FleetInstanceRefreshOptions {
  /**
   * How much of a group stays in service meanwhile, in percent of its desired capacity: a whole number from 0 to 100. Anything
   * else throws. With 100 Auto Scaling replaces one instance after the other.
   *
   * @default 90
   * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
   */
  readonly minHealthyPercentage?: number;

  /**
   * How long a new instance is given before the next one is replaced, in whole seconds. A token or a part of a second throws.
   *
   * @default - the default warm-up of the group, or else its health check grace period
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
   */
  readonly instanceWarmup?: Duration;

  /**
   * The names of CloudWatch alarms, at most 10, in the account and region of the group: the refresh ends as failed as soon as one of
   * them goes off. An empty name, one that is named twice and more than 10 throw.
   *
   * With several accounts or regions, each needs alarms of these names; where one is missing, no instance is replaced.
   *
   * @default - no alarm is watched
   * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AlarmSpecification.html
   */
  readonly alarms?: string[];
}

/** What Auto Scaling takes. */
const MOST_ALARMS = 10;

/**
 * How the instances of Auto Scaling groups come to require tokens. Either way their launch templates do first, so that new
 * instances are right.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
 */
export class FleetGroups {
  /**
   * Instances of groups are changed where they run, like all others. Nothing is replaced.
   */
  public static inPlace(): FleetGroups {
    return new FleetGroups({ mode: 'in-place' });
  }

  /**
   * An instance refresh replaces the open instances of each group whose launch source requires tokens.
   *
   * A group with an instance that is exempt, or not known to do without IMDSv1, is left as it is. Auto Scaling cannot roll back the
   * refresh of a group that follows `$Default` or `$Latest`, which all of these do: the way back sets back the launch template and
   * starts a second refresh.
   *
   * @param options health, warm-up and alarms
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
   */
  public static instanceRefresh(options: FleetInstanceRefreshOptions = {}): FleetGroups {
    const { minHealthyPercentage = 90, instanceWarmup, alarms = [] } = options;
    if (!Number.isInteger(minHealthyPercentage) || minHealthyPercentage < 0 || minHealthyPercentage > 100) {
      throw new Error(`the minHealthyPercentage is out of range: got ${String(minHealthyPercentage)}, expected a whole number from 0 to 100, such as 90`);
    }
    if (alarms.length > MOST_ALARMS) {
      throw new Error(`an instance refresh watches too many alarms: got ${alarms.length}, expected at most ${MOST_ALARMS}; combine them in a composite alarm`);
    }
    for (const [i, alarm] of alarms.entries()) {
      if (alarm === '') throw new Error('an alarm has no name: got an empty string, expected the name of a CloudWatch alarm');
      if (alarms.indexOf(alarm) < i) throw new Error(`an alarm is named twice: got ${alarm} again, expected each alarm once; remove one of them`);
    }
    return new FleetGroups({
      mode: 'instance-refresh',
      minHealthyPercentage,
      ...instanceWarmup && { instanceWarmupSeconds: secondsOf(instanceWarmup) },
      ...alarms.length > 0 && { alarms: [...alarms] },
    });
  }

  /** @internal */
  public readonly _settings: GroupSettings;

  private constructor(settings: GroupSettings) {
    this._settings = settings;
  }
}

function secondsOf(warmup: Duration): number {
  const seconds = warmup.isUnresolved() ? NaN : warmup.toSeconds({ integral: false });
  if (!Number.isInteger(seconds)) {
    throw new Error(`the instanceWarmup is no time in seconds: got ${warmup.isUnresolved() ? 'a token' : warmup.toHumanString()}, `
      + 'expected whole seconds, as in Duration.minutes(5)');
  }
  return seconds;
}
