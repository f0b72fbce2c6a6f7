import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { StateMachine, type IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { definition } from './definition';
import { FleetAccounts } from './fleet-accounts';
import { FleetFunctions } from './fleet-functions';
import type { Imdsv2FleetRolloutProps } from './fleet-rollout-props';
import { lookBackDaysOf, rolloutSettings } from './fleet-settings';
import { changingStates } from './rollout-definition';
import { NAMESPACE } from './tasks';
import { AccountRegions } from '../account/account-regions';
import { changeRoleOf } from '../private/fleet-roles';
import { VERSION } from '../private/version';

/** Waves wait for answers, and bake. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST = Duration.days(365);

/**
 * The running fleet: takes inventory, and changes it in waves.
 *
 * The inventory has every running or stopped instance that allows IMDSv1, in every account and region, whether it was seen to do
 * without, what its role could do, and what will launch the next one. By default that is all: it changes nothing, and its roles
 * could not. With `dryRun: false` the instances that are ready require tokens, wave by wave: what each had is written down before,
 * the wave is watched, and where calls without a token are rejected it gets its previous options back and the run ends.
 *
 * A Step Functions state machine runs on a schedule, or whenever it is started. Each run writes JSON lines, CSV, a page
 * (`report.html`) and a manifest of SHA-256 hashes below `runs/<start>-<execution>/` in a bucket of its own, and two metrics. Every
 * account and region that was asked for is listed as inspected, denied, disabled or failed; unless all were inspected, the
 * headline says *Incomplete*, and the count that remains is not put as a metric.
 *
 * Throws for a look-back window that CloudWatch has no data for, and for whatever its properties say they throw for.
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

  /** Starting it takes inventory, and changes the fleet unless `dryRun` or the input `{"inventory":true}` says otherwise. */
  public readonly stateMachine: IStateMachine;

  private readonly stateMachineName: string;

  /**
   * @param scope where it is defined; its stack decides where the inventory runs and is kept
   * @param id its name among its siblings
   * @param props which accounts and regions, and what counts as ready
   */
  constructor(scope: Construct, id: string, props: Imdsv2FleetRolloutProps = {}) {
    super(scope, id);
    const { accounts = FleetAccounts.thisAccount() } = props;
    const stack = Stack.of(this);
    const lookBackDays = lookBackDaysOf(this, props.lookBack);
    const rollout = rolloutSettings(this, props);
    const regions = AccountRegions._askedBy(this, props.regions);
    const roleName = accounts._roleName;
    const asked = accounts._askedBy(stack.account);

    const reports = new Bucket(this, 'Reports', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      objectLockDefaultRetention: props.objectLock,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.reports = reports;

    const functions = new FleetFunctions(this, { reports, accounts, regions });
    const refreshesGroups = rollout?.groups.mode === 'instance-refresh';
    const changing = rollout && functions.changing(refreshesGroups);
    const stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'cdk-imdsv2: which instances allow IMDSv1',
      timeout: rollout ? LONGEST : Duration.hours(24),
      definitionBody: definition(this, {
        bucket: reports,
        ...functions.inspecting(),
        run: {
          version: VERSION,
          lookBackDays,
          ownerTags: props.ownerTags ?? ['owner', 'team'],
          applicationTags: props.applicationTags ?? ['application', 'app', 'service'],
          ...rollout && { changesPerSecond: rollout.changesPerSecond },
        },
        targets: {
          ...asked && { accounts: asked },
          ...roleName && { roleName },
          partition: stack.partition,
          ...regions && { regions },
        },
        changes: rollout && ((tasks) => changingStates(tasks, {
          ...changing!,
          waves: {
            waves: rollout.waves,
            includeUnknown: rollout.includeUnknown,
            refreshesGroups,
            ...rollout.hopLimit && { hopLimit: rollout.hopLimit },
            containerHostHopLimit: rollout.containerHostHopLimit,
            ...roleName && { changeRoleName: changeRoleOf(roleName) },
            partition: stack.partition,
          },
          approval: rollout.approval,
          bake: rollout.bake,
          maxRejections: rollout.maxRejections,
          groups: rollout.groups,
        })),
      }),
    });
    stateMachine.addToRolePolicy(new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'], resources: ['*'], conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
    }));
    rollout?.approval._topic?.grantPublish(stateMachine);
    functions.permit(stateMachine);
    this.stateMachine = stateMachine;
    this.stateMachineName = stateMachine.stateMachineName;

    new Schedule(this, 'Schedule', {
      description: 'cdk-imdsv2: takes inventory of the running fleet',
      schedule: props.schedule ?? ScheduleExpression.rate(Duration.days(7)),
      // Whatever the state machine may do, a schedule changes nothing.
      target: new StepFunctionsStartExecution(stateMachine, { input: ScheduleTargetInput.fromObject({ inventory: true }) }),
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
