import { Aws, Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice, Condition, CustomState, DefinitionBody, DistributedMap, Errors, Fail, JitterType, JsonPath, S3JsonItemReader, StateMachineType, Succeed,
  TaskInput, Timeout, type RetryProps,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

/** The namespace of the metrics. */
export const NAMESPACE = 'cdk-imdsv2';

/** What the states call, and what the first one is told. */
export interface DefinitionProps {
  readonly bucket: IBucket;
  readonly plan: IFunction;
  readonly inspect: IFunction;
  readonly recordFailure: IFunction;
  readonly report: IFunction;
  readonly settings: { readonly [name: string]: unknown };
}

/** Accounts and regions that are read at once: each has limits of its own, and the functions share those of their account. */
const AT_ONCE = 40;

/** Longer than a function may take, so that its own end comes first. */
const STEP = Duration.minutes(16);

const RETRY: RetryProps = {
  errors: [Errors.ALL], interval: Duration.seconds(5), maxAttempts: 4, backoffRate: 3, maxDelay: Duration.minutes(2), jitterStrategy: JitterType.FULL,
};

/**
 * Plan, inspect every account and region, report. What fails for one of them is recorded for it and the rest goes on; a map
 * that fails as a whole still ends in a report, which then says of what nothing is known.
 */
export function definition(parent: Construct, props: DefinitionProps): DefinitionBody {
  const scope = new Construct(parent, 'States');
  const { bucket, settings } = props;
  const call = (id: string, lambdaFunction: IFunction, payload?: TaskInput, resultPath?: string) => {
    const task = new LambdaInvoke(scope, id, {
      lambdaFunction, payload, resultPath, payloadResponseOnly: true, retryOnServiceExceptions: false, taskTimeout: Timeout.duration(STEP),
    });
    task.addRetry(RETRY);
    return task;
  };
  const failed = (id: string, cause: string) => new Fail(scope, id, { error: 'Imdsv2FleetRollout', cause });

  const plan = call('Plan', props.plan, TaskInput.fromObject({
    ...settings,
    execution: JsonPath.stringAt('$$.Execution.Name'),
    startedAt: JsonPath.stringAt('$$.Execution.StartTime'),
    bucket: bucket.bucketName,
  }));
  plan.addCatch(failed('Not planned', 'what is to be inspected could not be written down: see the log of the function Plan'));

  const inspect = call('Inspect', props.inspect);
  const record = call('Record failure', props.recordFailure, undefined, JsonPath.DISCARD);
  // Nothing, because the map's result is made of them all, and may have 256 KiB, discarded or not.
  const outputPath = JsonPath.DISCARD;
  const recorded = new Succeed(scope, 'Recorded', { outputPath });
  // The report says of a target without a record that there is none.
  record.addCatch(recorded);
  inspect.addCatch(record.next(recorded), { resultPath: '$.error' });
  inspect.next(new Choice(scope, 'All pages read?')
    .when(Condition.booleanEquals('$.done', true), new Succeed(scope, 'Inspected', { outputPath }))
    .otherwise(inspect));

  const map = new DistributedMap(scope, 'Every account and region', {
    mapExecutionType: StateMachineType.STANDARD,
    itemReader: new S3JsonItemReader({ bucket, key: JsonPath.stringAt('$.targetsKey') }),
    itemSelector: { 'bucket.$': '$.bucket', 'run.$': '$.run', 'target.$': '$$.Map.Item.Value' },
    maxConcurrency: AT_ONCE,
    // One that fails must not end the others.
    toleratedFailurePercentage: 100,
    resultPath: JsonPath.DISCARD,
  });
  map.itemProcessor(inspect);

  const report = call('Report', props.report, TaskInput.fromObject({
    'bucket.$': '$.bucket', 'run.$': '$.run', 'stateMachine.$': '$$.StateMachine.Name',
  }));
  report.addCatch(failed('No report', 'the report could not be written: see the log of the function Report, and redrive the execution'));
  map.addCatch(report, { resultPath: JsonPath.DISCARD });

  // Not the construct of CDK: it would allow the state machine every namespace.
  const metrics = new CustomState(scope, 'Put metrics', {
    stateJson: {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:cloudwatch:putMetricData`,
      Parameters: { 'Namespace': NAMESPACE, 'MetricData.$': '$.metrics' },
      ResultPath: null,
      TimeoutSeconds: STEP.toSeconds(),
    },
  });
  metrics.addRetry(RETRY);
  metrics.addCatch(failed('No metrics', 'the report is written, and its metrics could not be put'));

  report.next(metrics);
  metrics.next(new Succeed(scope, 'Reported'));
  return DefinitionBody.fromChainable(plan.next(new Choice(scope, 'Anything to inspect?')
    .when(Condition.numberGreaterThan('$.targets', 0), map.next(report))
    .otherwise(report)));
}
