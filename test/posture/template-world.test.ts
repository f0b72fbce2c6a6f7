import type { SourceReference } from '../../src/launch-sources/launch-source';
import { judge } from '../../src/posture/judge';
import { TemplateWorld, type TemplateDocument } from '../../src/posture/template-world';
import type { Json } from '../support';

const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
const att = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });

const REQUIRED = { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateName: 'required', LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } } };
const OPEN = { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateName: 'open' } };

const group = (LaunchTemplateId: unknown, Version: unknown = '$Latest') =>
  ({ Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: { LaunchTemplateId, Version } } });
const nestedStack = (Parameters?: unknown) => ({ Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'x', Parameters } });

/** An assembly of templates by id; `parent/Child` is nested in `parent` by its logical id `Child`. */
function assembly(bodies: { [id: string]: Json }) {
  const documents = Object.entries(bodies).map(([id, body]): TemplateDocument => {
    const slash = id.lastIndexOf('/');
    return { id, body, nestedIn: slash < 0 ? undefined : { document: id.slice(0, slash), logicalId: id.slice(slash + 1) } };
  });
  const world = new TemplateWorld(documents);
  const resource = (id: string, logicalId: string) => world.resourcesOf(documents.find((document) => document.id === id)!).get(logicalId)!;
  return {
    world,
    resource,
    /** What the launch template reference of a group leads to: logical ids, or names of what is outside. */
    follow: (id: string, target: unknown, to: SourceReference['to'] = 'launch template') => world.follow(resource(id, 'G'), { path: [], to, target })
      .map((found) => found.kind === 'resource' ? `${found.resource.document.id}:${found.resource.logicalId}` : found.name),
    posture: (id = 'a') => judge(resource(id, 'G'), world)!.posture,
  };
}

test.each<[name: string, own: unknown, wanted: unknown, found: string[]]>([
  ['the same function', { 'Fn::Sub': '${AWS::StackName}-web' }, { 'Fn::Sub': '${AWS::StackName}-web' }, ['a:L']],
  ['the same parameter', { Ref: 'P' }, { Ref: 'P' }, ['a:L']],
  ['another function', { 'Fn::Sub': '${AWS::StackName}-web' }, { 'Fn::Sub': '${AWS::StackName}-db' }, ['given by Fn::Sub']],
  ['the same dynamic reference', '{{resolve:ssm:name}}', '{{resolve:ssm:name}}', ['{{resolve:ssm:name}}']],
])('a name that is made by %s', (_, own, wanted, found) => {
  const named = { ...OPEN, Properties: { LaunchTemplateName: own } };
  const { follow } = assembly({ a: { Parameters: { P: {} }, Resources: { G: group('x'), L: named } }, b: { Parameters: { P: {} }, Resources: { G: group('x') } } });
  expect(follow('a', wanted)).toEqual(found);
  expect(follow('b', wanted)).not.toContain('a:L');
});

test.each([['before', ['L', 'T']], ['after', ['T', 'L']]])('a launch configuration %s it that has the name of a launch template is not taken for it', (_, order) => {
  const all: Json = { T: REQUIRED, L: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { LaunchConfigurationName: 'required' } } };
  const { follow } = assembly({ a: { Resources: { G: group('x'), ...Object.fromEntries(order.map((id) => [id, all[id]])) } } });
  expect(follow('a', 'required')).toEqual(['a:T']);
});

describe('what a reference leads to in its own template', () => {
  test.each<[name: string, target: unknown, found: string[]]>([
    ['Ref', { Ref: 'T' }, ['a:T']],
    ['Fn::GetAtt', att('T', 'LaunchTemplateId'), ['a:T']],
    ['Fn::GetAtt in one string', { 'Fn::GetAtt': 'T.LaunchTemplateId' }, ['a:T']],
    ['Fn::Sub of the whole string', { 'Fn::Sub': '${T}' }, ['a:T']],
    ['the name', 'required', ['a:T']],
    ['Fn::If', either({ Ref: 'T' }, 'open'), ['a:T', 'a:O']],
    ['nested Fn::If', either(either({ Ref: 'T' }, { Ref: 'O' }), 'lt-1'), ['a:T', 'a:O', 'lt-1']],
    ['an id', 'lt-1', ['lt-1']],
    ['a name that nothing has', 'constructor', ['constructor']],
    ['a dynamic reference', '{{resolve:ssm:required}}', ['{{resolve:ssm:required}}']],
    ['a parameter', { Ref: 'P' }, ['parameter P']],
    ['an import that nothing exports', { 'Fn::ImportValue': 'x' }, ['given by Fn::ImportValue']],
    ['an import of a computed name', { 'Fn::ImportValue': { 'Fn::Sub': 'x' } }, ['given by Fn::ImportValue']],
    ['a part of a string', { 'Fn::Sub': 'lt-${T}' }, ['given by Fn::Sub']],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${T}', { T: 'x' }] }, ['x']],
    ['a struct', { Some: 'thing' }, ['given by a value that could not be read']],
    ['a list', [{ Ref: 'T' }], ['given by a value that could not be read']],
    ['nothing', undefined, ['given by a value that could not be read']],
    ['a resource of a type that launches nothing', { Ref: 'B' }, ['parameter B']],
    ['an attribute of a nested stack that is not in the assembly', att('N', 'Outputs.T'), ['given by Fn::GetAtt']],
  ])('%s', (_, target, found) => {
    const { follow } = assembly({
      a: { Parameters: { P: {} }, Resources: { G: group('x'), T: REQUIRED, O: OPEN, B: { Type: 'AWS::S3::Bucket' }, N: nestedStack() } },
    });
    expect(follow('a', target)).toEqual(found);
  });
});

describe('between templates', () => {
  test('a name leads to any template of the assembly', () => {
    expect(assembly({ a: { Resources: { G: group('x') } }, b: { Resources: { T: REQUIRED } } }).follow('a', 'required')).toEqual(['b:T']);
  });

  test('a launch configuration has a name too', () => {
    const configuration = { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { LaunchConfigurationName: 'lc' } };
    const template = { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateName: 'lc' } };
    const { follow } = assembly({ a: { Resources: { G: group('x') } }, b: { Resources: { T: template, L: configuration } } });
    expect(follow('a', 'lc', 'launch configuration')).toEqual(['b:L']);
    expect(follow('a', 'lc')).toEqual(['b:T']);
  });

  test('an Auto Scaling group has a name too', () => {
    const named = { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { AutoScalingGroupName: 'hosts' } };
    const { follow } = assembly({ a: { Resources: { G: group('x') } }, b: { Resources: { H: named } } });
    expect(follow('a', 'hosts', 'Auto Scaling group')).toEqual(['b:H']);
  });

  test('a name that several templates use leads to the one beside it, or to any of them', () => {
    const { follow, posture } = assembly({
      a: { Resources: { G: group('required'), T: { ...OPEN, Properties: { LaunchTemplateName: 'required' } } } },
      b: { Resources: { T: REQUIRED } },
      c: { Resources: { G: group('required') } },
    });
    expect(follow('a', 'required')).toEqual(['a:T']);
    expect(posture('a')).toBe('optional');
    expect(follow('c', 'required')).toEqual(['a:T', 'b:T']);
    expect(posture('c')).toBe('conditional');
  });

  test.each<[string, unknown, string[]]>([
    ['the latest of one', att('R', 'LatestVersionNumber'), ['R']],
    ['the latest of each', either(att('R', 'LatestVersionNumber'), att('S', 'LatestVersionNumber')), ['R', 'S']],
    ['the latest of another', att('O', 'LatestVersionNumber'), ['R', 'S']],
    ['the literal latest', '$Latest', ['R', 'S']],
  ])('a name that several of a template have leads to the one whose version is asked for: %s', (_, version, found) => {
    const { world, resource } = assembly({ a: { Resources: { G: group('x'), R: REQUIRED, S: REQUIRED, O: OPEN } } });
    const targets = world.follow(resource('a', 'G'), { path: [], to: 'launch template', target: 'required', version });
    expect(targets.map((target) => target.kind === 'resource' && target.resource.logicalId)).toEqual(found);
  });

  test('an export of several templates leads to all of them', () => {
    const exporting = (T: Json) => ({ Resources: { T }, Outputs: { O: { Value: { Ref: 'T' }, Export: { Name: 'e' } } } });
    const importing = { Resources: { G: group({ 'Fn::ImportValue': 'e' }) } };
    const { follow, posture } = assembly({ a: importing, b: exporting(OPEN), c: exporting(REQUIRED) });
    expect(follow('a', { 'Fn::ImportValue': 'e' })).toEqual(['b:T', 'c:T']);
    expect(posture()).toBe('conditional');
    expect(assembly({ a: importing, b: exporting(REQUIRED), c: exporting(REQUIRED) }).posture()).toBe('required');
  });

  test.each<[name: string, value: unknown, found: string[]]>([
    ['Ref', { Ref: 'T' }, ['b:T']],
    ['Fn::Sub', { 'Fn::Sub': '${T}' }, ['b:T']],
    ['a condition', either({ Ref: 'T' }, { Ref: 'T' }), ['b:T', 'b:T']],
    ['a literal', 'lt-9', ['lt-9']],
    ['nothing', undefined, ['given by a value that could not be read']],
  ])('an export of %s leads to its template', (_, value, found) => {
    const { follow } = assembly({
      a: { Resources: { G: group('x') } },
      b: { Resources: { T: REQUIRED }, Outputs: { O: { Value: value, Export: { Name: 'e' } } } },
    });
    expect(follow('a', { 'Fn::ImportValue': 'e' })).toEqual(found);
  });

  test('an output that is exported under a name that more decides is not found', () => {
    const outputs = { O: { Value: { Ref: 'T' }, Export: { Name: { 'Fn::Sub': 'e${P}' } } }, P: { Value: 'x' }, Q: null, R: { Value: 'x', Export: 'e' } };
    const { follow } = assembly({ a: { Resources: { G: group('x') } }, b: { Resources: { T: REQUIRED }, Outputs: outputs } });
    expect(follow('a', { 'Fn::ImportValue': 'e' })).toEqual(['given by Fn::ImportValue']);
  });

  test('an export of an import leads on', () => {
    const { follow } = assembly({
      a: { Resources: { G: group('x') } },
      b: { Outputs: { O: { Value: { 'Fn::ImportValue': 'f' }, Export: { Name: 'e' } } } },
      c: { Resources: { T: REQUIRED }, Outputs: { O: { Value: { Ref: 'T' }, Export: { Name: 'f' } } } },
    });
    expect(follow('a', { 'Fn::ImportValue': 'e' })).toEqual(['c:T']);
  });

  test.each<[name: string, argument: Json, found: string]>([
    ['', {}, 'b:T'],
    [' of this region', { Region: 'eu-west-1' }, 'b:T'],
    [' of this region, by its pseudo parameter', { Region: { Ref: 'AWS::Region' } }, 'b:T'],
    [' of another region', { Region: 'us-east-1' }, 'given by Fn::GetStackOutput'],
    [' of a region that is not known', { Region: { Ref: 'P' } }, 'given by Fn::GetStackOutput'],
    [' of another account', { Region: 'eu-west-1', RoleArn: 'arn:aws:iam::2:role/r' }, 'given by Fn::GetStackOutput'],
  ])('an output of a stack%s', (_, argument, found) => {
    const target = { 'Fn::GetStackOutput': { StackName: 's', OutputName: 'O', ...argument } };
    const documents: TemplateDocument[] = [
      { id: 'a', environment: 'aws://1/eu-west-1', body: { Parameters: { P: {} }, Resources: { G: group(target) } } },
      { id: 'b', environment: 'aws://1/eu-west-1', stackName: 's', body: { Resources: { T: REQUIRED }, Outputs: { O: { Value: { Ref: 'T' } } } } },
    ];
    const world = new TemplateWorld(documents);
    const [one] = world.follow(world.resourcesOf(documents[0]).get('G')!, { path: [], to: 'launch template', target });
    expect(one.kind === 'resource' ? `b:${one.resource.logicalId}` : one.name).toBe(found);
  });

  test('exports in a circle end', () => {
    const { follow } = assembly({
      a: { Resources: { G: group('x') } },
      b: { Outputs: { O: { Value: { 'Fn::ImportValue': 'e' }, Export: { Name: 'e' } } } },
    });
    expect(follow('a', { 'Fn::ImportValue': 'e' })).toEqual(['given by Fn::ImportValue']);
  });
});

describe('nested stacks', () => {
  test('a parameter is what the parent passes', () => {
    const { follow } = assembly({
      'a': { Resources: { T: REQUIRED, N: nestedStack({ P: { Ref: 'T' }, Q: 'lt-2' }) } },
      'a/N': { Parameters: { P: {} }, Resources: { G: group('x') } },
    });
    expect([follow('a/N', { Ref: 'P' }), follow('a/N', { Ref: 'Q' }), follow('a/N', { Ref: 'R' })]).toEqual([['a:T'], ['lt-2'], ['parameter R']]);
  });

  test('a parameter of an SSM type is passed the name of its value', () => {
    const { follow } = assembly({
      'a': { Resources: { T: REQUIRED, N: nestedStack({ P: 'required', Q: 'required' }) } },
      'a/N': { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>' }, Q: { Type: 'String' } }, Resources: { G: group('x') } },
    });
    expect([follow('a/N', { Ref: 'P' }), follow('a/N', { Ref: 'Q' })]).toEqual([['parameter P'], ['a:T']]);
  });

  test('what a macro beside the nested stack may change is not passed, nor is the default', () => {
    const { follow } = assembly({
      'a': { Resources: { T: REQUIRED, N: { ...nestedStack({ P: 'required' }), 'Fn::Transform': { Name: 'M' } } } },
      'a/N': { Parameters: { P: {}, Q: { Default: 'required' } }, Resources: { G: group('x') } },
    });
    expect([follow('a/N', { Ref: 'P' }), follow('a/N', { Ref: 'Q' })]).toEqual([['parameter P'], ['parameter Q']]);
  });

  test('a parameter is passed on from level to level', () => {
    const { follow } = assembly({
      'a': { Resources: { T: REQUIRED, N: nestedStack({ P: { Ref: 'T' } }) } },
      'a/N': { Resources: { M: nestedStack({ P: { Ref: 'P' } }) } },
      'a/N/M': { Resources: { G: group('x') } },
    });
    expect(follow('a/N/M', { Ref: 'P' })).toEqual(['a:T']);
  });

  test('an output is what the child returns', () => {
    const { follow } = assembly({
      'a': { Resources: { G: group('x'), N: nestedStack() } },
      'a/N': { Resources: { T: REQUIRED }, Outputs: { Out: { Value: { Ref: 'T' } } } },
    });
    expect([follow('a', att('N', 'Outputs.Out')), follow('a', att('N', 'Outputs.Other'))]).toEqual([['a/N:T'], ['given by Fn::GetAtt']]);
  });

  test('a nested stack itself is no launch template', () => {
    const { follow, posture } = assembly({
      'a': { Resources: { G: group({ Ref: 'N' }), N: nestedStack() } },
      'a/N': { Resources: { T: REQUIRED }, Outputs: { Out: { Value: { Ref: 'T' } } } },
    });
    expect([follow('a', { Ref: 'N' }), posture()]).toEqual([['a:N'], 'external']);
  });

  test('a sibling is reached through the parent', () => {
    const { follow } = assembly({
      'a': { Resources: { N: nestedStack(), M: nestedStack({ P: att('N', 'Outputs.Out') }) } },
      'a/N': { Resources: { T: REQUIRED }, Outputs: { Out: { Value: { Ref: 'T' } } } },
      'a/M': { Resources: { G: group('x') } },
    });
    expect(follow('a/M', { Ref: 'P' })).toEqual(['a/N:T']);
  });

  test('the version is passed along with the id', () => {
    const world = (version: unknown) => assembly({
      'a': { Resources: { T: REQUIRED, N: nestedStack({ Id: { Ref: 'T' }, Version: version }) } },
      'a/N': { Resources: { G: group({ Ref: 'Id' }, { Ref: 'Version' }) } },
    }).posture('a/N');
    expect([att('T', 'LatestVersionNumber'), '$Latest', '2', att('T', 'DefaultVersionNumber')].map(world))
      .toEqual(['required', 'required', 'external', 'external']);
  });

  test('the version is returned along with the id', () => {
    const world = (attribute: string) => assembly({
      'a': { Resources: { G: group(att('N', 'Outputs.Id'), att('N', 'Outputs.Version')), N: nestedStack() } },
      'a/N': { Resources: { T: REQUIRED }, Outputs: { Id: { Value: { Ref: 'T' } }, Version: { Value: att('T', attribute) } } },
    }).posture('a');
    expect([world('LatestVersionNumber'), world('DefaultVersionNumber')]).toEqual(['required', 'external']);
  });

  test('a nested stack whose parent is not in the assembly has parameters of its own', () => {
    const document: TemplateDocument = { id: 'b', body: { Resources: { G: group({ Ref: 'P' }) } }, nestedIn: { document: 'a', logicalId: 'N' } };
    const world = new TemplateWorld([document]);
    expect(judge(world.resourcesOf(document).get('G')!, world)?.posture).toBe('external');
  });

  test('parameters in a circle end', () => {
    const documents: TemplateDocument[] = [{ id: 'a', body: { Resources: { G: group({ Ref: 'P' }), N: nestedStack({ P: { Ref: 'P' } }) } }, nestedIn: { document: 'a', logicalId: 'N' } }];
    const world = new TemplateWorld(documents);
    expect(judge(world.resourcesOf(documents[0]).get('G')!, world)?.posture).toBe('external');
  });
});

describe('the version that a reference asks for', () => {
  test.each<[version: unknown, expected: string]>([
    ['$Latest', 'latest'],
    [att('T', 'LatestVersionNumber'), 'latest'],
    [att('T', 'DefaultVersionNumber'), 'pinned'],
    ['$Default', 'pinned'],
    ['1', 'pinned'],
    [undefined, 'pinned'],
    [{ Ref: 'P' }, 'unknown'],
    [{ 'Fn::ImportValue': 'version' }, 'latest'],
    [{ 'Fn::ImportValue': 'of another' }, 'pinned'],
    [{ 'Fn::ImportValue': 'literal' }, 'pinned'],
    [either('$Latest', '1'), 'unknown'],
  ])('%j is %s', (version, expected) => {
    const { world, resource } = assembly({
      a: {
        Parameters: { P: {} },
        Resources: { G: group('x'), T: REQUIRED },
        Outputs: { V: { Value: att('T', 'LatestVersionNumber'), Export: { Name: 'version' } } },
      },
      b: {
        Resources: { T: REQUIRED },
        Outputs: {
          V: { Value: att('T', 'LatestVersionNumber'), Export: { Name: 'of another' } },
          L: { Value: '7', Export: { Name: 'literal' } },
        },
      },
    });
    expect(world.version(resource('a', 'G'), { path: [], to: 'launch template', target: { Ref: 'T' }, version })).toBe(expected);
  });
});

describe('what the values of a parameter can be', () => {
  const unknown = [{ Ref: 'P' }];
  test.each<[parameters: unknown, values: unknown[]]>([
    [{ P: { AllowedValues: ['a', 'b'] } }, ['a', 'b']],
    [{ P: { AllowedValues: [1, true] } }, [1, true]],
    [{ P: { AllowedValues: [] } }, unknown],
    [{ P: { AllowedValues: 'a' } }, unknown],
    [{ P: { Default: 'a' } }, unknown],
    [{ P: { Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: ['a', 'b'] } }, unknown],
    [{ P: {} }, unknown],
    [{ P: null }, unknown],
    [{}, unknown],
    [undefined, unknown],
    [[], unknown],
  ])('with the parameters %j they are %j', (parameters, values) => {
    const { world, resource } = assembly({ a: { Parameters: parameters, Resources: { G: group('x') } } });
    expect(world.outcomes(resource('a', 'G'))({ Ref: 'P' })).toEqual(values);
  });
});

test('only launch sources and nested stacks are kept of a template', () => {
  const resources = { T: REQUIRED, N: nestedStack(), B: { Type: 'AWS::S3::Bucket' }, X: null, Y: [], Z: { Type: 5 }, G: group('x') };
  const document = { id: 'a', body: { Resources: resources } };
  expect([...new TemplateWorld([document]).resourcesOf(document).keys()]).toEqual(['T', 'N', 'G']);
});

test.each([undefined, null, [], 'text', 5, {}, { Resources: null }, { Resources: [] }, { Resources: 'text' }])('a template of %j holds no resources', (body) => {
  const document = { id: 'a', body };
  expect(new TemplateWorld([document]).resourcesOf(document).size).toBe(0);
});

test('a template is read when something leads there, and once', () => {
  const read = jest.fn(() => ({ Resources: { T: REQUIRED, G: group('open') } }));
  const [document, other] = [{ id: 'a', get body() { return read(); } }, { id: 'b', body: { Resources: { G: group('lt-1') } } }];
  const world = new TemplateWorld([document, other]);
  expect(read).not.toHaveBeenCalled();
  expect(world.resourcesOf(other).size + world.resourcesOf(other).size).toBe(2);
  expect(read).not.toHaveBeenCalled();
  expect(world.resourcesOf(document)).toBe(world.resourcesOf(document));
});

test('a stack set is unseen unless its template is among those that are judged, by the URL in its properties', () => {
  const set = (hash: string) => ({ Type: 'AWS::CloudFormation::StackSet', Properties: { TemplateURL: { 'Fn::Sub': `https://s3.\${AWS::Region}/${hash}.json` } } });
  const document: TemplateDocument = {
    id: 'a',
    body: { Resources: { Ours: set('abc'), Theirs: set('def'), Bare: { Type: 'AWS::CloudFormation::StackSet' } } },
    shows: (named) => JSON.stringify(named).includes('abc.json'),
  };
  expect(new TemplateWorld([document]).unseenIn(document).map(({ resource }) => resource.logicalId)).toEqual(['Theirs', 'Bare']);
});
