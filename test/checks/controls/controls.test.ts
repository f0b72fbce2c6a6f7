import { CONTROLS, controlById, controlsOf, FRAMEWORKS } from '../../../src/checks/controls/controls';
import type { CheckSubject } from '../../../src/checks/rules/check-rule';
import { CATALOG } from '../../../src/launch-sources/catalog';
import {
  checked, configuration, DISABLED, either, ELSEWHERE, group, instance, latest, NO_VALUE, OPTIONAL, policyOf, REQUIRED, template, type Resources,
} from '../subjects';

const UNKNOWN = 'not known before deployment, Properties';
const DECIDES = 'a parameter or condition decides';
const MODES = { P: { AllowedValues: ['required', 'optional'] }, STRICT: { AllowedValues: ['required'] } };
const param = (Ref: string) => ({ Ref });
const TRANSFORMED = { 'Fn::Transform': { Name: 'AWS::Include' } };

interface Shape {
  readonly subject: CheckSubject;
  /** What each control that looks at the type says; all others skip it. */
  readonly says: { readonly [control: string]: string };
}

const shapes: { [name: string]: Shape } = {};

function shape(name: string, resources: Resources, says: Shape['says']): void {
  shapes[name] = { subject: checked(resources, MODES), says };
}

// One block of metadata options, on an instance, in a launch template and in a launch configuration.
const BLOCKS: ReadonlyArray<readonly [name: string, block: unknown, hub: string, tower: string, hops: string]> = [
  ['required', REQUIRED, 'pass: tokens are required', 'pass: tokens are required', 'pass: no hop limit is set, which is taken for 1'],
  ['optional', OPTIONAL, 'fail: tokens are optional', 'fail: tokens are optional', 'pass: no hop limit is set, which is taken for 1'],
  ['silent', undefined, 'fail: SAYS NOTHING', 'fail: SAYS NOTHING', 'pass: no hop limit is set, which is taken for 1'],
  ['empty', {}, 'fail: SAYS NOTHING', 'fail: SAYS NOTHING', 'pass: no hop limit is set, which is taken for 1'],
  ['deleted', NO_VALUE, 'fail: SAYS NOTHING', 'fail: SAYS NOTHING', 'pass: no hop limit is set, which is taken for 1'],
  ['enabled', { HttpEndpoint: 'enabled' }, 'fail: SAYS NOTHING', 'fail: SAYS NOTHING', 'pass: no hop limit is set, which is taken for 1'],
  ['enabled and required', { ...REQUIRED, HttpEndpoint: 'enabled' }, 'pass: tokens are required', 'pass: tokens are required',
    'pass: no hop limit is set, which is taken for 1'],
  ['disabled', DISABLED, 'fail: SAYS NOTHING', 'skip: the metadata endpoint is disabled', 'skip: the metadata endpoint is disabled'],
  ['disabled and optional', { ...OPTIONAL, ...DISABLED }, 'fail: tokens are optional', 'skip: the metadata endpoint is disabled',
    'skip: the metadata endpoint is disabled'],
  ['disabled and required', { ...REQUIRED, ...DISABLED }, 'pass: tokens are required', 'skip: the metadata endpoint is disabled',
    'skip: the metadata endpoint is disabled'],
  ['hop limit 1', { ...REQUIRED, HttpPutResponseHopLimit: 1 }, 'pass: tokens are required', 'pass: tokens are required', 'pass: the hop limit is 1'],
  ['hop limit 2', { ...REQUIRED, HttpPutResponseHopLimit: 2 }, 'pass: tokens are required', 'pass: tokens are required', 'fail: the hop limit is 2'],
  ['hop limit 2, disabled', { ...DISABLED, HttpPutResponseHopLimit: 2 }, 'fail: SAYS NOTHING', 'skip: the metadata endpoint is disabled',
    'skip: the metadata endpoint is disabled'],
  ['conditional tokens', { HttpTokens: either('required', 'optional') }, 'skip: CONDITION', 'skip: CONDITION',
    'pass: no hop limit is set, which is taken for 1'],
  ['conditional block', either(REQUIRED, NO_VALUE), 'skip: CONDITION', 'skip: CONDITION', 'pass: no hop limit is set, which is taken for 1'],
  ['disabled or required', either(DISABLED, REQUIRED), 'skip: CONDITION', 'pass: tokens are required', 'pass: no hop limit is set, which is taken for 1'],
  ['endpoint by a parameter', { ...REQUIRED, HttpEndpoint: param('Endpoint') }, 'pass: tokens are required', 'pass: tokens are required',
    'pass: no hop limit is set, which is taken for 1'],
  ['parameter', { HttpTokens: param('Tokens') }, 'skip: VALUE', 'skip: VALUE', 'pass: no hop limit is set, which is taken for 1'],
  ['parameter of two values', { HttpTokens: param('P') }, 'skip: CONDITION', 'skip: CONDITION', 'pass: no hop limit is set, which is taken for 1'],
  ['parameter of one value', { HttpTokens: param('STRICT') }, 'pass: tokens are required', 'pass: tokens are required',
    'pass: no hop limit is set, which is taken for 1'],
  ['hop limit by a condition', { ...REQUIRED, HttpPutResponseHopLimit: either(1, 2) }, 'pass: tokens are required', 'pass: tokens are required',
    `skip: ${UNKNOWN}.LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit: ${DECIDES}`],
  ['hop limit 2 or 3', { ...REQUIRED, HttpPutResponseHopLimit: either(2, 3) }, 'pass: tokens are required', 'pass: tokens are required',
    'fail: the hop limit is 2'],
  ['hop limit by a parameter', { ...REQUIRED, HttpPutResponseHopLimit: param('Hops') }, 'pass: tokens are required', 'pass: tokens are required',
    `skip: ${UNKNOWN}.LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit: ${DECIDES}`],
];

for (const [name, block, hub, tower, hops] of BLOCKS) {
  const say = (said: string, kind: string, path: string) => said
    .replace('SAYS NOTHING', `the ${kind} says nothing about tokens`)
    .replace('CONDITION', `${UNKNOWN}.${path}: a condition decides whether tokens are required`)
    .replace('VALUE', `${UNKNOWN}.${path}: its value is not known before deployment`);
  shape(`instance: ${name}`, { R: instance(block) }, { 'EC2.8': say(hub, 'instance', 'MetadataOptions') });
  shape(`template: ${name}`, { R: template(block) }, {
    'EC2.170': say(hub, 'launch template', 'LaunchTemplateData.MetadataOptions'),
    'CT.EC2.PR.1': say(tower, 'launch template', 'LaunchTemplateData.MetadataOptions'),
    'CT.EC2.PR.2': hops,
  });
  shape(`configuration: ${name}`, { R: configuration(block) }, {
    'AutoScaling.3': say(hub, 'launch configuration', 'MetadataOptions'),
    'CT.AUTOSCALING.PR.2': say(tower, 'launch configuration', 'MetadataOptions'),
  });
}

// Launch templates without data, and properties that a transform makes.
for (const [name, Properties] of [['absent', {}], ['deleted', { LaunchTemplateData: NO_VALUE }]] as const) {
  shape(`template: data is ${name}`, { R: { Type: 'AWS::EC2::LaunchTemplate', Properties } }, {
    'EC2.170': 'fail: the launch template says nothing about tokens',
    'CT.EC2.PR.1': 'skip: it has no LaunchTemplateData',
    'CT.EC2.PR.2': 'skip: it has no LaunchTemplateData',
  });
}
for (const [type, controls] of [
  ['AWS::EC2::Instance', ['EC2.8']],
  ['AWS::EC2::LaunchTemplate', ['EC2.170', 'CT.EC2.PR.1', 'CT.EC2.PR.2']],
  ['AWS::AutoScaling::LaunchConfiguration', ['AutoScaling.3', 'CT.AUTOSCALING.PR.2']],
  ['AWS::AutoScaling::AutoScalingGroup', ['AutoScaling.9', 'CT.AUTOSCALING.PR.8']],
] as const) {
  shape(`${type}: made by a transform`, { R: { Type: type, Properties: TRANSFORMED } }, Object.fromEntries(
    controls.map((id) => [id, `skip: ${UNKNOWN}: its properties are made by a transform at deployment`]),
  ));
}

// Instances that follow a launch template.
const following = (block: unknown, of: unknown, version: object = latest('T')) =>
  ({ R: instance(block, { LaunchTemplate: version }), T: template(of) });
shape('instance: silent, its template requires', following(undefined, REQUIRED),
  { 'EC2.8': 'pass: follows its launch template: tokens are required' });
shape('instance: silent, its template is silent', following(undefined, undefined),
  { 'EC2.8': 'fail: follows its launch template: the launch template says nothing about tokens' });
shape('instance: silent, its template is disabled', following(undefined, DISABLED),
  { 'EC2.8': 'fail: follows its launch template: the launch template says nothing about tokens' });
shape('instance: optional, its template requires', following(OPTIONAL, REQUIRED), { 'EC2.8': 'fail: tokens are optional' });
shape('instance: required, its template is optional', following(REQUIRED, OPTIONAL), { 'EC2.8': 'pass: tokens are required' });
// Each option is evaluated separately.
shape('instance: disabled, its template requires', following(DISABLED, REQUIRED),
  { 'EC2.8': 'pass: follows its launch template: tokens are required' });
shape('instance: an earlier version', following(undefined, REQUIRED, { LaunchTemplateId: { Ref: 'T' }, Version: '1' }),
  { 'EC2.8': `skip: ${UNKNOWN}.LaunchTemplate.Version: it asks for a version that an earlier deployment may have written` });
shape('instance: its template is elsewhere', { R: instance(undefined, { LaunchTemplate: ELSEWHERE }) },
  { 'EC2.8': `skip: ${UNKNOWN}.LaunchTemplate: the launch template lt-1 is not part of this app` });

// Groups.
const T = template(OPTIONAL);
const GIVEN = 'pass: it has a launch template';
const groups = (name: string, properties: unknown, hub: string, tower = hub) =>
  shape(`group: ${name}`, { R: group(properties), T }, { 'AutoScaling.9': hub, 'CT.AUTOSCALING.PR.8': tower });
const PARTIAL = 'fail: its launch template needs a Version, and an id or a name but not both';
groups('launch template', { LaunchTemplate: latest('T') }, GIVEN);
groups('launch template elsewhere', { LaunchTemplate: ELSEWHERE }, GIVEN);
groups('launch template by name', { LaunchTemplate: { LaunchTemplateName: 'x', Version: '1' } }, GIVEN);
groups('mixed instances policy', { MixedInstancesPolicy: policyOf(latest('T')) }, GIVEN);
groups('launch template or policy', {
  LaunchTemplate: either(latest('T'), NO_VALUE), MixedInstancesPolicy: either(NO_VALUE, policyOf(latest('T'))),
}, GIVEN);
groups('launch configuration', { LaunchConfigurationName: 'lc' }, 'fail: it has no launch template but LaunchConfigurationName');
groups('running instance', { InstanceId: 'i-1' }, 'fail: it has no launch template but InstanceId');
groups('nothing', {}, 'fail: it has no launch template');
groups('deleted', { LaunchTemplate: NO_VALUE }, 'fail: it has no launch template');
groups('policy without a launch template', { MixedInstancesPolicy: { InstancesDistribution: {} } }, 'fail: it has no launch template');
groups('launch template or configuration', {
  LaunchTemplate: either(latest('T'), NO_VALUE), LaunchConfigurationName: either(NO_VALUE, 'lc'),
}, `skip: ${UNKNOWN}.LaunchConfigurationName: a condition decides between a launch template and something else`);
groups('launch template and policy', { LaunchTemplate: latest('T'), MixedInstancesPolicy: policyOf(latest('T')) },
  GIVEN, 'fail: it has a launch template of its own and one in its mixed instances policy');
groups('no version', { LaunchTemplate: { LaunchTemplateId: { Ref: 'T' } } }, GIVEN, PARTIAL);
groups('deleted version', { LaunchTemplate: { LaunchTemplateId: { Ref: 'T' }, Version: NO_VALUE } }, GIVEN, PARTIAL);
groups('neither id nor name', { LaunchTemplate: { Version: '1' } }, GIVEN, PARTIAL);
groups('id and name', { MixedInstancesPolicy: policyOf({ ...ELSEWHERE, LaunchTemplateName: 'x' }) }, GIVEN, PARTIAL);
groups('a version under a condition', { LaunchTemplate: either(latest('T'), { LaunchTemplateId: 'lt-1' }) }, GIVEN,
  `skip: ${UNKNOWN}: a condition decides whether its launch template has a Version, and an id or a name`);
groups('specification made by a transform', { LaunchTemplate: TRANSFORMED }, GIVEN);

const says = (id: string, subject: CheckSubject) => {
  const { outcome, reason } = controlById(id).evaluate(subject);
  return `${outcome}: ${reason}`;
};
const own = CONTROLS.filter((control) => !control.mapsTo);
const maps = CONTROLS.filter((control) => control.mapsTo);

describe.each(Object.entries(shapes))('%s', (_, { subject, says: expected }) => {
  test('every control that looks at it says', () => {
    const looking = own.filter(({ types }) => types.includes(subject.source.type));
    expect(Object.fromEntries(looking.map(({ id }) => [id, says(id, subject)]))).toEqual(expected);
  });

  test('a mapped control says what the control it is mapped to says, and all others skip', () => {
    for (const { id, types, mapsTo = [] } of CONTROLS) {
      const { type } = subject.source;
      if (!types.includes(type)) {
        expect(says(id, subject)).toBe(`skip: it looks at ${types.join(' and ')}, not at ${type}`);
        continue;
      }
      const deciding = mapsTo.filter((each) => controlById(each).types.includes(type));
      if (mapsTo.length > 0) expect(deciding.map((each) => says(each, subject))).toEqual([says(id, subject)]);
    }
  });
});

test.each(['AWS::EC2::EC2Fleet', 'AWS::EKS::Nodegroup'])('nothing looks at %s', (Type) => {
  const subject = checked({ R: { Type, Properties: {} } });
  expect(CONTROLS.filter(({ evaluate }) => evaluate(subject).outcome !== 'skip')).toEqual([]);
});

describe('the table', () => {
  test.each([
    ['security-hub', undefined, ['EC2.8', 'EC2.170', 'AutoScaling.3', 'AutoScaling.9']],
    ['cis', undefined, ['5.6', '5.7', '6.7', '2.8']],
    ['cis', '2.0', ['5.6']],
    ['cis', '3.0', ['5.6']],
    ['cis', '4.0', ['5.7']],
    ['cis', '4.0.1', ['5.7']],
    ['cis', '5.0', ['5.7']],
    ['cis', '6.0', ['6.7']],
    ['cis', '7.0', ['6.7']],
    ['cis', 'compute-services-1.0.0', ['2.8']],
    ['nist', undefined, ['AC-3', 'AC-3(7)', 'AC-3(15)', 'AC-6', 'CA-9(1)', 'CM-2', 'CM-2(2)', 'CM-7(b)']],
    ['nist', 'r5', ['AC-3', 'AC-3(7)', 'AC-3(15)', 'AC-6', 'CA-9(1)', 'CM-2', 'CM-2(2)', 'CM-7(b)']],
    ['pci-dss', undefined, ['2.2.6']],
    ['pci-dss', '4.0.1', ['2.2.6']],
    ['control-tower', undefined, ['CT.EC2.PR.1', 'CT.EC2.PR.2', 'CT.AUTOSCALING.PR.2', 'CT.AUTOSCALING.PR.8']],
  ])('%s %s', (framework, version, ids) => {
    expect(controlsOf(framework, version).map(({ id }) => id)).toEqual(ids);
  });

  test('severities are those of Security Hub, and nobody else gives any', () => {
    expect(CONTROLS.flatMap(({ id, severity }) => severity ? [[id, severity]] : [])).toEqual([
      ['EC2.8', 'High'], ['EC2.170', 'Low'], ['AutoScaling.3', 'High'], ['AutoScaling.9', 'Medium'],
    ]);
  });

  test('what is mapped, and to what', () => {
    expect(Object.fromEntries(maps.map(({ id, mapsTo }) => [id, mapsTo!.join(' ')]))).toEqual({
      '5.6': 'EC2.8',
      '5.7': 'EC2.8',
      '6.7': 'EC2.8',
      '2.8': 'EC2.8',
      'AC-3': 'EC2.8 AutoScaling.3',
      'AC-3(7)': 'EC2.8 AutoScaling.3',
      'AC-3(15)': 'EC2.8 AutoScaling.3',
      'AC-6': 'EC2.8 AutoScaling.3',
      'CA-9(1)': 'AutoScaling.3 AutoScaling.9',
      'CM-2': 'AutoScaling.3 AutoScaling.9',
      'CM-2(2)': 'AutoScaling.9',
      'CM-7(b)': 'EC2.8',
      '2.2.6': 'EC2.8 EC2.170 AutoScaling.3',
    });
  });

  test('says of CM-7(b) where it comes from', () => {
    expect(controlById('CM-7(b)').note).toContain("the CIS audit's mapping");
  });

  test('ids are unique, and every framework has controls', () => {
    expect(new Set(CONTROLS.map(({ id }) => id.toLowerCase())).size).toBe(CONTROLS.length);
    expect([...new Set(CONTROLS.map(({ framework }) => framework))]).toEqual(FRAMEWORKS.map(({ name }) => name));
  });

  test.each(CONTROLS.map((control) => [control.id, control] as const))('%s is whole', (_, control) => {
    for (const type of control.types) expect(CATALOG.has(type)).toBe(true);
    for (const text of [control.title, control.passes, control.fails, control.skips]) expect(text).toMatch(/\w.*\w/);
    expect(control.documentation).toMatch(/^https:\/\//);
    for (const type of control.types) {
      const subjects = Object.values(shapes).map(({ subject }) => subject).filter(({ source }) => source.type === type);
      expect(new Set(subjects.map((subject) => control.evaluate(subject).outcome))).toEqual(new Set(['pass', 'fail', 'skip']));
    }
  });
});

describe('looking up', () => {
  test('in any case', () => {
    expect(controlById('ct.ec2.pr.1').id).toBe('CT.EC2.PR.1');
    expect(controlsOf('Security-HUB')).toHaveLength(4);
    expect(controlsOf('NIST', 'R5')).toHaveLength(8);
  });

  test.each([
    [() => controlsOf('soc2'), "got 'soc2' as framework, expected one of security-hub, cis, nist, pci-dss, control-tower: write one of these"],
    [() => controlsOf('cis', '1.4'),
      "got '1.4' as version of cis, expected one of 2.0, 3.0, 4.0, 4.0.1, 5.0, 6.0, 7.0, compute-services-1.0.0: write one of these"],
    [() => controlsOf('security-hub', '5.0'),
      "got '5.0' as version of security-hub, expected none, as it has no editions: leave the version out"],
    [() => controlById('EC2.9'), /^got 'EC2\.9' as control, expected one of EC2\.8, EC2\.170, .*CT\.AUTOSCALING\.PR\.8: write one of these$/],
  ])('%s', (look, message) => {
    expect(look).toThrow(message);
  });
});
