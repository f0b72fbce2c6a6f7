import { App, Aspects, CfnResource, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { Imdsv2Exemption, RequireImdsv2, type Imdsv2ExemptionProps } from '../src';
import { appWith, spoken, type Pack } from './checks/packs/support';
import { cli, report } from './cli/support';
import { outcome, propertiesOf, templatesOf } from './support';

const PROPS = { reason: 'the agent speaks IMDSv1 only', until: '2027-03-31', owner: 'team-billing', ticket: 'OPS-1207' };

beforeEach(() => { jest.useFakeTimers({ now: new Date('2027-01-15T12:00:00Z'), doNotFake: ['nextTick', 'performance'] }); });
afterEach(() => { jest.useRealTimers(); });

/** An app with the aspect, and an instance that says `optional`. */
function appWithAspect(context?: { [key: string]: string }): { app: App; stack: Stack; instance: ec2.CfnInstance } {
  const app = new App({ context });
  const stack = new Stack(app, 'S');
  const instance = new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpTokens: 'optional' } });
  Aspects.of(app).add(new RequireImdsv2());
  return { app, stack, instance };
}

const exempt = (scope: IConstruct, props: Partial<Imdsv2ExemptionProps> = {}) => Imdsv2Exemption.of(scope).add({ ...PROPS, ...props });
const brief = (app: App) => {
  const { stopped, said } = spoken(app);
  return [...said.map(({ path: at, rule, severity }) => `${at} ${rule.replace('cdk-imdsv2::', '')} ${severity}`), stopped ? 'stopped' : 'went on'];
};

describe('what is exempt', () => {
  test('keeps its options, and its neighbour does not', () => {
    const { app, stack, instance } = appWithAspect();
    new ec2.CfnInstance(stack, 'J');
    exempt(instance);
    expect(brief(app)).toEqual(['went on']);
    const { S } = templatesOf(app);
    expect(propertiesOf(S, 'I').MetadataOptions).toEqual({ HttpTokens: 'optional' });
    expect(propertiesOf(S, 'J').MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test.each<[string, (app: App, stack: Stack, instance: ec2.CfnInstance) => IConstruct]>([
    ['the resource', (_, __, instance) => instance],
    ['its stack', (_, stack) => stack],
    ['the app', (app) => app],
  ])('is so by an exemption of %s', (_, scopeOf) => {
    const { app, stack, instance } = appWithAspect();
    exempt(scopeOf(app, stack, instance));
    expect(brief(app)).toEqual(['went on']);
    expect(propertiesOf(templatesOf(app).S, 'I').MetadataOptions).toEqual({ HttpTokens: 'optional' });
  });

  test('is exempt from every rule: a launch configuration, a stage, boot calls', () => {
    const app = appWith(['Imdsv2Checks', 'SecurityHubImdsv2Checks'], { strict: true });
    const stage = new Stage(app, 'G');
    const stack = new Stack(stage, 'S');
    new autoscaling.CfnLaunchConfiguration(stack, 'L', { imageId: 'ami-1', instanceType: 't3.micro' });
    new ec2.CfnInstance(new NestedStack(stack, 'N'), 'I')
      .addPropertyOverride('UserData', { 'Fn::Base64': '#!/bin/bash\ncurl http://169.254.169.254/latest/meta-data/\n' });
    Aspects.of(app).add(new RequireImdsv2());
    exempt(stage);
    expect(brief(app)).toEqual(['went on']);
  });

  test.each<Pack>(['Imdsv2Checks', 'NistImdsv2Checks'])('is exempt from %s, with reason, end, owner and ticket in the report', (pack) => {
    const app = appWith([pack]);
    exempt(new ec2.CfnInstance(new Stack(app, 'S'), 'I'));
    const { stopped, said, acknowledged } = spoken(app);
    expect([stopped, said]).toEqual([false, []]);
    expect(acknowledged.map(({ path: at, reason }) => [at, reason])).toEqual([
      ['S/I', 'the agent speaks IMDSv1 only [exempt until 2027-03-31; owner team-billing; ticket OPS-1207]'],
    ]);
  });

  test('is listed by `check`, soonest end first and plain acknowledgements last', () => {
    const { app, stack, instance } = appWithAspect();
    const [later, plain] = ['Later', 'Plain'].map((id) => new ec2.CfnInstance(stack, id));
    Validations.of(plain).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'never mind' });
    exempt(later, { until: '2027-06-30', owner: undefined, ticket: undefined });
    exempt(instance);
    spoken(app);
    const { exemptions } = report(app.outdir, app.outdir);
    expect(exemptions.map(({ name, reason, until, owner, ticket }) => ({ name, reason, until, owner, ticket }))).toEqual([
      { name: 'S/I', reason: PROPS.reason, until: '2027-03-31', owner: 'team-billing', ticket: 'OPS-1207' },
      { name: 'S/Later', reason: PROPS.reason, until: '2027-06-30' },
      { name: 'S/Plain', reason: 'never mind' },
    ]);
    for (const format of ['table', 'markdown']) {
      const { stdout } = cli(app.outdir, ['check', app.outdir, '--format', format]);
      expect(stdout).toContain('the agent speaks IMDSv1 only (until 2027-03-31, owner team-billing, ticket OPS-1207)');
      expect(stdout).toMatch(/never mind(?! \()/);
    }
  });
});

describe('its end', () => {
  test.each<[string, string, string[]]>([
    ['2027-02-28T23:59:59.999Z', 'not yet', ['went on']],
    ['2027-03-01T00:00:00Z', 'the exemption of \'S/I\' until 2027-03-31 (the agent speaks IMDSv1 only; owner team-billing, ticket OPS-1207) ends in 30 days; after that synthesis fails', ['S/I exemption warning', 'went on']],
    ['2027-03-30T23:59:59.999Z', ' ends in 1 day; ', ['S/I exemption warning', 'went on']],
    ['2027-03-31T00:00:00Z', ' ends today; ', ['S/I exemption warning', 'went on']],
    ['2027-03-31T23:59:59.999Z', ' ends today; ', ['S/I exemption warning', 'went on']],
    ['2027-04-01T00:00:00Z', ' ended 1 day ago', ['S/I exemption fatal', 'stopped']],
    ['2028-04-01T00:00:00Z', ' ended 367 days ago', ['S/I exemption fatal', 'stopped']],
  ])('at %s: %s', (now, description, expected) => {
    jest.setSystemTime(new Date(now));
    const { app, instance } = appWithAspect();
    exempt(instance);
    expect(brief(app)).toEqual(expected);
    for (const { description: said } of spoken(app).said) expect(said).toContain(description);
    expect(propertiesOf(templatesOf(app).S, 'I').MetadataOptions).toEqual({ HttpTokens: 'optional' });
  });

  test('says what to do, and offers no acknowledgement', () => {
    jest.setSystemTime(new Date('2027-04-02T00:00:00Z'));
    const { app, instance } = appWithAspect();
    exempt(instance);
    Validations.of(app).acknowledge({ id: 'cdk-imdsv2::exemption', reason: 'no' });
    const { stopped, said } = spoken(app);
    expect(stopped).toBe(true);
    expect(said[0].fix).toBe("remove it, so that 'S/I' is made to require tokens; or agree on a new end and write it as until instead of '2027-03-31'; "
      + 'one deployment that cannot wait: cdk deploy -c cdk-imdsv2:expired-exemptions=warn');
  });

  test('passes one deployment by context, which the report lists', () => {
    jest.setSystemTime(new Date('2027-04-02T00:00:00Z'));
    const { app, instance } = appWithAspect({ 'cdk-imdsv2:expired-exemptions': 'warn' });
    exempt(instance);
    const { stopped, said } = spoken(app);
    expect(stopped).toBe(false);
    expect(said.map(({ rule, severity }) => [rule, severity])).toEqual([['cdk-imdsv2::exemption', 'warning']]);
    expect(said[0].description).toContain('ended 2 days ago, and cdk-imdsv2:expired-exemptions=warn lets it pass this time');
    const { findings } = report(app.outdir, app.outdir);
    expect(findings.map(({ name, rule, severity }) => [name, rule, severity])).toEqual([['S/I', 'cdk-imdsv2::exemption', 'warning']]);
    expect(findings[0].problem).toMatch(/ended 2 days ago, and cdk-imdsv2:expired-exemptions=warn let it pass this time$/);
  });

  test.each([
    ['app', (app: App) => app, ''],
    ['stage', (app: App) => app.node.findChild('G'), 'G'],
  ])('of an exemption of the %s is said once for stacks of several environments', (_, scopeOf, at) => {
    jest.setSystemTime(new Date('2027-04-02T00:00:00Z'));
    const app = appWith(['Imdsv2Checks']);
    const stage = new Stage(app, 'G');
    for (const region of ['us-east-1', 'eu-west-1']) new ec2.CfnInstance(new Stack(stage, region, { env: { region } }), 'I');
    exempt(scopeOf(app) as IConstruct);
    const { error, findings } = outcome(app);
    expect(error).toBeDefined();
    expect(findings.map(({ rule, description }) => [rule, description.slice(0, 30)])).toEqual([
      ['cdk-imdsv2::exemption', `the exemption of ${at ? `'${at}'` : 'the app'} until 2027`.slice(0, 30)],
    ]);
  });

  test('is an error in `check` too', () => {
    const { app, instance } = appWithAspect();
    exempt(instance);
    spoken(app);
    expect(report(app.outdir, app.outdir).findings).toEqual([]);
    jest.setSystemTime(new Date('2027-04-02T00:00:00Z'));
    expect(report(app.outdir, app.outdir).findings.map(({ name, rule, severity, problem }) => [name, rule, severity, problem])).toEqual([
      ['S/I', 'cdk-imdsv2::exemption', 'error', 'the exemption from cdk-imdsv2::tokens until 2027-03-31 (the agent speaks IMDSv1 only; owner team-billing, ticket OPS-1207) ended 2 days ago'],
    ]);
  });
});

describe('what exempts nothing', () => {
  test.each<[string, (stack: Stack) => IConstruct]>([
    ['where nothing launches', (stack) => new NestedStack(stack, 'Empty')],
    ['where everything is required', (stack) => new ec2.CfnInstance(stack, 'J', { metadataOptions: { httpTokens: 'required' } })],
  ])('is a warning: %s', (_, build) => {
    const { app, stack } = appWithAspect();
    const scope = build(stack);
    exempt(scope);
    expect(brief(app)).toEqual([`${scope.node.path} exemption warning`, 'went on']);
    expect(spoken(app).said[0].description).toContain('exempts nothing: no rule finds anything there');
  });
});

test.each<[string, (reference: object) => object]>([
  ['AWS::AutoScaling::AutoScalingGroup', (LaunchTemplate) => ({ MinSize: '0', MaxSize: '1', LaunchTemplate })],
  ['AWS::EC2::EC2Fleet', (LaunchTemplateSpecification) => ({ TargetCapacitySpecification: { TotalTargetCapacity: 1 }, LaunchTemplateConfigs: [{ LaunchTemplateSpecification }] })],
  ['AWS::Batch::ComputeEnvironment', (LaunchTemplate) => ({ Type: 'MANAGED', ComputeResources: { Type: 'EC2', MaxvCpus: 1, Subnets: [], LaunchTemplate } })],
])('what is open by a launch template outside of it does not exempt nothing: %s', (type, propertiesWith) => {
  const { app, stack } = appWithAspect();
  const template = new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { imageId: 'ami-1' } });
  exempt(new CfnResource(stack, 'G', { type, properties: propertiesWith({ LaunchTemplateId: template.ref, Version: template.attrLatestVersionNumber }) }));
  expect(spoken(app).said.filter(({ rule }) => rule === 'cdk-imdsv2::exemption')).toEqual([]);
  expect(propertiesOf(templatesOf(app).S, 'T')).toEqual({ LaunchTemplateData: { ImageId: 'ami-1' } });
});

test('what fails a control of a pack and no rule does not exempt nothing', () => {
  const app = appWith(['ControlTowerImdsv2Checks']);
  const metadataOptions = { httpTokens: 'required', httpPutResponseHopLimit: 2 };
  exempt(new ec2.CfnLaunchTemplate(new Stack(app, 'S'), 'T', { launchTemplateData: { metadataOptions } }));
  const { said, acknowledged } = spoken(app);
  expect([said, acknowledged.map(({ rule }) => rule)]).toEqual([[], ['cdk-imdsv2::hop-limit']]);
});

describe('its tags', () => {
  const tagsOf = (resource: { Tags?: unknown }) => resource.Tags;

  test('stand on instances and groups in scope, for what those launch too, and on nothing else', () => {
    const { app, stack } = appWithAspect();
    const template = new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { imageId: 'ami-1' } });
    new autoscaling.CfnAutoScalingGroup(stack, 'G', {
      minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    });
    exempt(stack);
    spoken(app);
    const { S } = templatesOf(app);
    const tags = [{ Key: 'imdsv2:exempt-reason', Value: PROPS.reason }, { Key: 'imdsv2:exempt-until', Value: '2027-03-31' }];
    expect(tagsOf(propertiesOf(S, 'I'))).toEqual(tags);
    expect(tagsOf(propertiesOf(S, 'G'))).toEqual(tags.map((tag) => ({ ...tag, PropagateAtLaunch: true })));
    expect(propertiesOf(S, 'T')).toEqual({ LaunchTemplateData: { ImageId: 'ami-1' } });
  });

  const theirs = { Key: 'Owner', Value: 'billing' };
  const raw = (stack: Stack, type: string, properties?: { [name: string]: unknown }) => new CfnResource(stack, 'R', { type, properties });

  test.each<[string, (stack: Stack) => CfnResource, unknown[]]>([
    ['an instance without a class of its own', (stack) => raw(stack, 'AWS::EC2::Instance'), []],
    ['one that has tags', (stack) => raw(stack, 'AWS::EC2::Instance', { Tags: [theirs] }), [theirs]],
    ['one that an escape hatch gives tags', (stack) => {
      const instance = raw(stack, 'AWS::EC2::Instance');
      instance.addPropertyOverride('Tags', [theirs]);
      return instance;
    }, [theirs]],
    ['an instance whose tags an escape hatch gives', (stack) => {
      const instance = new ec2.CfnInstance(stack, 'R', { tags: [{ key: 'Lost', value: 'yes' }] });
      instance.addPropertyOverride('Tags', [theirs]);
      return instance;
    }, [theirs]],
    ['a group without a class of its own', (stack) => raw(stack, 'AWS::AutoScaling::AutoScalingGroup', { LaunchConfigurationName: 'old' }), []],
  ])('stand on %s too, each once and the nearest exemption\'s', (_, make, before) => {
    const { app, stack } = appWithAspect();
    const resource = make(stack);
    exempt(stack, { until: '2027-06-30' });
    exempt(resource);
    spoken(app);
    const propagate = resource.cfnResourceType === 'AWS::EC2::Instance' ? {} : { PropagateAtLaunch: true };
    expect(tagsOf(propertiesOf(templatesOf(app).S, 'R'))).toEqual([
      ...before,
      { Key: 'imdsv2:exempt-until', Value: '2027-03-31', ...propagate },
      { Key: 'imdsv2:exempt-reason', Value: PROPS.reason, ...propagate },
    ]);
  });

  const launching = (template: ec2.CfnLaunchTemplate) => ({ launchTemplateId: template.ref, version: template.attrLatestVersionNumber });
  const grouped = (scope: Stack, template: ec2.CfnLaunchTemplate) =>
    new autoscaling.CfnAutoScalingGroup(scope, 'G', { minSize: '0', maxSize: '1', launchTemplate: launching(template) });

  test.each<[string, (stack: Stack, template: ec2.CfnLaunchTemplate) => CfnResource, unknown[]]>([
    ['a group that launches from it', grouped, []],
    ['a group without a class of its own', (stack, { ref }) => raw(stack, 'AWS::AutoScaling::AutoScalingGroup', {
      LaunchTemplate: { LaunchTemplateId: ref, Version: '$Latest' },
    }), []],
    ['a group whose tags an escape hatch gives', (stack, template) => {
      const group = grouped(stack, template);
      group.addPropertyOverride('Tags', [theirs]);
      return group;
    }, [theirs]],
    ['a group that launches from it among others', (stack, template) => new autoscaling.CfnAutoScalingGroup(stack, 'G', {
      minSize: '0',
      maxSize: '1',
      mixedInstancesPolicy: {
        launchTemplate: {
          launchTemplateSpecification: launching(new ec2.CfnLaunchTemplate(stack, 'Other', { launchTemplateData: {} })),
          overrides: [{ launchTemplateSpecification: launching(template) }],
        },
      },
    }), []],
    ['a group of another stack', (stack, template) => grouped(new Stack(stack.node.scope!, 'S2'), template), []],
  ])('stand on %s, where only the launch template is exempt', (_, make, before) => {
    const { app, stack } = appWithAspect();
    const template = new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { imageId: 'ami-1' } });
    const group = make(stack, template);
    exempt(template);
    spoken(app);
    const templates = templatesOf(app);
    expect(tagsOf(propertiesOf(templates[group.stack.node.path], stack.resolve(group.logicalId)))).toEqual(expect.arrayContaining([
      ...before,
      { Key: 'imdsv2:exempt-until', Value: '2027-03-31', PropagateAtLaunch: true },
      { Key: 'imdsv2:exempt-reason', Value: PROPS.reason, PropagateAtLaunch: true },
    ]));
    expect(propertiesOf(templates.S, 'T')).toEqual({ LaunchTemplateData: { ImageId: 'ami-1' } });
  });

  test('stand on a group whose launch configuration is exempt', () => {
    const { app, stack } = appWithAspect();
    const configuration = new autoscaling.CfnLaunchConfiguration(stack, 'C', { imageId: 'ami-1', instanceType: 't3.micro' });
    new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchConfigurationName: configuration.ref });
    exempt(configuration);
    spoken(app);
    expect(tagsOf(propertiesOf(templatesOf(app).S, 'G'))).toHaveLength(2);
  });

  test('stand on no group with an exemption of its own, and on no instance, which gets options in spite of its launch template', () => {
    const { app, stack } = appWithAspect();
    const template = new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { imageId: 'ami-1' } });
    new ec2.CfnInstance(stack, 'J', { launchTemplate: launching(template) });
    exempt(grouped(stack, template), { until: '2027-06-30' });
    exempt(template);
    spoken(app);
    const { S } = templatesOf(app);
    expect(tagsOf(propertiesOf(S, 'G'))).toContainEqual({ Key: 'imdsv2:exempt-until', Value: '2027-06-30', PropagateAtLaunch: true });
    expect(propertiesOf(S, 'J')).toMatchObject({ MetadataOptions: { HttpTokens: 'required' } });
    expect(tagsOf(propertiesOf(S, 'J'))).toBeUndefined();
  });

  test('leave an override that others share as it is', () => {
    const { app, stack } = appWithAspect();
    const shared = { Tags: [theirs] };
    for (const id of ['A', 'B']) new CfnResource(stack, id, { type: 'AWS::EC2::Instance' }).addOverride('Properties', shared);
    exempt(stack.node.findChild('A'));
    spoken(app);
    expect(propertiesOf(templatesOf(app).S, 'B').Tags).toEqual([theirs]);
  });

  test.each([
    ['', `first\nsecond ${'x'.repeat(300)}`, `first second ${'x'.repeat(243)}`],
    [', and no half of a character', `${'x'.repeat(255)}\u{1F512}`, 'x'.repeat(255)],
    [', and all of one', `${'x'.repeat(254)}\u{1F512}y`, `${'x'.repeat(254)}\u{1F512}`],
    [', and nothing that controls', 'a\u0007\u0000b', 'a b'],
  ])('hold as much of a reason as a tag can%s', (_, reason, expected) => {
    const { app, instance } = appWithAspect();
    exempt(instance, { reason });
    spoken(app);
    const [{ Value: value }] = propertiesOf(templatesOf(app).S, 'I').Tags;
    expect(value).toBe(expected);
  });
});

describe('bad input', () => {
  test.each<[string, Partial<Imdsv2ExemptionProps>, string]>([
    ['a reason that is left out', { reason: undefined }, 'got an empty reason for an exemption until 2027-03-31'],
    ['no reason', { reason: '  ' }, 'got an empty reason for an exemption until 2027-03-31, expected why it is needed'],
    ...['31.03.2027', '2027-3-31', '2027-02-30', '2027-13-01', 'soon', '', '2027-03-31T00:00:00Z'].map((until) =>
      [`'${until}' as end`, { until }, `got '${until}' as the end of an exemption, expected a day as YYYY-MM-DD`] as [string, Partial<Imdsv2ExemptionProps>, string]),
    ['an owner that cannot be told apart', { owner: 'a; b' }, "got 'a; b' as owner of an exemption, expected no ';' and no ']'"],
    ['a ticket that cannot be told apart', { ticket: '[1]' }, "got '[1]' as ticket of an exemption, expected no ';' and no ']'"],
  ])('%s', (_, props, message) => {
    const { app, instance } = appWithAspect();
    expect(() => exempt(instance, props)).toThrow(message);
    expect(brief(app)).toEqual(['went on']);
    expect(propertiesOf(templatesOf(app).S, 'I').MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test('a context that says something else', () => {
    const { instance } = appWithAspect({ 'cdk-imdsv2:expired-exemptions': 'ignore' });
    expect(() => exempt(instance)).toThrow("got 'ignore' as context cdk-imdsv2:expired-exemptions, expected 'warn' or nothing");
  });
});
