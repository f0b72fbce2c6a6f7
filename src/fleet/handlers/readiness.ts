import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { callsOf, FINEST, type Points } from './metrics';
import type { Readiness, Run } from './records';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

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
  const daily = await callsOf(cloudWatch, 'MetadataNoToken', instances, window.start, window.end, DAY / 1000);
  const readiness = new Map(instances.map((instance) => [instance, judge(daily.get(instance)!, window)]));

  // Only of those that called: when they did so last, day by day, because one call to CloudWatch has one span.
  const days = new Map<number, string[]>();
  for (const [instance, points] of daily) {
    const last = Math.max(...points.filter(([, calls]) => calls > 0).map(([time]) => time));
    if (last > -Infinity) days.set(last, [...days.get(last) ?? [], instance]);
  }
  for (const [day, callers] of days) {
    const fine = await callsOf(cloudWatch, 'MetadataNoToken', callers, day, day + DAY, FINEST);
    for (const instance of callers) {
      // Of days that CloudWatch does not know so exactly any more, the day itself.
      const last = Math.max(day, ...fine.get(instance)!.filter(([, calls]) => calls > 0).map(([time]) => time));
      readiness.set(instance, { ...readiness.get(instance)!, lastCall: new Date(last).toISOString() });
    }
  }
  return readiness;
}

/**
 * Those of the instances that called without a token after the inventory, and how often: weeks may pass before a wave begins. By
 * hours, which CloudWatch knows of long after it has forgotten minutes; the one before, too, because points come late.
 */
export async function callersSince(cloudWatch: CloudWatchClient, instances: readonly string[], { startedAt }: Pick<Run, 'startedAt'>): Promise<Map<string, number>> {
  const start = Math.floor(Date.parse(startedAt) / HOUR) * HOUR - HOUR;
  const points = await callsOf(cloudWatch, 'MetadataNoToken', instances, start, Date.now(), HOUR / 1000);
  const sums = [...points].map(([instance, hourly]) => [instance, hourly.reduce((sum, [, calls]) => sum + calls, 0)] as const);
  return new Map(sums.filter(([, calls]) => calls > 0));
}
