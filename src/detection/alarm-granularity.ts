/**
 * What one message of an alarm is about.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
 */
export enum AlarmGranularity {
  /** All instances together: one message, until no instance makes such calls any more. */
  AGGREGATE = 'AGGREGATE',

  /**
   * Each instance: it is named in a message of its own, when it makes such a call after an hour without one. CloudWatch evaluates the
   * 500 instances with the most calls, and at most 100 changes at once.
   */
  INSTANCE = 'INSTANCE',
}
