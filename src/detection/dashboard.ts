import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget, Dashboard, GraphWidget, MathExpression, SingleValueWidget, TextWidget, type IAlarm, type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AlarmGranularity } from './alarm-granularity';
import { alarmOn, alertTopic, publish } from './alerts';
import { Dimension, ImdsMetric, most, PERIOD, totalOf } from './metrics';
import type { Imdsv2FleetRollout } from '../fleet/fleet-rollout';

/**
 * Properties of `Imdsv2Dashboard`.
 */
export interface Imdsv2DashboardProps {
  /**
   * What one message of both alarms is about: all instances together, or each instance by itself.
   *
   * All together is the default, because CloudWatch evaluates no more than 500 instances by themselves, and tells of no more than 100
   * at once: in a large fleet that still speaks version 1 the rest would be left out.
   *
   * @default AlarmGranularity.AGGREGATE
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
   */
  readonly alarmGranularity?: AlarmGranularity;

  /**
   * The name of the dashboard, one in the account, of letters, digits, `-` and `_`.
   *
   * @default - CloudFormation makes one
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
   */
  readonly dashboardName?: string;

  /**
   * The inventory whose count of what remains is shown as well.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
   */
  readonly rollout?: Imdsv2FleetRollout;

  /**
   * Where alarms and changes are told of. One that is defined elsewhere must let CloudWatch and EventBridge publish, and use its
   * key where it is encrypted: its policy cannot be changed from here.
   *
   * @default - a topic of its own, encrypted by a key of its own, without subscriptions
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
   */
  readonly topic?: ITopic;
}

/**
 * A dashboard that answers who still uses version 1 of the metadata service, two alarms, and alerts of changes that weaken what is
 * required, for one account and region.
 *
 * It shows calls of version 1 by Auto Scaling group and by instance, the twenty with the most of them, found by searches, so that
 * no list of instances is kept. EC2 counts them on instances that allow version 1; on those that require tokens it counts what was rejected.
 *
 * One alarm goes off when any instance is answered version 1: it is in alarm until the fleet is clean, and then by the first use.
 * The other does when a call is rejected, so that something is broken. Both are Metrics Insights queries: they see the last three
 * hours, and at most 10,000 instances. With `AlarmGranularity.INSTANCE` each instance is told of by itself.
 *
 * The topic is also told, by CloudTrail, of an instance that is set back, of any change of the account's defaults, and of changes
 * of the tags that exempt something. A trail that records management events must exist.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-transition-to-version-2.html
 * @example
 * declare const stack: Stack;
 * declare const fleet: Imdsv2FleetRollout;
 * new Imdsv2Dashboard(stack, 'Imdsv2', { rollout: fleet });
 */
export class Imdsv2Dashboard extends Construct {
  /** The name of the dashboard. */
  public readonly dashboardName: string;

  /** Where alarms and changes are told of: subscribe to it. */
  public readonly topic: ITopic;

  /** In alarm while any instance is answered version 1. */
  public readonly firstUseAlarm: IAlarm;

  /** In alarm while calls of version 1 are rejected. */
  public readonly rejectionAlarm: IAlarm;

  /**
   * @param scope where it is defined; its stack decides account and region
   * @param id its name among its siblings
   * @param props what it shows beside the metrics of EC2, and where it tells of alarms
   */
  constructor(scope: Construct, id: string, props: Imdsv2DashboardProps = {}) {
    super(scope, id);
    const { rollout, alarmGranularity = AlarmGranularity.AGGREGATE } = props;
    this.topic = props.topic ?? alertTopic(this);
    const firstUse = alarmOn(this, 'FirstUse', ImdsMetric.ANSWERED, alarmGranularity, 'An instance was answered version 1 of the metadata service: the dashboard says which');
    const rejection = alarmOn(this, 'Rejection', ImdsMetric.REJECTED, alarmGranularity, 'Calls of version 1 of the metadata service were rejected: something that makes them is broken');
    this.firstUseAlarm = firstUse;
    this.rejectionAlarm = rejection;
    publish(this, this.topic, [firstUse, rejection]);
    const dashboard = new Dashboard(this, 'Resource', {
      dashboardName: props.dashboardName,
      // As long as queries are drawn for.
      defaultInterval: Duration.days(14),
      widgets: [
        [new TextWidget({ markdown: HEADING, width: 24, height: 2 })],
        [total(ImdsMetric.ANSWERED, 'Answered'), total(ImdsMetric.REJECTED, 'Rejected'), new AlarmStatusWidget({ title: 'Alarms', alarms: [firstUse, rejection], width: 12, height: 4 })],
        graphs(ImdsMetric.ANSWERED, 'Answered version 1'),
        graphs(ImdsMetric.REJECTED, 'Rejected version 1'),
        ...rollout ? [remaining(rollout)] : [],
      ],
    });
    this.dashboardName = dashboard.dashboardName;
  }
}

const HEADING = '# Who still uses IMDSv1\n'
  + '**Answered** calls are of instances that allow version 1, and must become 0. **Rejected** calls are of instances that require tokens: something is broken.';

function total(metric: ImdsMetric, title: string): IWidget {
  return new SingleValueWidget({
    title: `${title}, all instances`,
    metrics: [new MathExpression({ expression: totalOf(metric), label: metric, period: PERIOD })],
    width: 6,
    height: 4,
  });
}

function graphs(metric: ImdsMetric, title: string): IWidget[] {
  const by = (dimension: Dimension, name: string) => new GraphWidget({
    title: `${title}, by ${name}`, left: [most(metric, dimension)], leftYAxis: { min: 0, label: 'calls in 5 minutes', showUnits: false }, width: 12, height: 7,
  });
  return [by(Dimension.GROUP, 'Auto Scaling group'), by(Dimension.INSTANCE, 'instance')];
}

/** One line that should fall, and one that says whether it can be believed. */
function remaining(rollout: Imdsv2FleetRollout): IWidget[] {
  return [new GraphWidget({
    title: 'Instances that allow version 1, of the inventory',
    left: [rollout.metricInstancesAllowingImdsV1().with({ label: 'allow version 1' })],
    right: [rollout.metricTargetsNotInspected().with({ label: 'accounts and regions that were not inspected' })],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    width: 24,
    height: 6,
  })];
}
