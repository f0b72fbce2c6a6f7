import { CloudWatchClient, DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { CfnOutput, type App } from 'aws-cdk-lib';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ask, deployed, destroy, IN_MOTO, oneStack, outputsOf, start } from './local-aws';
import { HopLimit, Imdsv2ConfigRules, Imdsv2Dashboard } from '../../src';
import { call, compliance, modifyOptions, tags } from '../detection/events';
import type { Json } from '../support';

jest.setTimeout(120_000);

const STACK = 'Detection';
const app: (app: App) => void = oneStack((stack) => {
  const queue = new Queue(stack, 'Queue');
  const stateMachine = new StateMachine(stack, 'Fleet', { definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Inventory')) });
  const dashboard = new Imdsv2Dashboard(stack, 'Dashboard', { dashboardName: 'imdsv2' });
  dashboard.topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }));
  new Imdsv2ConfigRules(stack, 'Rules', { hopLimit: HopLimit.HOST, onNonCompliance: stateMachine });
  new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
  new CfnOutput(stack, 'StateMachine', { value: stateMachine.stateMachineArn });
}, STACK);

let outputs: { [name: string]: string };
beforeAll(async () => {
  await start();
  await deployed(app);
  outputs = await outputsOf(STACK);
});
afterAll(async () => destroy(app, STACK));

const rulesOfConfig = async (): Promise<Json[]> => (await ask('config', 'StarlingDoveService.DescribeConfigRules', {}, IN_MOTO)).ConfigRules;

async function put(...events: Json[]): Promise<void> {
  const Entries = events.map((event) => ({ Source: event.source, DetailType: event['detail-type'], Detail: JSON.stringify(event.detail) }));
  expect(await ask('events', 'AWSEvents.PutEvents', { Entries })).toMatchObject({ FailedEntryCount: 0 });
}

/** What the subscriber of the topic has been told, once. */
async function told(): Promise<Json[]> {
  const messages: Json[] = [];
  for (;;) {
    const { Messages = [] } = await ask('sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: outputs.QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    if (Messages.length === 0) return messages;
    for (const { Body, ReceiptHandle } of Messages) {
      messages.push(JSON.parse(Body));
      await ask('sqs', 'AmazonSQS.DeleteMessage', { QueueUrl: outputs.QueueUrl, ReceiptHandle });
    }
  }
}

test('AWS Config has six rules, with identifiers and a parameter that are on its list', async () => {
  const rules = await rulesOfConfig();
  expect(rules.map(({ Source }) => Source)).toEqual(rules.map(() => ({ Owner: 'AWS', SourceIdentifier: expect.any(String) })));
  expect(rules.map(({ Source }) => Source.SourceIdentifier).sort()).toEqual([
    'AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2', 'AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT', 'AUTOSCALING_LAUNCH_TEMPLATE',
    'EC2_IMDSV2_CHECK', 'EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK', 'EC2_TOKEN_HOP_LIMIT_CHECK',
  ]);
  expect(rules.find(({ Source }) => Source.SourceIdentifier === 'EC2_TOKEN_HOP_LIMIT_CHECK').InputParameters).toBe('{"tokenHopLimit": "1"}');
});

test('CloudWatch has the dashboard and both alarms', async () => {
  const { DashboardBody } = await new CloudWatchClient({}).send(new GetDashboardCommand({ DashboardName: 'imdsv2' }));
  const titles = JSON.parse(DashboardBody!).widgets.map(({ properties }: Json) => properties.title);
  expect(titles).toEqual(expect.arrayContaining(['Answered version 1, by instance', 'Rejected version 1, by Auto Scaling group']));
  const { MetricAlarms = [] } = await new CloudWatchClient({ endpoint: IN_MOTO }).send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms.map(({ Metrics }) => Metrics![0].Expression).sort()).toEqual([
    'SELECT SUM(MetadataNoToken) FROM SCHEMA("AWS/EC2", InstanceId)', 'SELECT SUM(MetadataNoTokenRejected) FROM SCHEMA("AWS/EC2", InstanceId)',
  ]);
});

test('a subscriber is told of exactly the changes that weaken something', async () => {
  const weaker = [
    modifyOptions({ HttpTokens: 'optional', HttpEndpoint: 'enabled' }),
    call('ModifyInstanceMetadataOptions', { instanceId: 'i-1', httpTokens: 'optional' }),
    call('ModifyInstanceMetadataDefaults', { ModifyInstanceMetadataDefaultsRequest: { HttpTokensEnforced: 'disabled' } }),
    tags('CreateTags', 'Name', 'imdsv2:exempt-until'),
    tags('DeleteTags', 'imdsv2:exempt-reason'),
    tags('DeleteTags'),
  ];
  await put(
    ...weaker,
    modifyOptions({ HttpTokens: 'required' }),
    modifyOptions({ HttpTokens: 'optional' }, { errorCode: 'Client.UnauthorizedOperation' }),
    tags('CreateTags', 'Name'),
    tags('DeleteTags', 'Name'),
  );
  const inOrder = (details: Json[]) => details.map((detail) => JSON.stringify(detail.requestParameters)).sort();
  expect(inOrder((await told()).map(({ detail }) => detail))).toEqual(inOrder(weaker.map(({ detail }) => detail)));
});

test('a finding of a rule takes an inventory', async () => {
  const [{ ConfigRuleName }] = await rulesOfConfig();
  await put(compliance(ConfigRuleName, 'NON_COMPLIANT'), compliance(ConfigRuleName, 'COMPLIANT'), compliance('of-somebody', 'NON_COMPLIANT'));
  const { executions } = await ask('states', 'AWSStepFunctions.ListExecutions', { stateMachineArn: outputs.StateMachine });
  expect(executions).toHaveLength(1);
  expect(await ask('states', 'AWSStepFunctions.DescribeExecution', { executionArn: executions[0].executionArn })).toMatchObject({ input: '{"inventory":true}' });
});
