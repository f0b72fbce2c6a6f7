import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/**
 * What EC2 counts of the metadata service: calls of version 1 that were answered, on instances that allow it, and calls that were
 * rejected, on those that do not.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
export enum ImdsMetric {
  ANSWERED = 'MetadataNoToken',
  REJECTED = 'MetadataNoTokenRejected',
}

/** What EC2 counts by, apart from what detailed monitoring adds. */
export enum Dimension {
  GROUP = 'AutoScalingGroupName',
  INSTANCE = 'InstanceId',
}

/** How often EC2 reports with basic monitoring. */
export const PERIOD = Duration.minutes(5);

/** How many lines a graph can be read with. */
const MOST_LINES = 20;

/** The groups or instances with the most calls, whichever there are. */
export function most(metric: ImdsMetric, by: Dimension): MathExpression {
  const search = `SEARCH('{AWS/EC2,${by}} MetricName="${metric}"', 'Sum', ${PERIOD.toSeconds()})`;
  // Without a label the lines have those of their metrics, which are the names.
  return new MathExpression({ expression: `SORT(${search}, SUM, DESC, ${MOST_LINES})`, label: '', period: PERIOD });
}

/** All instances together, as a query. */
export function totalOf(metric: ImdsMetric): string {
  return `SELECT SUM(${metric}) FROM SCHEMA("AWS/EC2", ${Dimension.INSTANCE})`;
}

/** Each instance by itself, as a query. An alarm requires the order, and evaluates no more than the first 500. */
export function eachInstanceOf(metric: ImdsMetric): string {
  return `${totalOf(metric)} GROUP BY ${Dimension.INSTANCE} ORDER BY SUM() DESC`;
}
