import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData, type AlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { AlarmGranularity } from './alarm-granularity';
import { CHANGES } from './event-patterns';
import { eachInstanceOf, PERIOD, totalOf, type ImdsMetric } from './metrics';
import { NAMESPACE } from '../private/rules';

const CLOUDWATCH = new ServicePrincipal('cloudwatch.amazonaws.com');
const EVENTBRIDGE = new ServicePrincipal('events.amazonaws.com');

/** A topic that alarms and rules of this account can publish to, and nothing else, encrypted by a key for it alone. */
export function alertTopic(scope: Construct): Topic {
  const stack = Stack.of(scope);
  // The key that SNS brings cannot be used by other services, so that nothing would be delivered.
  const key = new Key(scope, 'Key', { description: `${NAMESPACE}: alerts of '${scope.node.path}'`, enableKeyRotation: true });
  const use = { actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] };
  key.addToResourcePolicy(new PolicyStatement({
    ...use,
    principals: [CLOUDWATCH],
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'cloudwatch', resource: 'alarm:*' }) },
    },
  }));
  // EventBridge sends no source with its requests to KMS: with a condition, nothing would be delivered. The key encrypts this topic only.
  key.addToResourcePolicy(new PolicyStatement({ ...use, principals: [EVENTBRIDGE] }));
  return new Topic(scope, 'Topic', { displayName: 'IMDSv2', masterKey: key, enforceSSL: true });
}

/** How long an instance goes without a call before its next one is told of again, in periods: an hour. */
const QUIET_PERIODS = 12;

/**
 * An alarm on any call that the metric counts.
 *
 * A query, as an alarm takes no search; no instance reports, and so nothing is in alarm, where the data is missing.
 */
export function alarmOn(scope: Construct, id: string, metric: ImdsMetric, granularity: AlarmGranularity, alarmDescription: string): Alarm {
  return new Alarm(scope, id, {
    alarmDescription,
    ...WATCHED[granularity](metric),
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

const WATCHED: { readonly [granularity in AlarmGranularity]: (metric: ImdsMetric) => Pick<AlarmProps, 'metric' | 'evaluationPeriods' | 'datapointsToAlarm'> } = {
  [AlarmGranularity.AGGREGATE]: (metric) => ({
    metric: new MathExpression({ expression: totalOf(metric), label: metric, period: PERIOD }),
    evaluationPeriods: 1,
  }),
  // Without a label, which would be the same for every instance.
  [AlarmGranularity.INSTANCE]: (metric) => ({
    metric: new MathExpression({ expression: eachInstanceOf(metric), period: PERIOD }),
    evaluationPeriods: QUIET_PERIODS,
    datapointsToAlarm: 1,
  }),
};

/** Publishes what the alarms and CloudTrail tell of, and lets exactly them publish it. */
export function publish(scope: Construct, topic: ITopic, alarms: readonly Alarm[]): void {
  const rules = Object.entries(CHANGES).map(([id, { what, pattern }]) => new Rule(scope, id, {
    description: `${NAMESPACE}: ${what}`,
    eventPattern: pattern,
    // By the topic's policy: with a role, deliveries to an encrypted topic may fail.
    targets: [{ bind: () => ({ arn: topic.topicArn }) }],
  }));
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
  const allow = (service: ServicePrincipal, arns: string[]) => topic.addToResourcePolicy(new PolicyStatement({
    actions: ['sns:Publish'], principals: [service], resources: [topic.topicArn], conditions: { ArnEquals: { 'aws:SourceArn': arns } },
  }));
  allow(CLOUDWATCH, alarms.map(({ alarmArn }) => alarmArn));
  allow(EVENTBRIDGE, rules.map(({ ruleArn }) => ruleArn));
}
