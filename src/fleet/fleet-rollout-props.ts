import type { Duration } from 'aws-cdk-lib';
import type { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Approval } from './approval';
import type { FleetAccounts } from './fleet-accounts';
import type { FleetGroups } from './fleet-groups';
import type { Wave } from './wave';
import type { AccountRegions } from '../account/account-regions';
import type { HopLimit } from '../hop-limit';

/**
 * Properties of `Imdsv2FleetRollout`.
 */
export interface Imdsv2FleetRolloutProps {
  /**
   * The accounts that are looked at.
   *
   * @default FleetAccounts.thisAccount()
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-api.html
   */
  readonly accounts?: FleetAccounts;

  /**
   * The regions of each account. One that an account has not enabled is listed as disabled.
   *
   * With `AccountRegions.allEnabled()` each account is asked at every run.
   *
   * @default - the region of the stack
   * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
   */
  readonly regions?: AccountRegions;

  /**
   * How long an instance must have done without IMDSv1 to be ready, in whole days from 1 to 63; anything else throws.
   *
   * Long enough to hold whatever runs once a month.
   *
   * @default Duration.days(35)
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
   */
  readonly lookBack?: Duration;

  /**
   * The tags of an instance that name its owner: the first one that is there, upper and lower case being the same.
   *
   * @default ['owner', 'team']
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
   */
  readonly ownerTags?: string[];

  /**
   * The tags of an instance that name its application: the first one that is there, upper and lower case being the same.
   *
   * @default ['application', 'app', 'service']
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
   */
  readonly applicationTags?: string[];

  /**
   * When the inventory is taken.
   *
   * @default - every seven days, from the deployment on
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
   */
  readonly schedule?: ScheduleExpression;

  /**
   * Keeps every report from being changed or deleted for a time, by anybody in governance mode who lacks the permission to
   * bypass it, by everybody in compliance mode.
   *
   * @default - reports are versioned, and can be deleted by who may
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
   */
  readonly objectLock?: ObjectLockRetention;

  /**
   * Whether nothing is changed. The roles of a dry run could not change anything either.
   *
   * With `false` an execution changes the instances that are ready, wave by wave; one with the input `{"inventory":true}`, as the
   * schedule starts it, takes inventory only, and one with `{"rollback":"<id of a run>"}` undoes that run.
   *
   * @default true
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
   */
  readonly dryRun?: boolean;

  /**
   * How many instances are changed before the fleet is watched again. Each wave is a sample of all accounts and regions. What
   * the sizes leave over is in no wave. Throws for an empty list, and where another one follows `Wave.remaining()`.
   *
   * @default [Wave.instances(5), Wave.percent(25), Wave.remaining()]
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
   */
  readonly waves?: Wave[];

  /**
   * Who lets a wave begin. Throws where there is none, and `dryRun` is `false`: say `Approval.none()` where nobody is to be asked.
   *
   * @default - none is needed for a dry run
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
   */
  readonly approval?: Approval;

  /**
   * How long a wave is watched before it is judged, from 10 minutes to 30 days; anything else throws. CloudWatch has a point every
   * five minutes.
   *
   * @default Duration.hours(1)
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
   */
  readonly bake?: Duration;

  /**
   * So many calls without a token may be rejected after a wave. Above it, the wave gets its previous options back and the run ends. A
   * whole number from 0 on; anything else throws.
   *
   * @default 0
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
   */
  readonly maxRejections?: number;

  /**
   * Whether instances are changed that have no data for a part of the look-back window, and no call without a token in the rest.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
   */
  readonly includeUnknown?: boolean;

  /**
   * How the instances of Auto Scaling groups come to require tokens. Either way, after the last wave, the launch templates behind
   * open instances do as well, so that the next instances are right.
   *
   * @default FleetGroups.inPlace()
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
   */
  readonly groups?: FleetGroups;

  /**
   * The largest hop limit of instances that are changed and are no container hosts; a smaller one is kept.
   *
   * @default - the hop limit of each instance stays
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
   */
  readonly hopLimit?: HopLimit;

  /**
   * The smallest hop limit of container hosts that are changed, because a smaller one would cut their containers off; a larger one is
   * kept.
   *
   * @default HopLimit.CONTAINERS
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
   */
  readonly containerHostHopLimit?: HopLimit;

  /**
   * How many instances a second are changed in one account and region, above 0 and at most 4; anything else throws. EC2 lets five
   * calls a second through, and others need them too.
   *
   * @default 3
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
   */
  readonly changesPerSecond?: number;
}
