import { App, CfnOutput, CfnParameter, CfnResource, CustomResource, Duration, Fn, Lazy, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import { LambdaRestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { InterfaceVpcEndpointAwsService, InstanceType, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnCluster } from 'aws-cdk-lib/aws-eks';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { HopLimit, RequireImdsv2 } from '../../src';
import { changes, warnings, withAndWithout, type Json, type Twice } from '../support';

const STRICT = { hopLimit: HopLimit.HOST, containerHostHopLimit: HopLimit.HOST, replaceResources: true };

/** Twenty constructs and more, none of which launches an instance. */
function everythingElse(stack: Stack): void {
  const parameter = new CfnParameter(stack, 'HttpTokens', { default: 'optional', allowedValues: ['optional', 'required'] });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  vpc.addInterfaceEndpoint('Ssm', { service: InterfaceVpcEndpointAwsService.SSM });
  const group = new SecurityGroup(stack, 'Group', { vpc });
  group.addEgressRule(Peer.ipv4('169.254.169.254/32'), Port.tcp(80));
  new Bucket(stack, 'Bucket', { encryption: BucketEncryption.S3_MANAGED, blockPublicAccess: BlockPublicAccess.BLOCK_ALL });
  const fn = new Function(stack, 'Function', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => "http://169.254.169.254/latest/meta-data";'),
    environment: { HttpTokens: parameter.valueAsString },
  });
  new Rule(stack, 'Rule', { schedule: Schedule.rate(Duration.hours(1)), targets: [new LambdaFunction(fn)] });
  new LambdaRestApi(stack, 'Api', { handler: fn });
  new DatabaseInstance(stack, 'Database', {
    vpc, engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_16 }), instanceType: new InstanceType('t3.micro'),
  });
  new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  new Topic(stack, 'Topic').addSubscription(new EmailSubscription('a@example.com'));
  new Queue(stack, 'Queue', { visibilityTimeout: Duration.seconds(30) });
  new ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('nginx') });
  new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition });
  new CfnCluster(stack, 'Eks', { roleArn: 'arn:aws:iam::123456789012:role/eks', resourcesVpcConfig: { subnetIds: ['subnet-1'] } });
  new CustomResource(stack, 'Custom', { serviceToken: fn.functionArn, properties: { MetadataOptions: { HttpTokens: 'optional' } } });
  new CfnOutput(stack, 'Output', { value: Fn.join('', [fn.functionArn, '-x']) });
  Tags.of(stack).add('MetadataOptions', 'optional');
}

function expectUntouched(twice: Twice): void {
  expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  expect(twice.outcome.error).toBeUndefined();
  expect(twice.outcome.findings).toEqual([]);
  expect(changes(twice.outcome.assembly!)).toEqual([]);
  expect(warnings(twice.outcome.assembly!).filter(({ id }) => id?.startsWith('cdk-imdsv2'))).toEqual([]);
}

test.each<[string, (app: App) => void]>([
  ['RequireImdsv2.addTo', (app) => RequireImdsv2.addTo(app, STRICT)],
  ['app.with', (app) => { app.with(new RequireImdsv2(STRICT)); }],
  ['app.with and RequireImdsv2.addTo', (app) => {
    RequireImdsv2.addTo(app);
    app.with(new RequireImdsv2(STRICT));
  }],
])('an app that launches no instance is byte for byte the same through %s', (_way, apply) => {
  const twice = withAndWithout((app) => {
    everythingElse(new Stack(app, 'Stack'));
    everythingElse(new NestedStack(new Stack(app, 'Outer'), 'Nested'));
    everythingElse(new Stack(new Stage(app, 'Stage'), 'Stack'));
  }, apply);
  expect(Object.keys(twice.without)).toEqual(['Stack', 'Outer', 'Outer/Nested', 'Stage/Stack']);
  expect(Object.keys(twice.without.Stack.Resources).length).toBeGreaterThan(50);
  expectUntouched(twice);
});

test('what launches no instance is byte for byte the same beside something that does', () => {
  const twice = withAndWithout((app) => {
    const stack = new Stack(app, 'Stack');
    everythingElse(stack);
    new CfnResource(stack, 'Open', { type: 'AWS::EC2::Instance', properties: { ImageId: 'ami-1' } });
  });
  const { Open, ...others } = twice.with.Stack.Resources;
  const { Open: _, ...before } = twice.without.Stack.Resources;

  expect(Open.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
  expect(JSON.stringify(others)).toBe(JSON.stringify(before));
});

const OPEN = { HttpTokens: 'optional', HttpPutResponseHopLimit: 64 };

test.each<[string, Json]>([
  ['Custom::Instance', { MetadataOptions: OPEN }],
  ['AWS::CloudFormation::CustomResource', { ServiceToken: 'arn', MetadataOptions: OPEN, LaunchTemplateData: { MetadataOptions: OPEN } }],
  ['AWS::Made::Up', { MetadataOptions: OPEN, LaunchTemplateData: { MetadataOptions: OPEN } }],
  ['AWS::EC2::InstanceConnectEndpoint', { MetadataOptions: OPEN }],
  ['AWS::ec2::instance', { MetadataOptions: OPEN }],
  ['AWS::ImageBuilder::ImagePipeline', { InstanceMetadataOptions: OPEN }],
  ['AWS::EC2::EC2Fleet', { LaunchTemplateConfigs: [], MetadataOptions: OPEN }],
  ['AWS::ECS::CapacityProvider', { MetadataOptions: OPEN }],
  ['AWS::Batch::ComputeEnvironment', { MetadataOptions: OPEN, ComputeResources: { Type: 'FARGATE' } }],
  ['AWS::EKS::Cluster', { MetadataOptions: OPEN, ComputeConfig: { Enabled: false } }],
  ['toString', { MetadataOptions: OPEN }],
  ['__proto__', { MetadataOptions: OPEN }],
])('a %s with a property named like metadata options is not touched', (type, properties) => {
  expectUntouched(withAndWithout((app) => {
    const resource = new CfnResource(new Stack(app, 'Stack'), 'Thing', { type, properties });
    resource.addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  }, (app) => RequireImdsv2.addTo(app, STRICT)));
});

test.each<[string, Json]>([
  ['AWS::EC2::SpotFleet', { SpotFleetRequestConfigData: { LaunchSpecifications: [{ ImageId: 'ami-1', MetadataOptions: OPEN }] } }],
  ['AWS::EKS::Nodegroup', { MetadataOptions: OPEN, LaunchTemplate: { Id: 'lt-1' } }],
  ['AWS::Batch::ComputeEnvironment', { MetadataOptions: OPEN, ComputeResources: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } } }],
  ['AWS::EC2::EC2Fleet', { LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '1' } }] }],
  ['AWS::Lightsail::Instance', { MetadataOptions: OPEN }],
])('a %s is warned about, and not touched', (type, properties) => {
  const twice = withAndWithout((app) => {
    new CfnResource(new Stack(app, 'Stack'), 'Thing', { type, properties }).addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  }, (app) => RequireImdsv2.addTo(app, STRICT));
  expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  expect(twice.outcome.findings).toEqual([]);
  expect(warnings(twice.outcome.assembly!)).toHaveLength(1);
});

test('a module is not touched, and a warning says that nobody sees what it holds', () => {
  const twice = withAndWithout((app) => {
    new CfnResource(new Stack(app, 'Stack'), 'Thing', { type: 'My::Company::Instance::MODULE', properties: { MetadataOptions: OPEN } });
  }, (app) => RequireImdsv2.addTo(app, STRICT));
  expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  expect(twice.outcome.findings.map(({ rule, severity }) => [rule, severity])).toEqual([['cdk-imdsv2::unseen-content', 'warning']]);
});

test('the lazy values of what launches no instance are asked for no more often', () => {
  const asked: number[] = [];
  const lazy = () => Lazy.uncachedAny({
    produce: () => {
      asked[asked.length - 1]++;
      return 'a value';
    },
  });
  const synth = (apply: boolean) => {
    asked.push(0);
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic', properties: { DisplayName: lazy() } }).addPropertyOverride('MetadataOptions', lazy());
    new CfnResource(stack, 'Open', { type: 'AWS::EC2::Instance', properties: {} });
    if (apply) RequireImdsv2.addTo(app);
    app.synth();
  };
  synth(false);
  synth(true);
  expect(asked[1]).toBe(asked[0]);
});
