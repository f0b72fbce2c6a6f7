import * as fs from 'fs';
import * as path from 'path';
import { folder, instance, removeFolders, report } from './support';

afterAll(removeFolders);

const OPEN = 'Type: AWS::EC2::Instance';

/** What each finding's line says from its column on. */
function pointedAt(files: { readonly [name: string]: string }): Array<string | undefined> {
  const here = folder(files);
  return report(here, '.').findings.map(({ template, line, column }) => {
    const lines = fs.readFileSync(path.join(here, template), 'utf8').split(/\r\n?|\n/);
    return line === undefined ? undefined : lines[line - 1].slice(column! - 1);
  });
}

test.each<[string, string, string]>([
  ['a resource that says nothing', `Resources:\n  Host:\n    ${OPEN}\n`, 'Host:'],
  ['the closest parent that is written', `Resources:\n  Host:\n    ${OPEN}\n    Properties:\n      ImageId: ami-1\n`, 'Properties:'],
  ['a flow map', 'Resources: {Host: {Type: "AWS::EC2::Instance", Properties: {ImageId: ami-1}}}', 'Properties: {ImageId: ami-1}}}'],
  ['a name in quotes', '"Resources":\n  "Host": {Type: "AWS::EC2::Instance"}\n', '"Host": {Type: "AWS::EC2::Instance"}'],
  ['what stands behind JSON without indentation', `Metadata: {\n"A": 1\n}\nResources:\n  Host:\n    ${OPEN}\n`, 'Host:'],
  ['JSON without indentation', 'Metadata:\n  A: {\n"B": 1 }\nResources: {\n"Host": {\n"Type": "AWS::EC2::Instance" } }\n', '"Host": {'],
  ['a resource of a loop', `Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n    - Id\n    - [a, b]\n    - Host\${Id}:\n        ${OPEN}\n`, 'Host${Id}:'],
  ['the last of two with one name', 'Resources:\n  Host: {Type: "AWS::S3::Bucket"}\n  Host: {Type: "AWS::EC2::Instance"}\n', 'Host: {Type: "AWS::EC2::Instance"}'],
  ['what an alias stands for', `X: &p {ImageId: ami-1, MetadataOptions: {HttpTokens: optional}}\nResources:\n  Host:\n    ${OPEN}\n    Properties: *p\n`, 'HttpTokens: optional}}'],
  ['a macro of the whole template', 'Transform: M\nResources: {}\n', 'Transform: M'],
  ['lines that end as on Windows', `Resources:\r\n  Host:\r\n    ${OPEN}\r\n`, 'Host:'],
  ['a reply that holds a template', 'StackName: s\nTemplateBody:\n  Resources:\n    Host: {Type: "AWS::EC2::Instance"}\n', 'Host: {Type: "AWS::EC2::Instance"}'],
  ['a reply that holds a text', 'StackName: s\nTemplateBody: |\n  Resources:\n    Host: {Type: "AWS::EC2::Instance"}\n', 'TemplateBody: |'],
])('YAML: %s', (_, text, expected) => {
  expect(pointedAt({ 'template.yaml': text })).toEqual([expected]);
});

const HOST = { Type: 'AWS::EC2::Instance' };
const TEMPLATE = { Resources: { Host: HOST } };

test.each<[string, string, string]>([
  ['a resource', JSON.stringify(TEMPLATE, undefined, 2), '"Host": {'],
  ['a property', JSON.stringify(instance({ HttpTokens: 'optional' }), undefined, 2), '"HttpTokens": "optional"'],
  ['what stands behind words with signs in them', JSON.stringify({ Description: 'a "b" \\ {[', Resources: { A: [1, {}, []], Host: HOST } }), `"Host":${JSON.stringify(HOST)}}}`],
  ['a name with an escape', '{"Resources":{"\\u0048ost":{"Type":"AWS::EC2::Instance"}}}', '"\\u0048ost":{"Type":"AWS::EC2::Instance"}}}'],
  ['the last of two with one name', '{"Resources":{"Host":{"Type":"x"},"Host":{"Type":"AWS::EC2::Instance"} } }', '"Host":{"Type":"AWS::EC2::Instance"} } }'],
  ['a reply that holds a template', JSON.stringify({ StackName: 's', TemplateBody: TEMPLATE }, undefined, 1), '"Host": {'],
  ['a reply that holds a text', JSON.stringify({ StackName: 's', TemplateBody: 'Resources: {Host: {Type: "AWS::EC2::Instance"}}' }, undefined, 1).replace('Body": ', 'Body":\n'), '"TemplateBody":'],
  ['a macro of the whole template', '{"A": 1, "Transform":\n"M"}', '"Transform":'],
])('JSON: %s', (_, text, expected) => {
  expect(pointedAt({ 'template.json': text })).toEqual([expected]);
});

test('findings of several files, back and forth, have the lines of their own', () => {
  const open = (indent: number) => JSON.stringify({ Resources: { Z: HOST, Host: HOST } }, undefined, indent);
  expect(pointedAt({ 'a.json': open(1), 'b.json': open(2), 'c.yaml': open(3) })).toEqual(Array(3).fill(['"Z": {', '"Host": {']).flat());
});
