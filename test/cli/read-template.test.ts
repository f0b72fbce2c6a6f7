import { isTemplate, judgedParts, readTemplate, UnreadableTemplate } from '../../src/checks/read-template';

const SHORT_FORMS: ReadonlyArray<readonly [short: string, long: unknown]> = [
  ['!Ref Name', { Ref: 'Name' }],
  ['!Ref "AWS::NoValue"', { Ref: 'AWS::NoValue' }],
  ['!Condition IsProd', { Condition: 'IsProd' }],
  ['!GetAtt Host.PrivateIp', { 'Fn::GetAtt': ['Host', 'PrivateIp'] }],
  ['!GetAtt Nested.Outputs.Template', { 'Fn::GetAtt': ['Nested', 'Outputs.Template'] }],
  ['!GetAtt [Host, PrivateIp]', { 'Fn::GetAtt': ['Host', 'PrivateIp'] }],
  ['!Sub "${A}-b"', { 'Fn::Sub': '${A}-b' }],
  ['!Sub ["${A}-b", {A: !Ref C}]', { 'Fn::Sub': ['${A}-b', { A: { Ref: 'C' } }] }],
  ['!If [A, !Ref B, !GetAtt C.D]', { 'Fn::If': ['A', { Ref: 'B' }, { 'Fn::GetAtt': ['C', 'D'] }] }],
  ['!Join [",", [a, !Ref B]]', { 'Fn::Join': [',', ['a', { Ref: 'B' }]] }],
  ['!Select [0, !GetAZs ""]', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }],
  ['!Split [",", !ImportValue list]', { 'Fn::Split': [',', { 'Fn::ImportValue': 'list' }] }],
  ['!FindInMap [Map, !Ref Top, second]', { 'Fn::FindInMap': ['Map', { Ref: 'Top' }, 'second'] }],
  ['!ImportValue\n  Fn::Sub: "${Stack}-id"', { 'Fn::ImportValue': { 'Fn::Sub': '${Stack}-id' } }],
  ['!Base64 text', { 'Fn::Base64': 'text' }],
  ['!Base64\n  Fn::Sub: text', { 'Fn::Base64': { 'Fn::Sub': 'text' } }],
  ['!Cidr [10.0.0.0/16, 4, 8]', { 'Fn::Cidr': ['10.0.0.0/16', 4, 8] }],
  ['!GetAZs us-east-1', { 'Fn::GetAZs': 'us-east-1' }],
  ['!Equals [!Ref A, b]', { 'Fn::Equals': [{ Ref: 'A' }, 'b'] }],
  ['!And [!Condition A, !Not [!Condition B]]', { 'Fn::And': [{ Condition: 'A' }, { 'Fn::Not': [{ Condition: 'B' }] }] }],
  ['!Or [!Condition A, !Condition B]', { 'Fn::Or': [{ Condition: 'A' }, { Condition: 'B' }] }],
  ['!Transform {Name: Macro, Parameters: {A: 1}}', { 'Fn::Transform': { Name: 'Macro', Parameters: { A: 1 } } }],
  ['!Length [a, b]', { 'Fn::Length': ['a', 'b'] }],
  ['!ToJsonString {A: !Ref B}', { 'Fn::ToJsonString': { A: { Ref: 'B' } } }],
  ['!ForEach [Id, [a], {"K${Id}": v}]', { 'Fn::ForEach': ['Id', ['a'], { 'K${Id}': 'v' }] }],
];

test.each(SHORT_FORMS)('%s is its long form', (short, long) => {
  expect(readTemplate(`Value:\n  ${short.replace(/\n/g, '\n  ')}\n`)).toEqual({ Value: long });
});

test.each<[string, string, unknown]>([
  ['dates are words', 'AWSTemplateFormatVersion: 2010-09-09', { AWSTemplateFormatVersion: '2010-09-09' }],
  ['yes and no are booleans', 'A: [yes, No, ON, off, true, False]', { A: [true, false, true, false, true, false] }],
  ['yes and no in quotes or with a tag are words', 'A: ["yes", \'no\', !!str on]', { A: ['yes', 'no', 'on'] }],
  ['a letter alone is a word', 'A: [y, Y, n, N]', { A: ['y', 'Y', 'n', 'N'] }],
  ['numbers are those of YAML 1.1', 'A: [010, 0o7, 1_000]', { A: [8, '0o7', 1000] }],
  ['times are words', 'A: 2001-12-14 21:59:43.10 -5', { A: '2001-12-14 21:59:43.10 -5' }],
  ['yes is a name as well', 'yes: no', { yes: false }],
  ['true and false are not', 'A: [true, false]', { A: [true, false] }],
  ['keys are names', 'on: 1\n12: 2\n012: 3', { 'on': 1, '12': 2, '012': 3 }],
  ['the last of duplicate keys counts', 'A: 1\nA: 2', { A: 2 }],
  ['anchors are followed', 'A: &a {B: 1}\nC: *a', { A: { B: 1 }, C: { B: 1 } }],
  ['merged maps give way to what stands there', 'A: &a {B: 1, C: 1}\nD:\n  B: 2\n  <<: *a', { A: { B: 1, C: 1 }, D: { B: 2, C: 1 } }],
  ['the first of merged maps counts', 'A: &a {C: 1}\nB: &b {C: 2}\nD:\n  <<: [*a, *b]', { A: { C: 1 }, B: { C: 2 }, D: { C: 1 } }],
  ['a quoted << is a name', '"<<": {A: 1}', { '<<': { A: 1 } }],
  ["YAML's own tags are no functions", 'A: !!str 1', { A: '1' }],
  ['block scalars keep their lines', 'A: !Sub |\n  one\n  two\n', { A: { 'Fn::Sub': 'one\ntwo\n' } }],
  ['a byte order mark is nothing', '\uFEFF{"A": 1}', { A: 1 }],
  ['JSON with comments and trailing commas', '{"A": 1, # one\n"B": [2,],}', { A: 1, B: [2] }],
  ['JSON', '\n {"A": {"Ref": "B"}}', { A: { Ref: 'B' } }],
  ['nothing', '', null],
  ['a name that is a trap', '__proto__: {A: 1}', JSON.parse('{"__proto__": {"A": 1}}')],
])('%s', (_, text, value) => {
  expect(readTemplate(text)).toEqual(value);
});

test.each<[string, string, unknown]>([
  ['JSON without indentation', 'A: {\n"B": [1,\n{"C": 2}\n]\n}\nD: 1', { A: { B: [1, { C: 2 }] }, D: 1 }],
  ['a list without indentation', 'A:\n  B:\n    - [\n1,\n2\n]\n  C: 1', { A: { B: [[1, 2]], C: 1 } }],
  ['a call without indentation', 'A: !Join [",", [\na\n]]\nB: 1', { A: { 'Fn::Join': [',', ['a']] }, B: 1 }],
  ['double quotes that go on below their key', 'A:\n  B: "x\n  y\nz"\n  C: 1', { A: { B: 'x y z', C: 1 } }],
  ['single quotes that go on below their key', "A:\n  B: 'it''s\n\n  y'\n  C: 1", { A: { B: "it's\ny", C: 1 } }],
  ['quotes in brackets that go on anywhere', 'A: {B: "c }\nd",\n# } none\n E: it\'s}\nF: 1', { A: { B: 'c } d', E: "it's" }, F: 1 }],
  ['what looks like quotes and brackets', 'A: [\n1]\nB: it\'s [\nC: |\n  "{\n  x\nD: "" # "\nE: \'\'\nF: 1', { A: [1], B: "it's [", C: '"{\nx\n', D: '', E: '', F: 1 }],
  ['lines that end as on Windows', 'A: {\r\n"B": 1\r\n}\r\nC: 1', { A: { B: 1 }, C: 1 }],
])('indentation is nothing between brackets and quotes: %s', (_, text, value) => {
  expect(readTemplate(text)).toEqual(value);
});

test.each<[string, string, number, number]>([
  ['brackets that do not end', 'A: {\n"B": 1\nC: 2\n', 2, 1],
  ['YAML', 'Resources:\n  A:\n   B: 1\n  - x\n', 4, 1],
  ['JSON without a colon', '{\n  "A": 1\n  "B" 2\n}', 2, 8],
  ['an unknown alias', 'A: *b', 1, 4],
  ['two documents', 'A: 1\n---\nB: 2', 2, 1],
])('%s that is broken says where', (_, text, line, column) => {
  let error: unknown;
  try { readTemplate(text); } catch (thrown) { error = thrown; }
  expect(error).toBeInstanceOf(UnreadableTemplate);
  expect(error).toMatchObject({ line, column, message: expect.stringMatching(/^not valid [A-Z]+( or JSON)?: [a-z].*; correct the line$/) });
});

test('aliases without end are refused, not followed', () => {
  const laughs = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'ha' : Array(10).fill(`*a${i - 1}`).join(', ')}]`).join('\n');
  expect(() => readTemplate(laughs)).toThrow('aliases or nesting without end; write the template without them');
  expect(() => readTemplate('A: &a [*a]')).toThrow('aliases or nesting without end');
});

test.each<[string, unknown, boolean]>([
  ['resources', { Resources: {} }, true],
  ['a version', { AWSTemplateFormatVersion: '2010-09-09' }, true],
  ['a transform', { Transform: 'AWS::Serverless-2016-10-31' }, true],
  ['something else', { apiVersion: 'v1' }, false],
  ['resources that are none', { Resources: [] }, false],
  ['a list', [], false],
])('%s: is a template or not', (_, body, expected) => {
  expect(isTemplate(body)).toBe(expected);
});

test('what is judged is kept, loops and all', () => {
  const host = { Type: 'AWS::EC2::Instance' };
  const loop = ['Id', ['1', '2'], { 'Host${Id}': host }];
  const others = { Transform: 'M', Parameters: { A: { Type: 'String' } }, Mappings: { M: {} }, Conditions: { C: {} }, Outputs: { O: {} } };
  expect(judgedParts({
    ...others,
    Description: 'd',
    Resources: { 'Host': host, 'Bucket': { Type: 'AWS::S3::Bucket' }, 'Fn::ForEach::Hosts': loop, 'Fn::Transform': {} },
  })).toEqual({ ...others, Resources: { 'Host': host, 'Fn::ForEach::Hosts': loop, 'Fn::Transform': {} } });
});
