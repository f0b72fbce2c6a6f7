import type { Assembly } from '@jsii/spec';
import { currentAssembly, namesOf, partsOf, type Named } from './assembly';
import { KEYWORDS } from './keywords';

let assembly: Assembly;
let names: Named[];

beforeAll(() => {
  assembly = currentAssembly();
  names = namesOf(assembly);
}, 180_000);

/** What rests on no AWS page, because it is about this library alone. */
const OUR_OWN: ReadonlySet<string> = new Set([
  'AccountDefaultsOptions.regions',
  'CisImdsv2ChecksProps.version',
  'CisVersion',
  'Imdsv2AccountDefaultsAssertionProps.trigger',
  'Imdsv2AccountDefaultsProps.onRemoval',
  'Imdsv2ChecksProps.fatal',
  'Imdsv2ChecksProps.help',
  'Imdsv2ChecksProps.reportOnly',
  'Imdsv2ChecksProps.strict',
  'Imdsv2ExemptionProps.owner',
  'Imdsv2ExemptionProps.reason',
  'Imdsv2ExemptionProps.ticket',
  'Imdsv2ExemptionProps.until',
  'OnRemoval',
  'RequireImdsv2Props.help',
  'RequireImdsv2Props.reportOnly',
]);

describe('in every language', () => {
  test('there is something to look at', () => {
    expect(names.map(({ at }) => at)).toEqual(expect.arrayContaining([
      'RequireImdsv2', 'RequireImdsv2.addTo.scope', 'RequireImdsv2Props.hopLimit', 'HopLimit.CONTAINERS', 'HopLimit.of.hops', 'LaunchConfigurationPolicy.MIGRATE',
    ]));
  });

  test('nothing is a union, nor of any type', () => {
    const loose = names.filter(({ type }) => type && partsOf(type).some((part) => 'union' in part || 'intersection' in part
      || ('primitive' in part && (part.primitive === 'any' || part.primitive === 'json'))));
    expect(loose.map(({ at }) => at)).toEqual([]);
  });

  test('nobody has to implement an interface of ours, which is what becomes of a callback', () => {
    const behavioural = names.filter(({ what, owner }) => what === 'type' && owner.kind === 'interface' && !owner.datatype);
    expect(behavioural.map(({ at }) => at)).toEqual([]);
  });

  test.each(Object.entries(KEYWORDS))('no name is a keyword in %s', (_language, keywords) => {
    const { java, python, dotnet, go } = assembly.targets as Record<string, Record<string, string>>;
    // Go's package is named by jsii where nobody names it.
    const gopher = go.packageName ?? assembly.name.replace(/[^a-z0-9]/g, '');
    const modules = [java.package, python.module, dotnet.namespace, gopher].flatMap((module) => module.split('.'));
    const named = names.filter(({ what }) => what !== 'constructor');
    const taken = [...named, ...modules.map((name) => ({ name, at: `module ${name}` }))];
    const spellings = (name: string) => [name, snake(name), name.toLowerCase()];
    expect(taken.filter(({ name }) => spellings(name).some((spelling) => keywords.includes(spelling))).map(({ at }) => at)).toEqual([]);
  });

  test('enum members and constants read as such, and everything else as a name', () => {
    const loud = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
    const shapes = new Map<string, RegExp>([['enum member', loud], ['constant', loud], ['type', /^[A-Z][A-Za-z0-9]+$/]]);
    expect(names.filter(({ what, name }) => !(shapes.get(what) ?? /^_?[a-z][A-Za-z0-9]*$/).test(name)).map(({ at }) => at)).toEqual([]);
  });

  test('an enum member repeats neither its type nor the other members', () => {
    const members = names.filter(({ what }) => what === 'enum member');
    expect(members.filter(({ name, owner }) => name.startsWith(`${snake(owner.name).toUpperCase()}_`)).map(({ at }) => at)).toEqual([]);
  });

  test('no two members of a type become one in Python', () => {
    const members = names.filter(({ what }) => what !== 'type' && what !== 'parameter');
    const spelled = members.map(({ owner, name, what }) => `${owner.name}.${what === 'property' || what === 'method' ? snake(name) : name}`);
    expect(spelled.filter((name, i) => spelled.indexOf(name) !== i)).toEqual([]);
  });
});

describe('the documentation', () => {
  test('says what everything public is', () => {
    // What a constructor makes is said of its class.
    expect(names.filter(({ docs, what }) => what !== 'constructor' && !docs.summary).map(({ at }) => at)).toEqual([]);
  });

  test('says the default of every optional prop', () => {
    const optional = names.filter(({ what, owner, optional: may }) => what === 'property' && owner.kind === 'interface' && may);
    expect(optional.length).toBeGreaterThan(15);
    expect(optional.filter(({ docs }) => !docs.default).map(({ at }) => at)).toEqual([]);
  });

  test('names the AWS page that every class, enum and prop rests on, or is about this library alone', () => {
    const resting = names.filter(({ what, owner }) => what === 'type' ? owner.kind !== 'interface' : what === 'property' && owner.kind === 'interface');
    expect(resting.filter(({ docs, at }) => /^https:\/\/docs\.aws\.amazon\.com\//.test(docs.see ?? '') === OUR_OWN.has(at)).map(({ at }) => at)).toEqual([]);
    expect([...OUR_OWN].filter((at) => !resting.some((one) => one.at === at))).toEqual([]);
  });

  test('shows every class that is made with `new`', () => {
    const classes = names.filter(({ what, owner }) => what === 'type' && owner.kind === 'class' && owner.initializer);
    expect(classes.filter(({ docs }) => !docs.example).map(({ at }) => at)).toEqual([]);
  });
});

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
