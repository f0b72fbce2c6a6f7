import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/**
 * How somebody is asked.
 */
export interface ApprovalOptions {
  /**
   * How long an answer is waited for, at most 90 days; more throws. Without one the run ends, and changes nothing more.
   *
   * @default Duration.days(7)
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
   */
  readonly timeout?: Duration;
}

/**
 * Who lets a wave begin.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
export class Approval {
  /**
   * Nobody is asked: the next wave begins as soon as the one before it has baked, and so do instance refreshes of groups.
   */
  public static none(): Approval {
    return new Approval(undefined, Duration.seconds(0));
  }

  /**
   * Each wave waits for an answer, and so do the instance refreshes of groups, all together, behind the last wave.
   *
   * The message names the run, the wave, its size and the report, and holds a task token: whoever may call
   * `states:SendTaskSuccess` and knows it lets the wave begin, so let only those read the topic who may decide.
   *
   * @param topic where the question goes. A FIFO topic, which takes no message without a group, throws.
   * @param options how long an answer is waited for. Throws for more than 90 days.
   */
  public static beforeEachWave(topic: ITopic, options: ApprovalOptions = {}): Approval {
    // Without one, nobody would be asked.
    if (!topic) throw new Error(`an approval has no topic: got ${String(topic)}, expected an SNS topic, or Approval.none() where nobody is to be asked`);
    const { timeout = Duration.days(7) } = options;
    const seconds = timeout.isUnresolved() ? NaN : timeout.toSeconds({ integral: false });
    if (!(seconds >= 60 && seconds <= Duration.days(90).toSeconds())) {
      throw new Error(`an answer cannot be waited for so long: got ${timeout.isUnresolved() ? 'a token' : timeout.toHumanString()}, `
        + 'expected a minute to 90 days, as in Duration.days(7)');
    }
    if (topic.fifo) throw new Error(`a question cannot go to a FIFO topic: got '${topic.node.path}', expected a standard topic; forward it from there`);
    return new Approval(topic, timeout);
  }

  /** @internal */
  public readonly _topic?: ITopic;

  /** @internal */
  public readonly _timeout: Duration;

  private constructor(topic: ITopic | undefined, timeout: Duration) {
    this._topic = topic;
    this._timeout = timeout;
  }
}
