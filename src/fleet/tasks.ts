import { Aws, Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  CustomState, DistributedMap, Errors, JitterType, JsonPath, Pass, S3JsonItemReader, StateMachineType, Succeed, TaskInput, Timeout,
  type IChainable, type RetryProps, type TaskStateBase,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';

/** The namespace of the metrics. */
export const NAMESPACE = 'cdk-imdsv2';

/** Accounts and regions that are worked on at once: each has limits of its own, and the functions share those of their account. */
export const AT_ONCE = 40;

/** Longer than a function may take, so that its own end comes first. */
export const STEP = Duration.minutes(16);

export const RETRY: RetryProps = {
  errors: [Errors.ALL], interval: Duration.seconds(5), maxAttempts: 4, backoffRate: 3, maxDelay: Duration.minutes(2), jitterStrategy: JitterType.FULL,
};

/** What every execution carries along: the bucket, and what the run is. */
export const RUN = { 'bucket.$': '$.bucket', 'run.$': '$.run' };

export interface MapProps {
  /** Where the key of the items is in the state's input. */
  readonly items: string;
  /** What each of them is given beside the bucket, the run and its account and region. */
  readonly more?: { readonly [name: string]: unknown };
  /** What is done for each. */
  readonly processor: IChainable;
}

/** States as all parts of the definition make them. */
export class Tasks {
  constructor(readonly scope: Construct, private readonly bucket: IBucket, private readonly recordFailure: IFunction) {}

  /** A function with a time limit, which is tried again; what becomes of its errors is the caller's to say. */
  public call(id: string, lambdaFunction: IFunction, payload?: { readonly [name: string]: unknown }, resultPath?: string): TaskStateBase {
    const task = new LambdaInvoke(this.scope, id, {
      lambdaFunction,
      payload: payload && TaskInput.fromObject({ ...payload }),
      resultPath,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
      taskTimeout: Timeout.duration(STEP),
    });
    // These would say the same again.
    task.addRetry({ errors: ['AnotherRun', 'BadInput'], maxAttempts: 0 });
    task.addRetry(RETRY);
    return task;
  }

  /** Does something in every account and region that is written down; one that fails does not end the others. */
  public map(id: string, { items, more, processor }: MapProps): DistributedMap {
    const map = new DistributedMap(this.scope, id, {
      mapExecutionType: StateMachineType.STANDARD,
      itemReader: new S3JsonItemReader({ bucket: this.bucket, key: JsonPath.stringAt(items) }),
      itemSelector: { ...RUN, 'target.$': '$$.Map.Item.Value', ...more },
      maxConcurrency: AT_ONCE,
      toleratedFailurePercentage: 100,
      resultPath: JsonPath.DISCARD,
    });
    map.itemProcessor(processor);
    return map;
  }

  /** A failure that is written down for an account and region, after which the others go on, and what may follow there all the same. */
  public recorded(id: string, payload?: { readonly [name: string]: unknown }, following: IChainable = this.nothing(`${id}: done`)): IChainable & TaskStateBase {
    const record = this.call(id, this.recordFailure, payload, JsonPath.DISCARD);
    // The report says of a target without a record that there is none.
    record.addCatch(following, { resultPath: JsonPath.DISCARD });
    record.next(following);
    return record;
  }

  /** The end for one of many: nothing, because the map's result is made of them all, and may have 256 KiB, discarded or not. */
  public nothing(id: string): Succeed {
    return new Succeed(this.scope, id, { outputPath: JsonPath.DISCARD });
  }

  /** Puts metrics that a report made. Not the construct of CDK: it would allow the state machine every namespace. */
  public putMetrics(id: string): CustomState {
    const metrics = new CustomState(this.scope, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:cloudwatch:putMetricData`,
        Parameters: { 'Namespace': NAMESPACE, 'MetricData.$': '$.report.metrics' },
        ResultPath: null,
        TimeoutSeconds: STEP.toSeconds(),
      },
    });
    metrics.addRetry(RETRY);
    return metrics;
  }

  /** Tells a topic something and goes on; with a time limit, waits for an answer. */
  public publish(id: string, topic: ITopic, message: { readonly [name: string]: string }, subject: string, answerWithin?: Duration): CustomState {
    const publish = new CustomState(this.scope, id, {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::sns:publish${answerWithin ? '.waitForTaskToken' : ''}`,
        Parameters: { 'TopicArn': topic.topicArn, 'Subject.$': subject, 'Message': message },
        ResultPath: answerWithin ? '$.approval' : null,
        TimeoutSeconds: (answerWithin ?? STEP).toSeconds(),
      },
    });
    // Only what SNS itself did not take: an answer is an answer.
    publish.addRetry({ errors: ['SNS.SdkClientException', 'SNS.ThrottledException', 'SNS.InternalErrorException'], maxAttempts: 4 });
    return publish;
  }

  /** Says how a run ended, for the report and for the execution. */
  public ended(id: string, state: string, reason: string): Pass {
    return new Pass(this.scope, id, { parameters: { state, reason }, resultPath: '$.end' });
  }
}
