import { att, DISABLED, either, documentsOf, group, instance, judgementIn, latest, launchTemplate, OPTIONAL, REQUIRED } from './templates';
import { TemplateWorld } from '../../src/posture/template-world';

const forEach = (bodies: unknown, variable: unknown = 'X', collection: unknown = ['A', 'B']) => [variable, collection, bodies];
const loop = { kind: 'transform', name: 'Fn::ForEach::Loop' };

/** A template whose loop writes `R${X}`, beside other resources. */
const looped = (resource: unknown, others: object = {}, inLoop: object = {}, Mappings: object = {}) =>
  judgementIn({ a: { Mappings, Resources: { 'Fn::ForEach::Loop': forEach({ 'R${X}': resource, ...inLoop }), ...others } } }, 'R${X}');

describe('a launch source that a loop writes', () => {
  test.each<[name: string, resource: unknown, posture: string, dependsOn?: unknown[]]>([
    ['is required where it plainly says so', instance(REQUIRED), 'required'],
    ['is required where it says so under a condition', instance(either(REQUIRED, REQUIRED)), 'required'],
    ['is disabled where it plainly says so', instance(DISABLED), 'disabled'],
    ['is optional where it says so', instance(OPTIONAL), 'optional'],
    ['is optional where it says nothing', instance(), 'optional'],
    ['is conditional where the loop decides', instance({ HttpTokens: { Ref: 'X' } }), 'conditional', [loop]],
    ['is conditional where the loop decides within text', instance({ HttpTokens: '${X}' }), 'conditional', [loop]],
    ['is conditional where the loop decides within alphanumeric text', instance({ HttpTokens: 'r&{X}' }), 'conditional', [loop]],
    ['is conditional where the loop decides within Fn::Sub', instance({ HttpTokens: { 'Fn::Sub': '${X}' } }), 'conditional', [loop]],
    ['is conditional where the loop may disable the endpoint', instance({ HttpEndpoint: '${X}' }), 'conditional', [loop]],
    ['is conditional where the loop is the key of a mapping', instance({ HttpTokens: { 'Fn::FindInMap': ['M', { Ref: 'X' }, 'k'] } }), 'conditional', [loop]],
    ['is conditional where the loop is the key of a mapping with a default',
      instance({ HttpTokens: { 'Fn::FindInMap': ['M', '${X}', 'k', { DefaultValue: 'required' }] } }), 'conditional', [loop]],
    ['is required where the loop decides something else', instance(REQUIRED, { ImageId: { Ref: 'X' } }), 'required'],
  ])('%s', (_, resource, posture, ...[dependsOn]) => {
    const judgement = looped(resource, {}, {}, { M: { A: { k: 'required' }, B: { k: 'optional' } } });
    expect([judgement?.posture, judgement?.dependsOn]).toEqual([posture, dependsOn]);
  });

  test.each<[name: string, target: unknown, posture: string]>([
    ['in the same loop', { Ref: 'T${X}' }, 'required'],
    ['in the same loop, by attribute', att('T${X}', 'LaunchTemplateId'), 'required'],
    ['outside of the loop', { Ref: 'T' }, 'required'],
    ['by a name that the loop decides', 'name-${X}', 'conditional'],
    ['by the loop variable', { Ref: 'X' }, 'conditional'],
    ['by an id of which the loop writes a part', { Ref: 'Other${X}' }, 'conditional'],
    ['by a literal id', 'lt-1', 'external'],
  ])('follows a launch template %s', (_, target, posture) => {
    expect(looped(group({ LaunchTemplate: latest(target) }), { T: launchTemplate(REQUIRED) }, { 'T${X}': launchTemplate(REQUIRED) })?.posture).toBe(posture);
  });

  test('says so where the loop decides which launch template it names', () => {
    expect(looped(group({ LaunchTemplate: latest('name-${X}') }))).toEqual({
      posture: 'conditional',
      path: 'Properties.LaunchTemplate',
      reason: 'a loop decides which launch template it names',
      chain: [{ path: 'Properties.LaunchTemplate', external: 'name-${X}' }],
      dependsOn: [loop],
    });
  });
});

describe('resources that refer to what a loop writes', () => {
  test.each<[name: string, target: string, posture: string]>([
    ['by an id that it writes', 'TA', 'optional'],
    ['by an id that it cannot write', 'UA', 'external'],
    ['by the id of another resource', 'TB', 'external'],
    ['by the id of a parameter', 'TP', 'external'],
  ])('%s', (_, target, posture) => {
    const judgement = judgementIn({
      a: {
        Parameters: { TP: {} },
        Resources: { 'Fn::ForEach::Loop': forEach({ 'T${X}': launchTemplate(OPTIONAL) }), 'TB': { Type: 'AWS::S3::Bucket' }, 'R': group({ LaunchTemplate: latest({ Ref: target }) }) },
      },
    });
    expect(judgement?.posture).toBe(posture);
  });
});

describe('the resources of a template with loops', () => {
  const idsOf = (Resources: unknown) => {
    const [document] = documentsOf({ a: { Resources } });
    return [...new TemplateWorld([document]).resourcesOf(document)].map(([id, { loop: { name } = { name: 'none' } }]) => `${id} in ${name}`);
  };

  test.each<[name: string, resources: unknown, ids: string[]]>([
    ['a loop', { 'A': instance(), 'Fn::ForEach::L': forEach({ 'R${X}': instance(), 'B${X}': { Type: 'AWS::S3::Bucket' }, 'N': null }) }, ['A in none', 'R${X} in Fn::ForEach::L']],
    ['a loop in a loop', { 'Fn::ForEach::L': forEach({ 'Fn::ForEach::M': forEach({ 'R${X}${Y}': instance() }, 'Y') }) }, ['R${X}${Y} in Fn::ForEach::M']],
    ['two loops that write one id', { 'Fn::ForEach::L': forEach({ '${X}': instance() }), 'Fn::ForEach::M': forEach({ '${X}': instance() }) },
      ['${X} in Fn::ForEach::M', 'Fn::ForEach::L.${X} in Fn::ForEach::L']],
    ['a loop without bodies', { 'Fn::ForEach::L': ['X', ['A']] }, []],
    ['a loop without variable', { 'Fn::ForEach::L': forEach({ R: instance() }, 5) }, []],
    ['a loop that is no list', { 'Fn::ForEach::L': { R: instance() } }, []],
    ['a list that is no loop', { L: forEach({ R: instance() }) }, []],
  ])('%s', (_, resources, ids) => {
    expect(idsOf(resources)).toEqual(ids);
  });

  test('the variable of an outer loop decides too', () => {
    const inner = { 'R${X}${Y}': instance({ HttpTokens: '${X}' }) };
    const judgement = judgementIn({ a: { Resources: { 'Fn::ForEach::Loop': forEach({ 'Fn::ForEach::M': forEach(inner, 'Y') }) } } }, 'R${X}${Y}');
    expect([judgement?.posture, judgement?.dependsOn]).toEqual(['conditional', [loop]]);
  });

  test('a variable of a loop elsewhere is text', () => {
    const Resources = { 'Fn::ForEach::Loop': forEach({ 'T${X}': launchTemplate(REQUIRED) }), 'R': group({ LaunchTemplate: latest('name-${X}') }) };
    expect(judgementIn({ a: { Resources } })?.posture).toBe('external');
  });
});
