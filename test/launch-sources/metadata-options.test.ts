import * as fc from 'fast-check';
import { CANNOT_KNOW, hopLimitsOf, requireOptionsAt, stancesOf, type Requirement, NOT_KNOWN } from '../../src/launch-sources/metadata-options';
import { isStruct, outcomesOf } from '../../src/private/json';

const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
const TRANSFORM = { 'Fn::Transform': { Name: 'M' } };
const REQUIRED = { HttpTokens: 'required' };
const OPTIONAL = { HttpTokens: 'optional' };
const DISABLED = { HttpEndpoint: 'disabled' };
const hops = (limit: unknown) => ({ HttpPutResponseHopLimit: limit });

const requireBlock = (block: unknown, requirement: Requirement) => requireOptionsAt(block, [], requirement);

describe('requiring tokens', () => {
  test.each<[name: string, block: unknown, wanted: unknown]>([
    ['in nothing', undefined, REQUIRED],
    ['in null', null, REQUIRED],
    ['in no value', NO_VALUE, REQUIRED],
    ['in an empty block', {}, REQUIRED],
    ['of optional', OPTIONAL, REQUIRED],
    ['beside others', { InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled', HttpEndpoint: 'enabled' },
      { InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled', HttpEndpoint: 'enabled', HttpTokens: 'required' }],
    ['of a parameter', { HttpTokens: { Ref: 'P' } }, REQUIRED],
    ['of a dynamic reference', { HttpTokens: '{{resolve:ssm:x}}' }, REQUIRED],
    ['of a transform', { HttpTokens: TRANSFORM }, REQUIRED],
    ['of a condition', { HttpTokens: either('required', 'optional') }, REQUIRED],
    ['at an endpoint that a condition may disable', { HttpEndpoint: either('disabled', 'enabled') }, { HttpEndpoint: either('disabled', 'enabled'), ...REQUIRED }],
    ['in both branches', either(OPTIONAL, {}), either(REQUIRED, REQUIRED)],
    ['in the open branch', either(REQUIRED, OPTIONAL), either(REQUIRED, REQUIRED)],
    ['in a branch of no value', either(REQUIRED, NO_VALUE), either(REQUIRED, REQUIRED)],
    ['in nested branches', either(either(OPTIONAL, DISABLED), REQUIRED), either(either(REQUIRED, DISABLED), REQUIRED)],
  ])('%s', (_, block, wanted) => {
    expect(requireBlock(block, { tokens: true })).toEqual(wanted);
  });

  test.each<[name: string, block: unknown]>([
    ['required', REQUIRED],
    ['a disabled endpoint', DISABLED],
    ['optional tokens at a disabled endpoint', { ...OPTIONAL, ...DISABLED }],
    ['required either way', { HttpTokens: either('required', 'required') }],
    ['two safe branches', either(REQUIRED, DISABLED)],
    ['required at an unknown endpoint', { ...REQUIRED, HttpEndpoint: { Ref: 'P' } }],
    ['required without a hop limit', { ...REQUIRED, InstanceMetadataTags: 'enabled' }],
  ])('leaves the very same block where it says %s', (_, block) => {
    expect(requireBlock(block, { tokens: true })).toBe(block);
    expect(requireBlock(block, { tokens: true, hopLimitOnFlip: 2 })).toBe(block);
  });

  test.each<[name: string, block: unknown]>([
    ['a transform', TRANSFORM],
    ['a transform beside members', { ...REQUIRED, ...TRANSFORM }],
    ['a parameter', { Ref: 'P' }],
    ['a string', 'required'],
    ['a list', [REQUIRED]],
    ['a number', 5],
    ['a condition with two arguments', { 'Fn::If': ['C', REQUIRED] }],
    ['a condition beside members', { ...REQUIRED, ...either({}, {}) }],
    ['a branch that is a transform', either(REQUIRED, TRANSFORM)],
  ])('cannot be done in %s', (_, block) => {
    expect(requireBlock(block, { tokens: true })).toBe(CANNOT_KNOW);
  });
});

describe('below a path', () => {
  const path = ['LaunchTemplateData', 'MetadataOptions'];
  const data = (value: unknown) => ({ LaunchTemplateData: value });

  test.each<[name: string, properties: unknown, wanted: unknown]>([
    ['that is not there', {}, data({ MetadataOptions: REQUIRED })],
    ['of nothing', undefined, data({ MetadataOptions: REQUIRED })],
    ['of no value', data(NO_VALUE), data({ MetadataOptions: REQUIRED })],
    ['beside others', { A: 1, ...data({ B: 2 }) }, { A: 1, ...data({ B: 2, MetadataOptions: REQUIRED }) }],
    ['under a condition', data(either({ B: 2 }, NO_VALUE)), data(either({ B: 2, MetadataOptions: REQUIRED }, { MetadataOptions: REQUIRED }))],
    ['under a condition, one branch done', data(either({ MetadataOptions: REQUIRED }, { MetadataOptions: OPTIONAL })),
      data(either({ MetadataOptions: REQUIRED }, { MetadataOptions: REQUIRED }))],
  ])('%s', (_, properties, wanted) => {
    expect(requireOptionsAt(properties, path, { tokens: true })).toEqual(wanted);
  });

  test.each<[unknown]>([
    [data({ MetadataOptions: REQUIRED })],
    [data(either({ MetadataOptions: REQUIRED }, { MetadataOptions: DISABLED }))],
  ])('leaves the very same %j', (properties) => {
    expect(requireOptionsAt(properties, path, { tokens: true })).toBe(properties);
  });

  test.each<[unknown]>([
    [undefined], [NO_VALUE], [{}], [data(NO_VALUE)], [data(OPTIONAL)],
  ])('leaves the very same %j where nothing is asked for', (properties) => {
    expect(requireOptionsAt(properties, path, { tokens: false })).toBe(properties);
  });

  test.each<[unknown]>([
    [data(TRANSFORM)], [data({ ...TRANSFORM, MetadataOptions: REQUIRED })], [data('text')], [data([])], [data(either({}, TRANSFORM))], [TRANSFORM], ['text'],
    [data({ MetadataOptions: TRANSFORM })],
  ])('cannot be done in %j', (properties) => {
    expect(requireOptionsAt(properties, path, { tokens: true })).toBe(CANNOT_KNOW);
  });

  test('does not change what it was given', () => {
    const properties = data(either({ MetadataOptions: OPTIONAL }, { B: 2 }));
    const before = JSON.stringify(properties);
    requireOptionsAt(properties, path, { tokens: true, hopLimit: 1 });
    expect(JSON.stringify(properties)).toBe(before);
  });
});

describe('a hop limit', () => {
  const [both, one]: Requirement[] = [{ tokens: true, hopLimit: 2 }, { tokens: true, hopLimit: 1 }];
  const [exempt, onFlip]: Requirement[] = [{ tokens: false, hopLimit: 2 }, { tokens: true, hopLimitOnFlip: 2 }];

  test.each<[name: string, block: unknown, requirement: Requirement, limit: unknown]>([
    ['is written where tokens become required', OPTIONAL, both, 2],
    ['is written where there is no block', undefined, both, 2],
    ['is written in the place of no value', { ...OPTIONAL, ...hops(NO_VALUE) }, both, 2],
    ['is not written where tokens are required', REQUIRED, both, undefined],
    ['of 1 is written where tokens are required', REQUIRED, one, 1],
    ['of 1 is not written where tokens stay as they are', OPTIONAL, { tokens: false, hopLimit: 1 }, undefined],
    ['is lowered', { ...REQUIRED, ...hops(3) }, both, 2],
    ['is lowered where it is a string', { ...REQUIRED, ...hops('64') }, both, 2],
    ['is kept where it is smaller', { ...OPTIONAL, ...hops(1) }, both, 1],
    ['is kept where it is the same', { ...OPTIONAL, ...hops(2) }, both, 2],
    ['is kept where it is the same in a string', { ...OPTIONAL, ...hops('2') }, both, '2'],
    ['is kept without a largest one', { ...OPTIONAL, ...hops(64) }, { tokens: true }, 64],
    ['is lowered where tokens stay as they are', { ...OPTIONAL, ...hops(3) }, exempt, 2],
    ['is not written where tokens stay as they are', OPTIONAL, exempt, undefined],
    ['is lowered in the branch that is too large', { ...REQUIRED, ...hops(either(1, 3)) }, both, either(1, 2)],
    ['is kept where every branch is small enough', { ...OPTIONAL, ...hops(either(1, 2)) }, both, either(1, 2)],
    ['is filled in where a branch is none and tokens become required', { ...OPTIONAL, ...hops(either(1, NO_VALUE)) }, both, either(1, 2)],
    ['replaces a parameter where tokens become required', { ...OPTIONAL, ...hops({ Ref: 'P' }) }, both, 2],
    ['leaves a parameter where tokens are required', { ...REQUIRED, ...hops({ Ref: 'P' }) }, both, { Ref: 'P' }],
    ['on the flip is written where none is set', OPTIONAL, onFlip, 2],
    ['on the flip leaves a larger one', { ...OPTIONAL, ...hops(5) }, onFlip, 5],
    ['on the flip leaves a smaller one', { ...OPTIONAL, ...hops(1) }, onFlip, 1],
    ['on the flip is not written without one', REQUIRED, onFlip, undefined],
    ['beats the one on the flip', OPTIONAL, { tokens: true, hopLimit: 1, hopLimitOnFlip: 2 }, 1],
    ['at a disabled endpoint is left alone', { ...DISABLED, ...hops(64) }, both, 64],
  ])('%s', (_, block, requirement, limit) => {
    const wanted = requireBlock(block, requirement) as { HttpPutResponseHopLimit?: unknown };
    expect(wanted.HttpPutResponseHopLimit).toEqual(limit);
  });

  test.each<[unknown, Requirement]>([
    [{ ...REQUIRED, ...hops(2) }, both], [{ ...REQUIRED, ...hops('2') }, both], [{ ...REQUIRED, ...hops(either(1, 2)) }, both], [REQUIRED, both],
    [{ ...REQUIRED, ...hops(1) }, one], [{ ...DISABLED, ...hops(64) }, one], [OPTIONAL, exempt], [undefined, exempt], [NO_VALUE, exempt],
  ])('leaves the very same %j', (block, requirement) => {
    expect(requireBlock(block, requirement)).toBe(block);
  });

  test('of each branch is its own', () => {
    expect(requireBlock(either({ ...REQUIRED, ...hops(5) }, { ...OPTIONAL, ...hops(1) }), both))
      .toEqual(either({ ...REQUIRED, ...hops(2) }, { ...REQUIRED, ...hops(1) }));
  });
});

describe('the hop limits that a block can say', () => {
  test.each<[block: unknown, limits: unknown[]]>([
    [undefined, [undefined]],
    [NO_VALUE, [undefined]],
    [{}, [undefined]],
    [hops(2), [2]],
    [hops('2'), [2]],
    [hops('two'), ['two']],
    [hops(NO_VALUE), [undefined]],
    [hops(either(1, either(3, 1))), [1, 3]],
    [hops({ Ref: 'P' }), [NOT_KNOWN]],
    [hops({ Ref: 'Allowed' }), [1, 2]],
    [hops('{{resolve:ssm:x}}'), [NOT_KNOWN]],
    [either(hops(1), NO_VALUE), [1, undefined]],
    [{ ...DISABLED, ...hops(64) }, []],
    [TRANSFORM, [NOT_KNOWN]],
    [{ ...hops(1), ...TRANSFORM }, [NOT_KNOWN]],
    ['text', [NOT_KNOWN]],
  ])('of %j are %j', (block, limits) => {
    const outcomes = (value: unknown) => outcomesOf(value).flatMap((outcome) => isStruct(outcome) && outcome.Ref === 'Allowed' ? ['1', '2'] : [outcome]);
    expect(hopLimitsOf(block, outcomes)).toEqual(limits);
  });
});

describe('for every block', () => {
  const value = (...literals: unknown[]) => {
    const leaf = fc.constantFrom<unknown>(...literals, NO_VALUE, { Ref: 'P' }, '{{resolve:ssm:x}}', TRANSFORM);
    return fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: fc.tuple(leaf, leaf).map(([yes, no]) => either(yes, no)) });
  };
  const struct = fc.record({
    HttpTokens: value('required', 'optional'),
    HttpEndpoint: value('enabled', 'disabled'),
    HttpPutResponseHopLimit: value(1, 2, 3, '64'),
    InstanceMetadataTags: value('enabled'),
  }, { requiredKeys: [] });
  const blocks = fc.letrec((tie) => ({
    block: fc.oneof({ depthSize: 'small' }, struct, fc.constantFrom<unknown>(undefined, NO_VALUE, TRANSFORM), fc.tuple(tie('block'), tie('block')).map(([a, b]) => either(a, b))),
  })).block;
  const requirements = fc.record<Requirement>({ tokens: fc.boolean(), hopLimit: fc.constantFrom(1, 2, 5), hopLimitOnFlip: fc.constant(2) }, { requiredKeys: ['tokens'] });
  const options = { numRuns: 1000, seed: 3 };

  test('requiring tokens leaves none open', () => {
    fc.assert(fc.property(blocks, requirements, (block, requirement) => {
      const wanted = requireBlock(block, { ...requirement, tokens: true });
      if (wanted === CANNOT_KNOW) return;
      for (const stance of stancesOf(wanted)) expect(['required', 'disabled']).toContain(stance);
    }), options);
  });

  test('requiring twice is requiring once', () => {
    fc.assert(fc.property(blocks, requirements, (block, requirement) => {
      const once = requireBlock(block, requirement);
      if (once !== CANNOT_KNOW) expect(requireBlock(once, requirement)).toEqual(once);
    }), options);
  });

  test('nothing but tokens and hop limit changes', () => {
    const rest = (block: unknown) => JSON.stringify(block, (key, member) => key === 'HttpTokens' || key === 'HttpPutResponseHopLimit' ? undefined : member);
    fc.assert(fc.property(struct, requirements, (block, requirement) => {
      expect(rest(requireBlock(block, requirement))).toBe(rest(block));
    }), options);
  });
});
