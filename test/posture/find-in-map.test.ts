import { att, either, group, instance, judgementIn, latest, launchTemplate, nestedStack, OPTIONAL, REQUIRED } from './templates';

const map = (...keys: unknown[]) => ({ 'Fn::FindInMap': ['M', ...keys] });
const sub = (...args: unknown[]) => ({ 'Fn::Sub': args.length === 1 ? args[0] : args });
const select = (index: unknown, list: unknown) => ({ 'Fn::Select': [index, list] });

const INCLUDE = { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/mappings' } };

const TEMPLATE = {
  Parameters: {
    Any: { Type: 'String', Default: 'prod' },
    Prod: { Type: 'String', AllowedValues: ['prod'] },
    Stages: { Type: 'String', AllowedValues: ['prod', 'test'] },
    Tokens: { Type: 'String', AllowedValues: ['required'] },
    Zero: { Type: 'Number', AllowedValues: [0] },
  },
  Mappings: {
    M: {
      prod: { tokens: 'required', other: 'required', endpoint: 'disabled', list: ['required'] },
      test: { tokens: 'required', other: 'optional', endpoint: 'disabled' },
      dev: { tokens: 'optional', other: 'optional', endpoint: 'disabled' },
    },
    Safe: { a: { x: 'required', y: 'required' }, b: { x: 'required' } },
    Broken: 'text',
    Included: { 'a': { x: 'required' }, 'Fn::Transform': INCLUDE },
    Partly: { a: { 'x': 'required', 'Fn::Transform': INCLUDE } },
  },
};

const postureOf = (options: unknown) => judgementIn({ a: { ...TEMPLATE, Resources: { R: instance(options) } } })?.posture;

describe('tokens given by a mapping', () => {
  test.each<[name: string, tokens: unknown, posture: string]>([
    ['of literal keys', map('prod', 'tokens'), 'required'],
    ['of literal keys that say optional', map('dev', 'tokens'), 'optional'],
    ['of a parameter that allows one value', map({ Ref: 'Prod' }, 'tokens'), 'required'],
    ['of a parameter whose allowed values all say required', map({ Ref: 'Stages' }, 'tokens'), 'required'],
    ['of a parameter whose allowed values differ', map({ Ref: 'Stages' }, 'other'), 'conditional'],
    ['of a condition over two keys that say required', map(either('prod', 'test'), 'tokens'), 'required'],
    ['of a condition over two keys, one of them not there, or a default', map(either('prod', 'x'), 'tokens', { DefaultValue: 'optional' }), 'conditional'],
    ['of a parameter that may be anything', map({ Ref: 'Any' }, 'tokens'), 'conditional'],
    ['of the region', map({ Ref: 'AWS::Region' }, 'tokens'), 'conditional'],
    ['of a second key that is not known', map('prod', { Ref: 'Any' }), 'conditional'],
    ['that says optional under every key', map('dev', { Ref: 'Any' }), 'optional'],
    ['of Fn::Sub as key', map(sub('pr${V}', 'x'), 'tokens'), 'conditional'],
    ['of Fn::Sub of literals as key', map(sub('pr${V}', { V: 'od' }), 'tokens'), 'required'],
    ['of a mapping as key', map(map('prod', 'tokens'), 'x'), 'conditional'],
    ['of a key that is not there', map('stage', 'tokens'), 'conditional'],
    ['of a second key that is not there', map('prod', 'nothing'), 'conditional'],
    ['of a key that every object has', map('constructor', 'name'), 'conditional'],
    ['of a list, which EC2 refuses', map('prod', 'list'), 'optional'],
    ['of all that is required, whatever the keys', { 'Fn::FindInMap': ['Safe', { Ref: 'Any' }, { Ref: 'AWS::Region' }] }, 'required'],
    ['of all that is required, or a default', { 'Fn::FindInMap': ['Safe', { Ref: 'Any' }, 'x', { DefaultValue: 'required' }] }, 'required'],
    ['of all that is required, or an open default', { 'Fn::FindInMap': ['Safe', { Ref: 'Any' }, 'x', { DefaultValue: 'optional' }] }, 'conditional'],
    ['that has the key, beside a default', map('prod', 'tokens', { DefaultValue: 'optional' }), 'required'],
    ['that lacks the key, beside a default', map('stage', 'tokens', { DefaultValue: 'optional' }), 'optional'],
    ['that is not there', { 'Fn::FindInMap': ['Missing', 'a', 'b'] }, 'conditional'],
    ['that is not there, beside a default', { 'Fn::FindInMap': ['Missing', 'a', 'b', { DefaultValue: 'required' }] }, 'conditional'],
    ['of which a macro brings more keys', { 'Fn::FindInMap': ['Included', { Ref: 'AWS::Region' }, 'x'] }, 'conditional'],
    ['of which a macro may bring the key, beside a default', { 'Fn::FindInMap': ['Included', 'b', 'x', { DefaultValue: 'required' }] }, 'conditional'],
    ['of which a macro brings more second keys', { 'Fn::FindInMap': ['Partly', 'a', { Ref: 'Any' }] }, 'conditional'],
    ['that is no object', { 'Fn::FindInMap': ['Broken', 'a', 'b'] }, 'conditional'],
    ['whose name is not known', { 'Fn::FindInMap': [{ Ref: 'Any' }, 'a', 'b'] }, 'conditional'],
    ['of one argument', { 'Fn::FindInMap': ['M'] }, 'conditional'],
    ['of no list', { 'Fn::FindInMap': 'M' }, 'conditional'],
  ])('%s', (_, HttpTokens, posture) => {
    expect(postureOf({ HttpTokens })).toBe(posture);
  });

  test('a mapping that disables every endpoint', () => {
    expect(postureOf({ HttpEndpoint: map({ Ref: 'AWS::Region' }, 'endpoint') })).toBe('disabled');
  });

  test.each<[first: string, underDefaults: string | undefined]>([['Any', 'required'], ['AWS::Region', undefined]])('of %s is under the defaults %s', (first, underDefaults) => {
    const judgement = judgementIn({ a: { ...TEMPLATE, Resources: { R: instance({ HttpTokens: map({ Ref: first }, 'other') }) } } });
    expect([judgement?.posture, judgement?.underDefaults, judgement?.dependsOn]).toEqual(['conditional', underDefaults, [{ kind: 'parameter', name: first }]]);
  });
});

describe('tokens given by other functions', () => {
  let [nested, deep]: unknown[] = ['required', 'required'];
  for (let i = 0; i < 10_000; i++) [nested, deep] = [sub('${V}', { V: nested }), sub('${V}${W}', { V: deep, W: '' })];
  let doubled: unknown = 'required';
  for (let i = 0; i < 40; i++) doubled = sub('${V}${V}', { V: doubled });
  let selected: unknown = 'required';
  for (let i = 0; i < 10_000; i++) selected = select(0, [selected]);

  test.each<[name: string, tokens: unknown, posture: string]>([
    ['Fn::Sub of text', sub('required'), 'required'],
    ['Fn::Sub of text in a list', sub('optional', {}), 'optional'],
    ['Fn::Sub of a parameter that allows one value', sub('${Tokens}'), 'required'],
    ['Fn::Sub of a parameter that may be anything', sub('${Any}'), 'conditional'],
    ['Fn::Sub of a variable', sub('${V}', { V: 'required' }), 'required'],
    ['Fn::Sub of a variable that is a parameter', sub('${V}', { V: { Ref: 'Tokens' } }), 'required'],
    ['Fn::Sub of a variable under a condition', sub('${V}', { V: either('required', 'optional') }), 'conditional'],
    ['Fn::Sub of a variable within text', sub('re${V}d', { V: 'quire' }), 'required'],
    ['Fn::Sub of a variable that hides a parameter', sub('${Any}', { Any: 'required' }), 'required'],
    ['Fn::Sub of a variable that is not known within text', sub('re${Any}d'), 'conditional'],
    ['Fn::Sub of a variable that may be two texts within text', sub('r${V}', { V: either('equired', 'x') }), 'conditional'],
    ['Fn::Sub of an escaped variable', sub('${!Tokens}'), 'optional'],
    ['Fn::Sub of an attribute', sub('${T.Tokens}'), 'conditional'],
    ['Fn::Sub of no text', sub({ Ref: 'Tokens' }), 'conditional'],
    ['Fn::Sub nested ten thousand times', nested, 'required'],
    ['Fn::Sub of texts nested ten thousand times', deep, 'conditional'],
    ['Fn::Sub of an empty text beside', sub('${V}${W}', { V: 'required', W: '' }), 'required'],
    ['Fn::Sub that grows beyond any text', doubled, 'conditional'],
    ['Fn::Select of a literal', select(1, ['optional', 'required']), 'required'],
    ['Fn::Select of an index as text', select('0', ['optional', 'required']), 'optional'],
    ['Fn::Select of a parameter as index', select({ Ref: 'Zero' }, ['required', 'optional']), 'required'],
    ['Fn::Select of a function', select(0, [sub('required')]), 'required'],
    ['Fn::Select of an index that is not known', select({ Ref: 'Any' }, ['required', 'required']), 'conditional'],
    ['Fn::Select of an index that is not there', select(2, ['required']), 'conditional'],
    ['Fn::Select behind what may be absent', select(0, [either({ Ref: 'AWS::NoValue' }, 'required'), 'optional']), 'conditional'],
    ['Fn::Select of what moves if another is absent', select(1, ['optional', either('optional', { Ref: 'AWS::NoValue' }), 'required', 'required']), 'conditional'],
    ['Fn::Select of what comes after nothing', select(1, [{ Ref: 'AWS::NoValue' }, 'required', 'optional']), 'conditional'],
    ['Fn::Select before what may be absent', select(0, ['required', either({ Ref: 'AWS::NoValue' }, 'optional')]), 'required'],
    ['Fn::Select of no list', select(0, { Ref: 'Any' }), 'conditional'],
    ['Fn::Select of nothing', { 'Fn::Select': 'required' }, 'conditional'],
    ['Fn::Select of Fn::Select, ten thousand times', selected, 'required'],
    ['Fn::Join', { 'Fn::Join': ['', ['required']] }, 'conditional'],
    ['an attribute in a list of three', { 'Fn::GetAtt': ['a', 1, 2] }, 'conditional'],
    ['a Ref to no name', { Ref: { Ref: 'Tokens' } }, 'conditional'],
  ])('%s', (_, HttpTokens, posture) => {
    expect(postureOf({ HttpTokens })).toBe(posture);
  });
});

describe('launch templates found through functions', () => {
  const REFERENCES = { T: launchTemplate(REQUIRED), O: launchTemplate(OPTIONAL), S: { ...launchTemplate(REQUIRED), Properties: { ...launchTemplate(REQUIRED).Properties, LaunchTemplateName: 'my-template' } } };

  test.each<[name: string, target: unknown, posture: string]>([
    ['Fn::Sub of the template', sub('${T}'), 'required'],
    ['Fn::Sub of a variable', sub('${V}', { V: { Ref: 'O' } }), 'optional'],
    ['Fn::Sub of a name', sub('my-${V}', { V: 'template' }), 'required'],
    ['a mapping of names', map({ Ref: 'Any' }, 'name'), 'required'],
    ['Fn::Select', select(1, [{ Ref: 'T' }, { Ref: 'O' }]), 'optional'],
    ['an import of a literal', { 'Fn::ImportValue': 'shared-template' }, 'required'],
    ['an import of Fn::Sub', { 'Fn::ImportValue': sub('shared-template') }, 'required'],
    ['an import of Fn::Sub with a literal variable', { 'Fn::ImportValue': sub('${V}-template', { V: 'shared' }) }, 'required'],
    ['an import of Fn::Sub with a parameter that allows one value', { 'Fn::ImportValue': sub('${Tokens}-template') }, 'optional'],
    ['an import of Fn::Sub with a parameter', { 'Fn::ImportValue': sub('${Any}-template') }, 'external'],
    ['an import of Fn::Sub with a pseudo parameter', { 'Fn::ImportValue': sub('${AWS::Region}-template') }, 'external'],
    ['an import of the name of its stack', { 'Fn::ImportValue': 'b-template' }, 'required'],
    ['an import of the name of its stack by a variable', { 'Fn::ImportValue': sub('${V}-template', { V: 'b' }) }, 'required'],
    ['an import of the name of another stack', { 'Fn::ImportValue': sub('${AWS::StackName}-template') }, 'external'],
    ['an import of its region', { 'Fn::ImportValue': sub('o-${AWS::Region}-${AWS::AccountId}') }, 'optional'],
    ['an import of its region by a join', { 'Fn::ImportValue': { 'Fn::Join': ['-', ['o', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }]] } }, 'optional'],
    ['an import of a join that holds anything else', { 'Fn::ImportValue': { 'Fn::Join': ['-', ['o', { Ref: 'Any' }, { Ref: 'AWS::AccountId' }]] } }, 'external'],
    ['an output of a stack by its name', { 'Fn::GetStackOutput': { StackName: 'b', OutputName: 'T' } }, 'required'],
    ['an output of a stack that is not there', { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'T' } }, 'external'],
    ['an output of a stack without name', { 'Fn::GetStackOutput': { OutputName: 'T' } }, 'external'],
    ['a parameter that allows the name alone', { Ref: 'Name' }, 'required'],
    ['a parameter that allows two names', { Ref: 'Names' }, 'external'],
  ])('%s', (_, target, posture) => {
    const judgement = judgementIn({
      a: {
        Parameters: { ...TEMPLATE.Parameters, Name: { AllowedValues: ['my-template'] }, Names: { AllowedValues: ['my-template', 'lt-1'] } },
        Mappings: { M: { prod: { name: 'my-template' }, test: { name: 'my-template' } } },
        Resources: { R: group({ LaunchTemplate: latest(target) }), ...REFERENCES },
      },
      b: {
        Resources: REFERENCES,
        Outputs: {
          T: { Value: { Ref: 'T' }, Export: { Name: 'shared-template' } },
          O: { Value: { Ref: 'O' }, Export: { Name: 'required-template' } },
          B: { Value: { Ref: 'T' }, Export: { Name: sub('${AWS::StackName}-template') } },
          R: { Value: { Ref: 'O' }, Export: { Name: sub('o-${R}-${AWS::AccountId}', { R: { Ref: 'AWS::Region' } }) } },
        },
      },
    });
    expect(judgement?.posture).toBe(posture);
  });

  test('what leads round in a circle leads nowhere', () => {
    const circle = { 'Fn::ImportValue': sub('${V}', { V: { 'Fn::ImportValue': 'e' } }) };
    const judgement = judgementIn({
      a: { Resources: { R: instance({ HttpTokens: circle }) }, Outputs: { O: { Value: circle, Export: { Name: 'e' } } } },
    });
    expect(judgement?.posture).toBe('conditional');
  });

  test('outputs that repeat outputs are read once', () => {
    const Outputs = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`O${i}`, {
      Export: { Name: `e${i}` },
      Value: i === 0 ? 'required' : either({ 'Fn::ImportValue': `e${i - 1}` }, { 'Fn::ImportValue': sub(`e${i - 1}`) }),
    }]));
    expect(judgementIn({ a: { Resources: { R: instance({ HttpTokens: { 'Fn::ImportValue': 'e59' } }) }, Outputs } })?.posture).toBe('required');
  });
});

describe('metadata options passed between stacks', () => {
  test('an output of a nested stack', () => {
    const bodies = {
      'a': { Resources: { R: instance({ HttpTokens: att('N', 'Outputs.Tokens') }), N: nestedStack() } },
      'a/N': { Outputs: { Tokens: { Value: 'required' } } },
    };
    expect(judgementIn(bodies)?.posture).toBe('required');
  });

  test('an attribute of a nested stack that is no output', () => {
    expect(judgementIn({ a: { Resources: { R: instance({ HttpTokens: att('N', 'Outputs.Tokens') }), N: nestedStack() } } })?.posture).toBe('conditional');
  });

  test('a parameter through two levels', () => {
    const bodies = {
      'a/N/M': { Resources: { R: instance({ HttpTokens: { Ref: 'P' } }) } },
      'a/N': { Resources: { M: nestedStack({ P: { Ref: 'P' } }) } },
      'a': { Resources: { N: nestedStack({ P: 'required' }) } },
    };
    expect(judgementIn(bodies)?.posture).toBe('required');
  });

  test('the same value written in two templates is read in each', () => {
    const shared = { Ref: 'P' };
    const bodies = {
      'a/N': { Resources: { R: instance({ HttpTokens: shared }) } },
      'a': { Parameters: { P: { AllowedValues: ['required'] } }, Resources: { N: nestedStack({ P: shared }) } },
    };
    expect(judgementIn(bodies)?.posture).toBe('required');
  });

  test.each<[value: unknown, posture: string]>([['required', 'required'], ['optional', 'optional'], [{ Ref: 'Q' }, 'conditional']])('an export of %j is %s', (value, posture) => {
    const bodies = {
      a: { Resources: { R: instance({ HttpTokens: { 'Fn::ImportValue': 'tokens' } }) } },
      b: { Outputs: { O: { Value: value, Export: { Name: 'tokens' } } } },
    };
    expect(judgementIn(bodies)?.posture).toBe(posture);
  });
});
