import { cli, folder, OPEN, removeFolders, report, SAFE } from './support';

afterAll(removeFolders);

const set = (TemplateBody: unknown) => ({ Resources: { Set: { Type: 'AWS::CloudFormation::StackSet', Properties: { TemplateBody } } } });
const open = JSON.stringify(OPEN);

test.each<[string, unknown, string[]]>([
  ['JSON', open, ['Host tokens']],
  ['YAML', 'Resources:\n  Host:\n    Type: AWS::EC2::Instance\n', ['Host tokens']],
  ['what requires tokens', JSON.stringify(SAFE), []],
  ['an object', OPEN, ['Host tokens']],
  ['either of two', { 'Fn::If': ['C', open, JSON.stringify(SAFE)] }, ['Host tokens']],
  ['a text with values in it', { 'Fn::Sub': 'Resources:\n  Host:\n    Type: AWS::EC2::Instance\n    Properties: { ImageId: ${Image} }\n' }, ['Host tokens']],
  ['pieces', { 'Fn::Join': ['', ['{"Resources":{"Host":{"Type":"AWS::EC2::Instance","Properties":{"ImageId":"', { Ref: 'Image' }, '"}}}}']] }, ['Host tokens']],
  ['a parameter', { Ref: 'Body' }, ['Set unseen-content']],
  ['no template', '{}', ['Set unseen-content']],
  ['what is no template that CloudFormation takes', '{"Resources":{"Host":{"Type":1}}}', ['Set unseen-content']],
])('the text of a stack set: %s', (_, body, expected) => {
  const { findings, problems } = report(folder({ 'a.json': set(body) }), 'a.json');
  expect(findings.map(({ logicalId, rule }) => `${logicalId} ${rule.replace('cdk-imdsv2::', '')}`)).toEqual(expected);
  expect(problems).toEqual([]);
});

test('a name of the template around it means nothing inside', () => {
  const body = { 'Fn::Sub': 'Parameters: { P: { Default: required, Type: String } }\nResources:\n  Host:\n    Type: AWS::EC2::Instance\n    Properties: { MetadataOptions: { HttpTokens: "${P}" } }\n' };
  const { launchSources: [host] } = report(folder({ 'a.json': set(body) }), 'a.json');
  expect(host).toMatchObject({ posture: 'conditional', stack: 'a.json/Set', inside: { logicalId: 'Set', path: 'Properties.TemplateBody' } });
  expect(host.underDefaults).toBeUndefined();
});

test('the place of a finding in it is that of the text', () => {
  const there = folder({ 'a.yaml': 'Resources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n    Properties:\n      TemplateBody: |\n        Resources: { Host: { Type: "AWS::EC2::Instance" } }\n' });
  const { runs: [{ results: [result] }] } = JSON.parse(cli(there, ['check', '--format', 'sarif', 'a.yaml']).stdout);
  expect(result.locations[0].physicalLocation.region.startLine).toBe(5);
});

test('an application of SAM in a file beside it is given its parameters', () => {
  const app = (Tokens: string) => ({ Type: 'AWS::Serverless::Application', Properties: { Location: './child.yaml', Parameters: { Tokens } } });
  const child = 'Parameters: { Tokens: { Type: String } }\nResources:\n  Host:\n    Type: AWS::EC2::Instance\n    Properties: { MetadataOptions: { HttpTokens: !Ref Tokens } }\n';
  const there = folder({ 'a.json': { Transform: 'AWS::Serverless-2016-10-31', Resources: { A: app('required'), B: app('optional') } }, 'child.yaml': child });
  const { launchSources, findings } = report(there, '.');
  expect(launchSources.map(({ stack, posture }) => `${stack} ${posture}`)).toEqual(['a.json/A required', 'a.json/B optional']);
  expect(findings.map(({ stack }) => stack)).toEqual(['a.json/B']);
});
