import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, type ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { StateMachine, type IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { mayAssume } from './assume-permissions';
import { definition, NAMESPACE } from './definition';
import { FleetAccounts } from './fleet-accounts';
import { fleetFunction, functionRole } from './fleet-function';
import { inspectionPermissions } from './inspection-permissions';
import { readerOf } from './role-name';
import { AccountRegions } from '../account/account-regions';
import { VERSION } from '../private/version';

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
}

/** CloudWatch keeps points of five minutes, which is what EC2 reports, for so many days. */
const LONGEST_LOOK_BACK = 63;

/**
 * Takes inventory of the running fleet: every running or stopped instance that allows IMDSv1, in every account and region,
 * whether it was seen to do without, what its role could do, and what will launch the next one. It changes nothing, and its
 * roles could not.
 *
 * A Step Functions state machine runs on a schedule, or whenever it is started. Each run writes JSON lines, CSV, a page
 * (`report.html`) and a manifest of SHA-256 hashes below `runs/<start>-<execution>/` in a bucket of its own, and two metrics. Every
 * account and region that was asked for is listed as inspected, denied, disabled or failed; unless all were inspected, the
 * headline says *Incomplete*, and the count that remains is not put as a metric.
 *
 * Throws for a look-back window that CloudWatch has no data for.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
 * @example
 * declare const stack: Stack;
 * new Imdsv2FleetRollout(stack, 'Fleet', {
 *   accounts: FleetAccounts.of(['111122223333', '444455556666'], { roleName: 'imdsv2-inspection' }),
 *   regions: AccountRegions.allEnabled(),
 * });
 */
export class Imdsv2FleetRollout extends Construct {
  /** Where the reports are; it stays when the construct is removed. */
  public readonly reports: IBucket;

  /** Starting it, with any input, takes an inventory. */
  public readonly stateMachine: IStateMachine;

  private readonly stateMachineName: string;

  /**
   * @param scope where it is defined; its stack decides where the inventory runs and is kept
   * @param id its name among its siblings
   * @param props which accounts and regions, and what counts as ready
   */
  constructor(scope: Construct, id: string, props: Imdsv2FleetRolloutProps = {}) {
    super(scope, id);
    const { accounts = FleetAccounts.thisAccount(), lookBack = Duration.days(35) } = props;
    const stack = Stack.of(this);
    const lookBackDays = daysOf(this, lookBack);
    const regions = props.regions ? props.regions._names : [stack.region];

    const reports = new Bucket(this, 'Reports', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      objectLockDefaultRetention: props.objectLock,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.reports = reports;

    const roleName = accounts._roleName;
    const asked = accounts._askedBy(stack.account);
    const reader = functionRole(this, 'ReaderRole', roleName && readerOf(roleName));
    const recorder = functionRole(this, 'RecorderRole');
    const reporter = functionRole(this, 'ReporterRole');
    const write = new PolicyStatement({ actions: ['s3:PutObject'], resources: [reports.arnForObjects('runs/*')] });
    const policies = [
      permit(this, 'ReaderPermissions', reader, [write, ...roleName ? [] : inspectionPermissions(regions)]),
      ...roleName ? mayAssume(this, 'ReaderAccounts', reader, roleName, asked) : [],
      permit(this, 'RecorderPermissions', recorder, [write]),
      permit(this, 'ReporterPermissions', reporter, [
        write,
        new PolicyStatement({ actions: ['s3:GetObject'], resources: [reports.arnForObjects('runs/*')] }),
        new PolicyStatement({ actions: ['s3:ListBucket'], resources: [reports.bucketArn], conditions: { StringLike: { 's3:prefix': 'runs/*' } } }),
      ]),
    ];

    const stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'cdk-imdsv2: which instances allow IMDSv1',
      timeout: Duration.hours(24),
      definitionBody: definition(this, {
        bucket: reports,
        plan: fleetFunction(this, 'plan', reader, 512),
        inspect: fleetFunction(this, 'inspect', reader, 512),
        recordFailure: fleetFunction(this, 'recordFailure', recorder, 256),
        report: fleetFunction(this, 'report', reporter, 2048),
        settings: {
          version: VERSION,
          ...asked && { accounts: asked },
          ...roleName && { roleName },
          partition: stack.partition,
          ...regions && { regions },
          lookBackDays,
          ownerTags: props.ownerTags ?? ['owner', 'team'],
          applicationTags: props.applicationTags ?? ['application', 'app', 'service'],
        },
      }),
    });
    stateMachine.addToRolePolicy(new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'], resources: ['*'], conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
    }));
    // A run that comes before its permissions would report that everything is denied.
    stateMachine.node.addDependency(...policies);
    this.stateMachine = stateMachine;
    this.stateMachineName = stateMachine.stateMachineName;

    new Schedule(this, 'Schedule', {
      description: 'cdk-imdsv2: takes inventory of the running fleet',
      schedule: props.schedule ?? ScheduleExpression.rate(Duration.days(7)),
      target: new StepFunctionsStartExecution(stateMachine, {}),
    });
  }

  /**
   * How many instances answer IMDSv1, exempt ones among them, put by each run that inspected everything.
   */
  public metricInstancesAllowingImdsV1(): Metric {
    return this.metric('InstancesAllowingImdsV1');
  }

  /**
   * How many accounts and regions a run could not inspect; above 0 the other metric is not put.
   */
  public metricTargetsNotInspected(): Metric {
    return this.metric('TargetsNotInspected');
  }

  private metric(metricName: string): Metric {
    return new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { StateMachine: this.stateMachineName },
      statistic: Stats.MAXIMUM,
      unit: Unit.COUNT,
      period: Duration.days(1),
    });
  }
}

/** @throws for less than a day and more than CloudWatch keeps */
function daysOf(scope: Construct, lookBack: Duration): number {
  const days = lookBack.isUnresolved() ? NaN : lookBack.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_LOOK_BACK) {
    throw new Error(`'${scope.node.path}' cannot look back that far: got ${lookBack.isUnresolved() ? 'a token' : lookBack.toHumanString()}, `
      + `expected whole days from 1 to ${LONGEST_LOOK_BACK}, as in Duration.days(35)`);
  }
  return days;
}

function permit(scope: Construct, id: string, role: Role, statements: PolicyStatement[]): Policy {
  return new Policy(scope, id, { roles: [role], statements });
}
