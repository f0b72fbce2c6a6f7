import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Readiness, Run } from './records';

/** Metrics that one call takes. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MOST_METRICS = 500;

const DAY = 24 * 60 * 60 * 1000;

/** How exactly EC2 says when a call was, in seconds. */
const FINEST = 300;

/** When, and how many. */
export type Points = ReadonlyArray<readonly [time: number, calls: number]>;

/** The look-back window: whole days in UTC, and what there is of the last one. */
export interface Window {
  readonly start: number;
  /** The beginning of the day that is not over. */
  readonly today: number;
  readonly end: number;
}

export function windowOf({ startedAt, lookBackDays }: Pick<Run, 'startedAt' | 'lookBackDays'>): Window {
  const end = Date.parse(startedAt);
  const today = Math.floor(end / DAY) * DAY;
  return { start: today - lookBackDays * DAY, today, end };
}

/**
 * Whether an instance was seen to do without IMDSv1: data on every whole day of the window, and not one call. Days on which
 * it did not run are days on which nothing is known.
 */
export function judge(daily: Points, { start, today }: Window): Readiness {
  const calls = daily.reduce((sum, [, value]) => sum + value, 0);
  const daysWithData = new Set(daily.filter(([time]) => time >= start && time < today).map(([time]) => Math.floor(time / DAY))).size;
  const state = calls > 0 ? 'not-ready' : daysWithData >= (today - start) / DAY ? 'ready' : 'unknown';
  return { state, calls, daysWithData };
}

/**
 * Reads `MetadataNoToken` of each instance.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
 */
export async function readReadiness(cloudWatch: CloudWatchClient, instances: readonly string[], run: Run): Promise<Map<string, Readiness>> {
  const window = windowOf(run);
  const daily = await callsOf(cloudWatch, instances, window.start, window.end, DAY / 1000);
  const readiness = new Map(instances.map((instance) => [instance, judge(daily.get(instance)!, window)]));

  // Only of those that called: when they did so last, day by day, because one call to CloudWatch has one span.
  const days = new Map<number, string[]>();
  for (const [instance, points] of daily) {
    const last = Math.max(...points.filter(([, calls]) => calls > 0).map(([time]) => time));
    if (last > -Infinity) days.set(last, [...days.get(last) ?? [], instance]);
  }
  for (const [day, callers] of days) {
    const fine = await callsOf(cloudWatch, callers, day, day + DAY, FINEST);
    for (const instance of callers) {
      // Of days that CloudWatch does not know so exactly any more, the day itself.
      const last = Math.max(day, ...fine.get(instance)!.filter(([, calls]) => calls > 0).map(([time]) => time));
      readiness.set(instance, { ...readiness.get(instance)!, lastCall: new Date(last).toISOString() });
    }
  }
  return readiness;
}

/** The calls of each instance, by periods of so many seconds. */
async function callsOf(
  cloudWatch: CloudWatchClient, instances: readonly string[], start: number, end: number, period: number,
): Promise<Map<string, Points>> {
  const points = new Map(instances.map((instance) => [instance, [] as Array<readonly [number, number]>]));
  for (let from = 0; from < instances.length; from += MOST_METRICS) {
    const batch = instances.slice(from, from + MOST_METRICS);
    const MetricDataQueries = batch.map((instance, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: 'AWS/EC2', MetricName: 'MetadataNoToken', Dimensions: [{ Name: 'InstanceId', Value: instance }] },
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
          throw new Error(`CloudWatch could not read MetadataNoToken: got ${StatusCode}, expected data`);
        }
        Timestamps.forEach((time, index) => points.get(batch[Number(Id!.slice(1))])!.push([time.getTime(), Values[index]]));
      }
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return points;
}
