import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Choice, Condition, DefinitionBody, Fail, JsonPath, Succeed, type IChainable, type INextable } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUN, Tasks } from './tasks';

/** What the states call, and what the first ones are told. */
export interface DefinitionProps {
  readonly bucket: IBucket;
  readonly begin: IFunction;
  readonly plan: IFunction;
  readonly inspect: IFunction;
  readonly recordFailure: IFunction;
  readonly report: IFunction;
  /** What holds for a whole run. */
  readonly run: { readonly [name: string]: unknown };
  /** What is asked for. */
  readonly targets: { readonly [name: string]: unknown };
  /** The states that change something, where anything does. */
  readonly changes?: (tasks: Tasks) => ChangingStates;
}

/** What comes between the states of an inventory. */
export interface ChangingStates {
  /** Before an inventory, where an earlier run is undone; leads to what follows. */
  readonly rollBack: (following: IChainable) => IChainable;
  /** After an inventory, where the fleet is changed. */
  readonly rollOut: IChainable;
}

/**
 * Begin, plan, inspect every account and region, report; then what changes something. What fails for one of them is recorded for it
 * and the rest goes on; a map that fails as a whole still ends in a report, which then says of what nothing is known.
 */
export function definition(parent: Construct, props: DefinitionProps): DefinitionBody {
  const scope = new Construct(parent, 'States');
  const { bucket, changes } = props;
  const tasks = new Tasks(scope, bucket, props.recordFailure);
  const failed = (id: string, cause: string) => new Fail(scope, id, { error: 'Imdsv2FleetRollout', cause });

  const begin = tasks.call('Begin', props.begin, {
    ...props.run,
    'bucket': bucket.bucketName,
    'changes': changes !== undefined,
    'execution.$': '$$.Execution.Name',
    'executionArn.$': '$$.Execution.Id',
    'startedAt.$': '$$.Execution.StartTime',
    'input.$': '$$.Execution.Input',
  });
  begin.addCatch(failed('Not begun', 'the input is not understood, or another run changes the fleet: see the log of the function Begin'));

  const plan = tasks.call('Plan', props.plan, { ...props.targets, ...RUN }, '$.plan');
  plan.addCatch(failed('Not planned', 'what is to be inspected could not be written down: see the log of the function Plan'));

  const inspect = tasks.call('Inspect', props.inspect);
  inspect.addCatch(tasks.recorded('Record failure'), { resultPath: '$.error' });
  inspect.next(new Choice(scope, 'All pages read?')
    .when(Condition.booleanEquals('$.done', true), tasks.nothing('Inspected'))
    .otherwise(inspect));
  const map = tasks.map('Every account and region', { items: '$.plan.targetsKey', processor: inspect });

  const report = tasks.call('Report', props.report, { ...RUN, 'stateMachine.$': '$$.StateMachine.Name' }, '$.report');
  report.addCatch(failed('No report', 'the report could not be written: see the log of the function Report, and redrive the execution'));
  map.addCatch(report, { resultPath: JsonPath.DISCARD });
  map.next(report);

  const metrics = tasks.putMetrics('Put metrics');
  metrics.addCatch(failed('No metrics', 'the report is written, and its metrics could not be put'));
  report.next(metrics);
  const reported = new Succeed(scope, 'Reported');

  plan.next(new Choice(scope, 'Anything to inspect?')
    .when(Condition.numberGreaterThan('$.plan.targets', 0), map)
    .otherwise(report));
  const { rollBack, rollOut } = changes?.(tasks) ?? {};
  next(begin, rollBack ? new Choice(scope, 'Undo an earlier run?').when(Condition.stringEquals('$.mode', 'rollback'), rollBack(plan)).otherwise(plan) : plan);
  next(metrics, rollOut ? new Choice(scope, 'Change the fleet?')
    .when(Condition.stringEquals('$.mode', 'rollout'), rollOut)
    .when(Condition.numberGreaterThan('$.report.failures', 0), failed('Not everything undone', 'some instances did not get their options back: see restored/ and failures/ in the run'))
    .otherwise(reported) : reported);
  return DefinitionBody.fromChainable(begin);
}

function next(state: INextable, following: IChainable): void {
  state.next(following);
}
