import * as fs from 'fs';
import * as path from 'path';
import { App, Aspects, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Construct, type IConstruct } from 'constructs';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { outcome, warnings, withAndWithout, type Json } from '../support';

const CALLS_IMDSV1 = { 'Fn::Base64': '#!/bin/bash\ncurl -s http://169.254.169.254/latest/meta-data/instance-id\n' };

/** Whose tokens nobody can require: a transform decides at deployment. */
function unfixable(scope: Construct, id: string): ec2.CfnInstance {
  const instance = new ec2.CfnInstance(scope, id);
  instance.addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
  return instance;
}

function template(scope: Construct, id: string): ec2.CfnLaunchTemplate {
  return new ec2.CfnLaunchTemplate(scope, id, { launchTemplateData: { imageId: 'ami-1' } });
}

interface Case {
  readonly title: string;
  readonly rule: string;
  readonly props?: RequireImdsv2Props;
  /** Whether what is said stops synthesis. */
  readonly stops: boolean;
  /** The rules whose acknowledgement takes the reason for this one away. */
  readonly hangsOn?: readonly string[];
  /** Builds something that the rule speaks of, and returns the construct to acknowledge it on. */
  build(app: App, name: string): { readonly on: IConstruct; readonly stack: IConstruct };
}

function inStack(build: (stack: Stack) => IConstruct): Case['build'] {
  return (app, name) => {
    const stack = new Stack(app, name);
    return { stack, on: build(stack) };
  };
}

const CASES: Case[] = [
  { title: 'tokens', rule: 'tokens', stops: true, build: inStack((stack) => unfixable(stack, 'X')) },
  {
    title: 'hop-limit, where a larger one is lowered',
    rule: 'hop-limit',
    stops: false,
    props: { hopLimit: HopLimit.HOST },
    build: inStack((stack) => new ec2.CfnInstance(stack, 'X', { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 5 } })),
  },
  {
    title: 'hop-limit, where a later aspect raises it',
    rule: 'hop-limit',
    stops: true,
    props: { hopLimit: HopLimit.HOST },
    build: inStack((stack) => {
      const instance = new ec2.CfnInstance(stack, 'X');
      const visit = (node: IConstruct) => { if (node === instance) instance.metadataOptions = { httpTokens: 'required', httpPutResponseHopLimit: 5 }; };
      Aspects.of(stack).add({ visit }, { priority: 1000 });
      return instance;
    }),
  },
  {
    title: 'launch-configuration',
    rule: 'launch-configuration',
    stops: true,
    build: inStack((stack) => new autoscaling.CfnLaunchConfiguration(stack, 'X', { imageId: 'ami-1', instanceType: 't3.micro' })),
  },
  {
    title: 'launch-template-follower',
    rule: 'launch-template-follower',
    stops: true,
    hangsOn: ['tokens'],
    build: inStack((stack) => {
      const lt = template(stack, 'X');
      new ec2.CfnEC2Fleet(stack, 'Fleet', {
        targetCapacitySpecification: { totalTargetCapacity: 1 },
        launchTemplateConfigs: [{ launchTemplateSpecification: { launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber } }],
      });
      return lt;
    }),
  },
  {
    title: 'external-launch-template',
    rule: 'external-launch-template',
    stops: false,
    build: inStack((stack) => new autoscaling.CfnAutoScalingGroup(stack, 'X', {
      minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: 'lt-1', version: '1' },
    })),
  },
  {
    title: 'boot-call',
    rule: 'boot-call',
    stops: false,
    hangsOn: ['tokens'],
    build: inStack((stack) => {
      const instance = new ec2.CfnInstance(stack, 'X');
      instance.addPropertyOverride('UserData', CALLS_IMDSV1);
      return instance;
    }),
  },
  {
    title: 'stage',
    rule: 'stage',
    stops: true,
    hangsOn: ['tokens'],
    build: (app, name) => {
      const stage = new Stage(app, name);
      new ec2.CfnInstance(new Stack(stage, 'Stack'), 'X');
      return { on: stage, stack: stage };
    },
  },
];

/** The same case twice in one app, in S and T, and what is said of each. */
function twice({ rule, build, props }: Case, acknowledge: (at: { app: App; stack: IConstruct; on: IConstruct }) => void, when: string) {
  const app = new App();
  const s = build(app, 'S');
  const t = build(app, 'T');
  const add = () => Aspects.of(app).add(new RequireImdsv2(props));
  if (when === 'after') add();
  acknowledge({ app, ...s });
  if (when !== 'after') add();
  const result = outcome(app);
  const warned = warnings(new CloudAssembly(app.outdir));
  const said = (construct: IConstruct) => [
    ...result.findings.filter((finding) => finding.path === construct.node.path && finding.rule === `cdk-imdsv2::${rule}`),
    ...warned.filter((warning) => warning.path === construct.node.path && warning.id === `cdk-imdsv2::${rule}`),
  ].length;
  return { ...result, app, s: said(s.on), t: said(t.on), of: s.on };
}

/** The exemptions that the report of an app lists, with the reason that our plugin gives. */
function exemptions(app: App): Array<{ rule: string; path: string; reason: string }> {
  const report: Json = JSON.parse(fs.readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8'));
  const ours = report.pluginReports.filter(({ pluginName }: Json) => pluginName === 'cdk-imdsv2');
  return ours.flatMap(({ suppressedViolations = [] }: Json) => suppressedViolations.map((violation: Json) => ({
    rule: violation.ruleName, path: violation.violatingConstructs[0].constructPath, reason: violation.ruleMetadata?.exemptionReason,
  })));
}

describe.each(CASES)('$title', (one) => {
  const id = `cdk-imdsv2::${one.rule}`;

  test('is said of both where nobody acknowledges it', () => {
    const { s, t, error } = twice(one, () => {}, 'before');
    expect([s > 0, t > 0, error !== undefined]).toEqual([true, true, one.stops]);
  });

  describe.each(['before', 'after'])('acknowledged %s the aspect was added', (when) => {
    test('on the resource is said of the other alone', () => {
      const { s, t, error } = twice(one, ({ on }) => Validations.of(on).acknowledge({ id, reason: 'legacy' }), when);
      expect([s > 0, t > 0, error !== undefined]).toEqual([false, true, one.stops]);
    });

    test('on its stack is said of the other alone', () => {
      const { s, t, error } = twice(one, ({ stack }) => Validations.of(stack).acknowledge({ id, reason: 'legacy' }), when);
      expect([s > 0, t > 0, error !== undefined]).toEqual([false, true, one.stops]);
    });

    test('on the app is said of neither', () => {
      const { s, t, error } = twice(one, ({ app }) => Validations.of(app).acknowledge({ id, reason: 'legacy' }), when);
      expect([s > 0, t > 0, error]).toEqual([false, false, undefined]);
    });
  });

  test('is said in spite of the acknowledgement of every other rule', () => {
    const others = new Set(CASES.map(({ rule }) => rule).filter((rule) => rule !== one.rule && !one.hangsOn?.includes(rule)));
    const rules = [...others].map((rule) => ({ id: `cdk-imdsv2::${rule}`, reason: 'another matter' }));
    const { s } = twice(one, ({ on }) => Validations.of(on).acknowledge(...rules), 'before');
    expect(s).toBeGreaterThan(0);
  });

  test('acknowledged together with another rule in one call is honoured', () => {
    const acknowledge = ({ on }: { on: IConstruct }) =>
      Validations.of(on).acknowledge({ id: 'cdk-imdsv2::unheard-of', reason: 'no' }, { id, reason: 'legacy' });
    expect(twice(one, acknowledge, 'after').s).toBe(0);
  });

  if (one.stops || one.rule === 'hop-limit') {
    test('acknowledged is listed in the report with its reason, and the other is not', () => {
      const { app, of } = twice(one, ({ on }) => Validations.of(on).acknowledge({ id, reason: 'until March' }), 'after');
      expect(exemptions(app)).toEqual([{ rule: id, path: of.node.path, reason: 'until March' }]);
    });
  }
});

describe('an acknowledgement of tokens', () => {
  const id = 'cdk-imdsv2::tokens';

  test.each(['before', 'after'])('given %s the aspect leaves the resource exactly as it is, and fixes its neighbour', (when) => {
    const exempt = (app: App) => Validations.of(app.node.findChild('S').node.findChild('X')).acknowledge({ id, reason: 'legacy' });
    const { without, with: treated, outcome: { error } } = withAndWithout((app) => {
      const stack = new Stack(app, 'S');
      for (const name of ['X', 'Y']) new ec2.CfnInstance(stack, name, { metadataOptions: { httpTokens: 'optional', httpPutResponseHopLimit: 3 } });
    }, (app) => {
      if (when === 'before') exempt(app);
      Aspects.of(app).add(new RequireImdsv2());
      if (when === 'after') exempt(app);
    });
    expect(error).toBeUndefined();
    expect(treated.S.Resources.X).toEqual(without.S.Resources.X);
    expect(treated.S.Resources.Y.Properties.MetadataOptions.HttpTokens).toBe('required');
  });

  test('on a construct between stack and resource exempts what is below it alone', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    const group = new Construct(stack, 'Group');
    unfixable(group, 'X');
    unfixable(stack, 'Y');
    Aspects.of(app).add(new RequireImdsv2());
    Validations.of(group).acknowledge({ id, reason: 'legacy' });
    const { error, findings } = outcome(app);
    expect(error).toBeDefined();
    expect(findings.map((finding) => finding.path)).toEqual(['S/Y']);
  });

  test('on one of two instances of one stack leaves the other a finding that stops synthesis', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    const [exempt] = [unfixable(stack, 'X'), unfixable(stack, 'Y')];
    Aspects.of(app).add(new RequireImdsv2());
    Validations.of(exempt).acknowledge({ id, reason: 'legacy' });
    const { error, findings } = outcome(app);
    expect(error).toBeDefined();
    expect(findings.map((finding) => finding.path)).toEqual(['S/Y']);
  });

  test('on two resources for two reasons lists each with its own', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    Validations.of(unfixable(stack, 'X')).acknowledge({ id, reason: 'first' });
    Validations.of(unfixable(stack, 'Y')).acknowledge({ id, reason: 'second' });
    Aspects.of(app).add(new RequireImdsv2());
    expect(outcome(app).error).toBeUndefined();
    expect(exemptions(app)).toEqual([{ rule: id, path: 'S/X', reason: 'first' }, { rule: id, path: 'S/Y', reason: 'second' }]);
  });

  test('nearer to the resource gives the reason', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    Validations.of(unfixable(stack, 'X')).acknowledge({ id, reason: 'near' });
    Validations.of(app).acknowledge({ id, reason: 'far' });
    Aspects.of(app).add(new RequireImdsv2());
    outcome(app);
    expect(exemptions(app).map(({ reason }) => reason)).toEqual(['near']);
  });

  test('on a launch template leaves the group that follows it no finding, and leaves an instance that follows it to be fixed', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    const lt = template(stack, 'LT');
    const launchTemplate = { launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber };
    new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchTemplate });
    new ec2.CfnInstance(stack, 'I', { launchTemplate });
    Validations.of(lt).acknowledge({ id, reason: 'legacy' });
    Aspects.of(app).add(new RequireImdsv2());
    const { error, templates } = outcome(app);
    expect(error).toBeUndefined();
    expect(templates.S.Resources.LT.Properties.LaunchTemplateData.MetadataOptions).toBeUndefined();
    expect(templates.S.Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(exemptions(app)).toEqual([{ rule: id, path: 'S/LT', reason: 'legacy' }]);
  });

  test('of another namespace exempts nothing', () => {
    const app = new App();
    const instance = unfixable(new Stack(app, 'S'), 'X');
    Validations.of(instance).acknowledge({ id: 'other::tokens', reason: 'no' }, { id: 'tokens', reason: 'no' });
    Aspects.of(app).add(new RequireImdsv2());
    expect(outcome(app).findings).toHaveLength(1);
  });

  test('does not let the change of an exempt resource be recorded', () => {
    const app = new App();
    const instance = new ec2.CfnInstance(new Stack(app, 'S'), 'X');
    Validations.of(instance).acknowledge({ id, reason: 'legacy' });
    Aspects.of(app).add(new RequireImdsv2());
    outcome(app);
    expect(instance.node.metadata.map(({ type }) => type)).not.toContain('cdk-imdsv2:change');
  });
});

describe('an acknowledgement of launch-configuration', () => {
  const id = 'cdk-imdsv2::launch-configuration';
  const tokens = 'cdk-imdsv2::tokens';

  function configuration(...ids: string[]) {
    const app = new App();
    const lc = new autoscaling.CfnLaunchConfiguration(new Stack(app, 'S'), 'X', { imageId: 'ami-1', instanceType: 't3.micro' });
    for (const one of ids) Validations.of(lc).acknowledge({ id: one, reason: 'legacy' });
    Aspects.of(app).add(new RequireImdsv2());
    const { error, templates } = outcome(app);
    return { error, options: templates.S.Resources.X.Properties.MetadataOptions };
  }

  test('keeps the configuration, with tokens required on it', () => {
    expect(configuration(id)).toEqual({ error: undefined, options: { HttpTokens: 'required' } });
  });

  test('beside one of tokens keeps the configuration as it is', () => {
    expect(configuration(id, tokens)).toEqual({ error: undefined, options: undefined });
  });

  test('is not replaced by one of tokens', () => {
    expect(configuration(tokens)).toEqual({ error: expect.anything(), options: undefined });
  });
});
