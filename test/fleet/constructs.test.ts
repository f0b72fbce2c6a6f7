import { Aws, Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { actionsOf, CHANGING, definitionOf, permissions, ROLE, rollout, stackWith, tasksOf } from './templates';
import { bundleFunctions } from '../../projenrc/bundle-functions';
import { AccountRegions, FleetAccounts, Imdsv2FleetInspectionRole, Imdsv2FleetRollout, type Imdsv2FleetRolloutProps } from '../../src';
import '../support';

const READS = [
  'ec2:DescribeInstances', 'ec2:DescribeLaunchTemplateVersions', 'ec2:GetInstanceMetadataDefaults', 'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeLaunchConfigurations', 'cloudwatch:GetMetricData', 'ec2:DescribeRegions', 'iam:GetInstanceProfile', 'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:GetPolicy', 'iam:GetPolicyVersion',
];

describe('the roles', () => {
  test('of an account that reads itself may do exactly this', () => {
    const roles = permissions(rollout({ regions: AccountRegions.of(['eu-west-1']) }));
    expect(Object.fromEntries(Object.entries(roles).map(([role, statements]) => [role, actionsOf(statements)]))).toEqual({
      FleetReaderRole: ['s3:PutObject', ...READS],
      FleetRecorderRole: ['s3:PutObject'],
      FleetStarterRole: [],
      FleetReporterRole: ['s3:PutObject', 's3:GetObject', 's3:ListBucket'],
      FleetStateMachineRole: [
        ...Array(3).fill('lambda:InvokeFunction'), 's3:GetObject', ...Array(2).fill('lambda:InvokeFunction'), 'cloudwatch:PutMetricData',
        'states:StartExecution', 'states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution',
      ],
      SchedulerRoleForTargete2d4df: ['states:StartExecution'],
    });
    const [write, inRegions] = roles.FleetReaderRole;
    expect(write.Resource).toEqual({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringContaining('FleetReports'), 'Arn'] }, '/runs/*']] });
    expect(inRegions.Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } });
    expect(roles.FleetStateMachineRole.find(({ Action }) => Action === 'cloudwatch:PutMetricData').Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'cdk-imdsv2' } });
  });

  test('that reads other accounts may only assume their role', () => {
    const template = rollout({ accounts: FleetAccounts.of(['222222222222', '333333333333'], ROLE), regions: AccountRegions.allEnabled() });
    const statements = permissions(template).FleetReaderRole;
    expect(actionsOf(statements)).toEqual(['s3:PutObject', 'sts:AssumeRole']);
    expect(statements[1].Resource).toEqual(['222222222222', '333333333333'].map((account) => (
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:role/imdsv2-inspection`]] })));
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'imdsv2-inspection-reader' });
  });

  const idsOf = (count: number) => Array.from({ length: count }, (_, i) => String(200_000_000_000 + i));
  /** Of each managed policy what it says, and how long it can be: IAM counts no white space. */
  const managed = (accounts: FleetAccounts, props: object = {}) => Object.values<any>(rollout({ accounts, ...props }).findResources('AWS::IAM::ManagedPolicy')).map(({ Properties: { PolicyDocument, Roles } }) => ({
    statements: PolicyDocument.Statement,
    roles: Roles.map(({ Ref }: any) => Ref.replace(/[0-9A-F]{8}$/, '')),
    size: JSON.stringify(PolicyDocument).replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g, '"arn:aws-us-gov$1"').length,
  }));

  test('that changes them has policies that IAM takes, too', () => {
    for (const count of [55, 56, 60, 380]) {
      const sizes = managed(FleetAccounts.of(idsOf(count), { roleName: 'r'.repeat(57) }), CHANGING).map(({ size }) => size);
      expect(sizes).toHaveLength(2);
      for (const size of sizes) expect(size).toBeLessThanOrEqual(6144);
    }
  });

  test.each([1, 55, 56, 380, 381, 3800])('that reads %i named accounts may reach exactly these, in policies that IAM takes', (count) => {
    const ids = idsOf(count);
    const policies = managed(FleetAccounts.of(ids, { roleName: 'r'.repeat(57) }));
    expect(policies.length).toBeLessThanOrEqual(10);
    const reached = policies.flatMap(({ size, roles, statements: [{ Action, Effect, Resource, Condition }, ...others] }) => {
      expect([size <= 6144, roles, others, Action, Effect]).toEqual([true, ['FleetReaderRole'], [], 'sts:AssumeRole', 'Allow']);
      const named = [Resource].flat().map((arn) => /^:iam::(.*):role\/r{57}$/.exec(arn['Fn::Join'][1][2])![1]);
      if (named[0] !== '*') return named;
      expect(named).toHaveLength(1);
      return Condition.StringEquals['aws:ResourceAccount'];
    });
    expect(reached).toEqual(ids);
  });

  test('that reads an organization may list its accounts, and assume the role in these alone', () => {
    const accounts = FleetAccounts.organization(ROLE);
    expect(managed(accounts).map(({ statements }) => statements)).toEqual([[
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::*:role/imdsv2-inspection']] },
        Condition: { StringEquals: { 'aws:ResourceOrgID': '${aws:PrincipalOrgID}' } },
      },
    ]]);
    expect(actionsOf(permissions(rollout({ accounts })).FleetReaderRole)).toEqual(['s3:PutObject', 'organizations:ListAccounts', 'sts:AssumeRole']);
  });

  test('runs do not come before what lets them reach the accounts', () => {
    const [machine] = Object.values<any>(rollout({ accounts: FleetAccounts.organization(ROLE) }).findResources('AWS::StepFunctions::StateMachine'));
    expect(machine.DependsOn).toContainEqual(expect.stringContaining('ReaderAccounts'));
  });

  test('in another account trusts one role of one account, and reads only; its template needs no asset', () => {
    const template = stackWith((stack) => void new Imdsv2FleetInspectionRole(stack, 'R', { trustedAccount: '222222222222', ...ROLE }));
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'imdsv2-inspection',
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::222222222222:root']] } },
          Condition: { ArnEquals: { 'aws:PrincipalArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::222222222222:role/imdsv2-inspection-reader']] } } },
        }],
      },
    });
    expect(Object.values(permissions(template)).map(actionsOf)).toEqual([READS]);
    expect(JSON.stringify(template.toJSON())).not.toContain('cdk-hnb659fds-assets');
  });
});

describe('the definition', () => {
  const machine = definitionOf(rollout());

  test('ends after a day, and has the states of an inventory alone', () => {
    expect(machine.TimeoutSeconds).toBe(86_400);
    expect(tasksOf(machine).map(([name]) => name).sort()).toEqual(['Begin', 'Inspect', 'Plan', 'Put metrics', 'Record failure', 'Report']);
  });

  test('records what fails for one target, goes on with the others, and reports whatever happens to the map', () => {
    const map = machine.States['Every account and region'];
    expect(map).toEqual(expect.objectContaining({
      ToleratedFailurePercentage: 100, ResultPath: null, Next: 'Report', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Report' }],
    }));
    expect(map.ItemReader).toEqual(expect.objectContaining({ ReaderConfig: { InputType: 'JSON' }, Parameters: { 'Bucket': expect.stringContaining('Reports'), 'Key.$': '$.plan.targetsKey' } }));
    const { Inspect, 'Record failure': record } = map.ItemProcessor.States;
    expect(Inspect.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Record failure' }]);
    // What a map results in may have 256 KiB: of 34,000 accounts and regions that is less than eight bytes each.
    const ends = Object.values<any>(map.ItemProcessor.States).filter(({ Type }) => Type === 'Succeed');
    expect(ends.map(({ OutputPath }) => OutputPath)).toEqual([null, null]);
    // The input as it is: the handlers read `bucket`, `run`, `target`, `cursor` and `error`.
    expect([Inspect.Parameters, record.Parameters]).toEqual([undefined, undefined]);
    expect(map.ItemSelector).toEqual({ 'bucket.$': '$.bucket', 'run.$': '$.run', 'target.$': '$$.Map.Item.Value' });
  });

  test.each<[string, Imdsv2FleetRolloutProps, { readonly [name: string]: unknown }]>([
    ['nothing', {}, {
      accounts: ['111111111111'], regions: ['us-east-1'], lookBackDays: 35, ownerTags: ['owner', 'team'], applicationTags: ['application', 'app', 'service'],
    }],
    ['everything', {
      accounts: FleetAccounts.of(['222222222222'], ROLE), regions: AccountRegions.of(['eu-west-1']), lookBack: Duration.days(63), ownerTags: ['o'], applicationTags: ['a'],
    }, { accounts: ['222222222222'], roleName: 'imdsv2-inspection', regions: ['eu-west-1'], lookBackDays: 63, ownerTags: ['o'], applicationTags: ['a'] }],
    ['an organization', { accounts: FleetAccounts.organization(ROLE) }, {
      roleName: 'imdsv2-inspection', regions: ['us-east-1'], lookBackDays: 35, ownerTags: ['owner', 'team'], applicationTags: ['application', 'app', 'service'],
    }],
    ['all regions', { regions: AccountRegions.allEnabled() }, {
      accounts: ['111111111111'], lookBackDays: 35, ownerTags: ['owner', 'team'], applicationTags: ['application', 'app', 'service'],
    }],
  ])('is told what the props say: %s', (_, props, { lookBackDays, ownerTags, applicationTags, ...asked }) => {
    const { Begin, Plan } = definitionOf(rollout(props)).States;
    expect(Begin.Parameters).toEqual({
      'version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'bucket': expect.stringContaining('FleetReports'),
      'changes': false,
      'execution.$': '$$.Execution.Name',
      'executionArn.$': '$$.Execution.Id',
      'startedAt.$': '$$.Execution.StartTime',
      'input.$': '$$.Execution.Input',
      lookBackDays,
      ownerTags,
      applicationTags,
    });
    expect(Plan.Parameters).toEqual({ 'partition': 'AWS::Partition', 'bucket.$': '$.bucket', 'run.$': '$.run', ...asked });
  });
});

test('reports are encrypted, private, versioned and kept', () => {
  const template = rollout({ objectLock: ObjectLockRetention.compliance(Duration.days(365)) });
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 365 } } },
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] } });
  rollout().hasResourceProperties('AWS::S3::Bucket', { ObjectLockConfiguration: Match.absent() });
});

test('it runs every week, or as is said', () => {
  rollout().hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(7 days)', State: 'ENABLED' });
  rollout({ schedule: ScheduleExpression.cron({ weekDay: 'MON', hour: '6', minute: '0' }) }).hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(0 6 ? * MON *)' });
});

test('its metrics are those that the last state puts', () => {
  const template = stackWith((stack) => {
    const fleet = new Imdsv2FleetRollout(stack, 'Fleet');
    fleet.metricInstancesAllowingImdsV1().createAlarm(stack, 'Open', { threshold: 0, evaluationPeriods: 1 });
    new Alarm(stack, 'Blind', { metric: fleet.metricTargetsNotInspected(), threshold: 0, evaluationPeriods: 1 });
  });
  for (const MetricName of ['InstancesAllowingImdsV1', 'TargetsNotInspected']) {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName, Namespace: 'cdk-imdsv2', Dimensions: [{ Name: 'StateMachine', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('FleetStateMachine'), 'Name'] } }],
    });
  }
  const { 'Put metrics': put, Report } = definitionOf(template).States;
  expect(put.Parameters).toEqual({ 'Namespace': 'cdk-imdsv2', 'MetricData.$': '$.report.metrics' });
  expect(Report.Parameters['stateMachine.$']).toBe('$$.StateMachine.Name');
});

test.each<[string, () => unknown, string]>([
  ['no account', () => FleetAccounts.of([], ROLE), 'no account is named: got an empty list'],
  ['more accounts than policies hold', () => FleetAccounts.of(Array.from({ length: 3801 }, (_, i) => String(200_000_000_000 + i)), ROLE), 'too many accounts are named: got 3801, expected at most 3800'],
  ['an organization without a role', () => FleetAccounts.organization({ roleName: '' }), 'a roleName is none: got ""'],
  ['an account that is none', () => FleetAccounts.of(['12'], ROLE), 'an account is not an id: got "12"'],
  ['a token', () => FleetAccounts.of([Aws.ACCOUNT_ID], ROLE), 'an account is not an id: got a token'],
  ['an account twice', () => FleetAccounts.of(['222222222222', '222222222222'], ROLE), 'an account is named twice: got 222222222222 again'],
  ['a role name that is too long', () => FleetAccounts.of(['222222222222'], { roleName: 'x'.repeat(58) }), 'expected 1 to 57 letters'],
  ['no role name', () => FleetAccounts.organization({} as any), 'a roleName is none: got undefined'],
  ['a role name with a path', () => FleetAccounts.of(['222222222222'], { roleName: 'a/b' }), 'a roleName is none: got "a/b"'],
  ['a role that trusts no account', () => stackWith((stack) => void new Imdsv2FleetInspectionRole(stack, 'R', { trustedAccount: '*', ...ROLE })), "'S/R' trusts no account: got \"*\""],
  ['looking back too far', () => rollout({ lookBack: Duration.days(64) }), "'S/Fleet' cannot look back that far: got 64 days, expected whole days from 1 to 63"],
  ['half a day', () => rollout({ lookBack: Duration.hours(36) }), 'expected whole days from 1 to 63'],
  ['not at all', () => rollout({ lookBack: Duration.days(0) }), 'expected whole days from 1 to 63'],
])('what is wrong is an error at synthesis: %s', (_, act, message) => expect(act).toThrow(message));

test('the functions are bundled with their SDK in less than 250 KB', async () => {
  const zipped = await bundleFunctions('fleet');
  expect(zipped).toBeLessThanOrEqual(250_000);
  expect(zipped).toBeGreaterThan(100_000);
  const handlers = Object.values<any>(rollout(CHANGING).findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Handler.split('.')[1]);
  const exported = Object.keys(jest.requireActual('../../lib/fleet/functions/index.js'));
  expect(exported.sort()).toEqual(handlers.sort());
});
