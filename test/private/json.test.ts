import * as fc from 'fast-check';
import { callOf, getAttOf, hasFunction, ifBranches, intrinsicOf, isDynamicReference, isNoValue, isStruct, valueAt } from '../../src/private/json';

test.each<[value: unknown, name: string | undefined]>([
  [{ Ref: 'A' }, 'Ref'],
  [{ 'Fn::If': [] }, 'Fn::If'],
  [{ Condition: 'A' }, undefined],
  [{ 'Ref': 'A', 'Fn::If': [] }, undefined],
  [{ Ref: 'A', Other: 1 }, undefined],
  [{}, undefined],
  [['Ref'], undefined],
  [null, undefined],
  ['Ref', undefined],
])('the intrinsic function of %j is %s', (value, name) => {
  expect(intrinsicOf(value)).toBe(name);
  expect(callOf(value)).toEqual(name === undefined ? undefined : { name, argument: (value as { [key: string]: unknown })[name] });
});

test.each<[value: { [key: string]: unknown }, expected: boolean]>([
  [{ Ref: 'A' }, true],
  [{ Ref: 'A', Other: 1 }, false],
  [{ 'Fn::Transform': {} }, true],
  [{ 'A': 1, 'Fn::Transform': {} }, true],
  [{ A: 1 }, false],
  [{}, false],
])('that a function stands in %j is %s', (value, expected) => {
  expect(hasFunction(value)).toBe(expected);
});

test.each<[value: unknown, expected: [unknown, unknown] | undefined]>([
  [{ 'Fn::If': ['C', 1, 2] }, [1, 2]],
  [{ 'Fn::If': ['C', 1] }, undefined],
  [{ 'Fn::If': ['C', 1, 2, 3] }, undefined],
  [{ 'Fn::If': 'C' }, undefined],
  [{ 'Fn::If': ['C', 1, 2], 'Other': 1 }, undefined],
  [['C', 1, 2], undefined],
  [undefined, undefined],
])('the branches of %j are %j', (value, expected) => {
  expect(ifBranches(value)?.branches).toEqual(expected);
});

test.each<[value: unknown, expected: [string, string] | undefined]>([
  [{ 'Fn::GetAtt': ['A', 'B'] }, ['A', 'B']],
  [{ 'Fn::GetAtt': 'A.B.C' }, ['A', 'B.C']],
  [{ 'Fn::GetAtt': 'A' }, undefined],
  [{ 'Fn::GetAtt': '.B' }, undefined],
  [{ 'Fn::GetAtt': ['A'] }, undefined],
  [{ 'Fn::GetAtt': ['A', { Ref: 'B' }] }, undefined],
  [{ 'Fn::GetAtt': null }, undefined],
  ['A.B', undefined],
])('the attribute of %j is %j', (value, expected) => {
  expect(getAttOf(value)).toEqual(expected);
});

test.each<[value: unknown, expected: boolean]>([
  [{ Ref: 'AWS::NoValue' }, true],
  [{ Ref: 'AWS::Region' }, false],
  ['AWS::NoValue', false],
  [undefined, false],
])('that %j is no value is %s', (value, expected) => {
  expect(isNoValue(value)).toBe(expected);
});

test.each<[value: unknown, expected: boolean]>([
  ['{{resolve:ssm:/a}}', true],
  ['x{{resolve:secretsmanager:a}}', true],
  ['{{other}}', false],
  [['{{resolve:ssm:/a}}'], false],
])('that %j is a dynamic reference is %s', (value, expected) => {
  expect(isDynamicReference(value)).toBe(expected);
});

test.each<[value: unknown, path: string[], expected: unknown]>([
  [{ A: { B: 1 } }, ['A', 'B'], 1],
  [{ A: { B: 1 } }, [], { A: { B: 1 } }],
  [{ A: 1 }, ['A', 'B'], undefined],
  [{ A: [1] }, ['A', '0'], undefined],
  [null, ['A'], undefined],
])('in %j at %j is %j', (value, path, expected) => {
  expect(valueAt(value, path)).toEqual(expected);
});

test('no value throws', () => {
  fc.assert(fc.property(fc.anything(), fc.array(fc.string()), (value, path) => {
    for (const ask of [intrinsicOf, callOf, ifBranches, getAttOf, isNoValue, isDynamicReference, isStruct]) ask(value);
    valueAt(value, path);
  }), { seed: 5 });
});
