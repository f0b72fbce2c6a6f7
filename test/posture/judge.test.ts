import * as fc from 'fast-check';
import { OPTION_CASES, PARAMETERS } from './fixtures';
import { judge } from '../../src/posture/judge';
import { TemplateWorld, type TemplateDocument } from '../../src/posture/template-world';
import type { Json } from '../support';

const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
const att = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });

const MACRO = { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/key' } } };
const REQUIRED = { HttpTokens: 'required' };
const OPTIONAL = { HttpTokens: 'optional' };
const DISABLED = { HttpEndpoint: 'disabled' };

const instance = (properties: Json) => ({ Type: 'AWS::EC2::Instance', Properties: properties });
const launchTemplate = (options?: unknown) => ({ Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: options } } });
const group = (properties: Json) => ({ Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: properties });
const latest = (logicalId: string) => ({ LaunchTemplateId: { Ref: logicalId }, Version: att(logicalId, 'LatestVersionNumber') });

/** The judgement of the resource `R` in a template with these others beside it. */
function judgement(resource: Json, others: Json = {}) {
  const document: TemplateDocument = { id: 'template', body: { Parameters: PARAMETERS, Resources: { R: resource, ...others } } };
  const world = new TemplateWorld([document]);
  return judge(world.resourcesOf(document).get('R')!, world);
}

const postureOf = (resource: Json, others: Json = {}) => judgement(resource, others)?.posture;

describe('what a block of metadata options says', () => {
  const wraps: Array<[type: string, wrap: (options: unknown) => Json]> = [
    ['AWS::EC2::Instance', (options) => instance({ MetadataOptions: options })],
    ['AWS::EC2::LaunchTemplate', launchTemplate],
    ['AWS::AutoScaling::LaunchConfiguration', (options) => ({ Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { MetadataOptions: options } })],
    ['a group, through its launch template', (options) => group({ LaunchTemplate: { LaunchTemplateId: options, Version: '$Latest' } })],
  ];

  describe.each(wraps)('%s', (type, wrap) => {
    test.each(OPTION_CASES)('%s', (_, options, posture) => {
      const followed = type.startsWith('a group');
      const judged = followed ? judgement(wrap({ Ref: 'T' }), { T: launchTemplate(options) }) : judgement(wrap(options));
      expect(judged?.posture).toBe(posture);
      expect(judged?.reason).not.toBe('');
    });
  });
});

describe('what stands above the block', () => {
  const data = (value: unknown) => ({ Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: value } });

  test.each<[string, Json, string]>([
    ['properties made by a transform', { Type: 'AWS::EC2::Instance', Properties: { 'Fn::Transform': { Name: 'M' } } }, 'conditional'],
    ['a transform beside the properties', { ...instance({ MetadataOptions: REQUIRED }), ...MACRO }, 'conditional'],
    ['a transform among the properties', instance({ 'MetadataOptions': REQUIRED, 'Fn::Transform': { Name: 'M' } }), 'conditional'],
    ['properties that are a list', { Type: 'AWS::EC2::Instance', Properties: [] }, 'conditional'],
    ['properties that are null', { Type: 'AWS::EC2::Instance', Properties: null }, 'conditional'],
    ['no properties', { Type: 'AWS::EC2::Instance' }, 'optional'],
    ['no launch template data', { Type: 'AWS::EC2::LaunchTemplate', Properties: {} }, 'optional'],
    ['data made by a transform', data({ 'Fn::Transform': { Name: 'M' } }), 'conditional'],
    ['a transform among the data', data({ 'MetadataOptions': REQUIRED, 'Fn::Transform': { Name: 'M' } }), 'conditional'],
    ['data under a condition, required either way', data(either({ MetadataOptions: REQUIRED }, { MetadataOptions: REQUIRED })), 'required'],
    ['data under a condition, open in one branch', data(either({ MetadataOptions: REQUIRED }, {})), 'conditional'],
    ['data under a condition, absent in one branch', data(either({ MetadataOptions: REQUIRED }, NO_VALUE)), 'conditional'],
    ['data under nested conditions', data(either(either({ MetadataOptions: REQUIRED }, { MetadataOptions: DISABLED }), { MetadataOptions: REQUIRED })), 'required'],
    ['a parameter for data', data({ Ref: 'Any' }), 'conditional'],
  ])('%s', (_, resource, posture) => {
    expect(postureOf(resource)).toBe(posture);
  });

  test('a property called Ref beside others is a property', () => {
    expect(postureOf(instance({ Ref: 'x', MetadataOptions: REQUIRED }))).toBe('required');
  });
});

describe('what is no launch source', () => {
  test.each(['AWS::S3::Bucket', 'AWS::Batch::JobDefinition', 'AWS::CloudFormation::Stack'])('%s has no posture', (type) => {
    const document: TemplateDocument = { id: 't', body: {} };
    expect(judge({ document, logicalId: 'R', body: { Type: type } }, new TemplateWorld([document]))).toBeUndefined();
  });

  test.each([undefined, null, 5, {}, ['AWS::EC2::Instance']])('a type of %j has none', (type) => {
    const document: TemplateDocument = { id: 't', body: {} };
    expect(judge({ document, logicalId: 'R', body: { Type: type } }, new TemplateWorld([document]))).toBeUndefined();
  });
});

describe('an instance and its launch template', () => {
  test.each<[name: string, own: unknown, theirs: unknown, posture: string]>([
    ['silence inherits required', undefined, REQUIRED, 'required'],
    ['silence inherits optional', undefined, OPTIONAL, 'optional'],
    ['silence inherits silence', undefined, undefined, 'optional'],
    ['silence inherits disabled', undefined, DISABLED, 'disabled'],
    ['silence inherits a condition', undefined, either(REQUIRED, OPTIONAL), 'conditional'],
    ['an empty block inherits', {}, REQUIRED, 'required'],
    ['a block of no value inherits', NO_VALUE, REQUIRED, 'required'],
    ['explicit optional beats required', OPTIONAL, REQUIRED, 'optional'],
    ['explicit required beats optional', REQUIRED, OPTIONAL, 'required'],
    ['a disabled endpoint beats optional', DISABLED, OPTIONAL, 'disabled'],
    ['a block with other options inherits tokens', { HttpPutResponseHopLimit: 1 }, REQUIRED, 'required'],
    ['a block with other options inherits optional', { HttpPutResponseHopLimit: 1 }, OPTIONAL, 'optional'],
    ['required or inherited required', either(REQUIRED, NO_VALUE), REQUIRED, 'required'],
    ['required or inherited optional', either(REQUIRED, NO_VALUE), OPTIONAL, 'conditional'],
    ['required or inherited conditional', either(REQUIRED, NO_VALUE), either(REQUIRED, OPTIONAL), 'conditional'],
    ['optional or inherited required', either(OPTIONAL, NO_VALUE), REQUIRED, 'optional'],
    ['disabled or inherited required', either(DISABLED, NO_VALUE), REQUIRED, 'disabled'],
  ])('%s', (_, own, theirs, posture) => {
    expect(postureOf(instance({ MetadataOptions: own, LaunchTemplate: latest('T') }), { T: launchTemplate(theirs) })).toBe(posture);
  });

  test.each<[name: string, reference: unknown, posture: string]>([
    ['no template at all is silence', NO_VALUE, 'optional'],
    ['a template or none, under a condition', either(latest('T'), NO_VALUE), 'conditional'],
    ['one of two required templates', either(latest('T'), latest('U')), 'required'],
    ['one of two templates, one of them open', either(latest('T'), latest('O')), 'conditional'],
    ['a template outside of the app', { LaunchTemplateId: 'lt-1', Version: '1' }, 'external'],
    ['a template outside of the app or a required one', either({ LaunchTemplateId: 'lt-1', Version: '1' }, latest('T')), 'external'],
    ['a specification that is a parameter', { Ref: 'Any' }, 'external'],
    ['a specification that is a transform', { 'Fn::Transform': {} }, 'external'],
    ['a template that is a bucket', latest('B'), 'external'],
    ['a template that is an instance', latest('I'), 'external'],
  ])('%s', (_, reference, posture) => {
    const others = {
      T: launchTemplate(REQUIRED),
      U: launchTemplate(DISABLED),
      O: launchTemplate(OPTIONAL),
      B: { Type: 'AWS::S3::Bucket' },
      I: instance({ MetadataOptions: REQUIRED }),
    };
    expect(postureOf(instance({ LaunchTemplate: reference }), others)).toBe(posture);
  });
});

describe('a version of a required launch template', () => {
  test.each<[name: string, version: unknown, posture: string]>([
    ['the latest, by attribute', att('T', 'LatestVersionNumber'), 'required'],
    ['the latest, by attribute in one string', { 'Fn::GetAtt': 'T.LatestVersionNumber' }, 'required'],
    ['the latest, by Fn::Sub', { 'Fn::Sub': '${T.LatestVersionNumber}' }, 'required'],
    ['the latest, by name', '$Latest', 'required'],
    ['the default, by attribute', att('T', 'DefaultVersionNumber'), 'external'],
    ['the default, by Fn::Sub', { 'Fn::Sub': '${T.DefaultVersionNumber}' }, 'external'],
    ['the default, by name', '$Default', 'external'],
    ['a literal', '3', 'external'],
    ['a number', 3, 'external'],
    ['none', undefined, 'external'],
    ['no value', NO_VALUE, 'external'],
    ['the latest either way', either('$Latest', att('T', 'LatestVersionNumber')), 'required'],
    ['the latest or a literal', either('$Latest', '1'), 'external'],
    ['a literal either way', either('1', '2'), 'external'],
    ['a parameter', { Ref: 'Any' }, 'external'],
    ['a part of a string', { 'Fn::Sub': 'v${T.LatestVersionNumber}' }, 'external'],
  ])('%s', (_, version, posture) => {
    const specification = { LaunchTemplateId: { Ref: 'T' }, Version: version };
    const others = { T: launchTemplate(REQUIRED) };
    expect(postureOf(group({ LaunchTemplate: specification }), others)).toBe(posture);
    expect(postureOf(instance({ LaunchTemplate: specification }), others)).toBe(posture);
  });

  test.each<[name: string, template: unknown, version: unknown, posture: string]>([
    ['the number of another template', { Ref: 'T' }, att('U', 'LatestVersionNumber'), 'external'],
    ['the number of another template, by Fn::Sub', { Ref: 'T' }, { 'Fn::Sub': '${U.LatestVersionNumber}' }, 'external'],
    ['its own number or that of another', { Ref: 'T' }, either(att('T', 'LatestVersionNumber'), att('U', 'LatestVersionNumber')), 'external'],
    ['one of two templates with the number of one', either({ Ref: 'T' }, { Ref: 'U' }), att('T', 'LatestVersionNumber'), 'external'],
    ['one of two templates, each with its own number', either({ Ref: 'T' }, { Ref: 'U' }),
      either(att('T', 'LatestVersionNumber'), att('U', 'LatestVersionNumber')), 'required'],
    ['one of two templates, the latest by name', either({ Ref: 'T' }, { Ref: 'U' }), '$Latest', 'required'],
    ['one of two templates, the latest by number or name', either({ Ref: 'T' }, { Ref: 'U' }), either(att('T', 'LatestVersionNumber'), '$Latest'), 'required'],
  ])('%s', (_, LaunchTemplateId, version, posture) => {
    const others = { T: launchTemplate(REQUIRED), U: launchTemplate(REQUIRED) };
    expect(postureOf(group({ LaunchTemplate: { LaunchTemplateId, Version: version } }), others)).toBe(posture);
  });

  test('a pinned version of an open launch template is open', () => {
    expect(postureOf(group({ LaunchTemplate: { LaunchTemplateId: { Ref: 'T' }, Version: '1' } }), { T: launchTemplate(OPTIONAL) })).toBe('optional');
  });
});

describe('an Auto Scaling group', () => {
  const mixed = (base: unknown, ...overrides: unknown[]) => ({
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: base,
        Overrides: overrides.map((LaunchTemplateSpecification) => ({ LaunchTemplateSpecification })),
      },
    },
  });
  const others = {
    T: launchTemplate(REQUIRED),
    D: launchTemplate(DISABLED),
    O: launchTemplate(OPTIONAL),
    X: launchTemplate(either(REQUIRED, OPTIONAL)),
    L: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { MetadataOptions: OPTIONAL } },
    M: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { MetadataOptions: REQUIRED } },
  };

  test.each<[name: string, properties: Json, posture: string]>([
    ['of a required base', mixed(latest('T')), 'required'],
    ['of a required base and a required override', mixed(latest('T'), latest('T')), 'required'],
    ['of a required base and a disabled override', mixed(latest('T'), latest('D')), 'required'],
    ['of a disabled base and override', mixed(latest('D'), latest('D')), 'disabled'],
    ['of a required base and an open override', mixed(latest('T'), latest('T'), latest('O')), 'optional'],
    ['of an open base and a required override', mixed(latest('O'), latest('T')), 'optional'],
    ['of a required base and a conditional override', mixed(latest('T'), latest('X')), 'conditional'],
    ['of a required base and an override outside of the app', mixed(latest('T'), { LaunchTemplateId: 'lt-1' }), 'external'],
    ['of a conditional base and an override outside of the app', mixed(latest('X'), { LaunchTemplateId: 'lt-1' }), 'conditional'],
    ['of a base outside of the app and an open override', mixed({ LaunchTemplateId: 'lt-1' }, latest('O')), 'optional'],
    ['of an override that names none', mixed(latest('T'), undefined), 'required'],
    ['of an override that a macro makes', { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: latest('T'), Overrides: [MACRO] } } }, 'external'],
    ['of a policy that a macro adds to', { MixedInstancesPolicy: { ...mixed(latest('T')).MixedInstancesPolicy, ...MACRO } }, 'external'],
    ['of a launch template that a macro adds to', { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: latest('T'), ...MACRO } } }, 'external'],
    ['of a specification that a macro adds to', mixed({ ...latest('T'), ...MACRO }), 'external'],
    ['of an override under a condition', mixed(latest('T'), either(latest('T'), latest('O'))), 'optional'],
    ['of a base under a condition', mixed(either(latest('T'), latest('O'))), 'optional'],
    ['of a required launch configuration', { LaunchConfigurationName: { Ref: 'M' } }, 'required'],
    ['of an open launch configuration', { LaunchConfigurationName: { Ref: 'L' } }, 'optional'],
    ['of one of two launch configurations', { LaunchConfigurationName: either({ Ref: 'L' }, { Ref: 'M' }) }, 'optional'],
    ['of a template under one condition and a policy under the other',
      { LaunchTemplate: either(latest('T'), NO_VALUE), ...mixed(latest('T')) }, 'required'],
    ['of a running instance', { InstanceId: 'i-1' }, 'external'],
    ['of a running instance of the app', { InstanceId: { Ref: 'T' } }, 'external'],
    ['of nothing', {}, 'external'],
    ['of no value', { LaunchTemplate: NO_VALUE, MixedInstancesPolicy: NO_VALUE, LaunchConfigurationName: NO_VALUE, InstanceId: NO_VALUE }, 'external'],
    ['of a policy that is a parameter', { MixedInstancesPolicy: { Ref: 'Any' } }, 'external'],
    ['of overrides that are a parameter', { MixedInstancesPolicy: { LaunchTemplate: { ...mixed(latest('T')), Overrides: { Ref: 'Any' } } } }, 'external'],
  ])('%s', (_, properties, posture) => {
    expect(postureOf(group(properties), others)).toBe(posture);
  });

  test('names the reference that decides', () => {
    expect(judgement(group(mixed(latest('T'), latest('T'), latest('O'))), others)).toEqual({
      posture: 'optional',
      path: 'Properties.MixedInstancesPolicy.LaunchTemplate.Overrides.1.LaunchTemplateSpecification',
      reason: 'follows its launch template: tokens are optional',
      chain: [{ path: 'Properties.MixedInstancesPolicy.LaunchTemplate.Overrides.1.LaunchTemplateSpecification', logicalId: 'O', document: 'template' }],
    });
  });
});

describe('where the judgement points', () => {
  test.each<[string, Json, string]>([
    ['required tokens', instance({ MetadataOptions: REQUIRED }), 'Properties.MetadataOptions.HttpTokens'],
    ['optional tokens', instance({ MetadataOptions: OPTIONAL }), 'Properties.MetadataOptions.HttpTokens'],
    ['silence', instance({}), 'Properties.MetadataOptions'],
    ['a disabled endpoint', instance({ MetadataOptions: DISABLED }), 'Properties.MetadataOptions.HttpEndpoint'],
    ['a condition', launchTemplate(either(REQUIRED, OPTIONAL)), 'Properties.LaunchTemplateData.MetadataOptions'],
    ['a version', instance({ LaunchTemplate: { LaunchTemplateId: { Ref: 'R2' }, Version: '1' } }), 'Properties.LaunchTemplate.Version'],
    ['properties', { Type: 'AWS::EC2::Instance', Properties: 'x' }, 'Properties'],
  ])('%s', (_, resource, path) => {
    expect(judgement(resource, { R2: launchTemplate(REQUIRED) })?.path).toBe(path);
  });

  test('says that a launch template says nothing in its own words', () => {
    expect(judgement(launchTemplate())?.reason).toBe('the launch template says nothing about tokens');
  });
});

describe('bad templates', () => {
  test('an instance that names itself as launch template names none', () => {
    expect(postureOf(instance({ LaunchTemplate: latest('R') }))).toBe('external');
  });

  test('two instances that name each other name none', () => {
    expect(postureOf(instance({ LaunchTemplate: latest('S') }), { S: instance({ LaunchTemplate: latest('R') }) })).toBe('external');
  });

  const keys = fc.constantFrom(
    'Resources', 'Parameters', 'Outputs', 'R', 'S', 'Type', 'Properties', 'MetadataOptions', 'LaunchTemplateData', 'LaunchTemplate', 'LaunchTemplateId',
    'LaunchTemplateName', 'Version', 'MixedInstancesPolicy', 'LaunchTemplateSpecification', 'Overrides', 'HttpTokens', 'HttpEndpoint', 'Ref', 'Fn::If',
    'Fn::GetAtt', 'Fn::Sub', 'Fn::ImportValue', 'Fn::Transform', 'Export', 'Name', 'Value', 'AllowedValues', '__proto__', 'constructor',
  );
  const leaves = fc.oneof(fc.constantFrom(
    null, 'required', 'optional', 'disabled', 'R', 'S', 'AWS::NoValue', '${R}', '${R.LatestVersionNumber}', 'R.LatestVersionNumber', 'Outputs.R', '$Latest',
    'AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::AutoScalingGroup', 'AWS::CloudFormation::Stack', 'constructor',
  ), fc.double(), fc.boolean(), fc.string());
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof({ depthSize: 'small', withCrossShrink: true },
      leaves, fc.array(tie('json'), { maxLength: 3 }), fc.dictionary(keys, tie('json'), { maxKeys: 4 })),
  }));
  const types = fc.constantFrom(
    'AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::AutoScalingGroup', 'AWS::AutoScaling::LaunchConfiguration',
    'AWS::CloudFormation::Stack', 'AWS::EC2::EC2Fleet',
  );
  const resources = fc.dictionary(fc.constantFrom('R', 'S', 'N'), fc.record({ Type: fc.oneof(types, json), Properties: json }, { requiredKeys: ['Type'] }));
  const bodies = fc.oneof(json, fc.record({ Resources: fc.oneof(resources, json), Parameters: json, Outputs: json }, { requiredKeys: ['Resources'] }));

  test('no JSON throws', () => {
    fc.assert(fc.property(bodies, bodies, (body, nested) => {
      const documents: TemplateDocument[] = [{ id: 'a', body }, { id: 'b', body: nested, nestedIn: { document: 'a', logicalId: 'N' } }];
      const world = new TemplateWorld(documents);
      for (const document of documents) {
        for (const resource of world.resourcesOf(document).values()) {
          const judged = judge(resource, world);
          if (judged) expect(['required', 'disabled', 'optional', 'conditional', 'external', 'unsettable']).toContain(judged.posture);
        }
      }
    }), { numRuns: 2000, seed: 7 });
  });
});
