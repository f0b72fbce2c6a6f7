import { judgementIn, launchTemplate, OPTIONAL, REQUIRED } from './templates';
import { launchSourceOf } from '../../src/launch-sources/catalog';
import type { Json } from '../support';

const LATEST = { LaunchTemplateId: { Ref: 'Good' }, Version: '$Latest' };

function judged(Type: string, Properties: Json) {
  return judgementIn({
    a: {
      Parameters: { P: { AllowedValues: ['required', 'optional'] }, Other: {} },
      Resources: { R: { Type, Properties }, Good: launchTemplate(REQUIRED), Bad: launchTemplate(OPTIONAL) },
    },
  });
}

const call = (action: string, parameters?: Json, service = 'EC2') => ({ Create: JSON.stringify({ service, action, parameters }) });
const join = (...items: Json[]) => ({ Create: { 'Fn::Join': ['', items] } });

test.each<[string, Json, string | undefined]>([
  ['tokens are required', call('runInstances', { MetadataOptions: REQUIRED }), 'required'],
  ['tokens are optional', call('runInstances', { MetadataOptions: OPTIONAL }), 'optional'],
  ['nothing is said', call('runInstances', { ImageId: 'ami-1' }), 'optional'],
  ['there are no parameters', call('runInstances'), 'optional'],
  ['the service of the third SDK and a command', call('RunInstancesCommand', { MetadataOptions: OPTIONAL }, '@aws-sdk/client-ec2'), 'optional'],
  ['a call as an object, as it once was', { Update: { service: 'ec2', action: 'runInstances', parameters: {} } }, 'optional'],
  ['a launch template of the app', call('runInstances', { LaunchTemplate: LATEST }), 'required'],
  ['another launch template of the app', call('runInstances', { LaunchTemplate: { ...LATEST, LaunchTemplateId: { Ref: 'Bad' } } }), 'optional'],
  ['a launch template of somebody else', call('runInstances', { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } }), 'external'],
  ['a new launch template', call('createLaunchTemplate', { LaunchTemplateData: {} }), 'optional'],
  ['a new version', call('createLaunchTemplateVersion', { LaunchTemplateData: { MetadataOptions: REQUIRED } }), 'required'],
  ['a new version of an old one', call('createLaunchTemplateVersion', { LaunchTemplateId: 'lt-1', SourceVersion: '1', LaunchTemplateData: {} }), 'external'],
  ['a fleet', call('createFleet', { LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { ...LATEST, LaunchTemplateId: { Ref: 'Bad' } } }] }), 'optional'],
  ['a Spot fleet without launch templates', call('requestSpotFleet', { SpotFleetRequestConfigData: { LaunchSpecifications: [{}] } }), 'unsettable'],
  ['Spot instances', call('requestSpotInstances', { LaunchSpecification: {} }), 'unsettable'],
  ['a change to optional', call('modifyInstanceMetadataOptions', { HttpTokens: 'optional' }), 'optional'],
  ['a change to required', call('modifyInstanceMetadataOptions', { HttpTokens: 'required' }), 'required'],
  ['a change of something else', call('modifyInstanceMetadataOptions', { HttpPutResponseHopLimit: 2 }), undefined],
  ['an open account', call('modifyInstanceMetadataDefaults', { HttpTokens: 'optional' }), 'optional'],
  ['an account without a preference', call('modifyInstanceMetadataDefaults', { HttpTokens: 'no-preference' }), undefined],
  ['a launch configuration', call('createLaunchConfiguration', {}, 'AutoScaling'), 'optional'],
  ['an action of that name of another service', call('runInstances', {}, 'Lightsail'), undefined],
  ['another action', call('describeInstances', {}), undefined],
  ['a text that is none', { Create: 'runInstances' }, undefined],
  ['no calls', {}, undefined],
])('a custom resource: %s', (_, properties, posture) => {
  const inPlace = JSON.parse(JSON.stringify(properties));
  expect(judged('Custom::AWS', inPlace)?.posture).toBe(posture);
  expect(judged('Custom::Ours', inPlace)?.posture).toBe(posture);
});

test('values that the template puts into the text are followed, and what decides is named alone', () => {
  const found = judged('Custom::AWS', join(
    '{"service":"EC2","action":"runInstances","parameters":{"MaxCount":', { Ref: 'Other' }, ',"SubnetId":"', { Ref: 'Other' }, '","MetadataOptions":{"HttpTokens":"', { Ref: 'P' }, '"}}}',
  ));
  expect(found).toMatchObject({ posture: 'conditional', path: 'Properties.Create.parameters.MetadataOptions', dependsOn: [{ kind: 'parameter', name: 'P' }] });
});

const TASK = { Type: 'Task', Resource: 'arn:aws-cn:states:::aws-sdk:ec2:runInstances', End: true };
const machine = (state: object, property = 'Definition') => ({ [property]: { States: { A: { ...TASK, ...state } } } });

test.each<[string, Json, string | undefined]>([
  ['parameters that say nothing', machine({ Parameters: {} }), 'optional'],
  ['parameters that require tokens', machine({ Parameters: { MetadataOptions: REQUIRED } }), 'required'],
  ['arguments of JSONata', machine({ Arguments: { MetadataOptions: OPTIONAL } }), 'optional'],
  ['tokens of the input', machine({ Parameters: { MetadataOptions: { 'HttpTokens.$': '$.t' } } }), 'conditional'],
  ['tokens of an expression', machine({ Arguments: { MetadataOptions: { HttpTokens: '{% $t %}' } } }), 'conditional'],
  ['the input as the parameters', machine({}), 'conditional'],
  ['a task in a map', { Definition: { States: { M: { Type: 'Map', ItemProcessor: { States: { A: { ...TASK, Parameters: {} } } } } } } }, 'optional'],
  ['a text', { DefinitionString: JSON.stringify(machine({ Parameters: {} }).Definition) }, 'optional'],
  ['a text with a partition', { DefinitionString: { 'Fn::Sub': '{"Type":"Task","Resource":"arn:${AWS::Partition}:states:::aws-sdk:ec2:runInstances","Parameters":{}}' } }, 'optional'],
  ['a substitution', { ...machine({ Parameters: { MetadataOptions: { HttpTokens: '${t}' } } }), DefinitionSubstitutions: { t: 'required' } }, 'required'],
  ['the function for another region', machine({ Resource: 'arn:f', Parameters: { service: 'ec2', action: 'runInstances', parameters: {} } }), 'optional'],
  ['another call', machine({ Resource: 'arn:aws:states:::aws-sdk:ec2:describeInstances' }), undefined],
])('a state machine: %s', (_, properties, posture) => {
  for (const type of ['AWS::StepFunctions::StateMachine', 'AWS::Serverless::StateMachine']) {
    expect(judged(type, JSON.parse(JSON.stringify(properties)))?.posture).toBe(posture);
  }
});

const nodeClass = (spec: object, kind = 'EC2NodeClass') => [{ apiVersion: 'karpenter.k8s.aws/v1', kind, spec }];

test.each<[string, Json, string | undefined]>([
  ['optional tokens', nodeClass({ metadataOptions: { httpTokens: 'optional' } }), 'optional'],
  ['required tokens', nodeClass({ metadataOptions: { httpTokens: 'required' } }), 'required'],
  ['no options, for which Karpenter requires tokens', nodeClass({}), 'required'],
  ['a hop limit alone', nodeClass({ metadataOptions: { httpPutResponseHopLimit: 2 } }), 'required'],
  ['a disabled endpoint', nodeClass({ metadataOptions: { httpEndpoint: 'disabled' } }), 'disabled'],
  ['a node template', nodeClass({ metadataOptions: { httpTokens: 'optional' } }, 'AWSNodeTemplate'), 'optional'],
  ['a node template with a launch template', nodeClass({ launchTemplate: 'mine' }, 'AWSNodeTemplate'), 'external'],
  ['something else', [{ kind: 'Pod', spec: {} }], undefined],
])('a manifest: %s', (_, documents, posture) => {
  expect(judged('Custom::AWSCDK-EKS-KubernetesResource', { Manifest: JSON.stringify(documents) })?.posture).toBe(posture);
  expect(judged('Custom::AWSCDK-EKS-HelmChart', { Values: JSON.stringify({ extra: { objects: documents } }) })?.posture).toBe(posture);
});

test('the fix names the open calls alone, and where they stand', () => {
  const properties = { ...call('runInstances', {}), Update: call('runInstances', { MetadataOptions: REQUIRED }).Create };
  expect(launchSourceOf('Custom::AWS')!.fix!(properties)).toBe(
    'write MetadataOptions.HttpTokens: required in the parameters of runInstances (Properties.Create.parameters); RequireImdsv2 edits no call',
  );
});
