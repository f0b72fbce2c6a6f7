import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';

/** Metrics that one call takes. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_METRICS = 500;

/** How exactly EC2 says when a call was, in seconds. */
export const FINEST = 300;

/** When, and how many. */
export type Points = ReadonlyArray<readonly [time: number, calls: number]>;

/**
 * The calls of each instance, by periods of so many seconds.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
export async function callsOf(
  cloudWatch: CloudWatchClient, MetricName: 'MetadataNoToken' | 'MetadataNoTokenRejected', instances: readonly string[], start: number, end: number, period: number,
): Promise<Map<string, Points>> {
  const points = new Map(instances.map((instance) => [instance, [] as Array<readonly [number, number]>]));
  for (let from = 0; from < instances.length; from += MOST_METRICS) {
    const batch = instances.slice(from, from + MOST_METRICS);
    const MetricDataQueries = batch.map((instance, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: 'AWS/EC2', MetricName, Dimensions: [{ Name: 'InstanceId', Value: instance }] },
        Period: period,
        Stat: 'Sum',
      },
    }));
    let NextToken: string | undefined;
    do {
      const span = { StartTime: new Date(start), EndTime: new Date(end) };
      const page = await cloudWatch.send(new GetMetricDataCommand({ MetricDataQueries, ...span, NextToken }));
      for (const { Id, Timestamps = [], Values = [], StatusCode } of page.MetricDataResults ?? []) {
        // Silence would be taken for calm.
        if (StatusCode === 'InternalError' || StatusCode === 'Forbidden') {
          throw new Error(`CloudWatch could not read ${MetricName}: got ${StatusCode}, expected data`);
        }
        Timestamps.forEach((time, index) => points.get(batch[Number(Id!.slice(1))])!.push([time.getTime(), Values[index]]));
      }
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return points;
}
