import * as fc from 'fast-check';
import { att, documentsOf, either, group, instance, judgementIn, latest, launchTemplate, nestedStack, OPTIONAL, REQUIRED } from './templates';
import { CATALOG } from '../../src/launch-sources/catalog';
import { judge } from '../../src/posture/judge';
import { Posture } from '../../src/posture/posture';
import { TemplateWorld } from '../../src/posture/template-world';

const problemsOf = (body: unknown) => {
  const [document] = documentsOf({ a: body });
  return new TemplateWorld([document]).problemsOf(document);
};

describe('ten thousand levels', () => {
  const nest = (wrap: (inner: unknown) => unknown, innermost: unknown) => {
    let value = innermost;
    for (let i = 0; i < 10_000; i++) value = wrap(value);
    return value;
  };

  const policy = { LaunchTemplate: { LaunchTemplateSpecification: latest({ Ref: 'T' }) } };
  test.each<[name: string, resource: unknown, posture: string]>([
    ['of conditions around options', instance(nest((inner) => either(inner, REQUIRED), REQUIRED)), 'required'],
    ['of conditions around options, the innermost open', instance(nest((inner) => either(inner, REQUIRED), OPTIONAL)), 'conditional'],
    ['of conditions around tokens', instance({ HttpTokens: nest((inner) => either('required', inner), 'required') }), 'required'],
    ['of conditions around launch template data',
      { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: nest((inner) => either(inner, {}), { MetadataOptions: REQUIRED }) } }, 'conditional'],
    ['of conditions around a launch template', group({ LaunchTemplate: nest((inner) => either(inner, latest({ Ref: 'T' })), latest({ Ref: 'T' })) }), 'required'],
    ['of conditions around its id', group({ LaunchTemplate: latest(nest((inner) => either(inner, { Ref: 'T' }), { Ref: 'T' })) }), 'required'],
    ['of conditions around its version', group({ LaunchTemplate: { LaunchTemplateId: { Ref: 'T' }, Version: nest((inner) => either(inner, '$Latest'), '$Latest') } }), 'required'],
    ['of conditions around a policy', group({ MixedInstancesPolicy: nest((inner) => either(inner, policy), policy) }), 'required'],
    ['of conditions around a launch configuration', group({ LaunchConfigurationName: nest((inner) => either(inner, 'x'), 'x') }), 'external'],
    ['of objects in the place of tokens', instance({ HttpTokens: nest((inner) => ({ A: inner }), 'required') }), 'optional'],
    ['of lists in the place of options', instance(nest((inner) => [inner], REQUIRED)), 'optional'],
    ['of functions in the place of tokens', instance({ HttpTokens: nest((inner) => ({ 'Fn::Join': ['', [inner]] }), { Ref: 'P' }) }), 'conditional'],
    ['of lists for the name of a parameter', instance({ HttpTokens: { Ref: nest((inner) => [inner], 'P') } }), 'conditional'],
  ])('%s', (_, resource, posture) => {
    const bodies = { a: { Resources: { R: resource, T: launchTemplate(REQUIRED) } } };
    expect(judgementIn(bodies)?.posture).toBe(posture);
    expect(problemsOf(bodies.a)).toEqual([]);
  });

  test('of loops', () => {
    const Resources = nest((inner) => ({ 'Fn::ForEach::L': ['X', ['a'], inner] }), { R: instance(REQUIRED) });
    expect(judgementIn({ a: { Resources } })?.posture).toBe('required');
  });

  test('of exports', () => {
    const Outputs = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`O${i}`, {
      Export: { Name: `e${i}` }, Value: i === 0 ? 'required' : { 'Fn::ImportValue': `e${i - 1}` },
    }]));
    expect(judgementIn({ a: { Resources: { R: instance({ HttpTokens: { 'Fn::ImportValue': 'e9999' } }) }, Outputs } })?.posture).toBe('required');
  });
});

describe('any JSON', () => {
  const POSTURES: readonly string[] = Object.values(Posture);
  const ids = fc.constantFrom('R', 'S', 'T', 'N', 'P', 'M', 'C', 'X', 'AWS::NoValue', 'AWS::Region', '__proto__', 'constructor', 'toString');
  const texts = fc.oneof(
    ids, fc.constantFrom('required', 'optional', 'disabled', '$Latest', '${R}', '${P}-${X}', 'R${X}', 'Outputs.O', 'T.LatestVersionNumber', '{{resolve:ssm:x}}', '0'),
    fc.string(),
  );
  const keys = fc.constantFrom(
    'MetadataOptions', 'LaunchTemplateData', 'LaunchTemplate', 'LaunchTemplateId', 'LaunchTemplateName', 'LaunchConfigurationName', 'Version', 'MixedInstancesPolicy',
    'LaunchTemplateSpecification', 'Overrides', 'HttpTokens', 'HttpEndpoint', 'Parameters', 'AllowedValues', 'Default', 'Type', 'Value', 'Export', 'Name', 'StackName',
    'OutputName', 'DefaultValue', 'Condition', 'R', 'P', 'X', 'toString', '__proto__', 'Fn::ForEach::L',
  );
  const functions = fc.constantFrom(
    'Ref', 'Fn::GetAtt', 'Fn::If', 'Fn::Sub', 'Fn::FindInMap', 'Fn::Select', 'Fn::ImportValue', 'Fn::GetStackOutput', 'Fn::Transform', 'Fn::Equals', 'Fn::And', 'Fn::Or',
    'Fn::Not', 'Fn::Join', 'Condition',
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof({ depthSize: 'small', withCrossShrink: true },
      fc.oneof(texts, fc.constant(null), fc.boolean(), fc.double()),
      fc.dictionary(keys, tie('json'), { maxKeys: 4 }),
      fc.tuple(functions, tie('arguments')).map(([name, argument]) => ({ [name]: argument })),
      fc.array(tie('json'), { maxLength: 4 })),
    arguments: fc.oneof(ids, tie('json'), fc.array(fc.oneof(ids, tie('json')), { minLength: 1, maxLength: 4 })),
  }));
  const named = (value: fc.Arbitrary<unknown>) => fc.oneof({
    weight: 5,
    arbitrary: fc.dictionary(ids, value,
      { maxKeys: 4 }),
  }, { weight: 1, arbitrary: json });
  const types = fc.constantFrom(...CATALOG.keys(), 'AWS::CloudFormation::Stack', 'AWS::S3::Bucket');
  const resource = fc.record({ Type: fc.oneof({ weight: 5, arbitrary: types }, { weight: 1, arbitrary: json }), Properties: json }, { requiredKeys: ['Type'] });
  const loop = fc.tuple(fc.oneof(ids, json), json, fc.oneof(fc.dictionary(fc.constantFrom('R', 'R${X}', 'T&{X}', '${X}'), resource), json));
  const resources = fc.tuple(named(resource), fc.option(loop)).map(([plain, block]) =>
    block && typeof plain === 'object' ? { ...plain, 'Fn::ForEach::L': block } : plain);
  const output = fc.record({ Value: json, Export: fc.oneof(fc.record({ Name: ids }), json) });
  const template = fc.oneof({
    weight: 9,
    arbitrary: fc.record({
      Resources: resources, Parameters: named(json), Mappings: named(named(json)), Conditions: named(json), Outputs: named(output),
    }),
  }, { weight: 1, arbitrary: fc.oneof(json, fc.jsonValue()) });

  test('has a posture wherever a launch source says its type, and never throws', () => {
    fc.assert(fc.property(template, template, (a, b) => {
      const documents = documentsOf({ a, 'a/N': b });
      const world = new TemplateWorld(documents);
      for (const document of documents) {
        for (const problem of world.problemsOf(document)) expect(problem).toMatch(/^[a-z']/);
        for (const found of world.resourcesOf(document).values()) {
          const judgement = judge(found, world);
          const source = CATALOG.get(String(found.body.Type));
          if (source && !source.launches) expect(POSTURES).toContain(judgement?.posture);
          else if (judgement) expect(source?.launches).toBeDefined();
          if (judgement?.posture !== 'conditional') expect(judgement?.dependsOn ?? judgement?.underDefaults).toBeUndefined();
        }
      }
    }), { numRuns: 2000, seed: 11 });
  });

  test('is judged alike by its own world, whichever resource was judged before', () => {
    fc.assert(fc.property(template, (a) => {
      const documents = documentsOf({ a });
      const postures = (order: (ids: string[]) => string[]) => {
        const world = new TemplateWorld(documents);
        const found = world.resourcesOf(documents[0]);
        return Object.fromEntries(order([...found.keys()]).map((id) => [id, judge(found.get(id)!, world)?.posture]));
      };
      expect(postures((forwards) => forwards)).toEqual(postures((backwards) => backwards.reverse()));
    }), { numRuns: 300, seed: 12 });
  });
});

describe('work grows with the size of the assembly', () => {
  /** How many properties are read while everything is judged. */
  const readsOf = (body: object) => {
    let reads = 0;
    const counted = (value: unknown): unknown => typeof value !== 'object' || value === null ? value : new Proxy(value, {
      get: (target, key, receiver) => {
        reads++;
        return cached(Reflect.get(target, key, receiver));
      },
    });
    const proxies = new Map<unknown, unknown>();
    const cached = (value: unknown): unknown => {
      if (!proxies.has(value)) proxies.set(value, counted(value));
      return proxies.get(value);
    };
    const documents = documentsOf({ a: cached(body) });
    const world = new TemplateWorld(documents);
    for (const found of world.resourcesOf(documents[0]).values()) judge(found, world);
    world.problemsOf(documents[0]);
    return reads;
  };
  const many = (size: number, entry: (i: number) => [string, unknown]) => Object.fromEntries(Array.from({ length: size }, (_, i) => entry(i)));

  test.each<[name: string, template: (size: number) => object]>([
    ['many instances', (size) => ({ Resources: many(size, (i) => [`R${i}`, instance(either(REQUIRED, OPTIONAL))]) })],
    ['many groups of one launch template', (size) => ({ Resources: { T: launchTemplate(either(REQUIRED, { HttpTokens: { Ref: 'P' } })), ...many(size, (i) => [`G${i}`, group({ LaunchTemplate: latest({ Ref: 'T' }) })]) } })],
    ['many overrides of one large launch template', (size) => {
      let options: unknown = REQUIRED;
      for (let i = 0; i < size; i++) options = either(options, OPTIONAL);
      const Overrides = Array.from({ length: size }, () => ({ LaunchTemplateSpecification: latest({ Ref: 'T' }) }));
      return { Resources: { T: launchTemplate(options), G: group({ MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: latest({ Ref: 'T' }), Overrides } } }) } };
    }],
    ['many parameters, conditions and exports', (size) => ({
      Parameters: many(size, (i) => [`P${i}`, { Default: 'required' }]),
      Conditions: many(size, (i) => [`C${i}`, i === 0 ? { 'Fn::Equals': [{ Ref: 'P0' }, 'required'] } : { 'Fn::Not': [{ Condition: `C${i - 1}` }] }]),
      Outputs: many(size, (i) => [`O${i}`, { Value: { Ref: `P${i}` }, Export: { Name: `e${i}` } }]),
      Resources: many(size, (i) => [`R${i}`, instance(either({ HttpTokens: { 'Fn::ImportValue': `e${i}` } }, REQUIRED, `C${i}`))]),
    })],
    ['many loops', (size) => ({ Resources: many(size, (i) => [`Fn::ForEach::L${i}`, ['X', ['A'], { [`R${i}\${X}`]: instance({ HttpTokens: '${X}' }) }]]) })],
    ['many nested stacks', (size) => ({ Resources: many(size, (i) => [`N${i}`, nestedStack({ P: att(`N${i - 1}`, 'Outputs.O') })]) })],
  ])('%s', (_, template) => {
    expect(readsOf(template(800)) / readsOf(template(400))).toBeLessThan(2 * 1.2);
  });
});
