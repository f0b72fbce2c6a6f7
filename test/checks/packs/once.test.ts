import { App, Aspects, CfnCondition, CfnResource, CfnStack, Fn, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { appWith, inShort, make, PACKS, spoken, undecided, type Pack } from './support';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../../src';
import { notices, warnings } from '../../support';

const ALL = Object.keys(PACKS) as Pack[];
const NIST = 'nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CM-7(b)';

describe('several packs', () => {
  test.each([[ALL], [[...ALL].reverse()]])('%p speak of a finding once, and name all controls', (packs) => {
    const app = appWith(packs);
    new ec2.CfnInstance(new Stack(app, 'S'), 'I');
    const { said } = spoken(app);
    expect(said.map(({ path: at, rule }) => [at, rule])).toEqual([['S/I', 'cdk-imdsv2::tokens']]);
    for (const name of ['security-hub EC2.8 (High)', 'cis 6.7', NIST, 'pci-dss 2.2.6']) expect(said[0].description).toContain(name);
  });

  test('all that one pack finds on a resource is said', () => {
    const app = appWith(['Imdsv2Checks', 'NistImdsv2Checks']);
    const curl = 'curl -s http://169.254.169.254/latest/meta-data/instance-id';
    new ec2.CfnInstance(new Stack(app, 'S'), 'I', { metadataOptions: { httpTokens: 'required' } })
      .addPropertyOverride('UserData', { 'Fn::Base64': `#!/bin/bash\n${curl}\n${curl}\n` });
    expect(spoken(app).said.map(({ rule, description }) => [rule, /line \d/.exec(description)![0]])).toEqual([
      ['cdk-imdsv2::boot-call', 'line 2'], ['cdk-imdsv2::boot-call', 'line 3'],
    ]);
  });

  test('what one pack says last and least does not let another repeat the rest', () => {
    const app = appWith(['Imdsv2Checks', 'Imdsv2Checks']);
    const stack = new Stack(app, 'S');
    new CfnCondition(stack, 'C', { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1') });
    new ec2.CfnInstance(stack, 'I').addPropertyOverride('MetadataOptions', {
      HttpTokens: 'required', HttpPutResponseHopLimit: { 'Fn::If': ['C', 65, 5] },
    });
    expect(spoken(app).said.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['cdk-imdsv2::hop-limit', 'error'], ['cdk-imdsv2::hop-limit', 'info'],
    ]);
  });

  test('one that is stricter is heard', () => {
    const app = appWith(['Imdsv2Checks']);
    Validations.of(app).addPlugins(make('SecurityHubImdsv2Checks', app, { strict: true }));
    undecided(new Stack(app, 'S'), 'I');
    const { said, stopped } = spoken(app);
    expect(said.map(({ plugin, severity }) => [plugin, severity])).toContainEqual(['SecurityHubImdsv2Checks', 'error']);
    expect(stopped).toBe(true);
  });

  test('stacks of several environments, in stages too, once each', () => {
    const app = appWith(ALL);
    for (const scope of [app, new Stage(app, 'G')]) {
      for (const region of ['us-east-1', 'eu-west-1']) new ec2.CfnInstance(new Stack(scope, region, { env: { region } }), 'I');
    }
    expect(spoken(app).said.map(({ path: at }) => at).sort()).toEqual(['G/eu-west-1/I', 'G/us-east-1/I', 'eu-west-1/I', 'us-east-1/I']);
  });
});

describe('packs and the aspect', () => {
  /** The same app with the packs added first, and with the aspect added first. */
  function both(build: (stack: Stack) => void, props?: RequireImdsv2Props) {
    return ['packs', 'aspect'].map((first) => {
      const app = first === 'packs' ? appWith(ALL) : new App();
      build(new Stack(app, 'S'));
      RequireImdsv2.addTo(app, props);
      if (first === 'aspect') Validations.of(app).addPlugins(...ALL.map((pack) => make(pack, app)));
      return { ...spoken(app), warnings: [warnings, notices].flatMap((of) => of(new CloudAssembly(app.outdir))) };
    });
  }

  test('what the aspect fixed is no finding', () => {
    for (const { said, stopped } of both((stack) => { new ec2.CfnInstance(stack, 'I'); })) expect([said, stopped]).toEqual([[], false]);
  });

  test('what it cannot fix is one finding, in its words and with the controls', () => {
    for (const { said, stopped } of both((stack) => { undecided(stack, 'I'); })) {
      expect(said.map(({ plugin, path: at, rule, severity }) => [plugin, at, rule, severity])).toEqual([['cdk-imdsv2', 'S/I', 'cdk-imdsv2::tokens', 'error']]);
      expect(said[0].description).toMatch(/RequireImdsv2 cannot change that .*; it is undecided for security-hub EC2\.8 \(High\), cis 6\.7, nist AC-3/);
      expect(stopped).toBe(true);
    }
  });

  test('what a pack finds beside the aspect is heard: a disabled endpoint fails a control and is safe', () => {
    for (const { said } of both((stack) => { new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpEndpoint: 'disabled' } }); })) {
      expect(said.map(({ path: at, rule }) => [at, rule])).toEqual([['S/I', 'cdk-imdsv2::tokens']]);
      expect(said[0].description).toMatch(/^'S\/I' fails security-hub EC2\.8/);
    }
  });

  test.each<[string, string, (stack: Stack) => void, RequireImdsv2Props | undefined]>([
    ['boot calls', 'boot-call', (stack) => {
      new ec2.CfnInstance(stack, 'I').addPropertyOverride('UserData', { 'Fn::Base64': '#!/bin/bash\ncurl http://169.254.169.254/latest/meta-data/\n' });
    }, undefined],
    ['a launch template that is not shown', 'external-launch-template', (stack) => {
      new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpEndpoint: 'enabled' }, launchTemplate: { launchTemplateId: 'lt-1', version: '1' } });
    }, undefined],
  ])('the aspect speaks of %s, and no pack repeats it', (_, rule, build, props) => {
    for (const { said, warnings: warned } of both(build, props)) {
      expect(warned.filter(({ path: at, id }) => at === 'S/I' && id === `cdk-imdsv2::${rule}`)).toHaveLength(1);
      expect(said).toEqual([]);
    }
  });

  test.each<[string, string, (stack: Stack) => void]>([
    ['a nested stack from elsewhere', 'S/Child', (stack) => { new CfnStack(stack, 'Child', { templateUrl: 'https://bucket.s3.amazonaws.com/child.yaml' }); }],
    ['a module', 'S/Host', (stack) => { new CfnResource(stack, 'Host', { type: 'My::EC2::Host::MODULE' }); }],
    ['a macro', 'S', (stack) => stack.addTransform('Boom')],
  ])('what is in %s is seen by nobody, and one warning says so', (_, at, build) => {
    for (const { said, stopped } of both((stack) => {
      build(stack);
      new ec2.CfnInstance(new NestedStack(stack, 'Nested'), 'I', { metadataOptions: { httpTokens: 'required' } });
    })) {
      expect(said.map(({ plugin, path: where, rule, severity }) => [plugin, where, rule, severity])).toEqual([['cdk-imdsv2', at, 'cdk-imdsv2::unseen-content', 'warning']]);
      expect(said[0].description).toMatch(/is not judged: .*, nor does RequireImdsv2 reach it; it is undecided for security-hub EC2\.8 \(High\)/);
      expect(stopped).toBe(false);
    }
    const strict = appWith(['Imdsv2Checks'], { strict: true });
    build(new Stack(strict, 'S'));
    expect(inShort(spoken(strict))).toEqual([`${at} unseen-content error`]);
  });

  test('what is brought in is exempt where that is acknowledged, and no business of an aspect elsewhere', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    Validations.of(new CfnStack(stack, 'Known', { templateUrl: 'https://bucket/known.yaml' })).acknowledge({ id: 'cdk-imdsv2::unseen-content', reason: 'checked' });
    new CfnStack(new Stack(app, 'Theirs'), 'Child', { templateUrl: 'https://bucket/child.yaml' });
    Aspects.of(stack).add(new RequireImdsv2());
    const { said, acknowledged } = spoken(app);
    expect(said).toEqual([]);
    expect(acknowledged.map(({ path: at, rule, reason }) => [at, rule, reason])).toEqual([['S/Known', 'cdk-imdsv2::unseen-content', 'checked']]);
  });

  test('an aspect that only reports does not quiet a pack that stops', () => {
    const app = appWith(['Imdsv2Checks']);
    new ec2.CfnInstance(new Stack(app, 'S'), 'I');
    Aspects.of(app).add(new RequireImdsv2({ reportOnly: true }));
    const { said, stopped } = spoken(app);
    expect(said.map(({ plugin, severity }) => [plugin, severity])).toEqual([['Imdsv2Checks', 'error']]);
    expect(stopped).toBe(true);
  });

  test('a hop limit that the aspect bounds is its finding alone', () => {
    const app = appWith(['ControlTowerImdsv2Checks']);
    const template = new ec2.CfnLaunchTemplate(new Stack(app, 'S'), 'T', { launchTemplateData: { metadataOptions: { httpTokens: 'required' } } });
    Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.HOST }));
    Aspects.of(app).add({ visit: (node) => { if (node === template) template.launchTemplateData = { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 5 } }; } }, { priority: 1000 });
    const { said } = spoken(app);
    expect(said.map(({ plugin, rule }) => [plugin, rule])).toEqual([['cdk-imdsv2', 'cdk-imdsv2::hop-limit']]);
    expect(said[0].description).toMatch(/; it fails control-tower CT\.EC2\.PR\.2$/);
  });
});
