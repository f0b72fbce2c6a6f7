import { App, Aspects, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../src';

const NO_CONSTRUCTS: Array<[string, unknown, string]> = [
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a string', 'app', 'app'],
  ['a number', 7, '7'],
  ['an empty object', {}, 'Object'],
  ['a plain object with a node', { node: { path: 'S', children: [], findAll: () => [], metadata: [] } }, 'Object'],
  ['an object without prototype', Object.create(null), 'unknown'],
  ['an array', [], 'Array'],
  ['props', { hopLimit: HopLimit.HOST }, 'Object'],
];

describe.each(NO_CONSTRUCTS)('%s where a construct is needed', (_, scope: any, got) => {
  const METHODS: Array<[string, () => void]> = [
    ['addTo', () => RequireImdsv2.addTo(scope)],
    ['visit', () => new RequireImdsv2().visit(scope)],
    ['applyTo', () => new RequireImdsv2().applyTo(scope)],
  ];

  test.each(METHODS)('%s says what was wrong, what was got and what to write', (method, call) => {
    expect(call).toThrow(`RequireImdsv2.${method} needs a construct: got `);
    expect(call).toThrow(got);
    expect(call).toThrow(/expected .*RequireImdsv2\.addTo\(app\)/);
  });

  test('supports is false', () => {
    expect(new RequireImdsv2().supports(scope)).toBe(false);
  });
});

describe('a construct that is no launch source', () => {
  test('is left alone by applyTo', () => {
    const stack = new Stack(new App(), 'S');
    const vpc = new ec2.CfnVPC(stack, 'V', { cidrBlock: '10.0.0.0/16' });
    const aspects = Aspects.of(vpc).all.length;
    new RequireImdsv2().applyTo(vpc);
    expect(Aspects.of(vpc).all).toHaveLength(aspects);
  });

  test('is not supported', () => {
    const stack = new Stack(new App(), 'S');
    expect([stack, new ec2.CfnVPC(stack, 'V')].map((one) => new RequireImdsv2().supports(one))).toEqual([false, false]);
    expect(new RequireImdsv2().supports(new ec2.CfnInstance(stack, 'I'))).toBe(true);
  });
});

describe.each(['hopLimit', 'containerHostHopLimit'] as const)('%s', (prop) => {
  const BAD: Array<[string, unknown, string]> = [
    ['a number', 2, '2'],
    ['text', '2', '"2"'],
    ['null', null, 'null'],
    ['an object', {}, '{}'],
    ['an object whose hops are text', { hops: '2' }, '{"hops":"2"}'],
    ['an object whose hops are beyond the range', { hops: 99 }, '99'],
    ['an object whose hops are not a number', { hops: NaN }, ''],
    ['a construct', new App(), ''],
    ['a big integer', BigInt(2), '2'],
    ['an enum name', 'CONTAINERS', '"CONTAINERS"'],
  ];

  test.each(BAD)('that is %s throws, names the prop, what was got and what to write', (_, value, got) => {
    const create = () => new RequireImdsv2({ [prop]: value } as unknown as RequireImdsv2Props);
    expect(create).toThrow(new RegExp(`^${prop} `));
    expect(create).toThrow(/: got .*, expected /);
    expect(create).toThrow(got);
    expect(create).toThrow('HopLimit.of(n)');
  });

  test('that is undefined is as good as absent', () => {
    expect(() => new RequireImdsv2({ [prop]: undefined })).not.toThrow();
  });
});

describe('no props', () => {
  test.each([undefined, {}])('%p are fine', (props) => {
    expect(() => new RequireImdsv2(props)).not.toThrow();
  });
});
