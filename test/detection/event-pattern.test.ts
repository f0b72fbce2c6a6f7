import { matches } from './event-pattern';
import type { Json } from '../support';

/** The cases of EventBridge's documentation. */
test.each<[string, Json, Json, boolean]>([
  ['a value', { a: ['x', 'y'] }, { a: 'y' }, true],
  ['another value', { a: ['x'] }, { a: 'y' }, false],
  ['every field', { a: ['x'], b: ['x'] }, { a: 'x' }, false],
  ['other letters', { a: ['x'] }, { a: 'X' }, false],
  ['one of an array', { a: ['x'] }, { a: ['y', 'x'] }, true],
  ['a field of one object in an array', { a: { b: ['x'] } }, { a: [{ b: 'y' }, { b: 'x' }] }, true],
  ['a prefix', { a: [{ prefix: 'x:' }] }, { a: 'x:y' }, true],
  ['no prefix', { a: [{ prefix: 'x:' }] }, { a: 'yx:' }, false],
  ['absent', { a: { b: [{ exists: false }] } }, { a: { c: 'x' } }, true],
  ['absent with what it is in', { a: { b: [{ exists: false }] } }, {}, true],
  ['absent from an empty array', { a: { b: [{ exists: false }] } }, { a: [] }, true],
  ['not absent', { a: [{ exists: false }] }, { a: 'x' }, false],
  ['either', { $or: [{ a: ['x'] }, { b: ['x'] }] }, { b: 'x' }, true],
  ['neither', { $or: [{ a: ['x'] }, { b: ['x'] }] }, { a: 'y', b: 'y' }, false],
])('%s', (_, pattern, event, expected) => expect(matches(pattern, event)).toBe(expected));

test('says what it does not know', () => {
  expect(() => matches({ a: [{ wildcard: '*' }] }, { a: 'x' })).toThrow('an operator that this does not know: {"wildcard":"*"}');
  expect(() => matches({ $or: [{ a: ['x'] }] }, { a: 'x' })).toThrow('$or is a list of at least two patterns');
});
