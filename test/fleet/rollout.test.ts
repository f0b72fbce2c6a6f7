import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { actionsOf, CHANGING, definitionOf, permissions, ROLE, rollout, stackWith, statesOf, tasksOf } from './templates';
import {
  AccountRegions, Approval, FleetAccounts, FleetGroups, HopLimit, Imdsv2FleetChangeRole, Imdsv2FleetRollout, Wave, type Imdsv2FleetRolloutProps,
} from '../../src';
import '../support';

const asking = (groups?: FleetGroups) => stackWith((stack) => void new Imdsv2FleetRollout(stack, 'Fleet', { dryRun: false, approval: Approval.beforeEachWave(new Topic(stack, 'Topic')), groups }));

describe.each<[string, () => any]>([
  ['a dry run', () => definitionOf(rollout())], ['one that changes', () => definitionOf(rollout(CHANGING))], ['one that asks', () => definitionOf(asking())],
  ['one that asks before it refreshes groups', () => definitionOf(asking(FleetGroups.instanceRefresh()))],
])('the definition of %s', (_, machineOf) => {
  const machine = machineOf();

  test('reaches every state, and every map ends', () => {
    const walk = ({ StartAt, States }: any): void => {
      const reached = new Set<string>();
      const pending = [StartAt];
      while (pending.length > 0) {
        const name = pending.pop();
        if (reached.has(name)) continue;
        reached.add(name);
        const { Next, Default, Choices = [], Catch = [], End, Type, ItemProcessor } = States[name];
        const next = [Next, Default, ...[...Choices, ...Catch].map((branch: any) => branch.Next)].filter(Boolean);
        expect([name, next.every((other) => other in States), next.length > 0 || End || ['Succeed', 'Fail'].includes(Type)]).toEqual([name, true, true]);
        pending.push(...next);
        if (ItemProcessor) walk(ItemProcessor);
      }
      expect([...reached].sort()).toEqual(Object.keys(States).sort());
    };
    walk(machine);
  });

  test('knows after an error still what it is about', () => {
    const all = Object.fromEntries(statesOf(machine));
    const caught = statesOf(machine).flatMap(([name, { Catch = [] }]) => Catch.map(({ Next, ResultPath }: any) => [name, ['Fail', 'Succeed'].includes(all[Next].Type) || ResultPath !== undefined]));
    expect(caught.filter(([, knows]) => !knows)).toEqual([]);
    expect(caught.length).toBeGreaterThan(5);
  });

  test('has a time limit, another try and a catch for every task, and a catch for every map', () => {
    for (const [name, { TimeoutSeconds, Retry, Catch }] of tasksOf(machine)) {
      expect([name, TimeoutSeconds >= 960, Retry.length > 0, Catch[0].ErrorEquals]).toEqual([name, true, true, ['States.ALL']]);
      if (!/^Ask for approval|^Tell how it ended$/.test(name)) expect([name, Retry.at(-1)]).toEqual([name, expect.objectContaining({ ErrorEquals: ['States.ALL'], MaxAttempts: 4 })]);
    }
    for (const [name, { Type, Catch, ToleratedFailurePercentage, MaxConcurrency, ResultPath, ItemProcessor }] of statesOf(machine)) {
      if (Type !== 'Map') continue;
      expect([name, Catch[0].ErrorEquals, ToleratedFailurePercentage, MaxConcurrency, ResultPath]).toEqual([name, ['States.ALL'], 100, 40, null]);
      // What a map results in may have 256 KiB.
      expect(Object.values<any>(ItemProcessor.States).filter((state) => state.Type === 'Succeed').every(({ OutputPath }) => OutputPath === null)).toBe(true);
    }
  });
});

describe('the roles', () => {
  test('of a dry run can change nothing but their own objects', () => {
    const actions = Object.entries(permissions(rollout({ accounts: FleetAccounts.of(['222222222222'], ROLE) }))).flatMap(([role, statements]) => actionsOf(statements).map((action) => `${role} ${action}`));
    expect(actions.filter((action) => !/ (ec2|autoscaling):Describe| ec2:Get| iam:(Get|List)| cloudwatch:GetMetricData| s3:(Get|List|PutObject)| lambda:InvokeFunction| states:| sts:AssumeRole| cloudwatch:PutMetricData/.test(action))).toEqual([]);
    expect(JSON.stringify(actions)).not.toContain('Writer');
    expect(JSON.stringify(rollout({ accounts: FleetAccounts.of(['222222222222'], ROLE) }).toJSON())).not.toContain(':role/imdsv2-inspection-change');
  });

  const CHANGES = ['ec2:ModifyInstanceMetadataOptions', 'ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'];
  const REFRESHES = ['autoscaling:StartInstanceRefresh', 'autoscaling:CancelInstanceRefresh'];
  const changesOf = (statements: any[]) => actionsOf(statements).filter((action) => !/^(ec2|autoscaling|cloudformation):(Describe|Get)|^cloudwatch:GetMetricData$|^s3:/.test(action));

  test('only one changes anything, and refreshes no group unless that is wanted', () => {
    const { FleetWriterRole: writer, ...others } = permissions(rollout({ ...CHANGING, regions: AccountRegions.of(['eu-west-1']) }));
    expect(changesOf(writer)).toEqual(CHANGES);
    expect(Object.values(others).flatMap(actionsOf).filter((action) => [...CHANGES, ...REFRESHES].includes(action))).toEqual([]);
    for (const { Action, Resource, Condition } of writer.filter(({ Action: action }) => CHANGES.includes([action].flat()[0]))) {
      expect([Action, JSON.stringify(Resource)]).toEqual([Action, expect.stringMatching(/AWS::Partition.*:ec2:\*:.*AWS::AccountId.*:(instance|launch-template)\/\*/)]);
      expect(Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } });
    }
    // Who changes something has to know who calls without a token by then.
    expect(actionsOf(writer)).toContain('cloudwatch:GetMetricData');
    const refreshing = permissions(rollout({ ...CHANGING, groups: FleetGroups.instanceRefresh() }));
    expect(changesOf(refreshing.FleetWriterRole)).toEqual([...CHANGES, ...REFRESHES]);
  });

  test('that changes other accounts may assume a role of its own there, and trusts its name', () => {
    const template = rollout({ ...CHANGING, accounts: FleetAccounts.of(['222222222222'], ROLE) });
    expect(changesOf(permissions(template).FleetWriterRole)).toEqual(['sts:AssumeRole']);
    expect(JSON.stringify(permissions(template).FleetWriterRole.find(({ Action }) => Action === 'sts:AssumeRole').Resource)).toContain(':iam::222222222222:role/imdsv2-inspection-change');
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'imdsv2-inspection-writer' });
    const there = (instanceRefresh?: boolean) => stackWith((stack) => void new Imdsv2FleetChangeRole(stack, 'R', { trustedAccount: '111111111111', ...ROLE, instanceRefresh }));
    there().hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'imdsv2-inspection-change',
      AssumeRolePolicyDocument: { Statement: [{ Condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111111111111:role/imdsv2-inspection-writer']] } } } }] },
    });
    expect(Object.values(permissions(there())).map(changesOf)).toEqual([CHANGES]);
    expect(Object.values(permissions(there(true))).map(changesOf)).toEqual([[...CHANGES, ...REFRESHES]]);
    expect(JSON.stringify(there().toJSON())).not.toContain('cdk-hnb659fds-assets');
  });

  test('that begins may lock, and ask whether other executions of this state machine run', () => {
    const statements = permissions(rollout(CHANGING)).FleetStarterRole;
    expect(actionsOf(statements)).toEqual(['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'states:DescribeExecution']);
    expect(JSON.stringify(statements[0].Resource)).toContain('/lock.json');
    expect(JSON.stringify(statements[2].Resource)).toMatch(/:execution:.*FleetStateMachine.*:\*/);
  });

  test('of the state machine may ask in the topic', () => {
    expect(actionsOf(permissions(asking()).FleetStateMachineRole)).toContain('sns:Publish');
  });
});

test('the schedule takes inventory, whatever an execution may change', () => {
  for (const props of [{}, CHANGING]) rollout(props).hasResourceProperties('AWS::Scheduler::Schedule', { Target: { Input: '{"inventory":true}' } });
});

test('a wave may be one percent, or less, or all; a question waits a week, or from a minute to 90 days', () => {
  for (const percent of [0.5, 1, 100]) expect(definitionOf(rollout({ ...CHANGING, waves: [Wave.percent(percent)] })).States['Plan the waves'].Parameters.waves).toEqual([{ percent }]);
  for (const [timeout, seconds] of [[undefined, 604_800], [Duration.minutes(1), 60], [Duration.days(90), 7_776_000]] as const) {
    const template = stackWith((stack) => void new Imdsv2FleetRollout(stack, 'Fleet', { dryRun: false, approval: Approval.beforeEachWave(new Topic(stack, 'Topic'), { timeout }) }));
    expect(definitionOf(template).States['Ask for approval'].TimeoutSeconds).toBe(seconds);
  }
});

test.each<[string, Imdsv2FleetRolloutProps, object, object]>([
  ['nothing more', {}, {
    waves: [{ instances: 5 }, { percent: 25 }, {}], includeUnknown: false, refreshesGroups: false, containerHostHopLimit: 2,
  }, { bake: 3600, maxRejections: 0, changesPerSecond: 3, groups: { mode: 'in-place' } }],
  ['everything', {
    waves: [Wave.percent(50), Wave.instances(7)],
    includeUnknown: true,
    hopLimit: HopLimit.HOST,
    containerHostHopLimit: HopLimit.of(3),
    bake: Duration.days(2),
    maxRejections: 9,
    changesPerSecond: 0.5,
    groups: FleetGroups.instanceRefresh(),
    accounts: FleetAccounts.organization(ROLE),
  }, {
    waves: [{ percent: 50 }, { instances: 7 }], includeUnknown: true, refreshesGroups: true, hopLimit: 1, containerHostHopLimit: 3, changeRoleName: 'imdsv2-inspection-change',
  }, { bake: 172_800, maxRejections: 9, changesPerSecond: 0.5, groups: { mode: 'instance-refresh', minHealthyPercentage: 90 } }],
])('the states are told what the props say: %s', (_, props, waves, { bake, maxRejections, changesPerSecond, groups }: any) => {
  const { States } = definitionOf(rollout({ ...CHANGING, ...props }));
  expect(States['Plan the waves'].Parameters).toEqual({ 'bucket.$': '$.bucket', 'run.$': '$.run', 'partition': 'AWS::Partition', ...waves });
  expect([States.Bake.Seconds, States['Judge the wave'].Parameters.maxRejections, States.Begin.Parameters.changesPerSecond]).toEqual([bake, maxRejections, changesPerSecond]);
  expect(States.Begin.Parameters.changes).toBe(true);
  expect(States['What launches the next ones'].ItemSelector).toEqual(expect.objectContaining({ groups, includeUnknown: (waves as any).includeUnknown }));
  expect(States['Give back of a run'].ItemSelector).toEqual(expect.objectContaining({ 'groups': groups, 'from.$': '$.from' }));
});

test('a question waits as long as is said, for somebody who says a name', () => {
  const template = stackWith((stack) => void new Imdsv2FleetRollout(stack, 'Fleet', {
    dryRun: false, approval: Approval.beforeEachWave(new Topic(stack, 'Topic'), { timeout: Duration.hours(5) }),
  }));
  const { TimeoutSeconds, Resource, Catch, ResultPath } = definitionOf(template).States['Ask for approval'];
  expect([TimeoutSeconds, Resource, Catch[0].Next, ResultPath]).toEqual([18_000, expect.stringContaining('sns:publish.waitForTaskToken'), 'Not approved', '$.approval']);
});

const token = Duration.seconds(Token.asNumber(Lazy.any({ produce: () => 1 })));

test.each<[string, () => unknown, string]>([
  ['nobody to ask', () => rollout({ dryRun: false }), "'S/Fleet' asks nobody: got dryRun false and no approval, expected Approval.beforeEachWave(topic), or Approval.none()"],
  ['a topic instead of an approval', () => rollout({ dryRun: false, approval: new Topic(new Stack(), 'Topic') as any }),
    "'S/Fleet' has a value of approval that is none: got Default/Topic, expected Approval.beforeEachWave(topic) or Approval.none()"],
  ['a number instead of a wave', () => rollout({ waves: [5] as any }), "'S/Fleet' has a value of waves that is none: got 5, expected Wave.instances(5)"],
  ['a number instead of a hop limit', () => rollout({ hopLimit: 2 as any }), 'has a value of hopLimit that is none: got 2, expected HopLimit.HOST (1)'],
  ['a number for container hosts', () => rollout({ containerHostHopLimit: 2 as any }), 'has a value of containerHostHopLimit that is none: got 2'],
  ['a word instead of groups', () => rollout({ groups: 'in-place' as any }), 'has a value of groups that is none: got in-place, expected FleetGroups.inPlace()'],
  ['a list instead of accounts', () => rollout({ accounts: ['111122223333'] as any }), 'has a value of accounts that is none: got 111122223333, expected FleetAccounts.of('],
  ['a list instead of regions', () => rollout({ regions: ['eu-west-1'] as any }), "'S/Fleet' has regions that are no AccountRegions: got [\"eu-west-1\"]"],
  ['no wave', () => rollout({ waves: [] }), 'has no wave: got an empty list'],
  ['a wave after the last one', () => rollout({ waves: [Wave.remaining(), Wave.instances(1)] }), 'has a wave with nothing left: got 1 behind Wave.remaining()'],
  ['an empty wave', () => Wave.instances(0), 'got 0 instances, expected a whole number from 1 on'],
  ['half an instance', () => Wave.instances(1.5), 'got 1.5 instances'],
  ['no percent', () => Wave.percent(0), 'got 0 percent, expected more than 0 and at most 100'],
  ['too many percent', () => Wave.percent(101), 'got 101 percent'],
  ['a percentage that is none', () => Wave.percent(NaN), 'got NaN percent'],
  ['a percentage in words', () => Wave.percent('25' as any), 'a wave has no size: got 25 percent'],
  ['a question for nobody', () => Approval.beforeEachWave(undefined as any), 'an approval has no topic: got undefined, expected an SNS topic, or Approval.none()'],
  ['a bake that sees no metric', () => rollout({ bake: Duration.minutes(9) }), 'cannot watch a wave that long: got 9 minutes, expected 10 minutes to 30 days'],
  ['a bake of a year', () => rollout({ bake: Duration.days(31) }), 'got 31 days'],
  ['a bake that is not known', () => rollout({ bake: token }), 'got a token'],
  ['fewer rejections than none', () => rollout({ maxRejections: -1 }), 'allows no such number of rejections: got -1'],
  ['half a rejection', () => rollout({ maxRejections: 0.5 }), 'got 0.5, expected a whole number'],
  ['faster than EC2', () => rollout({ changesPerSecond: 5 }), 'cannot change so many instances a second: got 5, expected more than 0 and at most 4'],
  ['no speed', () => rollout({ changesPerSecond: 0 }), 'got 0, expected more than 0'],
  ['a question for less than a second', () => stackWith((stack) => void Approval.beforeEachWave(new Topic(stack, 'T'), { timeout: Duration.millis(500) })), 'an answer cannot be waited for so long'],
  ['a question for ever', () => stackWith((stack) => void Approval.beforeEachWave(new Topic(stack, 'T'), { timeout: Duration.days(91) })), 'an answer cannot be waited for so long: got 91 days'],
  ['a question for no time', () => stackWith((stack) => void Approval.beforeEachWave(new Topic(stack, 'T'), { timeout: Duration.seconds(59) })), 'expected a minute to 90 days'],
  ['a question for who knows how long', () => stackWith((stack) => void Approval.beforeEachWave(new Topic(stack, 'T'), { timeout: token })), 'got a token'],
  ['a topic that takes no question', () => stackWith((stack) => void Approval.beforeEachWave(new Topic(stack, 'T', { fifo: true }))), "a question cannot go to a FIFO topic: got 'S/T', expected a standard topic"],
  ['a change role that trusts no account', () => stackWith((stack) => void new Imdsv2FleetChangeRole(stack, 'R', { trustedAccount: 'me', ...ROLE })), "'S/R' trusts no account: got \"me\""],
])('what is wrong is an error at synthesis: %s', (_, act, message) => expect(act).toThrow(message));
