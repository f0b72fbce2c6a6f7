import { att, either, group, instance, judgementIn, latest, launchTemplate, nestedStack, NO_VALUE, OPTIONAL, REQUIRED } from './templates';
import type { Json } from '../support';

const ref = (name: string) => ({ Ref: name });
const number = (name: string) => att(name, 'LatestVersionNumber');
const specification = (LaunchTemplateId: unknown, Version: unknown) => ({ LaunchTemplateId, Version });

const CONDITIONS = Object.fromEntries(['C', 'D', 'E'].map((name) => [name, { 'Fn::Equals': [{ Ref: name }, 'yes'] }]));
const PARAMETERS = Object.fromEntries(['C', 'D', 'E'].map((name) => [name, { Type: 'String' }]));
const OTHERS = { A: launchTemplate(REQUIRED), B: launchTemplate(REQUIRED), X: launchTemplate(OPTIONAL) };

const templateOf = (LaunchTemplate: unknown, others: Json = {}) =>
  ({ Parameters: PARAMETERS, Conditions: CONDITIONS, Resources: { R: instance(undefined, { LaunchTemplate }), ...OTHERS, ...others } });

const CHOICES: Array<[name: string, specification: Json, posture: string]> = [
  ['one condition for both', specification(either(ref('A'), ref('B')), either(number('A'), number('B'))), 'required'],
  ['one condition for both, swapped', specification(either(ref('A'), ref('B')), either(number('B'), number('A'))), 'external'],
  ['another condition for each', specification(either(ref('A'), ref('B')), either(number('A'), number('B'), 'D')), 'external'],
  ['a condition for the id, and the version of one of them', specification(either(ref('A'), ref('B')), number('B')), 'external'],
  ['a condition for the version alone', specification(ref('A'), either(number('A'), number('B'))), 'external'],
  ['a condition for the version alone, alike either way', specification(ref('A'), either(number('A'), number('A'))), 'required'],
  ['the version of a third', specification(either(ref('A'), ref('B')), number('X')), 'external'],
  ['the latest, whichever it is', specification(either(ref('A'), ref('B')), '$Latest'), 'required'],
  ['the latest or the number of the same', specification(either(ref('A'), ref('B')), either(number('A'), '$Latest')), 'required'],
  ['a number under one branch', specification(either(ref('A'), ref('B')), either(number('A'), '3')), 'external'],
  ['the same conditions, one in the other', specification(either(either(ref('A'), ref('B'), 'D'), ref('A')), either(either(number('A'), number('B'), 'D'), number('A'))), 'required'],
  ['the same conditions, the other way round', specification(either(either(ref('A'), ref('B'), 'D'), ref('B')), either(either(number('A'), number('B')), number('B'), 'D')), 'required'],
  ['a condition in itself', specification(either(ref('A'), ref('B')), either(either(number('A'), number('B')), number('B'))), 'required'],
  ['a specification under the condition of its id', either(specification(ref('A'), number('A')), specification(ref('B'), number('B'))), 'required'],
  ['a specification with the version of the other branch', either(specification(ref('A'), number('B')), specification(ref('B'), number('B'))), 'external'],
  ['ids of which one is open', specification(either(ref('A'), ref('X')), either(number('A'), number('X'))), 'conditional'],
  ['items of a list under one condition', specification(either({ 'Fn::Select': [0, [ref('A'), ref('B')]] }, { 'Fn::Select': [1, [ref('A'), ref('B')]] }),
    either({ 'Fn::Select': ['0', [number('A'), number('B')]] }, { 'Fn::Select': ['1', [number('A'), number('B')]] })), 'required'],
];

describe('conditions that choose a launch template and its version', () => {
  test.each(CHOICES)('%s', (_, chosen, posture) => {
    expect(judgementIn({ a: templateOf(chosen) })?.posture).toBe(posture);
  });

  test.each<[name: string, version: Json, posture: string]>([
    ['the same condition of the parent', either(number('A'), number('B')), 'required'],
    ['another condition of the parent', either(number('A'), number('B'), 'D'), 'external'],
  ])('passed to a nested stack by %s', (_, version, posture) => {
    const judgement = judgementIn({
      'a/N': {
        Parameters: { Id: { Type: 'String' }, Version: { Type: 'String' } },
        Resources: { R: group({ LaunchTemplate: specification(ref('Id'), ref('Version')) }) },
      },
      'a': { Parameters: PARAMETERS, Conditions: CONDITIONS, Resources: { N: nestedStack({ Id: either(ref('A'), ref('B')), Version: version }), ...OTHERS } },
    });
    expect(judgement?.posture).toBe(posture);
  });

  test('a condition of that name in the parent is another one', () => {
    const judgement = judgementIn({
      'a/N': {
        Parameters: { ...PARAMETERS, A: { Type: 'String' }, B: { Type: 'String' }, Version: { Type: 'String' } },
        Conditions: CONDITIONS,
        Resources: { R: group({ LaunchTemplate: specification(either(ref('A'), ref('B')), ref('Version')) }) },
      },
      'a': {
        Parameters: PARAMETERS,
        Conditions: CONDITIONS,
        Resources: { N: nestedStack({ A: ref('A'), B: ref('B'), Version: either(number('A'), number('B')) }), ...OTHERS },
      },
    });
    expect(judgement?.posture).toBe('external');
  });

  test('more of them than are told apart are not decided', () => {
    let [id, version]: Json[] = [ref('A'), number('A')];
    const conditions: Json = {};
    for (let i = 0; i < 10_000; i++) {
      conditions[`C${i}`] = { 'Fn::Equals': [{ Ref: 'C' }, String(i)] };
      id = either(ref(i % 2 ? 'A' : 'B'), id, `C${i}`);
      version = either(number(i % 2 ? 'A' : 'B'), version, `C${i}`);
    }
    const template = templateOf(specification(id, version));
    expect(judgementIn({ a: { ...template, Conditions: conditions } })?.posture).toBe('external');
    const R = instance(undefined, { LaunchTemplate: latest(id) });
    expect(judgementIn({ a: { ...template, Conditions: conditions, Resources: { ...template.Resources, R } } })?.posture).toBe('required');
  });
});

/** What CloudFormation makes of a value when it knows which way every condition goes. */
function decided(value: Json, holds: { readonly [condition: string]: boolean }): Json {
  if (Array.isArray(value)) return value.map((item) => decided(item, holds)).filter((item) => item !== NOTHING);
  if (typeof value !== 'object' || value === null) return value;
  if (value.Ref === 'AWS::NoValue') return NOTHING;
  if (value['Fn::If']) {
    const [condition, yes, no] = value['Fn::If'];
    return decided(holds[condition] ? yes : no, holds);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, decided(member, holds)]).filter(([, member]) => member !== NOTHING));
}

const NOTHING = Symbol('no value');

const EITHER_WAY = [true, false];
const EVERY_WAY = EITHER_WAY.flatMap((C) => EITHER_WAY.flatMap((D) => EITHER_WAY.map((E) => ({ C, D, E }))));

/** Whether tokens are required of an instance whose conditions are decided, by what EC2 and CloudFormation say alone. */
function requires({ MetadataOptions: own = {}, LaunchTemplate: followed }: Json, templates: Json): boolean {
  const [id, version] = [followed?.LaunchTemplateId?.Ref, followed?.Version];
  const isLatest = version === '$Latest' || version?.['Fn::GetAtt']?.[0] === id;
  const inherited = id === undefined || !isLatest ? {} : templates[id].Properties.LaunchTemplateData.MetadataOptions ?? {};
  // Each option is evaluated separately.
  const { HttpTokens: tokens, HttpEndpoint: endpoint } = { ...inherited, ...own };
  return endpoint === 'disabled' || tokens === 'required';
}

/** A generator of numbers from 0 up to, and without, 1 that always gives the same ones. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

describe('generated templates, compared with every way in which their conditions can go', () => {
  const random = numbers(20261201);
  const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)];
  const choice = (leaf: () => Json, depth = 0): Json => random() < [0.7, 0.5, 0.3][depth] ? either(choice(leaf, depth + 1), choice(leaf, depth + 1), pick('C', 'D', 'E')) : leaf();
  /** The same choices, of what belongs to each template: as a template that is right would have them. */
  const mapped = (value: Json, map: (name: string) => Json): Json => value['Fn::If']
    ? { 'Fn::If': [value['Fn::If'][0], mapped(value['Fn::If'][1], map), mapped(value['Fn::If'][2], map)] } : map(value.Ref);

  const cases = Array.from({ length: 400 }, (): Json => {
    const id = choice(() => ref(pick('A', 'B', 'B', 'X')));
    const version = random() < 0.5 ? mapped(id, number) : choice(() => pick<Json>(number('A'), number('B'), '$Latest', '1'));
    const own = random() < 0.5 ? undefined : choice(() => pick<Json>(NO_VALUE, {}, REQUIRED, { HttpPutResponseHopLimit: 2 }, { HttpEndpoint: 'enabled' }, { ...OPTIONAL, HttpEndpoint: 'enabled' }));
    const chosen = specification(id, version);
    return { LaunchTemplate: random() < 0.2 ? either(chosen, specification(ref('A'), number('A')), pick('C', 'D')) : chosen, ...own && { MetadataOptions: own } };
  });
  const others = { ...OTHERS, B: launchTemplate({ HttpEndpoint: 'disabled' }) };

  const judged = cases.map((properties) => {
    const ways = EVERY_WAY.map((holds) => requires(decided(properties, holds), others));
    const template = templateOf(undefined, others);
    const { posture } = judgementIn({ a: { ...template, Resources: { ...template.Resources, R: { Type: 'AWS::EC2::Instance', Properties: properties } } } })!;
    return { properties, posture, ways };
  });

  test('what is called required or disabled is so whichever way they go', () => {
    const safe = judged.filter(({ posture }) => posture === 'required' || posture === 'disabled');
    expect(safe.length).toBeGreaterThan(40);
    for (const { ways, properties } of safe) expect([properties, ways]).toEqual([properties, ways.map(() => true)]);
  });
});
