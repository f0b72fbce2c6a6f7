import { att, DISABLED, either, group, instance, judgementIn, latest, launchTemplate, nestedStack, NO_VALUE, OPTIONAL, REQUIRED } from './templates';
import type { Json } from '../support';

const parameter = (name: string) => ({ kind: 'parameter', name });
const condition = (name: string) => ({ kind: 'condition', name });
const transform = (name: string) => ({ kind: 'transform', name });
const dynamic = (name: string) => ({ kind: 'dynamic reference', name });

const PARAMETERS = {
  Any: { Type: 'String', Default: 'required' },
  Open: { Type: 'String', Default: 'optional' },
  None: { Type: 'String' },
  Both: { Type: 'String', AllowedValues: ['required', 'optional'], Default: 'required' },
  Safe: { Type: 'String', AllowedValues: ['required'] },
  Secret: { Type: 'AWS::SSM::Parameter::Value<String>', Default: 'required' },
  Number: { Type: 'Number', Default: 1 },
};

const CONDITIONS = {
  Yes: { 'Fn::Equals': [{ Ref: 'Any' }, 'required'] },
  No: { 'Fn::Equals': [{ Ref: 'Any' }, 'optional'] },
  Unknown: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
  Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
};

const TEMPLATE = { Parameters: PARAMETERS, Conditions: CONDITIONS };

const of = (resource: Json, others: Json = {}) => judgementIn({ a: { ...TEMPLATE, Resources: { R: resource, ...others } } });

describe('what a conditional posture depends on, and what it is under the defaults', () => {
  test.each<[name: string, resource: Json, dependsOn: unknown[] | undefined, underDefaults: string | undefined]>([
    ['a parameter with a default', instance({ HttpTokens: { Ref: 'Any' } }), [parameter('Any')], 'required'],
    ['a parameter whose default is open', instance({ HttpTokens: { Ref: 'Open' } }), [parameter('Open')], 'optional'],
    ['a parameter of two allowed values', instance({ HttpTokens: { Ref: 'Both' } }), [parameter('Both')], 'required'],
    ['a parameter without default', instance({ HttpTokens: { Ref: 'None' } }), [parameter('None')], undefined],
    ['a parameter that is not declared', instance({ HttpTokens: { Ref: 'Missing' } }), [parameter('Missing')], undefined],
    ['a parameter whose default names a value kept elsewhere', instance({ HttpTokens: { Ref: 'Secret' } }), [parameter('Secret')], undefined],
    ['a parameter within Fn::Sub', instance({ HttpTokens: { 'Fn::Sub': '${Any}' } }), [parameter('Any')], 'required'],
    ['a parameter as variable of Fn::Sub', instance({ HttpTokens: { 'Fn::Sub': ['${V}', { V: { Ref: 'Open' } }] } }), [parameter('Open')], 'optional'],
    ['a parameter for the whole block', instance({ Ref: 'Any' }), [parameter('Any')], undefined],
    ['a pseudo parameter', instance({ HttpTokens: { Ref: 'AWS::Region' } }), [parameter('AWS::Region')], undefined],
    ['a parameter for the endpoint', instance({ HttpEndpoint: { Ref: 'Open' } }), [parameter('Open')], 'optional'],
    ['a condition that holds', instance(either(REQUIRED, OPTIONAL, 'Yes')), [condition('Yes')], 'required'],
    ['a condition that does not hold', instance(either(REQUIRED, OPTIONAL, 'No')), [condition('No')], 'optional'],
    ['a condition over the tokens', instance({ HttpTokens: either('required', 'optional', 'Yes') }), [condition('Yes')], 'required'],
    ['a condition above the block', { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: either({ MetadataOptions: REQUIRED }, {}, 'No') } },
      [condition('No')], 'optional'],
    ['a condition on a pseudo parameter', instance(either(REQUIRED, OPTIONAL, 'Unknown')), [condition('Unknown')], undefined],
    ['a condition on itself', instance(either(REQUIRED, OPTIONAL, 'Circle')), [condition('Circle')], undefined],
    ['a condition that is not there', instance(either(REQUIRED, OPTIONAL, 'Missing')), [condition('Missing')], undefined],
    ['a condition in a condition', instance(either(either(REQUIRED, OPTIONAL, 'Unknown'), DISABLED, 'No')), [condition('No'), condition('Unknown')], 'disabled'],
    ['an undecided condition over a decided one', instance(either(either(REQUIRED, OPTIONAL, 'Yes'), DISABLED, 'Unknown')),
      [condition('Unknown'), condition('Yes')], 'required'],
    ['a condition and a parameter, each once', instance(either({ HttpTokens: { Ref: 'Any' } }, { HttpTokens: { Ref: 'Any' } }, 'Yes')),
      [condition('Yes'), parameter('Any')], 'required'],
    ['a condition that has no name', instance({ 'Fn::If': [{ Condition: 'Yes' }, REQUIRED, OPTIONAL] }), undefined, undefined],
    ['a dynamic reference', instance({ HttpTokens: '{{resolve:ssm:/tokens}}' }), [dynamic('{{resolve:ssm:/tokens}}')], undefined],
    ['a dynamic reference in Fn::Join', instance({ HttpTokens: { 'Fn::Join': ['', ['{{resolve:ssm:/a}}', { Ref: 'Any' }]] } }),
      [dynamic('{{resolve:ssm:/a}}'), parameter('Any')], undefined],
    ['a macro in the place of tokens', instance({ HttpTokens: { 'Fn::Transform': { Name: 'M' } } }), [transform('M')], undefined],
    ['a macro beside tokens', instance({ ...REQUIRED, 'Fn::Transform': { Name: 'M' } }), [transform('M')], undefined],
    ['a macro without name', instance({ 'Fn::Transform': {} }), [transform('Fn::Transform')], undefined],
    ['a macro in the place of the properties', { Type: 'AWS::EC2::Instance', Properties: { 'Fn::Transform': { Name: 'M' } } }, [transform('M')], undefined],
    ['a loop among the properties', { Type: 'AWS::EC2::Instance', Properties: { 'Fn::ForEach::P': ['X', ['a'], {}] } }, [transform('Fn::ForEach::P')], undefined],
    ['the keys of a mapping', instance({ HttpTokens: { 'Fn::FindInMap': ['M', { Ref: 'None' }, 'k'] } }), [parameter('None')], undefined],
    ['the attribute of another resource', instance({ HttpTokens: att('Custom', 'Tokens') }), undefined, undefined],
    ['the name of another resource', instance({ HttpTokens: { Ref: 'Custom' } }), undefined, undefined],
    ['an import that nothing exports', instance({ HttpTokens: { 'Fn::ImportValue': { 'Fn::Sub': '${None}-x' } } }), [parameter('None')], undefined],
    ['properties that are a list', { Type: 'AWS::EC2::Instance', Properties: [] }, undefined, undefined],
  ])('%s', (_, resource, dependsOn, underDefaults) => {
    const judgement = of(resource, { Custom: { Type: 'Custom::Tokens' } })!;
    expect([judgement.posture, judgement.dependsOn, judgement.underDefaults]).toEqual(['conditional', dependsOn, underDefaults]);
  });

  test.each<[name: string, resource: Json]>([
    ['required', instance(REQUIRED)],
    ['disabled', instance(DISABLED)],
    ['optional', instance(either(OPTIONAL, {}))],
    ['required by a parameter that allows nothing else', instance({ HttpTokens: { Ref: 'Safe' } })],
    ['external', instance(undefined, { LaunchTemplate: latest('lt-1') })],
  ])('no other posture depends on anything: %s', (_, resource) => {
    const judgement = of(resource)!;
    expect('dependsOn' in judgement || 'underDefaults' in judgement).toBe(false);
  });
});

describe('a condition under the defaults', () => {
  const equals = (left: unknown, right: unknown) => ({ 'Fn::Equals': [left, right] });
  const [T, F, U] = [equals('a', 'a'), equals('a', 'b'), equals({ Ref: 'None' }, 'a')];
  let nested: Json = T;
  for (let i = 0; i < 10_000; i++) nested = { 'Fn::Not': [nested] };

  test.each<[name: string, condition: unknown, outcome: 'holds' | 'fails' | undefined]>([
    ['equal literals', T, 'holds'],
    ['different literals', F, 'fails'],
    ['a default and a literal', equals({ Ref: 'Any' }, 'required'), 'holds'],
    ['a default number and its text', equals({ Ref: 'Number' }, '1'), 'holds'],
    ['a parameter without default', U, undefined],
    ['a parameter that allows one value', equals({ Ref: 'Safe' }, 'required'), 'holds'],
    ['a parameter that names a value kept elsewhere', equals({ Ref: 'Secret' }, 'required'), undefined],
    ['a mapping of literals', equals({ 'Fn::FindInMap': ['M', 'a', 'b'] }, 'c'), 'holds'],
    ['a mapping of a default', equals({ 'Fn::FindInMap': ['M', { Ref: 'Any' }, 'b'] }, 'd'), 'holds'],
    ['a mapping of the region', equals({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'b'] }, 'c'), undefined],
    ['Fn::Sub of a default', equals({ 'Fn::Sub': 'is-${Any}' }, 'is-required'), 'holds'],
    ['Fn::If of a condition', equals(either('x', 'y', 'Yes'), 'x'), 'holds'],
    ['a dynamic reference', equals('{{resolve:ssm:x}}', '{{resolve:ssm:x}}'), undefined],
    ['one argument', { 'Fn::Equals': ['a'] }, undefined],
    ['no list', { 'Fn::Equals': 'a' }, undefined],
    ['another condition', { Condition: 'Yes' }, 'holds'],
    ['another condition that fails', { Condition: 'No' }, 'fails'],
    ['not', { 'Fn::Not': [T] }, 'fails'],
    ['not of what fails', { 'Fn::Not': [F] }, 'holds'],
    ['not of what is unknown', { 'Fn::Not': [U] }, undefined],
    ['not of nothing', { 'Fn::Not': [] }, undefined],
    ['and', { 'Fn::And': [T, { Condition: 'Yes' }] }, 'holds'],
    ['and, one of them failing beside an unknown one', { 'Fn::And': [U, F] }, 'fails'],
    ['and, one of them unknown', { 'Fn::And': [T, U] }, undefined],
    ['or', { 'Fn::Or': [F, F] }, 'fails'],
    ['or, one of them holding beside an unknown one', { 'Fn::Or': [U, T] }, 'holds'],
    ['or, one of them unknown', { 'Fn::Or': [F, U] }, undefined],
    ['a function that is no condition', { 'Fn::Sub': ['a'] }, undefined],
    ['a literal', 'true', undefined],
    ['a condition nested ten thousand times', nested, undefined],
  ])('%s', (_, expression, outcome) => {
    const judgement = judgementIn({
      a: {
        Parameters: PARAMETERS,
        Mappings: { M: { a: { b: 'c' }, required: { b: 'd' } } },
        Conditions: { ...CONDITIONS, C: expression },
        Resources: { R: instance(either(REQUIRED, OPTIONAL)) },
      },
    });
    expect(judgement?.underDefaults).toBe(outcome && { holds: 'required', fails: 'optional' }[outcome]);
  });

  test('a resource under a condition is judged as if it were there', () => {
    expect(of({ ...instance(OPTIONAL), Condition: 'No' })?.posture).toBe('optional');
  });
});

describe('what decides beyond the resource', () => {
  const others = {
    T: launchTemplate(REQUIRED),
    O: launchTemplate(OPTIONAL),
    P: launchTemplate({ HttpTokens: { Ref: 'Open' } }),
    X: launchTemplate(either(REQUIRED, OPTIONAL, 'Yes')),
  };
  const [toT, toO, toP, toX] = ['T', 'O', 'P', 'X'].map((name) => latest({ Ref: name }));

  test.each<[name: string, resource: Json, dependsOn: unknown[], underDefaults: string | undefined]>([
    ['the condition of its launch template', group({ LaunchTemplate: toX }), [condition('Yes')], 'required'],
    ['the parameter of its launch template', group({ LaunchTemplate: toP }), [parameter('Open')], 'optional'],
    ['which launch template a condition chooses by id', group({ LaunchTemplate: latest(either({ Ref: 'T' }, { Ref: 'O' }, 'Yes')) }), [condition('Yes')], 'required'],
    ['which launch template a condition chooses by name', group({ LaunchTemplate: { LaunchTemplateName: either('x', either({ Ref: 'T' }, { Ref: 'O' }, 'Yes'), 'No'), Version: '$Latest' } }),
      [condition('No'), condition('Yes')], 'required'],
    ['the condition of the choice before that of the chosen', group({ LaunchTemplate: latest(either({ Ref: 'X' }, { Ref: 'O' }, 'No')) }),
      [condition('No'), condition('Yes')], 'optional'],
    ['the conditions of both that may be chosen', group({ LaunchTemplate: latest(either({ Ref: 'X' }, { Ref: 'P' }, 'No')) }),
      [condition('No'), condition('Yes'), parameter('Open')], 'optional'],
    ['the worst override of a policy', group({ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: toT, Overrides: [{ LaunchTemplateSpecification: toP }] } } }),
      [parameter('Open')], 'optional'],
    ['an inherited condition', instance(undefined, { LaunchTemplate: toX }), [condition('Yes')], 'required'],
    ['a launch template or none', instance(undefined, { LaunchTemplate: either(toT, NO_VALUE, 'Yes') }), [condition('Yes')], 'required'],
    ['own options or inherited ones', instance(either(REQUIRED, NO_VALUE, 'No'), { LaunchTemplate: toO }), [condition('No')], 'optional'],
    ['own options or inherited ones, of an open parameter', instance(either(REQUIRED, NO_VALUE, 'Unknown'), { LaunchTemplate: toP }),
      [condition('Unknown'), parameter('Open')], undefined],
    ['own options alone where nothing is inherited', instance({ HttpTokens: { Ref: 'Any' } }, { LaunchTemplate: toX }), [parameter('Any')], 'required'],
  ])('%s', (_, resource, dependsOn, underDefaults) => {
    const judgement = of(resource, others)!;
    expect([judgement.posture, judgement.dependsOn, judgement.underDefaults]).toEqual(['conditional', dependsOn, underDefaults]);
  });

  test.each<[name: string, passed: unknown, posture: string, dependsOn: unknown[] | undefined, underDefaults: string | undefined]>([
    ['a literal', 'required', 'required', undefined, undefined],
    ['a parameter of the parent', { Ref: 'Open' }, 'conditional', [parameter('Open')], 'optional'],
    ['a condition of the parent', either('required', 'optional', 'Yes'), 'conditional', [condition('Yes')], 'required'],
    ['a parameter that allows one value', { Ref: 'Safe' }, 'required', undefined, undefined],
    ['no value, so that its default stands', NO_VALUE, 'optional', undefined, undefined],
    ['nothing, so that its default stands', undefined, 'optional', undefined, undefined],
  ])('a parent that passes %s', (_, passed, posture, dependsOn, underDefaults) => {
    const judgement = judgementIn({
      'a/N': { Parameters: { P: { Default: 'optional' } }, Resources: { R: instance({ HttpTokens: { Ref: 'P' } }) } },
      'a': { ...TEMPLATE, Resources: { N: nestedStack({ P: passed }) } },
    });
    expect([judgement?.posture, judgement?.dependsOn, judgement?.underDefaults]).toEqual([posture, dependsOn, underDefaults]);
  });

  test.each<[name: string, stack: Json]>([
    ['by a macro', { ...nestedStack(), Properties: { 'Fn::Transform': { Name: 'M' } } }],
    ['by a macro among the parameters', nestedStack({ 'Fn::Transform': { Name: 'M' } })],
    ['by a list', nestedStack([])],
  ])('what a parent passes %s is not known', (_, stack) => {
    const judgement = judgementIn({
      'a/N': { Parameters: { P: { Default: 'required' } }, Resources: { R: instance({ HttpTokens: { Ref: 'P' } }) } },
      'a': { Resources: { N: stack } },
    });
    expect([judgement?.posture, judgement?.dependsOn]).toEqual(['conditional', [parameter('P')]]);
  });
});

describe('the chain that was followed', () => {
  const at = (path: string, logicalId: string, document = 'a') => ({ path, logicalId, document });
  const path = 'Properties.LaunchTemplate';

  test.each<[name: string, resource: Json, chain: unknown[] | undefined]>([
    ['to a launch template', group({ LaunchTemplate: latest({ Ref: 'T' }) }), [at(path, 'T')]],
    ['to a pinned version', group({ LaunchTemplate: { LaunchTemplateId: { Ref: 'T' }, Version: '1' } }), [at(path, 'T')]],
    ['to a launch template in another stack', group({ LaunchTemplate: latest({ 'Fn::ImportValue': 'e' }) }), [at(path, 'E', 'b')]],
    ['to a launch template outside', group({ LaunchTemplate: latest('lt-1') }), [{ path, external: 'lt-1' }]],
    ['to a parameter', group({ LaunchTemplate: latest({ Ref: 'P' }) }), [{ path, external: 'parameter P' }]],
    ['to what is no launch template', group({ LaunchTemplate: latest({ Ref: 'N' }) }), [at(path, 'N')]],
    ['to the launch template of an override',
      group({ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: latest({ Ref: 'T' }), Overrides: [{ LaunchTemplateSpecification: latest({ Ref: 'O' }) }] } } }),
      [at('Properties.MixedInstancesPolicy.LaunchTemplate.Overrides.0.LaunchTemplateSpecification', 'O')]],
    ['to a launch configuration', group({ LaunchConfigurationName: { Ref: 'L' } }), [at('Properties.LaunchConfigurationName', 'L')]],
    ['to what an instance inherits from', instance(undefined, { LaunchTemplate: latest({ Ref: 'T' }) }), [at(path, 'T')]],
    ['to what an instance may inherit from', instance({ HttpPutResponseHopLimit: 1 }, { LaunchTemplate: latest({ Ref: 'T' }) }), [at(path, 'T')]],
    ['nowhere, where an instance has its own options', instance(OPTIONAL, { LaunchTemplate: latest({ Ref: 'T' }) }), undefined],
    ['nowhere, where there is nothing to follow', instance(either(REQUIRED, {}), { LaunchTemplate: either(NO_VALUE, NO_VALUE) }), undefined],
  ])('leads %s', (_, resource, chain) => {
    const judgement = judgementIn({
      a: {
        Resources: {
          R: resource,
          T: launchTemplate(REQUIRED),
          O: launchTemplate(OPTIONAL),
          N: nestedStack(),
          L: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: {} },
        },
      },
      b: { Resources: { E: launchTemplate(REQUIRED) }, Outputs: { O: { Value: { Ref: 'E' }, Export: { Name: 'e' } } } },
    });
    expect(judgement?.chain).toEqual(chain);
  });
});
