import * as fc from 'fast-check';
import { scriptText } from '../../src/posture/script-text';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const sub = (...argument: unknown[]) => ({ 'Fn::Sub': argument.length === 1 ? argument[0] : argument });
const join = (delimiter: string, list: unknown) => ({ 'Fn::Join': [delimiter, list] });
const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['Condition', yes, no] });
const mime = (encoding: string, body: string) => [
  'Content-Type: multipart/mixed; boundary="x"', 'MIME-Version: 1.0', '',
  '--x', 'Content-Type: text/x-shellscript', `Content-Transfer-Encoding: ${encoding}`, '', body, '--x--',
].join('\n');

describe('what a value says', () => {
  test.each<[string, unknown, string]>([
    ['a string', 'echo hi', 'echo hi'],
    ['a number', 5, '5'],
    ['nothing', null, ''],
    ['no value', { Ref: 'AWS::NoValue' }, ''],
    ['Base64', { 'Fn::Base64': 'echo hi' }, 'echo hi'],
    ['a shell script in base64', base64('#!/bin/sh\necho hi\n'), '#!/bin/sh\necho hi\n'],
    ['base64 on several lines', base64('#!/bin/sh\necho hi\n').replace(/.{10}/g, '$&\n'), '#!/bin/sh\necho hi\n'],
    ['PowerShell in base64', base64('<powershell>\nhi\n</powershell>'), '<powershell>\nhi\n</powershell>'],
    ['a batch file in base64', base64('<script>hi</script>'), '<script>hi</script>'],
    ['cloud-init in base64', base64('#cloud-config\nruncmd: []'), '#cloud-config\nruncmd: []'],
    ['MIME in base64', base64('MIME-Version: 1.0\n'), 'MIME-Version: 1.0\n'],
    ['base64 of something else', base64('hello, world'), base64('hello, world')],
    ['base64 of binary data', Buffer.from('#!\u0000\u0001').toString('base64'), Buffer.from('#!\u0000\u0001').toString('base64')],
    ['Sub', sub('a ${AWS::Region}\nb ${Name.Arn}'), 'a ${AWS::Region}\nb ${Name.Arn}'],
    ['Sub, escaped', sub('a ${!NAME}'), 'a ${NAME}'],
    ['Sub, unclosed', sub('a ${NAME ${'), 'a ${NAME ${'],
    ['Sub with a map', sub('a ${X} ${Y} ${Z}', { X: 'x\ny', Y: { Ref: 'Param' } }), 'a x\ny ${Y} ${Z}'],
    ['Sub with a script in its map', sub('${X}\n', { X: join('\n', ['a', 'b']) }), 'a\nb\n'],
    ['Join', join('\n', ['a', 'b']), 'a\nb'],
    ['Join with values', join('', ['a ', { Ref: 'AWS::Region' }, ' ', { 'Fn::GetAtt': ['A', 'B'] }]), 'a ${AWS::Region} ${A.B}'],
    ['Join with a value in short form', join('', ['a ', { 'Fn::GetAtt': 'A.B' }]), 'a ${A.B}'],
    ['Join with lookups', join('', ['a ', { 'Fn::FindInMap': ['M', 'k', 'v'] }, { 'Fn::ImportValue': 'X' }]), 'a ${FindInMap}${ImportValue}'],
    ['Join with a selection', join('', ['a ', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }]), 'a ${Select}'],
    ['Joins in Joins', join('\n', ['a', join(' ', ['b', join('', ['c', 'd'])])]), 'a\nb cd'],
    ['Join with an unknown list in a line', join('', ['a ', join(',', { Ref: 'List' }), '\n']), 'a ${List}\n'],
    ['If', either('a', 'b'), 'a\nb'],
    ['If with one branch', either('a', { Ref: 'AWS::NoValue' }), 'a'],
    ['If with base64 branches', either(base64('#!/bin/sh a'), base64('#!/bin/sh b')), '#!/bin/sh a\n#!/bin/sh b'],
    ['If between lines', join('', ['a\n', either('b', 'c'), '\nd']), 'a\nb\nc\nd'],
    ['If within a line', join('', ['a ', either('b', 'c'), ' d']), 'a b c d'],
    ['If of values within a line', join('', ['a ', either({ Ref: 'B' }, { Ref: 'C' }), ' d']), 'a ${B} ${C} d'],
    ['If with lines within a line', join('', ['a ', either('b\n', 'c'), ' d']), 'a b\n\nc d'],
    ['multi-part', mime('base64', base64('#!/bin/sh\necho hi\n')), mime('base64', '#!/bin/sh\necho hi\n')],
    ['multi-part in plain text', mime('7bit', 'echo hi'), mime('7bit', 'echo hi')],
    ['multi-part, cut short', 'Content-Transfer-Encoding: base64\n\n' + base64('echo hi'), 'Content-Transfer-Encoding: base64\n\necho hi'],
  ])('%s', (_, value, text) => {
    expect(scriptText(value)).toEqual({ text, unread: false });
  });
});

describe('what cannot be read before deploy', () => {
  test.each<[string, unknown]>([
    ['a parameter', { Ref: 'UserData' }],
    ['a parameter in base64', { 'Fn::Base64': { Ref: 'UserData' } }],
    ['an attribute', { 'Fn::GetAtt': ['A', 'B'] }],
    ['an import', { 'Fn::Base64': { 'Fn::ImportValue': 'X' } }],
    ['a map entry', { 'Fn::FindInMap': ['M', 'k', 'v'] }],
    ['a selection', { 'Fn::Select': [0, ['a']] }],
    ['a transform', { 'Fn::Transform': { Name: 'AWS::Include' } }],
    ['a transform within a script', join('\n', ['a', { 'Fn::Transform': {} }])],
    ['a loop', { 'Fn::ForEach::X': [] }],
    ['an unknown function', { 'Fn::New': 1 }],
    ['a Sub of one variable', sub('${Script}')],
    ['a Sub of one mapped variable', sub('${Script}\n', { Script: { Ref: 'Param' } })],
    ['a Sub with a transform in its map', sub('a ${X}', { X: { 'Fn::Transform': {} } })],
    ['a Sub of something else', sub({ Embed: 'file' })],
    ['a Join of an unknown list', join('', { Ref: 'Lines' })],
    ['a Join of unknown lines in a script', join('', ['a\n', join('\n', { Ref: 'Lines' })])],
    ['a Join of values only', join('\n', [{ Ref: 'A' }, { Ref: 'B' }])],
    ['a Join with an unknown delimiter', { 'Fn::Join': [{ Ref: 'D' }, ['a']] }],
    ['a malformed Join', { 'Fn::Join': 'a' }],
    ['an If with an unknown branch', either('a', { Ref: 'B' })],
    ['a malformed If', { 'Fn::If': ['c'] }],
    ['an object', { a: 1, b: 2 }],
    ['a list', ['a']],
    ['compressed data', 'H4sIAAAAAAAAA0vOzy0oSi0uTk1RAABvxDiSDQAAAA=='],
    ['a compressed part', mime('base64', 'H4sIAAAAAAAAA0vOzy0oSi0uTk1RAABvxDiSDQAAAA==')],
  ])('%s', (_, value) => {
    expect(scriptText(value).unread).toBe(true);
  });
});

test('nothing throws, however deep or odd', () => {
  fc.assert(fc.property(fc.anything(), value => {
    expect(typeof scriptText(value).text).toBe('string');
  }));
  const names = ['Fn::Base64', 'Fn::Sub', 'Fn::Join', 'Fn::If', 'Ref', 'Fn::GetAtt'];
  fc.assert(fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, argument) => {
    expect(typeof scriptText({ [name]: argument }).text).toBe('string');
  }));
  let deep: unknown = 'x';
  for (let i = 0; i < 100_000; i++) deep = { 'Fn::Base64': deep };
  expect(scriptText(deep).unread).toBe(true);
});

test('variables that repeat variables stay bounded', () => {
  let value: unknown = 'x'.repeat(100);
  for (let i = 0; i < 40; i++) value = sub('${A}${A}', { A: value });
  const { text, unread } = scriptText(value);
  expect(text.length).toBeLessThan(1_000_000);
  expect(unread).toBe(true);
});
