import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Choice, Condition, Fail, JsonPath, Pass, Succeed, Wait, WaitTime, type IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Approval } from './approval';
import type { ChangingStates } from './definition';
import type { GroupSettings } from './handlers/ledger';
import { RUN, type Tasks } from './tasks';

/** What the states that change something call. */
export interface ChangingProps {
  readonly planWaves: IFunction;
  readonly checkWayBack: IFunction;
  readonly change: IFunction;
  readonly watch: IFunction;
  readonly restore: IFunction;
  readonly changeSources: IFunction;
  readonly restoreSources: IFunction;
  readonly judgeWayBack: IFunction;
  readonly judgeWave: IFunction;
  readonly report: IFunction;
  /** What decides which instances are in which wave. */
  readonly waves: { readonly [name: string]: unknown };
  readonly approval: Approval;
  readonly bake: Duration;
  readonly maxRejections: number;
  /** How the instances of groups come to require tokens. */
  readonly groups: GroupSettings;
}

const STOPPED = 'Imdsv2FleetRollout';

/** What every message says of the run. */
const NAMES = { 'run.$': '$.run.id', 'report.$': "States.Format('s3://{}/{}', $.bucket, $.report.page)" };

/**
 * Waves: is there a way back, may it begin, change, wait, what was rejected, back or on. Every end is a report of its own,
 * and only a run that did all it was to do succeeds.
 */
export function changingStates(tasks: Tasks, props: ChangingProps): ChangingStates {
  const { scope } = tasks;
  const end = endOf(tasks, props.report, props.approval);
  const stop = (id: string, state: string, reason: string) => tasks.ended(id, state, reason).next(end);

  const planWaves = tasks.call('Plan the waves', props.planWaves, { ...RUN, ...props.waves }, '$.waves');
  const done = stop('All done', 'done', 'every wave was changed, no more was rejected than is allowed, and what launches the next instances was changed where it may be');
  planWaves.addCatch(stop('No waves', 'failed', 'which instances are in which wave could not be written down: see the log of the function PlanWaves'), { resultPath: JsonPath.DISCARD });

  const checkWayBack = tasks.call('Check the way back', props.checkWayBack);
  checkWayBack.addCatch(tasks.recorded('Record what is not checked', failure('way-back')), { resultPath: '$.error' });
  const wayBack = tasks.map('The way back of each', { items: '$.waves.targetsKey', processor: checkWayBack });
  const judgeWayBack = tasks.call('Judge the way back', props.judgeWayBack, RUN, '$.wayBack');
  const noWayBack = stop('No way back', 'no-way-back',
    'in an account or region what is changed could not be changed back: see way-back/ in the run; with the input {"acceptNoWayBack":true} it is changed nevertheless');
  wayBack.addCatch(judgeWayBack, { resultPath: JsonPath.DISCARD });
  judgeWayBack.addCatch(noWayBack, { resultPath: JsonPath.DISCARD });

  const sources = tasks.map('What launches the next ones', {
    items: '$.waves.targetsKey',
    more: { groups: props.groups, includeUnknown: props.waves.includeUnknown },
    processor: untilQuiet(tasks, 'Change sources', props.changeSources, 'sources', tasks.nothing('Sources changed')),
  });
  sources.addCatch(stop('No sources', 'failed', 'every wave was changed; launch templates and groups could not be'), { resultPath: JsonPath.DISCARD });
  sources.next(done);
  const afterWaves = beforeGroups(tasks, props, sources, () => stop('Groups not approved', 'not-approved',
    'every wave was changed; nobody let the instances of groups be replaced in time and said who it is, or somebody refused: launch templates and groups are left alone'));

  const change = tasks.call('Change', props.change);
  change.addCatch(tasks.recorded('Record what is not changed', failure("States.Format('change/{}', $.wave.number)")), { resultPath: '$.error' });
  change.next(untilDone(tasks, 'All changed?', change, tasks.nothing('Changed')));
  const wave = tasks.map('Change the wave', { items: '$.wave.targetsKey', more: { 'wave.$': '$.wave', 'approval.$': '$.approval' }, processor: change });

  const bake = new Wait(scope, 'Bake', { time: WaitTime.duration(props.bake) });
  const watch = tasks.call('Watch', props.watch);
  watch.addCatch(tasks.recorded('Record what is not watched', failure("States.Format('watch/{}', $.wave.number)")), { resultPath: '$.error' });
  const watched = tasks.map('Watch the wave', { items: '$.wave.targetsKey', more: { 'wave.$': '$.wave' }, processor: watch });
  const judge = tasks.call('Judge the wave', props.judgeWave, { ...RUN, 'wave.$': '$.wave', 'maxRejections': props.maxRejections }, '$.verdict');
  const unwatched = stop('Not watched', 'unwatched',
    'what a wave rejected is not known of every account and region: the waves that follow are left alone, and what is changed stays; see failures/watch/ in the run');
  wave.addCatch(bake, { resultPath: JsonPath.DISCARD });
  watched.addCatch(judge, { resultPath: JsonPath.DISCARD });
  judge.addCatch(unwatched, { resultPath: JsonPath.DISCARD });

  const back = tasks.map('Give back after rejections', {
    items: '$.wave.targetsKey', more: { from: JsonPath.stringAt('$.run.id') }, processor: restoring(tasks, props.restore, 'after rejections', tasks.nothing('Wave restored')),
  });
  const REJECTED = 'more calls without a token were rejected after a wave than are allowed (see rejections/ in the run)';
  const rejected = stop('Rejected', 'rejected',
    `${REJECTED}: the wave has its previous options back, but for what is under Failed and in failures/restore/, and those that follow are left alone`);
  back.addCatch(stop('Rejected, and not given back', 'rejected',
    `${REJECTED}, and the wave could not be given its previous options back: undo this run with the input {"rollback":"<its id>"}`), { resultPath: JsonPath.DISCARD });
  back.next(rejected);

  const first = new Pass(scope, 'First wave', { inputPath: '$.waves.wave', resultPath: '$.wave' });
  const following = new Pass(scope, 'Next wave', { inputPath: '$.verdict.next', resultPath: '$.wave' });
  const approve = approvalOf(tasks, props.approval, WAVE, wave, () => stop('Not approved', 'not-approved',
    'nobody let the next wave begin in time and said who it is, or somebody refused: it is left alone, with those that follow'));
  first.next(approve);
  following.next(approve);
  wave.next(bake).next(watched).next(judge).next(new Choice(scope, 'Go on?')
    .when(Condition.stringEquals('$.verdict.verdict', 'rejected'), back)
    .when(Condition.stringEquals('$.verdict.verdict', 'unwatched'), unwatched)
    .when(Condition.booleanEquals('$.verdict.isLast', true), afterWaves)
    .otherwise(following));

  planWaves.next(new Choice(scope, 'Anything to change?')
    .when(Condition.numberGreaterThan('$.waves.instances', 0), wayBack)
    .otherwise(afterWaves));
  wayBack.next(judgeWayBack).next(new Choice(scope, 'Is there a way back?')
    .when(Condition.or(Condition.booleanEquals('$.wayBack.open', true), Condition.booleanEquals('$.acceptNoWayBack', true)), first)
    .otherwise(noWayBack));

  return {
    rollOut: planWaves,
    rollBack: (plan) => {
      const find = new Pass(scope, 'What it changed', {
        parameters: { 'targetsKey.$': "States.Format('runs/{}/change-targets.json', $.from)" }, resultPath: '$.undo',
      });
      const undo = tasks.map('Give back of a run', {
        items: '$.undo.targetsKey',
        more: { from: JsonPath.stringAt('$.from'), groups: props.groups },
        processor: restoring(tasks, props.restore, 'of a run', untilQuiet(tasks, 'Restore sources', props.restoreSources, 'restore-sources', tasks.nothing('Run undone'))),
      });
      undo.addCatch(new Fail(scope, 'Not undone', { error: STOPPED, cause: 'what the run changed could not be read: is it the id of a run that changed something?' }));
      return find.next(undo).next(plan);
    },
  };
}

function untilDone(tasks: Tasks, id: string, again: IChainable, following: IChainable): Choice {
  return new Choice(tasks.scope, id).when(Condition.booleanEquals('$.done', true), following).otherwise(again);
}

/** The payload of what records that one account and region failed. */
function failure(phase: string): { readonly [name: string]: unknown } {
  return { ...RUN, 'target.$': '$.target', 'error.$': '$.error', ...phase.startsWith('States.') ? { 'phase.$': phase } : { phase } };
}

/** Gives instances their options back, call by call; what follows needs none of them. */
function restoring(tasks: Tasks, restore: IFunction, which: string, following: IChainable): IChainable {
  const task = tasks.call(`Restore ${which}`, restore);
  task.addCatch(tasks.recorded(`Record what is not restored ${which}`, failure('restore'), following), { resultPath: '$.error' });
  task.next(untilDone(tasks, `All restored ${which}?`, task, following));
  return task;
}

/**
 * Between two looks at an instance refresh. Each leaves 9 events in a history that may have 25,000: every minute would fill it in
 * less than two days, and a large group takes longer.
 */
const BETWEEN_LOOKS = Duration.minutes(5);

/** Launch templates and groups, again and again until no instance refresh is under way. */
function untilQuiet(tasks: Tasks, id: string, lambda: IFunction, phase: string, following: IChainable): IChainable {
  const task = tasks.call(id, lambda);
  const wait = new Wait(tasks.scope, `${id}: wait`, { time: WaitTime.duration(BETWEEN_LOOKS) });
  task.addCatch(tasks.recorded(`${id}: record failure`, failure(phase)), { resultPath: '$.error' });
  task.next(untilDone(tasks, `${id}: done?`, wait, following));
  wait.next(task);
  return task;
}

/** What somebody is asked, and the states that do so. */
interface Question {
  readonly ask: string;
  readonly judge: string;
  readonly text: string;
  readonly subject: string;
}

const WAVE: Question = {
  ask: 'Ask for approval',
  judge: 'Is it said who?',
  text: "States.Format('May wave {} of {} begin? It makes {} instances require IMDSv2.', $.wave.number, $.wave.of, $.wave.instances)",
  subject: "States.Format('cdk-imdsv2: wave {} of {} waits for approval', $.wave.number, $.wave.of)",
};

const GROUPS: Question = {
  ask: 'Ask for approval of groups',
  judge: 'Is it said who lets groups begin?',
  text: "States.Format('May groups be refreshed? They replace {} instances that are ready, and launch others that require IMDSv2.', $.waves.inGroups)",
  subject: "States.Format('cdk-imdsv2: groups with {} instances wait for approval', $.waves.inGroups)",
};

/** Instances of groups are in no wave, which somebody would be asked about, where their groups replace them. */
function beforeGroups(tasks: Tasks, { approval, groups }: ChangingProps, granted: IChainable, refused: () => IChainable): IChainable {
  if (!approval._topic || groups.mode !== 'instance-refresh') return granted;
  return new Choice(tasks.scope, 'Any group to refresh?')
    .when(Condition.numberGreaterThan('$.waves.inGroups', 0), approvalOf(tasks, approval, GROUPS, granted, refused))
    .otherwise(granted);
}

/** Asks, and waits for an answer that says who it is from; without anybody to ask says so. */
function approvalOf(tasks: Tasks, approval: Approval, question: Question, granted: IChainable, refused: () => IChainable): IChainable {
  const { scope } = tasks;
  const { _topic: topic, _timeout: timeout } = approval;
  if (!topic) return new Pass(scope, 'Nobody is asked', { parameters: { approver: 'nobody was asked' }, resultPath: '$.approval' }).next(granted);
  const ask = tasks.publish(question.ask, topic, {
    'question.$': question.text,
    ...NAMES,
    'taskToken.$': '$$.Task.Token',
    'yes': 'aws stepfunctions send-task-success --task-token <taskToken> --task-output \'{"approver":"<your name>"}\'',
    'no': 'aws stepfunctions send-task-failure --task-token <taskToken> --error Refused --cause "<why>"',
  }, question.subject, timeout);
  const refusal = refused();
  ask.addCatch(refusal, { resultPath: '$.refusal' });
  // Looked at here: a path that an answer does not have would end the execution, past every catch and without a report.
  const who = '$.approval.approver';
  const isSaid = Condition.and(Condition.isPresent(who), Condition.isString(who), Condition.not(Condition.stringEquals(who, '')));
  ask.next(new Choice(scope, question.judge).when(isSaid, granted).otherwise(refusal));
  return ask;
}

/** The report of what was done, its metrics, and the end, of which those are told who were asked. */
function endOf(tasks: Tasks, lambda: IFunction, { _topic: topic }: Approval): IChainable {
  const { scope } = tasks;
  const failed = (id: string, cause: string) => new Fail(scope, id, { error: STOPPED, cause });
  const report = tasks.call('Report of the changes', lambda, { ...RUN, 'stateMachine.$': '$$.StateMachine.Name', 'end.$': '$.end' }, '$.report');
  report.addCatch(failed('No report of the changes', 'what was changed is recorded, and could not be reported: see the log of the function Report, and redrive the execution'));
  const metrics = tasks.putMetrics('Put metrics of the changes');
  metrics.addCatch(failed('No metrics of the changes', 'the report is written, and its metrics could not be put'));
  report.next(metrics);
  const allDone = new Choice(scope, 'All done?')
    .when(Condition.not(Condition.stringEquals('$.end.state', 'done')), new Fail(scope, 'Stopped', { error: STOPPED, causePath: '$.end.reason' }))
    .when(Condition.numberGreaterThan('$.report.failures', 0), failed('Not everything done', 'some instances could not be changed, or it is not known whether they were: see the report'))
    .otherwise(new Succeed(scope, 'Rolled out'));
  if (!topic) {
    metrics.next(allDone);
    return report;
  }
  const tell = tasks.publish('Tell how it ended', topic, {
    'end.$': '$.end.reason', 'failures.$': '$.report.failures', 'open.$': '$.report.open', ...NAMES,
  }, "States.Format('cdk-imdsv2: a run ended, {}', $.end.state)");
  // Nobody hears of it; what was done is done.
  tell.addCatch(allDone, { resultPath: JsonPath.DISCARD });
  metrics.next(tell);
  tell.next(allDone);
  return report;
}
