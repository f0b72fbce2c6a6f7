import * as fs from 'fs';
import * as path from 'path';
import { App, Aspects, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { changes, outcome, warnings, type Change, type Json } from '../support';

function template(scope: Construct, id: string, data: ec2.CfnLaunchTemplate.LaunchTemplateDataProperty = {}): ec2.CfnLaunchTemplate {
  return new ec2.CfnLaunchTemplate(scope, id, { launchTemplateData: { imageId: 'ami-1', ...data } });
}

const latest = (lt: ec2.CfnLaunchTemplate) => ({ launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber });

/** One of everything that can be said or done. */
function everything(app: App): void {
  const stack = new Stack(app, 'S');
  new ec2.CfnInstance(stack, 'Silent');
  new ec2.CfnInstance(stack, 'Large', { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 9 } });
  new ec2.CfnInstance(stack, 'Compliant', { metadataOptions: { httpTokens: 'required' } });
  new ec2.CfnInstance(stack, 'Overridden').addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  new ec2.CfnInstance(stack, 'Unfixable').addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
  new ec2.CfnInstance(stack, 'Calls').addPropertyOverride('UserData', { 'Fn::Base64': 'curl http://169.254.169.254/latest/meta-data/' });
  new ec2.CfnInstance(new NestedStack(stack, 'Nested'), 'Below');
  const group = new autoscaling.CfnAutoScalingGroup(stack, 'Rolled', { minSize: '0', maxSize: '1', launchTemplate: latest(template(stack, 'ForGroup')) });
  group.cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} };
  new autoscaling.CfnAutoScalingGroup(stack, 'Theirs', { minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: 'lt-1', version: '1' } });
  new ec2.CfnInstance(stack, 'Follower', { launchTemplate: latest(template(stack, 'ForInstance')) });
  new ec2.CfnEC2Fleet(stack, 'Fleet', {
    targetCapacitySpecification: { totalTargetCapacity: 1 },
    launchTemplateConfigs: [{ launchTemplateSpecification: latest(template(stack, 'ForFleet')) }],
  });
  new autoscaling.CfnLaunchConfiguration(stack, 'Old', { imageId: 'ami-1', instanceType: 't3.micro' });
  new ec2.CfnInstance(new Stack(new Stage(app, 'Stage'), 'S'), 'Unreached');
}

function report(build: (app: App) => void, props: RequireImdsv2Props = {}) {
  const app = new App();
  build(app);
  Aspects.of(app).add(new RequireImdsv2({ reportOnly: true, ...props }));
  const result = outcome(app);
  const assembly = new CloudAssembly(app.outdir);
  return { ...result, app, changes: changes(assembly), warnings: warnings(assembly) };
}

/** Every template and asset of an assembly, byte for byte. */
function files(directory: string, into: { [name: string]: string } = {}, below = ''): { [name: string]: string } {
  for (const entry of fs.readdirSync(path.join(directory, below), { withFileTypes: true })) {
    const name = path.join(below, entry.name);
    if (entry.isDirectory()) files(directory, into, name);
    else if (/\.template\.json$|\.assets\.json$/.test(name)) into[name] = fs.readFileSync(path.join(directory, name), 'utf8');
  }
  return into;
}

describe('report only', () => {
  test('leaves every template byte for byte the same', () => {
    const bare = new App();
    everything(bare);
    bare.synth();
    const { app } = report(everything, { hopLimit: HopLimit.CONTAINERS });
    expect(Object.keys(files(bare.outdir)).length).toBeGreaterThan(4);
    expect(files(app.outdir)).toEqual(files(bare.outdir));
  });

  test('leaves every template the same where replacement is allowed', () => {
    const bare = new App();
    everything(bare);
    bare.synth();
    expect(files(report(everything, { replaceResources: true }).app.outdir)).toEqual(files(bare.outdir));
  });

  test('fails nothing', () => {
    expect(report(everything, { hopLimit: HopLimit.CONTAINERS }).error).toBeUndefined();
  });

  const FINDINGS: Array<[string, string]> = [
    ['S/Silent', 'tokens'],
    ['S/Overridden', 'tokens'],
    ['S/Unfixable', 'tokens'],
    ['S/Calls', 'tokens'],
    ['S/Follower', 'tokens'],
    ['S/Nested/Below', 'tokens'],
    ['S/ForGroup', 'tokens'],
    ['S/Large', 'hop-limit'],
    ['S/ForFleet', 'launch-template-follower'],
    ['S/Old', 'launch-configuration'],
    ['Stage', 'stage'],
  ];

  test.each(FINDINGS)('lists %s as a finding of %s, severity warning', (at, rule) => {
    const { findings } = report(everything, { hopLimit: HopLimit.CONTAINERS });
    expect(findings.filter((finding) => finding.path === at && finding.rule === `cdk-imdsv2::${rule}`))
      .toEqual([expect.objectContaining({ severity: 'warning' })]);
  });

  test('lists no finding of what complies', () => {
    const { findings } = report(everything, { hopLimit: HopLimit.CONTAINERS });
    expect(findings.filter((finding) => ['S/Compliant', 'S/Theirs', 'S/Fleet'].includes(finding.path))).toEqual([]);
  });

  test('says in the finding which edit would be made, with its effect', () => {
    const { findings } = report(everything);
    expect(findings.find((finding) => finding.path === 'S/ForGroup')!.description)
      .toMatch(/would write HttpTokens: required.*rolls the group 'S\/Rolled'/);
  });

  const CHANGES: Array<[string, Partial<Change>]> = [
    ['S/Silent', { before: 'not set', after: 'required', hopLimitAfter: '2', effect: 'no interruption' }],
    ['S/Overridden', { before: 'optional', after: 'required', effect: 'no interruption' }],
    ['S/Large', { before: 'required', after: 'required', hopLimitBefore: '9', hopLimitAfter: '2', effect: 'no interruption' }],
    ['S/Calls', { after: 'required' }],
    ['S/Follower', { after: 'required', effect: 'no interruption' }],
    ['S/Nested/Below', { after: 'required', effect: 'no interruption' }],
    ['S/ForGroup', { after: 'required', effect: expect.stringContaining("rolls the group 'S/Rolled'") as any }],
  ];

  test.each(CHANGES)('records the edit of %s that would be made, once, with its effect', (at, change) => {
    const { changes: all } = report(everything, { hopLimit: HopLimit.CONTAINERS });
    expect(all.filter((one) => one.path === at)).toEqual([expect.objectContaining({ ...change, reportOnly: true })]);
  });

  test('records exactly the edits that would be made', () => {
    const made = new App();
    everything(made);
    Aspects.of(made).add(new RequireImdsv2());
    outcome(made);
    const really = changes(new CloudAssembly(made.outdir));
    const would = report(everything).changes;
    expect(would.map((change) => ({ ...change, reportOnly: false }))).toEqual(really);
  });

  const WARNINGS: Array<[string, string, RegExp]> = [
    ['S/Calls', 'boot-call', /would get 401/],
    ['S/Rolled', 'launch-template-follower', /'S\/ForGroup' would /],
    ['S/Theirs', 'external-launch-template', /lt-1/],
    ['S/ForInstance', 'launch-template-follower', /would replace/],
    ['S/Large', 'hop-limit', /would have its hop limit lowered from 9 to 2/],
  ];

  test.each(WARNINGS)('warns at %s of %s as of something that would happen', (at, rule, text) => {
    const { warnings: all } = report(everything, { hopLimit: HopLimit.CONTAINERS });
    expect(all.filter((one) => one.path === at && one.id === `cdk-imdsv2::${rule}`))
      .toEqual([expect.objectContaining({ message: expect.stringMatching(text) })]);
  });

  test('records an edit that would be made once, though added on app and stack', () => {
    const { changes: all } = report((app) => {
      const stack = new Stack(app, 'S');
      new ec2.CfnInstance(stack, 'I');
      Aspects.of(stack).add(new RequireImdsv2({ reportOnly: true }));
    });
    expect(all).toHaveLength(1);
  });

  test('lists what nobody acknowledged as a finding still, though another is acknowledged', () => {
    const { findings, suppressed } = report((app) => {
      const stack = new Stack(app, 'S');
      const exempt = new ec2.CfnInstance(stack, 'Exempt');
      new ec2.CfnInstance(stack, 'Open');
      Validations.of(exempt).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'legacy' });
    });
    expect(findings.map((finding) => finding.path)).toEqual(['S/Open']);
    expect(suppressed.map((finding) => finding.path)).toEqual(['S/Exempt']);
  });

  test('on one stack of an enforced app reports that stack alone, and is announced as loosening', () => {
    const app = new App();
    const [s, t] = [new Stack(app, 'S'), new Stack(app, 'T')];
    for (const stack of [s, t]) new ec2.CfnInstance(stack, 'I');
    Aspects.of(app).add(new RequireImdsv2({ reportOnly: false }));
    Aspects.of(s).add(new RequireImdsv2({ reportOnly: true }));
    const { error, findings, templates, assembly } = outcome(app);
    expect(error).toBeUndefined();
    expect(templates.S.Resources.I.Properties).toBeUndefined();
    expect(templates.T.Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(findings).toEqual([expect.objectContaining({ path: 'S/I', severity: 'warning' })]);
    expect(warnings(assembly!)).toEqual([expect.objectContaining({ path: 'S', message: expect.stringContaining('reportOnly') })]);
  });

  test('of the app does not silence a stack that enforces', () => {
    const { error, findings } = report((app) => {
      const stack = new Stack(app, 'S');
      new ec2.CfnInstance(stack, 'I').addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
      Aspects.of(stack).add(new RequireImdsv2({ reportOnly: false }));
    });
    expect(error).toBeDefined();
    expect(findings).toEqual([expect.objectContaining({ path: 'S/I', severity: 'error' })]);
  });

  test('makes the report a success', () => {
    const { app } = report(everything);
    const written: Json = JSON.parse(fs.readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8'));
    expect(written.pluginReports.find(({ pluginName }: Json) => pluginName === 'cdk-imdsv2').conclusion).toBe('success');
  });
});
