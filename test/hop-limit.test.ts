import * as fc from 'fast-check';
import { HopLimit } from '../src';

describe('HopLimit', () => {
  test('HOST is one hop', () => {
    expect(HopLimit.HOST.hops).toBe(1);
  });

  test('CONTAINERS is two hops', () => {
    expect(HopLimit.CONTAINERS.hops).toBe(2);
  });

  test('of takes every whole number from 1 to 64', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 64 }), (hops) => { expect(HopLimit.of(hops).hops).toBe(hops); }));
  });

  test.each([1, 2, 63, 64])('of takes %p', (hops) => {
    expect(HopLimit.of(hops)).toBeInstanceOf(HopLimit);
    expect(HopLimit.of(hops).hops).toBe(hops);
  });

  test.each([0, -1, 65, 1.5, NaN, Infinity, -Infinity, '2', undefined, null, true, {}, [2]])('of rejects %p, with the range and what was got', (hops: any) => {
    expect(() => HopLimit.of(hops)).toThrow(`got ${String(hops)}, expected a whole number from 1 to 64`);
    expect(() => HopLimit.of(hops)).toThrow(/^the hop limit is out of range/);
    expect(() => HopLimit.of(hops)).toThrow(/HopLimit\.HOST \(1\).*HopLimit\.CONTAINERS \(2\)/);
  });

  test('of rejects everything but whole numbers from 1 to 64', () => {
    const outside = fc.oneof(fc.integer({ max: 0 }), fc.integer({ min: 65 }), fc.double().filter((n) => !Number.isInteger(n)), fc.string());
    fc.assert(fc.property(outside, (hops: any) => { expect(() => HopLimit.of(hops)).toThrow('from 1 to 64'); }));
  });
});
