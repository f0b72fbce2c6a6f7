import type { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CHANGING, definitionOf, rollout, stackWith, statesOf } from './templates';
import { Approval, FleetGroups, Imdsv2FleetRollout } from '../../src';
import '../support';

const asking = definitionOf(stackWith((stack) => void new Imdsv2FleetRollout(stack, 'Fleet', { dryRun: false, approval: Approval.beforeEachWave(new Topic(stack, 'Topic')) })));
const silent = definitionOf(rollout(CHANGING));

const at = (data: any, path: string): any => path.split('.').slice(1).reduce((value, name) => value[name], data);

function holds({ Or, And, Not, Variable, StringEquals, BooleanEquals, NumericGreaterThan, IsPresent, IsString }: any, data: any): boolean {
  if (Not) return !holds(Not, data);
  if (Or) return Or.some((one: any) => holds(one, data));
  if (And) return And.every((one: any) => holds(one, data));
  const value = at(data, Variable);
  if (IsPresent) return value !== undefined;
  // Step Functions ends an execution that compares what is not there.
  if (value === undefined) throw new Error(`an invalid path: got ${Variable}`);
  if (IsString) return typeof value === 'string';
  return NumericGreaterThan === undefined ? value === (StringEquals ?? BooleanEquals) : value > NumericGreaterThan;
}

/** Which states an execution goes through, and what it knows at the end; each task and map answers what is given, one after the other, or fails. */
function executed(machine: any, answers: { readonly [state: string]: readonly unknown[] }) {
  let data: any = {};
  const left = new Map(Object.entries(answers).map(([name, all]) => [name, [...all]]));
  const path: string[] = [];
  const keep = (where: string | null | undefined, value: unknown) => {
    if (where === undefined) data = value;
    else if (where !== null) data = { ...data, [where.slice(2)]: value };
  };
  for (let name = machine.StartAt; ;) {
    const state = machine.States[name];
    path.push(name);
    const answer = state.Type === 'Pass' ? state.Parameters ?? at(data, state.InputPath) : left.get(name)?.shift();
    const failed = answer instanceof Error;
    if (failed) keep(state.Catch[0].ResultPath, { Error: answer.message });
    else if (['Pass', 'Task', 'Map'].includes(state.Type)) keep(state.ResultPath, answer);
    name = failed ? state.Catch[0].Next : state.Choices?.find((choice: any) => holds(choice, data))?.Next ?? state.Default ?? state.Next;
    if (name === undefined) return { path, data, state };
  }
}

const FAILS = new Error('failed');
const BEGUN = { mode: 'rollout', acceptNoWayBack: false, bucket: 'reports', run: { id: 'run' }, from: '' };
const WAVES = { wave: { number: 1 }, instances: 1, inGroups: 0, targetsKey: 'k' };
const good = (number: number, isLast: boolean) => ({ verdict: 'good', isLast, next: { number: number + 1 } });

/** Answers of an execution in which all goes well, with two waves. */
const WELL = {
  'Begin': [BEGUN],
  'Plan': [{ targets: 2 }],
  'Report': [{ failures: 0 }],
  'Plan the waves': [WAVES],
  'Judge the way back': [{ open: true }],
  'Ask for approval': [{ approver: 'ana' }, { approver: 'bob' }],
  'Judge the wave': [good(1, false), good(2, true)],
  'Report of the changes': [{ failures: 0 }],
};

const INVENTORY = ['Begin', 'Undo an earlier run?', 'Plan', 'Anything to inspect?', 'Every account and region', 'Report', 'Put metrics', 'Change the fleet?'];
const WAY_BACK = ['Plan the waves', 'Anything to change?', 'The way back of each', 'Judge the way back', 'Is there a way back?'];
const WAVE = ['Ask for approval', 'Is it said who?', 'Change the wave', 'Bake', 'Watch the wave', 'Judge the wave', 'Go on?'];
const END = ['Report of the changes', 'Put metrics of the changes', 'Tell how it ended', 'All done?'];
const BEFORE = [...INVENTORY, ...WAY_BACK, 'First wave'];
const AFTER = ['What launches the next ones', 'All done', ...END];

test.each<[string, { readonly [state: string]: readonly unknown[] }, string[], string | undefined]>([
  ['every wave is changed', {}, [...BEFORE, ...WAVE, 'Next wave', ...WAVE, ...AFTER, 'Rolled out'], 'done'],
  ['an inventory is taken', { Begin: [{ ...BEGUN, mode: 'inventory' }] }, [...INVENTORY, 'Reported'], undefined],
  ['an inventory finds nothing to read', { Begin: [{ ...BEGUN, mode: 'inventory' }], Plan: [{ targets: 0 }] }, [...INVENTORY.filter((name) => name !== 'Every account and region'), 'Reported'], undefined],
  ['a run is undone', { Begin: [{ ...BEGUN, mode: 'rollback' }] }, [...INVENTORY.slice(0, 2), 'What it changed', 'Give back of a run', ...INVENTORY.slice(2), 'Reported'], undefined],
  ['a run is undone in part', { Begin: [{ ...BEGUN, mode: 'rollback' }], Report: [{ failures: 1 }] }, [...INVENTORY.slice(0, 2), 'What it changed', 'Give back of a run', ...INVENTORY.slice(2), 'Not everything undone'], undefined],
  ['a run that is to be undone is not found', { 'Begin': [{ ...BEGUN, mode: 'rollback' }], 'Give back of a run': [FAILS] }, [...INVENTORY.slice(0, 2), 'What it changed', 'Give back of a run', 'Not undone'], undefined],
  ['nothing is ready', { 'Plan the waves': [{ ...WAVES, instances: 0 }] }, [...INVENTORY, ...WAY_BACK.slice(0, 2), ...AFTER, 'Rolled out'], 'done'],
  ['waves cannot be planned', { 'Plan the waves': [FAILS] }, [...INVENTORY, 'Plan the waves', 'No waves', ...END, 'Stopped'], 'failed'],
  ['there is no way back', { 'Judge the way back': [{ open: false }] }, [...INVENTORY, ...WAY_BACK, 'No way back', ...END, 'Stopped'], 'no-way-back'],
  ['that is accepted', { 'Begin': [{ ...BEGUN, acceptNoWayBack: true }], 'Judge the way back': [{ open: false }], 'Judge the wave': [good(1, true)] }, [...BEFORE, ...WAVE, ...AFTER, 'Rolled out'], 'done'],
  ['the way back is not known of any', { 'The way back of each': [FAILS], 'Judge the way back': [FAILS] }, [...INVENTORY, ...WAY_BACK.slice(0, 4), 'No way back', ...END, 'Stopped'], 'no-way-back'],
  ['nobody lets it begin', { 'Ask for approval': [FAILS] }, [...BEFORE, 'Ask for approval', 'Not approved', ...END, 'Stopped'], 'not-approved'],
  ['somebody refuses the second wave', { 'Ask for approval': [{ approver: 'ana' }, FAILS] }, [...BEFORE, ...WAVE, 'Next wave', 'Ask for approval', 'Not approved', ...END, 'Stopped'], 'not-approved'],
  ...([{}, { approver: { name: 'ana' } }, { approver: '' }, 'ana'] as const).map((answer) => [
    `an answer does not say who it is from: ${JSON.stringify(answer)}`, { 'Ask for approval': [answer] },
    [...BEFORE, 'Ask for approval', 'Is it said who?', 'Not approved', ...END, 'Stopped'], 'not-approved',
  ] satisfies [string, object, string[], string]),
  ['calls are rejected', { 'Judge the wave': [{ verdict: 'rejected', isLast: true }] }, [...BEFORE, ...WAVE, 'Give back after rejections', 'Rejected', ...END, 'Stopped'], 'rejected'],
  ['calls are rejected, and the way back fails', { 'Judge the wave': [{ verdict: 'rejected' }], 'Give back after rejections': [FAILS] }, [...BEFORE, ...WAVE, 'Give back after rejections', 'Rejected, and not given back', ...END, 'Stopped'], 'rejected'],
  ['nobody watched', { 'Judge the wave': [{ verdict: 'unwatched', isLast: true }] }, [...BEFORE, ...WAVE, 'Not watched', ...END, 'Stopped'], 'unwatched'],
  ['nothing is judged', { 'Change the wave': [FAILS], 'Watch the wave': [FAILS], 'Judge the wave': [FAILS] }, [...BEFORE, ...WAVE.slice(0, -1), 'Not watched', ...END, 'Stopped'], 'unwatched'],
  ['launch templates cannot be changed', { 'Judge the wave': [good(1, true)], 'What launches the next ones': [FAILS] }, [...BEFORE, ...WAVE, 'What launches the next ones', 'No sources', ...END, 'Stopped'], 'failed'],
  ['an instance failed', { 'Judge the wave': [good(1, true)], 'Report of the changes': [{ failures: 1 }] }, [...BEFORE, ...WAVE, ...AFTER, 'Not everything done'], 'done'],
  ['nobody can be told', { 'Judge the wave': [good(1, true)], 'Tell how it ended': [FAILS] }, [...BEFORE, ...WAVE, ...AFTER, 'Rolled out'], 'done'],
])('where %s', (_, answers, path, end) => {
  const ended = executed(asking, { ...WELL, ...answers });
  expect(ended.path).toEqual(path);
  expect(ended.data.end?.state).toBe(end);
  // Whatever failed before.
  if (end) expect(ended.data).toEqual(expect.objectContaining({ bucket: 'reports', run: { id: 'run' } }));
  if (ended.state.Type === 'Fail') expect([ended.state.Error, ended.state.Cause ?? at(ended.data, ended.state.CausePath)]).toEqual(['Imdsv2FleetRollout', expect.stringMatching(/.{50}/)]);
});

describe('before groups are refreshed', () => {
  const refreshing = (approval: (stack: Stack) => Approval) => definitionOf(stackWith((stack) => void new Imdsv2FleetRollout(stack, 'Fleet', {
    dryRun: false, approval: approval(stack), groups: FleetGroups.instanceRefresh(),
  })));
  const asked = refreshing((stack) => Approval.beforeEachWave(new Topic(stack, 'Topic')));
  const [ASK, JUDGE] = ['Ask for approval of groups', 'Is it said who lets groups begin?'];
  const answers = { ...WELL, 'Judge the wave': [good(1, true)], 'Plan the waves': [{ ...WAVES, inGroups: 3 }], [ASK]: [{ approver: 'eve' }] };
  const none = { 'Plan the waves': [{ ...WAVES, instances: 0, inGroups: 3 }] };
  const REFUSED = ['Groups not approved', ...END, 'Stopped'];

  test.each<[string, object, string[]]>([
    ['somebody is asked, after the last wave', {}, [...BEFORE, ...WAVE, 'Any group to refresh?', ASK, JUDGE, ...AFTER, 'Rolled out']],
    ['somebody is asked where there is no wave', none, [...INVENTORY, ...WAY_BACK.slice(0, 2), 'Any group to refresh?', ASK, JUDGE, ...AFTER, 'Rolled out']],
    ['nobody is asked where there is none', { 'Plan the waves': [{ ...WAVES, instances: 0 }] }, [...INVENTORY, ...WAY_BACK.slice(0, 2), 'Any group to refresh?', ...AFTER, 'Rolled out']],
    ['somebody may refuse', { ...none, [ASK]: [FAILS] }, [...INVENTORY, ...WAY_BACK.slice(0, 2), 'Any group to refresh?', ASK, ...REFUSED]],
    ['an answer says who it is from', { ...none, [ASK]: [{}] }, [...INVENTORY, ...WAY_BACK.slice(0, 2), 'Any group to refresh?', ASK, JUDGE, ...REFUSED]],
  ])('%s', (_, more, path) => {
    const ended = executed(asked, { ...answers, ...more });
    expect(ended.path).toEqual(path);
    if (path.includes('Stopped')) expect(ended.data.end.state).toBe('not-approved');
  });

  test('the question says how many instances are replaced, and waits like that of a wave', () => {
    const { [ASK]: ask, 'Ask for approval': wave } = asked.States;
    expect(ask.Parameters['Subject.$']).toBe("States.Format('cdk-imdsv2: groups with {} instances wait for approval', $.waves.inGroups)");
    expect(ask.Parameters.Message).toEqual({ ...wave.Parameters.Message, 'question.$': expect.stringContaining('They replace {} instances') });
    expect([ask.Resource, ask.TimeoutSeconds, ask.ResultPath]).toEqual([wave.Resource, wave.TimeoutSeconds, wave.ResultPath]);
  });

  test('nobody is asked where nobody is to be, or nothing is replaced', () => {
    expect(refreshing(() => Approval.none()).States).not.toHaveProperty([ASK]);
    expect(asking.States).not.toHaveProperty([ASK]);
  });
});

test('nobody is told that a wave has its options back where it has not', () => {
  const reasonOf = (answers: object) => executed(asking, { ...WELL, 'Judge the wave': [{ verdict: 'rejected' }], ...answers }).data.end.reason;
  expect(reasonOf({})).toContain('the wave has its previous options back, but for what is under Failed');
  const failed = reasonOf({ 'Give back after rejections': [FAILS] });
  expect(failed).toContain('could not be given its previous options back: undo this run with the input {"rollback":');
  expect(failed).not.toContain('has its previous options back');
});

test.each(['Report of the changes', 'Put metrics of the changes'])('without its end nothing is a success: %s', (name) => {
  const { path, state } = executed(asking, { ...WELL, 'Plan the waves': [{ ...WAVES, instances: 0 }], [name]: [FAILS] });
  expect([path.at(-1), state.Error]).toEqual([name.replace(/^Report|Put metrics/, (what) => `No ${what.replace('Put ', '').toLowerCase()}`), 'Imdsv2FleetRollout']);
});

test('a wave that nobody is asked about says so, and each wave is the one that comes next', () => {
  const { path, data } = executed(silent, WELL);
  expect(path.filter((name) => name === 'Nobody is asked')).toHaveLength(2);
  expect(path).not.toContain('Tell how it ended');
  expect([path.at(-1), data.wave, data.approval]).toEqual(['Rolled out', { number: 2 }, { approver: 'nobody was asked' }]);
  expect(executed(asking, WELL).data.approval).toEqual({ approver: 'bob' });
});

describe('in each account and region', () => {
  const all = Object.fromEntries(statesOf(asking));
  const MORE = { 'bucket.$': '$.bucket', 'run.$': '$.run', 'target.$': '$$.Map.Item.Value' };
  const IN_PLACE = { mode: 'in-place' };

  test.each<[string, string, object, string[], string]>([
    ['The way back of each', '$.waves.targetsKey', {}, ['Check the way back'], 'way-back'],
    ['Change the wave', '$.wave.targetsKey', { 'wave.$': '$.wave', 'approval.$': '$.approval' }, ['Change', 'All changed?', 'Change', 'All changed?', 'Changed'], "States.Format('change/{}', $.wave.number)"],
    ['Watch the wave', '$.wave.targetsKey', { 'wave.$': '$.wave' }, ['Watch'], "States.Format('watch/{}', $.wave.number)"],
    ['Give back after rejections', '$.wave.targetsKey', { 'from.$': '$.run.id' }, ['Restore after rejections', 'All restored after rejections?', 'Restore after rejections', 'All restored after rejections?', 'Wave restored'], 'restore'],
    ['What launches the next ones', '$.waves.targetsKey', { groups: IN_PLACE, includeUnknown: false }, [
      'Change sources', 'Change sources: done?', 'Change sources: wait', 'Change sources', 'Change sources: done?', 'Sources changed',
    ], 'sources'],
    ['Give back of a run', '$.undo.targetsKey', { 'from.$': '$.from', 'groups': IN_PLACE }, [
      'Restore of a run', 'All restored of a run?', 'Restore of a run', 'All restored of a run?',
      'Restore sources', 'Restore sources: done?', 'Restore sources: wait', 'Restore sources', 'Restore sources: done?', 'Run undone',
    ], 'restore'],
  ])('%s: again until it is done, and what fails is recorded', (name, key, more, path, phase) => {
    const { ItemReader, ItemSelector, ItemProcessor } = all[name];
    expect([ItemReader.Parameters['Key.$'], ItemSelector]).toEqual([key, { ...MORE, ...more }]);
    const [first] = path;
    const twice = Object.fromEntries(Object.keys(ItemProcessor.States).map((state) => [state, [{ done: false }, { done: true }]]));
    expect(executed(ItemProcessor, twice).path).toEqual(path);
    const goesOn = name === 'Give back of a run';
    const failed = executed(ItemProcessor, { [first]: [FAILS], ...goesOn && { 'Restore sources': [FAILS] } });
    const record = failed.path[1];
    // Launch templates are set back though instances could not be.
    const after = goesOn ? ['Restore sources', 'Restore sources: record failure', 'Restore sources: record failure: done']
      : [name === 'Give back after rejections' ? 'Wave restored' : `${record}: done`];
    expect(failed.path).toEqual([first, record, ...after]);
    expect(failed.data.error).toEqual({ Error: 'failed' });
    const { Resource, Parameters } = ItemProcessor.States[record];
    expect([Resource, Parameters]).toEqual([expect.stringContaining('RecordFailure'), {
      'bucket.$': '$.bucket', 'run.$': '$.run', 'target.$': '$.target', 'error.$': '$.error', [phase.startsWith('States.') ? 'phase.$' : 'phase']: phase,
    }]);
  });
});

test.each(['What launches the next ones', 'Give back of a run'])('%s: waits a week for an instance refresh before its history is full', (map) => {
  const { States: states } = Object.fromEntries(statesOf(asking))[map].ItemProcessor;
  const [wait] = Object.keys(states).filter((name) => states[name].Type === 'Wait');
  const [task, choice] = [states[wait].Next, states[states[wait].Next].Next];
  expect(states[choice].Default).toBe(wait);
  // Every state is entered and left; a function is scheduled, started and ends.
  const events = [wait, task, choice].reduce((sum, name) => sum + (states[name].Type === 'Task' ? 5 : 2), 0);
  // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
  expect(25_000 / events * states[wait].Seconds).toBeGreaterThan(7 * 24 * 3600);
});

test('launch templates are set back though what is not restored could not even be recorded, and know what they are about', () => {
  const { ItemProcessor } = asking.States['Give back of a run'];
  const { path } = executed(ItemProcessor, { 'Restore of a run': [FAILS], 'Record what is not restored of a run': [FAILS], 'Restore sources': [{ done: true }] });
  expect(path.slice(1)).toEqual(['Record what is not restored of a run', 'Restore sources', 'Restore sources: done?', 'Run undone']);
  expect(ItemProcessor.States[path[1]].Catch[0].ResultPath).toBeNull();
});

test('launch templates that cannot be set back are recorded apart from instances', () => {
  const { ItemProcessor } = asking.States['Give back of a run'];
  const { path } = executed(ItemProcessor, { 'Restore of a run': [{ done: true }], 'Restore sources': [FAILS] });
  expect(path).toEqual(['Restore of a run', 'All restored of a run?', 'Restore sources', 'Restore sources: record failure', 'Restore sources: record failure: done']);
  expect(ItemProcessor.States[path[3]].Parameters.phase).toBe('restore-sources');
});

test('the question and the end say which run, which wave and where the report is', () => {
  const { 'Ask for approval': ask, 'Tell how it ended': tell } = asking.States;
  const names = { 'run.$': '$.run.id', 'report.$': "States.Format('s3://{}/{}', $.bucket, $.report.page)" };
  expect(ask.Parameters).toEqual({
    'TopicArn': expect.stringMatching(/^Topic/),
    'Subject.$': expect.stringContaining('{} of {} waits for approval\', $.wave.number, $.wave.of)'),
    'Message': {
      ...names,
      'question.$': expect.stringContaining(', $.wave.number, $.wave.of, $.wave.instances)'),
      'taskToken.$': '$$.Task.Token',
      'yes': expect.stringMatching(/send-task-success --task-token .* --task-output .*"approver"/),
      'no': expect.stringMatching(/send-task-failure --task-token/),
    },
  });
  expect(tell.Parameters).toEqual({
    'TopicArn': ask.Parameters.TopicArn,
    'Subject.$': expect.stringContaining('{}\', $.end.state)'),
    'Message': { ...names, 'end.$': '$.end.reason', 'failures.$': '$.report.failures', 'open.$': '$.report.open' },
  });
});

test('the states are given what they are about', () => {
  const given = (name: string) => asking.States[name].Parameters;
  const run = { 'bucket.$': '$.bucket', 'run.$': '$.run' };
  expect(given('Judge the way back')).toEqual(run);
  expect(given('Judge the wave')).toEqual({ ...run, 'wave.$': '$.wave', 'maxRejections': 0 });
  expect(given('Report of the changes')).toEqual({ ...run, 'stateMachine.$': '$$.StateMachine.Name', 'end.$': '$.end' });
  expect(given('What it changed')).toEqual({ 'targetsKey.$': "States.Format('runs/{}/change-targets.json', $.from)" });
  expect(asking.States['What it changed'].ResultPath).toBe('$.undo');
  expect(statesOf(asking).filter(([, { Type }]) => Type === 'Wait').map(([name, { Seconds }]) => [name, Seconds]).sort()).toEqual([
    ['Bake', 3600], ['Change sources: wait', 300], ['Restore sources: wait', 300],
  ]);
  // Each calls the function that its name says.
  const functions: { readonly [state: string]: RegExp } = {
    'Plan the waves': /PlanWaves/,
    'Check the way back': /CheckWayBack/,
    'Judge the way back': /JudgeWayBack/,
    'Change': /FleetChange(?!Sources)/,
    'Watch': /FleetWatch/,
    'Judge the wave': /JudgeWave/,
    'Restore after rejections': /FleetRestore(?!Sources)/,
    'Restore of a run': /FleetRestore(?!Sources)/,
    'Change sources': /ChangeSources/,
    'Restore sources': /RestoreSources/,
    'Report of the changes': /FleetReport/,
  };
  const all = Object.fromEntries(statesOf(asking));
  for (const [name, expected] of Object.entries(functions)) expect([name, all[name].Resource]).toEqual([name, expect.stringMatching(expected)]);
});
