import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlarmGranularity, ConfigRuleReach, HopLimit, Imdsv2ConfigRules, Imdsv2Dashboard, Imdsv2FleetRollout, type Imdsv2DashboardProps } from '../../src';
import { onlyOne, synthTemplates, type Json } from '../support';

const DASHBOARD = 'AWS::CloudWatch::Dashboard';
const HERE = { account: '123456789012', region: 'eu-west-1' };

function synth(props?: Imdsv2DashboardProps): Json {
  const app = new App();
  new Imdsv2Dashboard(new Stack(app, 'S'), 'Dashboard', props);
  return synthTemplates(app).S;
}

/** The document of the dashboard, with a word for each reference. */
function body(template: Json): Json {
  const { DashboardBody } = onlyOne(template, DASHBOARD).Properties;
  return JSON.parse(DashboardBody['Fn::Join'][1].map((part: Json) => (typeof part === 'string' ? part : part.Ref ?? part['Fn::GetAtt']?.[0] ?? 'imported')).join(''));
}

/** What each widget draws, by its title. */
function drawn(template: Json): Record<string, string[]> {
  return Object.fromEntries(body(template).widgets.filter(({ type }: Json) => type === 'metric').map(({ properties: { title, metrics } }: Json) => [
    title, metrics.map(([first, ...rest]: Json[]) => first.expression ?? [first, ...rest].filter((part) => typeof part === 'string').slice(0, 3).join(' ')),
  ]));
}

describe('the dashboard', () => {
  test('shows who is answered and who is rejected, by group and by instance, without a list of them', () => {
    expect(drawn(synth())).toEqual({
      'Answered, all instances': ['SELECT SUM(MetadataNoToken) FROM SCHEMA("AWS/EC2", InstanceId)'],
      'Rejected, all instances': ['SELECT SUM(MetadataNoTokenRejected) FROM SCHEMA("AWS/EC2", InstanceId)'],
      'Answered version 1, by Auto Scaling group': ["SORT(SEARCH('{AWS/EC2,AutoScalingGroupName} MetricName=\"MetadataNoToken\"', 'Sum', 300), SUM, DESC, 20)"],
      'Answered version 1, by instance': ["SORT(SEARCH('{AWS/EC2,InstanceId} MetricName=\"MetadataNoToken\"', 'Sum', 300), SUM, DESC, 20)"],
      'Rejected version 1, by Auto Scaling group': ["SORT(SEARCH('{AWS/EC2,AutoScalingGroupName} MetricName=\"MetadataNoTokenRejected\"', 'Sum', 300), SUM, DESC, 20)"],
      'Rejected version 1, by instance': ["SORT(SEARCH('{AWS/EC2,InstanceId} MetricName=\"MetadataNoTokenRejected\"', 'Sum', 300), SUM, DESC, 20)"],
    });
  });

  test('says what its two words mean, and the state of both alarms', () => {
    const template = synth();
    const { widgets, start } = body(template);
    expect(widgets[0].properties.markdown).toMatch(/^# Who still uses IMDSv1\n\*\*Answered\*\* calls .* \*\*Rejected\*\* calls/);
    const alarms = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::CloudWatch::Alarm');
    expect(widgets.find(({ type }: Json) => type === 'alarm').properties.alarms).toEqual(alarms);
    expect(start).toBe('-P14D');
  });

  test('counts calls from 0, and gives each line the name of its group or instance', () => {
    const graphs = body(synth()).widgets.map(({ properties }: Json) => properties).filter(({ view }: Json) => view === 'timeSeries');
    expect(graphs).toHaveLength(4);
    for (const { yAxis, metrics: [[metric]] } of graphs) {
      expect(yAxis).toEqual({ left: { min: 0, label: 'calls in 5 minutes', showUnits: false } });
      expect(Object.keys(metric)).toEqual(['expression']);
    }
  });

  test('fills its rows, and no widget lies on another', () => {
    const cells = body(synth()).widgets.flatMap(({ x, y, width, height }: Json) => Array.from({ length: width * height }, (_, i) => `${x + (i % width)} ${y + Math.floor(i / width)}`));
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length).toBe(24 * (2 + 4 + 7 + 7));
  });

  test('shows what remains, of an inventory', () => {
    const app = new App();
    const rollout = new Imdsv2FleetRollout(new Stack(app, 'Fleet'), 'Fleet');
    new Imdsv2Dashboard(new Stack(app, 'S'), 'Dashboard', { rollout });
    expect(drawn(synthTemplates(app).S)['Instances that allow version 1, of the inventory']).toEqual([
      'cdk-imdsv2 InstancesAllowingImdsV1 StateMachine', 'cdk-imdsv2 TargetsNotInspected StateMachine',
    ]);
    const { metrics, yAxis } = body(synthTemplates(app).S).widgets.at(-1).properties;
    expect(metrics.map((metric: Json[]) => metric.at(-1))).toEqual([
      { label: 'allow version 1', period: 86400, stat: 'Maximum' },
      { label: 'accounts and regions that were not inspected', period: 86400, stat: 'Maximum', yAxis: 'right' },
    ]);
    expect(yAxis).toEqual({ left: { min: 0, showUnits: false }, right: { min: 0, showUnits: false } });
  });

  test('has the name that it is given', () => {
    expect(onlyOne(synth({ dashboardName: 'imdsv2' }), DASHBOARD).Properties.DashboardName).toBe('imdsv2');
    expect(onlyOne(synth(), DASHBOARD).Properties).not.toHaveProperty('DashboardName');
    const stack = new Stack(new App(), 'S');
    expect(stack.resolve(new Imdsv2Dashboard(stack, 'Dashboard').dashboardName)).toEqual({ Ref: expect.stringMatching(/^Dashboard/) });
  });
});

describe('the alarms', () => {
  /** The one alarm of a metric, by its query. */
  function alarmOf(template: Json, metric: string): Json {
    const found = Object.values<Json>(template.Resources)
      .filter(({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties.Metrics[0].Expression.startsWith(`SELECT SUM(${metric}) `));
    expect(found).toHaveLength(1);
    return found[0].Properties;
  }

  const METRICS: Array<[string, RegExp]> = [['MetadataNoToken', /^An instance was answered/], ['MetadataNoTokenRejected', /were rejected/]];

  test.each(METRICS)('%s: one goes off at the first call of any instance, and of all together where nothing else is said', (metric, description) => {
    const together = alarmOf(synth(), metric);
    expect(together).toEqual({
      AlarmActions: [{ Ref: expect.stringContaining('Topic') }],
      AlarmDescription: expect.stringMatching(description),
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      Metrics: [{ Id: 'expr_1', Label: metric, Expression: `SELECT SUM(${metric}) FROM SCHEMA("AWS/EC2", InstanceId)`, Period: 300, ReturnData: true }],
    });
    expect(alarmOf(synth({ alarmGranularity: AlarmGranularity.AGGREGATE }), metric)).toEqual(together);
  });

  test.each(METRICS)('%s: one goes off for each instance by itself, once until an hour has no call', (metric, description) => {
    expect(alarmOf(synth({ alarmGranularity: AlarmGranularity.INSTANCE }), metric)).toEqual({
      AlarmActions: [{ Ref: expect.stringContaining('Topic') }],
      AlarmDescription: expect.stringMatching(description),
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 12,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      Metrics: [{
        Id: 'expr_1',
        Expression: `SELECT SUM(${metric}) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId ORDER BY SUM() DESC`,
        Period: 300,
        ReturnData: true,
      }],
    });
  });

  test('change nothing but themselves with what a message is about', () => {
    const others = (template: Json) => Object.entries<Json>(template.Resources).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::Alarm');
    expect(others(synth({ alarmGranularity: AlarmGranularity.INSTANCE }))).toEqual(others(synth()));
  });

  test('are told apart', () => {
    const stack = new Stack(new App(), 'S');
    const { firstUseAlarm, rejectionAlarm } = new Imdsv2Dashboard(stack, 'Dashboard');
    expect(stack.resolve([firstUseAlarm.alarmArn, rejectionAlarm.alarmArn])).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/FirstUse/), 'Arn'] }, { 'Fn::GetAtt': [expect.stringMatching(/Rejection/), 'Arn'] },
    ]);
  });
});

describe('the topic', () => {
  function statements(template: Json): Json[] {
    return onlyOne(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement;
  }
  /** The ids of the resources of a type, as the ARNs of a condition name them. */
  const arnsOf = (template: Json, type: string) => Object.keys(template.Resources).filter((id) => template.Resources[id].Type === type)
    .map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }));

  test('takes what these alarms and rules publish, by TLS, and nothing else', () => {
    const template = synth();
    const publishing = { Action: 'sns:Publish', Resource: { Ref: expect.stringContaining('Topic') }, Sid: expect.any(String) };
    expect(statements(template)).toEqual([
      { ...publishing, Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...publishing, Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: { ArnEquals: { 'aws:SourceArn': arnsOf(template, 'AWS::CloudWatch::Alarm') } } },
      { ...publishing, Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Condition: { ArnEquals: { 'aws:SourceArn': arnsOf(template, 'AWS::Events::Rule') } } },
    ]);
    expect(arnsOf(template, 'AWS::CloudWatch::Alarm')).toHaveLength(2);
    expect(arnsOf(template, 'AWS::Events::Rule')).toHaveLength(4);
  });

  test('is encrypted by a key that both services can use, and that is turned over', () => {
    const template = synth();
    const { KmsMasterKeyId } = onlyOne(template, 'AWS::SNS::Topic').Properties;
    expect(template.Resources[KmsMasterKeyId['Fn::GetAtt'][0]].Type).toBe('AWS::KMS::Key');
    const { EnableKeyRotation, KeyPolicy } = onlyOne(template, 'AWS::KMS::Key').Properties;
    expect(EnableKeyRotation).toBe(true);
    const [, cloudWatch, eventBridge, ...others] = KeyPolicy.Statement;
    const use = { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Effect: 'Allow', Resource: '*' };
    expect(cloudWatch).toEqual({
      ...use,
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudwatch:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':alarm:*']] } },
      },
    });
    expect(eventBridge).toEqual({ ...use, Principal: { Service: 'events.amazonaws.com' } });
    expect(others).toEqual([]);
  });

  test('is where every rule goes, without a role', () => {
    const template = synth();
    const rules = Object.values<Json>(template.Resources).filter(({ Type }) => Type === 'AWS::Events::Rule');
    expect(rules.map(({ Properties }) => Properties.Targets)).toEqual(rules.map(() => [{ Id: 'Target0', Arn: { Ref: expect.stringContaining('Topic') } }]));
  });

  test('can be one of the app, which is then let to take them, beside what it took', () => {
    const stack = new Stack(new App(), 'S');
    const topic = new Topic(stack, 'Alerts');
    const dashboards = ['One', 'Other'].map((id) => new Imdsv2Dashboard(stack, id, { topic }));
    expect(dashboards.map((dashboard) => dashboard.topic)).toEqual([topic, topic]);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    template.resourceCountIs('AWS::KMS::Key', 0);
    const allowed = statements(template.toJSON());
    expect(allowed.map(({ Principal }) => Principal.Service)).toEqual(['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'cloudwatch.amazonaws.com', 'events.amazonaws.com']);
    expect(new Set(allowed.map(({ Sid }) => Sid)).size).toBe(4);
  });

  test('can be one from elsewhere, whose policy is not touched', () => {
    const stack = new Stack(new App(), 'S');
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alerts';
    new Imdsv2Dashboard(stack, 'Dashboard', { topic: Topic.fromTopicArn(stack, 'Alerts', topicArn) });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    template.allResourcesProperties('AWS::Events::Rule', { Targets: [{ Arn: topicArn, Id: 'Target0' }] });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.exact([topicArn]) });
  });
});

test("CloudFormation's own schemas take all of it", () => {
  const app = new App();
  Validations.of(app).addPlugins(new CloudFormationValidatePlugin());
  const fleet = new Imdsv2FleetRollout(new Stack(app, 'Fleet', { env: HERE }), 'Fleet');
  const stack = new Stack(app, 'S', { env: HERE });
  new Imdsv2Dashboard(stack, 'Dashboard', { rollout: fleet });
  new Imdsv2Dashboard(stack, 'DashboardByInstance', { alarmGranularity: AlarmGranularity.INSTANCE });
  new Imdsv2ConfigRules(stack, 'Rules', { hopLimit: HopLimit.HOST, onNonCompliance: fleet.stateMachine });
  new Imdsv2ConfigRules(stack, 'OrganizationRules', { hopLimit: HopLimit.HOST, reach: ConfigRuleReach.ORGANIZATION, excludedAccounts: ['111111111111'] });
  const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
  app.synth();
  quiet.mockRestore();
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const found = pluginReports.flatMap(({ violations }: Json) => violations.flatMap(({ ruleName, description, violatingConstructs }: Json) => (
    violatingConstructs.map(({ constructPath }: Json) => `${constructPath} ${ruleName}: ${description}`))));
  expect(found).toEqual([]);
});
