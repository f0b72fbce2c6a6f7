import * as fs from 'fs';
import * as path from 'path';
import { App, Aspects, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import * as nag3 from 'cdk-nag';
import * as nag2 from 'cdk-nag-2';
import { RequireImdsv2 } from '../../src';
import { outcome, propertiesOf, type Json } from '../support';

const IMDS_RULE = 'HIPAA.Security-EC2IMDSv2Enabled';
const TOKENS = 'cdk-imdsv2::tokens';

/** A plain instance, and a group with a launch template; both break rules of the packs that have nothing to do with metadata options. */
function build(scope: Stack): ec2.CfnInstance {
  const template = new ec2.CfnLaunchTemplate(scope, 'T', { launchTemplateData: { imageId: 'ami-1' } });
  new autoscaling.CfnAutoScalingGroup(scope, 'G', {
    minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
  });
  return new ec2.CfnInstance(scope, 'I', { imageId: 'ami-1' });
}

/** Every message on the constructs of the assembly, `[path, text]`. */
function messages(app: App): Array<[string, string]> {
  return new CloudAssembly(app.outdir).stacksRecursively.flatMap(({ metadata }) => Object.entries(metadata).flatMap(([at, entries]) =>
    entries.filter(({ type }) => type === 'aws:cdk:error' || type === 'aws:cdk:warning').map(({ data }): [string, string] => [at.slice(1), String(data)])));
}

/** Rule and path of every violation of the plugins but our own, and of our own. */
function reported(app: App): { nag: string[]; ours: string[]; suppressed: string[] } {
  const { pluginReports }: Json = JSON.parse(fs.readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8'));
  const named = (violations: Json[] = []) => violations.flatMap(({ ruleName, violatingConstructs }) =>
    violatingConstructs.map(({ constructPath }: Json) => `${ruleName} ${constructPath}`));
  const of = (isOurs: boolean) => pluginReports.filter(({ pluginName }: Json) => (pluginName === 'cdk-imdsv2') === isOurs);
  return {
    nag: of(false).flatMap(({ violations }: Json) => named(violations)),
    ours: of(true).flatMap(({ violations }: Json) => named(violations)),
    suppressed: of(true).flatMap(({ suppressedViolations }: Json) => named(suppressedViolations)),
  };
}

describe('beside cdk-nag 2, whose packs are aspects', () => {
  function synthesize(change: (app: App, instance: ec2.CfnInstance) => void) {
    const app = new App();
    const stack = new Stack(app, 'S');
    const instance = build(stack);
    change(app, instance);
    Aspects.of(app).add(new nag2.AwsSolutionsChecks());
    Aspects.of(app).add(new nag2.HIPAASecurityChecks());
    const result = outcome(app);
    const said = messages(app);
    return { ...result, said, nagOf: (at: string) => said.filter(([where]) => where === at).map(([, text]) => text) };
  }

  const imds = (app: App) => messages(app).filter(([, text]) => text.startsWith(IMDS_RULE)).map(([at]) => at);

  test('without the aspect nag finds the instance and the group', () => {
    const { said } = synthesize(() => {});
    expect(said.filter(([, text]) => text.startsWith(IMDS_RULE)).map(([at]) => at)).toEqual(['S/G', 'S/I']);
  });

  // Version 2 looks at the launch template of an instance only: its own metadata options satisfy version 3.
  test.each(['before', 'after'])('nag no longer finds the group where the aspect was added %s the packs', (when) => {
    const app = new App();
    build(new Stack(app, 'S'));
    const packs = () => [new nag2.AwsSolutionsChecks(), new nag2.HIPAASecurityChecks()].forEach((pack) => Aspects.of(app).add(pack));
    if (when === 'after') packs();
    RequireImdsv2.addTo(app);
    if (when === 'before') packs();
    const { templates, findings } = outcome(app);
    expect(propertiesOf(templates.S, 'I').MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(propertiesOf(templates.S, 'T').LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(findings).toEqual([]);
    expect(imds(app)).toEqual(['S/I']);
    expect(messages(app).filter(([at, text]) => at === 'S/I' && /^(AwsSolutions|HIPAA)/.test(text)).length).toBeGreaterThan(3);
  });

  test('what acknowledges our rule leaves every finding of nag', () => {
    const acknowledge = (_: App, instance: ec2.CfnInstance) => Validations.of(instance).acknowledge({ id: TOKENS, reason: 'agent speaks v1 only' });
    const plain = synthesize(acknowledge);
    const both = synthesize((app, instance) => {
      acknowledge(app, instance);
      Aspects.of(app).add(new RequireImdsv2());
    });
    expect(propertiesOf(both.templates.S, 'I')).not.toHaveProperty('MetadataOptions');
    expect(both.suppressed.map(({ rule, path: at }) => `${rule} ${at}`)).toEqual([`${TOKENS} S/I`]);
    expect(both.nagOf('S/I')).toEqual(plain.nagOf('S/I'));
    expect(both.nagOf('S/I').filter((text) => text.startsWith(IMDS_RULE))).toHaveLength(1);
  });

  test('what suppresses the rule of nag exempts nothing from ours', () => {
    const { templates, nagOf } = synthesize((app, instance) => {
      nag2.NagSuppressions.addResourceSuppressions(instance, [{ id: IMDS_RULE, reason: 'agent speaks v1 only' }]);
      Aspects.of(app).add(new RequireImdsv2());
    });
    expect(propertiesOf(templates.S, 'I').MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(nagOf('S/I').filter((text) => text.startsWith(IMDS_RULE))).toEqual([]);
  });
});

describe('beside cdk-nag 3, whose packs are validation plugins', () => {
  function synthesize(change: (app: App, instance: ec2.CfnInstance) => void) {
    const app = new App();
    const instance = build(new Stack(app, 'S'));
    Validations.of(app).addPlugins(new nag3.AwsSolutionsChecks(app), new nag3.HIPAASecurityChecks(app));
    change(app, instance);
    const result = outcome(app);
    return { ...result, ...reported(app) };
  }

  test('without the aspect nag finds the instance and the group', () => {
    const { nag, ours } = synthesize(() => {});
    expect(nag).toEqual(expect.arrayContaining([`${IMDS_RULE} S/I`, `${IMDS_RULE} S/G`]));
    expect(ours).toEqual([]);
  });

  test('with the aspect nag finds neither, and all that it found besides', () => {
    const [without, { templates, nag, ours }] = [synthesize(() => {}), synthesize((app) => RequireImdsv2.addTo(app))];
    expect(propertiesOf(templates.S, 'I').MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(propertiesOf(templates.S, 'T').LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(nag).toEqual(without.nag.filter((violation) => !violation.startsWith(IMDS_RULE)));
    expect(nag.filter((violation) => violation.endsWith(' S/I')).length).toBeGreaterThan(3);
    expect(ours).toEqual([]);
  });

  test('findings of both stand in the validation report', () => {
    const { error, nag, ours } = synthesize((app, instance) => {
      instance.addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Options' } });
      Aspects.of(app).add(new RequireImdsv2());
    });
    expect(error).toBeDefined();
    expect(ours).toEqual([`${TOKENS} S/I`]);
    expect(nag).toContain(`${IMDS_RULE} S/I`);
  });

  test('what acknowledges our rule leaves every finding of nag', () => {
    const acknowledge = (_: App, instance: ec2.CfnInstance) => Validations.of(instance).acknowledge({ id: TOKENS, reason: 'agent speaks v1 only' });
    const plain = synthesize(acknowledge);
    const both = synthesize((app, instance) => {
      acknowledge(app, instance);
      Aspects.of(app).add(new RequireImdsv2());
    });
    const ofInstance = (violations: string[]) => violations.filter((violation) => violation.endsWith(' S/I')).sort();
    expect(both.suppressed).toEqual([`${TOKENS} S/I`]);
    expect(both.ours).toEqual([]);
    expect(ofInstance(both.nag)).toEqual(ofInstance(plain.nag));
    expect(ofInstance(both.nag)).toContain(`${IMDS_RULE} S/I`);
  });

  test('what acknowledges the rule of nag exempts nothing from ours', () => {
    const { templates, nag } = synthesize((app, instance) => {
      Validations.of(instance).acknowledge({ id: IMDS_RULE, reason: 'agent speaks v1 only' });
      Aspects.of(app).add(new RequireImdsv2());
    });
    expect(propertiesOf(templates.S, 'I').MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(nag).not.toContain(`${IMDS_RULE} S/I`);
  });

  test('stages and nested stacks are seen by both', () => {
    const app = new App();
    const stack = new Stack(new Stage(app, 'G'), 'S');
    build(stack);
    build(new NestedStack(stack, 'N'));
    Validations.of(app).addPlugins(new nag3.HIPAASecurityChecks(app));
    RequireImdsv2.addTo(app);
    const { templates } = outcome(app);
    for (const at of ['G/S', 'G/S/N']) expect(propertiesOf(templates[at], 'I').MetadataOptions).toEqual({ HttpTokens: 'required' });
    const { nag } = reported(app);
    expect(nag.filter((violation) => violation.startsWith(IMDS_RULE))).toEqual([]);
    expect(nag.length).toBeGreaterThan(0);
  });
});
