import { guardVerdicts } from './guard';
import { CATALOG } from '../../src/launch-sources/catalog';
import { guardRules, GUARDED } from '../../src/organization/guard-rules';
import { judge } from '../../src/posture/judge';
import { isOpenItself } from '../../src/posture/own-words';
import { TemplateWorld } from '../../src/posture/template-world';
import { CATALOG_CASES, OPTION_CASES } from '../posture/fixtures';
import type { Json } from '../support';

/** What parameters and other resources are at deployment. */
const VALUES: { readonly [name: string]: string } = { Any: 'required', Safe: 'required', Unsafe: 'optional', Both: 'optional', Off: 'disabled', P: 'true', Kind: 'FARGATE' };

const wrap: { readonly [type: string]: (options: unknown) => Json } = {
  'AWS::EC2::Instance': (MetadataOptions) => ({ MetadataOptions }),
  'AWS::EC2::LaunchTemplate': (MetadataOptions) => ({ LaunchTemplateData: { MetadataOptions } }),
  'AWS::AutoScaling::LaunchConfiguration': (MetadataOptions) => ({ MetadataOptions }),
  'AWS::ImageBuilder::InfrastructureConfiguration': (InstanceMetadataOptions) => ({ InstanceMetadataOptions }),
  'AWS::WorkspacesInstances::WorkspaceInstance': (MetadataOptions) => ({ ManagedInstance: { MetadataOptions } }),
};

/** Every fixture of the postures, as a hook sees it: under either outcome of its condition, without any function. */
const RESOURCES = new Map<string, Json>();
for (const [type, properties] of [
  ...Object.entries(wrap).flatMap(([kind, of]) => OPTION_CASES.map(([, options]) => [kind, of(options)] as const)),
  ...OPTION_CASES.map(([, options]) => ['AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' }, MetadataOptions: options }] as const),
  ...CATALOG_CASES,
]) {
  for (const outcome of [true, false]) {
    const resource = { Type: type, Properties: resolved(properties, outcome) ?? {} };
    const text = JSON.stringify(resource);
    // What is no object where one belongs, or a list of tokens, CloudFormation refuses before a hook sees it.
    if (!/Fn::|Ref"|resolve:|"HttpTokens":\[|MetadataOptions":[["]/.test(text)) RESOURCES.set(text, JSON.parse(text));
  }
}

const NAMED = Object.fromEntries([...RESOURCES.values()].map((resource, i) => [`R${i}`, resource]));

describe('the rules, in the engine of hooks', () => {
  const verdicts = guardVerdicts(guardRules(), NAMED);

  test('are asked about every fixture', () => {
    expect(verdicts.size).toBe(RESOURCES.size);
    expect(RESOURCES.size).toBeGreaterThan(150);
  });

  test.each(Object.entries(NAMED).map(([name, resource]) => [JSON.stringify(resource), name, resource] as const))('agree with the library about %s', (_, name, resource) => {
    expect(verdicts.get(name)).toBe(expected(resource));
  });
});

test('there is a rule for every type that has options of its own, and for no other', () => {
  const empty = Object.fromEntries([...CATALOG.values()].map(({ type }) => [type.replace(/::/g, '-'), { Type: type, Properties: {} }]));
  const failing = [...guardVerdicts(guardRules(), empty)].filter(([, status]) => status === 'FAIL').map(([name]) => name);
  // Nothing is said by a fleet's overrides that are not there.
  const own = GUARDED.filter(({ parts }) => !parts).map(({ type }) => type.replace(/::/g, '-'));
  expect(failing.sort()).toEqual(own.sort());
});

/** What the rules should say, in the library's judgement of the same resource by itself. */
function expected(resource: Json): string {
  const source = CATALOG.get(resource.Type)!;
  if (!GUARDED.includes(source)) return 'SKIP';
  const document = { id: 't', body: { Resources: { R: resource } } };
  const world = new TemplateWorld([document]);
  const { posture } = judge(world.resourcesOf(document).get('R')!, world)!;
  const said = source.parts?.(resource.Properties, (value) => [value]).some(({ options }) => (options.value as Json)?.HttpTokens !== undefined);
  if (source.parts && !said) return 'SKIP';
  // A hook asks of an override that says something, and of an environment, to say it themselves: whether they count, or a platform requires it, it does not read.
  if (source.parts) return JSON.stringify(resource).includes('"HttpTokens":"optional"') ? 'FAIL' : 'PASS';
  if (source.requiredBySilence?.(resource.Properties) && !JSON.stringify(resource).includes('DisableIMDSv1')) return 'FAIL';
  return ['optional', 'conditional'].includes(posture) && isOpenItself(source, resource.Properties, (value) => [value]) ? 'FAIL' : 'PASS';
}

/** The value that a function comes to; undefined for no value, and for null, which CloudFormation takes for the same. */
function resolved(value: Json, outcome: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => resolved(item, outcome)).filter((item) => item !== undefined);
  if (value === null) return undefined;
  if (typeof value !== 'object') return value;
  const [key] = Object.keys(value);
  if (Object.keys(value).length === 1) {
    if (value.Ref === 'AWS::NoValue') return undefined;
    if (key === 'Ref') return VALUES[value.Ref] ?? `${value.Ref.toLowerCase()}-1`;
    if (key === 'Fn::If' && value[key].length === 3) return resolved(value[key][outcome ? 1 : 2], outcome);
    if (key === 'Fn::GetAtt') return '1';
  }
  const members = Object.entries(value).map(([name, member]) => [name, resolved(member, outcome)]);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}
