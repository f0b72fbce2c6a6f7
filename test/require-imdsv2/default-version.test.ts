import { App, Aspects, Aws, BootstraplessSynthesizer, CfnCondition, CfnParameter, CfnResource, Fn, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { LaunchTemplateDefaultVersion, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { synthTemplates, warnings, type Json } from '../support';

const DATA = { launchTemplateData: {} };

/** The launch templates whose default version is moved, by stack, and the functions that do it. */
function moved(app: App): { [stack: string]: { readonly templates: string[]; readonly functions: number } } {
  return Object.fromEntries(Object.entries(synthTemplates(app)).map(([stack, template]) => {
    const resources: Json[] = Object.values(template.Resources ?? {});
    return [stack, {
      templates: resources.filter(({ Type }) => Type === 'Custom::LaunchTemplateDefaultVersion').map(({ Properties }) => Properties.LaunchTemplateId.Ref),
      functions: resources.filter(({ Type }) => Type === 'AWS::Lambda::Function').length,
    }];
  }));
}

function appWith(props: RequireImdsv2Props | undefined, build: (stack: Stack) => void): App {
  const app = new App();
  build(new Stack(app, 'S'));
  Aspects.of(app).add(new RequireImdsv2(props));
  return app;
}

describe('updateDefaultVersion', () => {
  test('moves every launch template of a stack with one function, whatever class it is of and whether it was edited', () => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => {
      new ec2.CfnLaunchTemplate(stack, 'L1', DATA);
      new ec2.CfnLaunchTemplate(stack, 'Ready', { launchTemplateData: { metadataOptions: { httpTokens: 'required' } } });
      new CfnResource(stack, 'Typed', { type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: {} } });
    });
    expect(moved(app)).toEqual({ S: { templates: ['L1', 'Ready', 'Typed'], functions: 1 } });
  });

  test('follows the version that the edit makes', () => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => void new ec2.CfnLaunchTemplate(stack, 'L1', DATA));
    const { S: { Resources } } = synthTemplates(app);
    expect(Resources.L1.Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(Object.values<Json>(Resources).find(({ Type }) => Type === 'Custom::LaunchTemplateDefaultVersion').Properties.Version)
      .toEqual({ 'Fn::GetAtt': ['L1', 'LatestVersionNumber'] });
  });

  test.each<[string, RequireImdsv2Props | undefined]>([
    ['by default', undefined],
    ['when told not to', { updateDefaultVersion: false }],
    ['with reportOnly', { updateDefaultVersion: true, reportOnly: true }],
  ])('%s nothing is moved, and nothing is added', (_, props) => {
    expect(moved(appWith(props, (stack) => void new ec2.CfnLaunchTemplate(stack, 'L1', DATA)))).toEqual({ S: { templates: [], functions: 0 } });
  });

  test.each<[string, (template: ec2.CfnLaunchTemplate, prod: CfnCondition) => void]>([
    ['that it has', (template, prod) => { template.cfnOptions.condition = prod; }],
    ['of an escape hatch', (template) => template.addOverride('Condition', 'Prod')],
    ['that a later aspect gives it', (template, prod) => Aspects.of(template).add({ visit: () => { template.cfnOptions.condition = prod; } }, { priority: 900 })],
    ['of an escape hatch above another', (template) => {
      template.cfnOptions.condition = new CfnCondition(template.stack, 'Other', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
      template.addOverride('Condition', 'Prod');
    }],
  ])('is left out with a template that a condition %s leaves out, and so is the permission', (_, give) => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => {
      const condition = new CfnCondition(stack, 'Prod', { expression: Fn.conditionEquals(Aws.REGION, 'us-east-1') });
      give(new ec2.CfnLaunchTemplate(stack, 'L1', DATA), condition);
    });
    const { S: { Resources } } = synthTemplates(app);
    const referring = Object.entries<Json>(Resources).filter(([id, body]) => id !== 'L1' && /"L1"/.test(JSON.stringify(body)));
    expect(referring.map(([, { Type, Condition }]) => [Type, Condition]))
      .toEqual([['AWS::IAM::Policy', 'Prod'], ['Custom::LaunchTemplateDefaultVersion', 'Prod']]);
  });

  test('leaves out what is exempt from tokens', () => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => {
      new ec2.CfnLaunchTemplate(stack, 'L1', DATA);
      Validations.of(new ec2.CfnLaunchTemplate(stack, 'Old', DATA)).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'old' });
    });
    expect(moved(app)).toEqual({ S: { templates: ['L1'], functions: 1 } });
  });

  test.each<[string, unknown, string[]]>([
    ['says no version', undefined, []],
    ['says $Default', '$Default', []],
    ['refers to the default version', Fn.getAtt('L1', 'DefaultVersionNumber').toString(), []],
    ['may be told to', Fn.ref('Version'), []],
    ['says a version', '3', ['L1']],
  ])('leaves out what something exempt launches from that %s', (_, version, templates) => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => {
      new CfnParameter(stack, 'Version');
      const { ref } = new ec2.CfnLaunchTemplate(stack, 'L1', DATA);
      const group = new eks.CfnNodegroup(stack, 'Nodes', {
        clusterName: 'c', nodeRole: 'r', subnets: ['s'], launchTemplate: { id: ref, version: version as string | undefined },
      });
      Validations.of(group).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'old' });
    });
    expect(moved(app).S.templates).toEqual(templates);
    const said = warnings(new CloudAssembly(app.outdir)).filter(({ message }) => /keeps its default version .* 'S\/Nodes'/.test(message));
    expect(said.map(({ path }) => path)).toEqual(templates.length === 0 ? ['S/L1'] : []);
  });

  test('the nearest scope wins, two aspects move once, and stages are reached', () => {
    const app = new App();
    const stage = new Stage(app, 'Stage');
    const [one, two] = [new Stack(app, 'One'), new Stack(stage, 'Two')];
    for (const stack of [one, two]) new ec2.CfnLaunchTemplate(stack, 'L1', DATA);
    Aspects.of(one).add(new RequireImdsv2({ updateDefaultVersion: false }));
    RequireImdsv2.addTo(app, { updateDefaultVersion: true });
    RequireImdsv2.addTo(app, { updateDefaultVersion: true });
    expect(moved(app)).toEqual({ 'One': { templates: [], functions: 0 }, 'Stage/Two': { templates: ['L1'], functions: 1 } });
  });

  test('of more launch templates than a role holds is an error that says so, and not that the stack cannot have a function', () => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => {
      for (let i = 0; i <= 50; i++) new ec2.CfnLaunchTemplate(stack, `L${i}`, DATA);
    });
    expect(() => app.synth()).toThrow(/^'S\/L50\/Imdsv2DefaultVersion' moves one default version too many: got 51 launch templates in the stack 'S', expected at most 50/);
  });

  test('asked for on the app, it holds in a stage whose own aspect does not say', () => {
    const app = new App();
    const stage = new Stage(app, 'Stage');
    new ec2.CfnLaunchTemplate(new Stack(stage, 'Two'), 'L1', DATA);
    Aspects.of(stage).add(new RequireImdsv2());
    Aspects.of(app).add(new RequireImdsv2({ updateDefaultVersion: true }));
    expect(moved(app)).toEqual({ 'Stage/Two': { templates: ['L1'], functions: 1 } });
  });

  test.each([true, false])('with aspects that are stabilized: %s', (stabilized) => {
    const app = new App({ context: { '@aws-cdk/core:aspectStabilization': stabilized } });
    new ec2.CfnLaunchTemplate(new Stack(app, 'S'), 'L1', DATA);
    Aspects.of(app).add(new RequireImdsv2({ updateDefaultVersion: true }));
    expect(moved(app)).toEqual({ S: { templates: ['L1'], functions: 1 } });
  });

  test('in a stack that cannot have assets it throws and says how to leave that out', () => {
    const build = (...more: RequireImdsv2[]) => {
      const app = new App();
      const stack = new Stack(app, 'S', { synthesizer: new BootstraplessSynthesizer() });
      new ec2.CfnLaunchTemplate(stack, 'L1', DATA);
      for (const aspect of more) Aspects.of(stack).add(aspect);
      Aspects.of(app).add(new RequireImdsv2({ updateDefaultVersion: true }));
      return app;
    };
    expect(() => moved(build())).toThrow(/stack 'S', which cannot have one: got '.*assets.*Aspects\.of\(<S>\)\.add\(new RequireImdsv2\({ updateDefaultVersion: false }\)\)/s);
    expect(moved(build(new RequireImdsv2({ updateDefaultVersion: false })))).toEqual({ S: { templates: [], functions: 0 } });
  });

  test('a template that has one of its own in the same stack shares the function', () => {
    const app = appWith({ updateDefaultVersion: true }, (stack) => {
      new LaunchTemplateDefaultVersion(stack, 'Own', { launchTemplate: new ec2.LaunchTemplate(stack, 'T') });
    });
    expect(moved(app).S.functions).toBe(1);
  });
});
