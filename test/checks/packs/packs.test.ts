import { App, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { appWith, inShort, make, PACKS, spoken, undecided, type Pack } from './support';
import { CisImdsv2Checks, CisVersion, Imdsv2Checks, type Imdsv2ChecksProps } from '../../../src';

describe('what each pack looks for', () => {
  test.each<[Pack, string[]]>([
    ['Imdsv2Checks', [
      'tokens', 'launch-configuration', 'external-launch-template', 'unsettable', 'unseen-content', 'launch-template-follower', 'boot-call', 'hop-limit',
      'replacing-launch-template', 'metadata-tags',
    ]],
    ['SecurityHubImdsv2Checks', ['EC2.8', 'EC2.170', 'AutoScaling.3', 'AutoScaling.9']],
    ['CisImdsv2Checks', ['6.7']],
    ['NistImdsv2Checks', ['AC-3', 'AC-3(7)', 'AC-3(15)', 'AC-6', 'CA-9(1)', 'CM-2', 'CM-2(2)', 'CM-7(b)']],
    ['PciDssImdsv2Checks', ['2.2.6']],
    ['ControlTowerImdsv2Checks', ['CT.EC2.PR.1', 'CT.EC2.PR.2', 'CT.AUTOSCALING.PR.2', 'CT.AUTOSCALING.PR.8']],
  ])('%s', (name, ids) => {
    const pack = new PACKS[name](new App());
    expect(pack.name).toBe(name);
    expect(pack.readPackName).toBe(name);
    expect(pack.ruleIds).toEqual(ids.map((id) => `${name}::${id}`));
  });

  test.each<[keyof typeof CisVersion, string]>([
    ['V2_0', '5.6'], ['V3_0', '5.6'], ['V4_0', '5.7'], ['V5_0', '5.7'], ['V6_0', '6.7'], ['V7_0', '6.7'], ['COMPUTE_SERVICES_1_0_0', '2.8'],
  ])('CIS %s numbers it %s', (version, number) => {
    expect(new CisImdsv2Checks(new App(), { version: CisVersion[version] }).ruleIds).toEqual([`CisImdsv2Checks::${number}`]);
  });
});

/** One of everything that a control looks at, open and safe, each in a stack of its own. */
const SOURCES: { readonly [id: string]: (stack: Stack) => void } = {
  instance: (stack) => { new ec2.CfnInstance(stack, 'R'); },
  safe: (stack) => { new ec2.CfnInstance(stack, 'R', { metadataOptions: { httpTokens: 'required' } }); },
  overridden: (stack) => { new ec2.CfnInstance(stack, 'R', { metadataOptions: { httpTokens: 'required' } }).addPropertyOverride('MetadataOptions.HttpTokens', 'optional'); },
  saved: (stack) => { new ec2.CfnInstance(stack, 'R').addPropertyOverride('MetadataOptions.HttpTokens', 'required'); },
  disabled: (stack) => { new ec2.CfnInstance(stack, 'R', { metadataOptions: { httpEndpoint: 'disabled' } }); },
  undecided: (stack) => { undecided(stack, 'R'); },
  template: (stack) => { new ec2.CfnLaunchTemplate(stack, 'R', { launchTemplateData: { imageId: 'ami-1' } }); },
  hops: (stack) => {
    new ec2.CfnLaunchTemplate(stack, 'R', { launchTemplateData: { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 } } });
  },
  configuration: (stack) => { new autoscaling.CfnLaunchConfiguration(stack, 'R', { imageId: 'ami-1', instanceType: 't3.micro' }); },
  group: (stack) => { new autoscaling.CfnAutoScalingGroup(stack, 'R', { minSize: '0', maxSize: '1', launchConfigurationName: 'theirs' }); },
  external: (stack) => {
    new autoscaling.CfnAutoScalingGroup(stack, 'R', { minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: 'lt-1', version: '1' } });
  },
};

describe('what each pack says of what', () => {
  test.each<[Pack, { [source: string]: string }]>([
    ['Imdsv2Checks', {
      'instance tokens error': "'instance/R': the instance allows IMDSv1: ",
      'overridden tokens error': "'overridden/R': the instance allows IMDSv1: ",
      'undecided tokens warning': "'undecided/R': the instance may allow IMDSv1: ",
      'template tokens error': "'template/R': the launch template allows IMDSv1: ",
      'configuration tokens error': "'configuration/R': the launch configuration allows IMDSv1: ",
      'configuration launch-configuration error': "'configuration/R': the launch configuration cannot be deployed everywhere: ",
      'group external-launch-template warning': "'group/R': whether the Auto Scaling group allows IMDSv1 cannot be seen: ",
      'external external-launch-template warning': "'external/R': whether the Auto Scaling group allows IMDSv1 cannot be seen: ",
    }],
    ['SecurityHubImdsv2Checks', {
      'instance tokens error': "'instance/R' fails security-hub EC2.8 (High): ",
      'overridden tokens error': "'overridden/R' fails security-hub EC2.8 (High): ",
      'disabled tokens error': "'disabled/R' fails security-hub EC2.8 (High): ",
      'undecided tokens warning': "'undecided/R' is undecided for security-hub EC2.8 (High): not known before deployment, ",
      'template tokens error': "'template/R' fails security-hub EC2.170 (Low): ",
      'configuration tokens error': "'configuration/R' fails security-hub AutoScaling.3 (High): ",
      'group launch-configuration error': "'group/R' fails security-hub AutoScaling.9 (Medium): ",
    }],
    ['CisImdsv2Checks', {
      'instance tokens error': "'instance/R' fails cis 6.7: ",
      'overridden tokens error': "'overridden/R' fails cis 6.7: ",
      'disabled tokens error': "'disabled/R' fails cis 6.7: ",
      'undecided tokens warning': "'undecided/R' is undecided for cis 6.7: ",
    }],
    ['NistImdsv2Checks', {
      'instance tokens error': "'instance/R' fails nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CM-7(b): ",
      'overridden tokens error': "'overridden/R' fails nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CM-7(b): ",
      'disabled tokens error': "'disabled/R' fails nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CM-7(b): ",
      'undecided tokens warning': "'undecided/R' is undecided for nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CM-7(b): ",
      'configuration tokens error': "'configuration/R' fails nist AC-3, nist AC-3(7), nist AC-3(15), nist AC-6, nist CA-9(1), nist CM-2: ",
      'group launch-configuration error': "'group/R' fails nist CA-9(1), nist CM-2, nist CM-2(2): ",
    }],
    ['PciDssImdsv2Checks', {
      'instance tokens error': "'instance/R' fails pci-dss 2.2.6: ",
      'overridden tokens error': "'overridden/R' fails pci-dss 2.2.6: ",
      'disabled tokens error': "'disabled/R' fails pci-dss 2.2.6: ",
      'undecided tokens warning': "'undecided/R' is undecided for pci-dss 2.2.6: ",
      'template tokens error': "'template/R' fails pci-dss 2.2.6: ",
      'configuration tokens error': "'configuration/R' fails pci-dss 2.2.6: ",
    }],
    ['ControlTowerImdsv2Checks', {
      'template tokens error': "'template/R' fails control-tower CT.EC2.PR.1: ",
      'hops hop-limit error': "'hops/R' fails control-tower CT.EC2.PR.2: the hop limit is 2",
      'configuration tokens error': "'configuration/R' fails control-tower CT.AUTOSCALING.PR.2: ",
      'group launch-configuration error': "'group/R' fails control-tower CT.AUTOSCALING.PR.8: ",
    }],
  ])('%s', (pack, expected) => {
    const app = appWith([pack]);
    for (const [id, build] of Object.entries(SOURCES)) build(new Stack(app, id));
    const result = spoken(app);
    expect(inShort(result).map((line) => line.replace('/R', '')).sort()).toEqual(Object.keys(expected).sort());
    for (const { path: at, rule, severity, plugin, description, properties, fix } of result.said) {
      const start = expected[`${at.split('/')[0]} ${rule.replace('cdk-imdsv2::', '')} ${severity}`];
      expect(description.slice(0, start.length)).toBe(start);
      expect(plugin).toBe(pack);
      expect(properties).toEqual([expect.stringMatching(/^(Properties|Type)/)]);
      expect(fix).toContain(`\nto exempt it: Validations.of(<${at}>).acknowledge({ id: '${rule}', reason: '…' })`);
    }
    expect(result.stopped).toBe(true);
  });

  test('nothing of an app in which everything is required', () => {
    const app = appWith(Object.keys(PACKS) as Pack[]);
    const stack = new Stack(app, 'S');
    new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpTokens: 'required' } });
    new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { metadataOptions: { httpTokens: 'required' } } });
    expect(spoken(app)).toEqual({ stopped: false, said: [], acknowledged: [] });
  });
});

describe('what stops synthesis', () => {
  const judged = (props: Imdsv2ChecksProps, build: (stack: Stack) => void, pack: Pack = 'Imdsv2Checks') => {
    const app = appWith([pack], props);
    build(new Stack(app, 'S'));
    const result = spoken(app);
    return [...inShort(result), result.stopped ? 'stopped' : 'went on'];
  };

  test.each<[string, Pack, Imdsv2ChecksProps, keyof typeof SOURCES, string[]]>([
    ['an error', 'Imdsv2Checks', {}, 'instance', ['S/R tokens error', 'stopped']],
    ['not a warning', 'Imdsv2Checks', {}, 'undecided', ['S/R tokens warning', 'went on']],
    ['not what is external', 'Imdsv2Checks', {}, 'external', ['S/R external-launch-template warning', 'went on']],
    ['strict: what is conditional', 'Imdsv2Checks', { strict: true }, 'undecided', ['S/R tokens error', 'stopped']],
    ['strict: what is external', 'Imdsv2Checks', { strict: true }, 'external', ['S/R external-launch-template error', 'stopped']],
    ['a control that nobody can decide does not', 'SecurityHubImdsv2Checks', {}, 'undecided', ['S/R tokens warning', 'went on']],
    ['strict: a control that nobody can decide', 'SecurityHubImdsv2Checks', { strict: true }, 'undecided', ['S/R tokens error', 'stopped']],
    ['report only: nothing', 'Imdsv2Checks', { reportOnly: true }, 'instance', ['S/R tokens warning', 'went on']],
    ['report only and strict: nothing', 'Imdsv2Checks', { reportOnly: true, strict: true }, 'undecided', ['S/R tokens warning', 'went on']],
    ['report only and fatal: nothing', 'Imdsv2Checks', { reportOnly: true, fatal: ['cdk-imdsv2::tokens'] }, 'instance', ['S/R tokens warning', 'went on']],
    ['fatal: an error', 'Imdsv2Checks', { fatal: ['cdk-imdsv2::tokens'] }, 'instance', ['S/R tokens fatal', 'stopped']],
    ['fatal: not what nobody can decide', 'Imdsv2Checks', { fatal: ['cdk-imdsv2::tokens'] }, 'undecided', ['S/R tokens warning', 'went on']],
    ['fatal and strict', 'Imdsv2Checks', { fatal: ['cdk-imdsv2::tokens'], strict: true }, 'undecided', ['S/R tokens fatal', 'stopped']],
    ['fatal: not another rule', 'Imdsv2Checks', { fatal: ['cdk-imdsv2::hop-limit'] }, 'instance', ['S/R tokens error', 'stopped']],
    ['fatal: a control', 'NistImdsv2Checks', { fatal: ['cdk-imdsv2::tokens'] }, 'instance', ['S/R tokens fatal', 'stopped']],
  ])('%s', (_, pack, props, source, expected) => expect(judged(props, SOURCES[source], pack)).toEqual(expected));

  const calls = (stack: Stack) => {
    const curl = { 'Fn::Base64': '#!/bin/bash\ncurl -s http://169.254.169.254/latest/meta-data/instance-id\n' };
    new ec2.CfnInstance(stack, 'R', { metadataOptions: { httpTokens: 'required' } }).addPropertyOverride('UserData', curl);
  };

  test('a boot call does not, and does where it is fatal', () => {
    expect(judged({}, calls)).toEqual(['S/R boot-call warning', 'went on']);
    expect(judged({ strict: true }, calls)).toEqual(['S/R boot-call warning', 'went on']);
    expect(judged({ fatal: ['cdk-imdsv2::boot-call'] }, calls)).toEqual(['S/R boot-call fatal', 'stopped']);
  });

  test('information never does', () => {
    const tags = (stack: Stack) => { new ec2.CfnInstance(stack, 'R', { metadataOptions: { httpTokens: 'required', instanceMetadataTags: 'enabled' } }); };
    expect(judged({ strict: true, fatal: ['cdk-imdsv2::metadata-tags'] }, tags)).toEqual(['S/R metadata-tags info', 'went on']);
  });

  test('help is appended', () => {
    const app = appWith(['Imdsv2Checks'], { help: 'ask in #platform' });
    SOURCES.instance(new Stack(app, 'S'));
    expect(spoken(app).said[0].fix).toMatch(/\nask in #platform$/);
  });

  test('a rule that does not exist is an error where the pack is made', () => {
    expect(() => new Imdsv2Checks(new App(), { fatal: ['tokens'] })).toThrow(
      "got 'tokens' in fatal of Imdsv2Checks, expected one of cdk-imdsv2::tokens, cdk-imdsv2::launch-configuration, ",
    );
  });
});

describe('where a pack looks', () => {
  /** An open instance in a stack, in one nested in it, in a stage, and in a stack nested there; two environments. */
  function build(app: App): Stage {
    const open = (stack: Stack) => { new ec2.CfnInstance(stack, 'I'); };
    const stack = new Stack(app, 'S', { env: { account: '111111111111', region: 'us-east-1' } });
    open(stack);
    open(new NestedStack(stack, 'N'));
    const stage = new Stage(app, 'G');
    const inStage = new Stack(stage, 'S', { env: { account: '111111111111', region: 'eu-west-1' } });
    open(inStage);
    open(new NestedStack(inStage, 'N'));
    return stage;
  }

  test('on an app: everywhere', () => {
    const app = appWith(['Imdsv2Checks']);
    build(app);
    expect(inShort(spoken(app)).sort()).toEqual(['G/S/I tokens error', 'G/S/N/I tokens error', 'S/I tokens error', 'S/N/I tokens error']);
  });

  test('on a stage: in the stage', () => {
    const app = new App();
    const stage = build(app);
    Validations.of(stage).addPlugins(make('Imdsv2Checks', stage));
    expect(inShort(spoken(app)).sort()).toEqual(['G/S/I tokens error', 'G/S/N/I tokens error']);
  });

  test('on a stage: it names no controls elsewhere', () => {
    const app = appWith(['Imdsv2Checks']);
    const stage = build(app);
    Validations.of(stage).addPlugins(make('NistImdsv2Checks', stage));
    const named = spoken(app).said.filter(({ description }) => description.includes('nist AC-6')).map(({ path: at }) => at);
    expect(named.sort()).toEqual(['G/S/I', 'G/S/N/I']);
  });

  test('a second synthesis is judged by what it wrote', () => {
    const app = appWith(['Imdsv2Checks', 'NistImdsv2Checks']);
    const instance = new ec2.CfnInstance(new Stack(app, 'S'), 'I', { metadataOptions: { httpTokens: 'required' } });
    expect(spoken(app).stopped).toBe(false);
    instance.metadataOptions = { httpTokens: 'optional' };
    const synth = jest.spyOn(app, 'synth').mockImplementation(function (this: App, options) { return Object.getPrototypeOf(this).synth.call(this, { ...options, force: true }); });
    expect(inShort(spoken(app))).toEqual(['S/I tokens error']);
    instance.metadataOptions = { httpTokens: 'required' };
    expect(inShort(spoken(app))).toEqual([]);
    synth.mockRestore();
  });

  test('a stack that came since the last synthesis is judged, though its environment is asked about first', () => {
    const app = appWith(['Imdsv2Checks']);
    const first = new Stack(app, 'S', { env: { region: 'us-east-1' } });
    new ec2.CfnInstance(first, 'I', { metadataOptions: { httpTokens: 'required' } });
    expect(spoken(app).stopped).toBe(false);
    const added = new Stack(app, 'A', { env: { region: 'eu-west-1' } });
    new ec2.CfnInstance(added, 'I');
    first.addDependency(added);
    const synth = jest.spyOn(app, 'synth').mockImplementation(function (this: App) { return Object.getPrototypeOf(this).synth.call(this, { force: true }); });
    expect(inShort(spoken(app))).toEqual(['A/I tokens error']);
    synth.mockRestore();
  });

  test('validateScope judges what was written of a scope, and nothing before that', () => {
    const app = new App();
    const pack = new Imdsv2Checks(app);
    build(app);
    expect(() => pack.validateScope(app)).toThrow("got no template of 'S', expected what a synthesis writes: call app.synth() first");
    app.synth();
    const paths = (scope: string) => pack.validateScope(app.node.findChild(scope)).violations.map(({ description }) => description.split("'")[1]);
    expect(paths('S')).toEqual(['S/I', 'S/N/I']);
    expect(paths('G')).toEqual(['G/S/I', 'G/S/N/I']);
    expect(pack.validateScope(app).success).toBe(false);
  });
});
