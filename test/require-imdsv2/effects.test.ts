import { App, Aspects, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { changes, notices, outcome, warnings, type Json } from '../support';

const ENVIRONMENT = 'AWS::ElasticBeanstalk::Environment';
const TEMPLATE = 'AWS::ElasticBeanstalk::ConfigurationTemplate';
const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
const option = (Namespace: string, OptionName: string, Value: unknown) => ({ Namespace, OptionName, Value });
const SWITCH = option('aws:autoscaling:launchconfiguration', 'DisableIMDSv1', 'true');
const enabled = (value: unknown) => option('aws:autoscaling:updatepolicy:rollingupdate', 'RollingUpdateEnabled', value);
const type = (value: unknown) => option('aws:autoscaling:updatepolicy:rollingupdate', 'RollingUpdateType', value);
const environmentType = (value: unknown) => option('aws:elasticbeanstalk:environment', 'EnvironmentType', value);

const ROLLS = 'replaces the instances of the environment in batches, by its own rolling or immutable updates';
const TERMINATES = 'terminates all instances of the environment and replaces them';

function synthesized(build: (stack: Stack) => void, props?: RequireImdsv2Props) {
  const app = new App();
  const stack = new Stack(app, 'S');
  build(stack);
  Aspects.of(app).add(new RequireImdsv2(props));
  return outcome(app);
}

const resource = (Type: string, properties: Json, props?: RequireImdsv2Props) =>
  synthesized((stack) => new CfnResource(stack, 'R', { type: Type, properties }), props);

describe('an Elastic Beanstalk environment', () => {
  test.each<[name: string, settings: Json[]]>([
    ['rolling updates', [enabled('true')]],
    ['rolling updates by health', [enabled(true), type('Health')]],
    ['rolling updates by time, said to be load-balanced', [enabled('true'), type('Time'), environmentType('LoadBalanced')]],
    ['immutable updates', [enabled('true'), type('Immutable')]],
    ['immutable updates by their type alone, as the page shows it', [type('Immutable')]],
    ['rolling updates under either condition', [enabled(either('true', true))]],
  ])('with %s is edited, and that is said', (_, OptionSettings) => {
    const { error, assembly, templates } = resource(ENVIRONMENT, { OptionSettings });
    expect(error).toBeUndefined();
    expect(templates.S.Resources.R.Properties.OptionSettings).toEqual([...OptionSettings, SWITCH]);
    expect(changes(assembly!).map(({ effect }) => effect)).toEqual([expect.stringContaining(`${ROLLS}; it can move an environment`)]);
  });

  test.each<[name: string, properties: Json, isSingle?: boolean]>([
    ['that says nothing', {}],
    ['that rolls nothing', { OptionSettings: [enabled('false')] }],
    ['that rolls nothing, whatever the type', { OptionSettings: [enabled('false'), type('Immutable')] }],
    ['that would roll by health', { OptionSettings: [type('Health')] }],
    ['that rolls under one condition', { OptionSettings: [either(enabled('true'), NO_VALUE)] }],
    ['that rolls where a parameter says so', { OptionSettings: [enabled({ Ref: 'P' })] }],
    ['of a single instance', { OptionSettings: [enabled('true'), environmentType('SingleInstance')] }, true],
    ['of a single instance under one condition', { OptionSettings: [enabled('true'), environmentType(either('SingleInstance', 'LoadBalanced'))] }],
    ['with settings that a parameter gives', { OptionSettings: either([enabled('true')], []) }],
    ['with a configuration template of somebody else', { TemplateName: 'theirs' }],
  ])('%s is a finding with the line, the cost and the ways out', (_, properties, isSingle = false) => {
    const { findings, templates } = resource(ENVIRONMENT, properties);
    expect(templates.S.Resources.R.Properties ?? {}).toEqual(properties);
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['cdk-imdsv2::tokens', 'error']]);
    expect(findings[0].description).toContain(`RequireImdsv2 leaves it alone, because the edit ${TERMINATES}`);
    for (const part of ['replaceResources: true', 'OptionName: DisableIMDSv1', 'from a launch configuration to a launch template', 'ec2:CreateLaunchTemplateVersion']) {
      expect(findings[0].fix).toContain(part);
    }
    expect(findings[0].fix.includes('turn on rolling updates in an earlier deployment')).toBe(!isSingle);
    expect(findings[0].fix.includes('whether they count in the deployment that brings them is not documented')).toBe(!isSingle);
  });

  test('is edited all at once where that is allowed', () => {
    const { error, assembly } = resource(ENVIRONMENT, {}, { replaceResources: true });
    expect(error).toBeUndefined();
    expect(changes(assembly!)[0].effect).toContain(TERMINATES);
  });

  test.each<[name: string, own: Json[], isEdited: boolean]>([
    ['rolls by it', [], true], ['does not where it says otherwise', [enabled('false')], false], ['does not as a single instance', [environmentType('SingleInstance')], false],
  ])('with a configuration template of the app that rolls: %s', (_, OptionSettings, isEdited) => {
    const { templates } = synthesized((stack) => {
      const saved = new CfnResource(stack, 'T', { type: TEMPLATE, properties: { OptionSettings: [enabled('true'), SWITCH] } });
      new CfnResource(stack, 'R', { type: ENVIRONMENT, properties: { TemplateName: saved.ref, OptionSettings } });
    });
    expect(templates.S.Resources.R.Properties.OptionSettings).toEqual(isEdited ? [SWITCH] : OptionSettings);
  });

  test.each([ENVIRONMENT, TEMPLATE])('on a platform that requires tokens by itself gets nothing: %s', (Type) => {
    const properties = { SolutionStackName: '64bit Amazon Linux 2023 v6.1.0 running Node.js 20', OptionSettings: [environmentType('SingleInstance')] };
    const { error, assembly, templates } = resource(Type, properties);
    expect(error).toBeUndefined();
    expect(templates.S.Resources.R.Properties).toEqual(properties);
    expect([changes(assembly!), warnings(assembly!)]).toEqual([[], []]);
  });

  test('on such a platform that says false is a finding all the same', () => {
    const { findings } = resource(ENVIRONMENT, {
      SolutionStackName: '64bit Amazon Linux 2023 v6.1.0 running Node.js 20', OptionSettings: [{ ...SWITCH, Value: 'false' }],
    });
    expect(findings.map(({ rule }) => rule)).toEqual(['cdk-imdsv2::tokens']);
  });
});

describe('what no page says about running instances', () => {
  test.each(['Fleet', 'ImageBuilder', 'AppBlockBuilder'])('AWS::AppStream::%s is a finding with the line, and edited where that is allowed', (name) => {
    const { findings, templates } = resource(`AWS::AppStream::${name}`, { Name: 'n' });
    expect(templates.S.Resources.R.Properties).toEqual({ Name: 'n' });
    expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::tokens', severity: 'error' })]);
    expect(findings[0].description).toContain('leaves it alone, because what the edit does to running instances is not documented');
    expect(findings[0].fix).toMatch(/^write new RequireImdsv2\(\{ replaceResources: true \}\) if that is wanted .*DisableIMDSV1: true/);
    const allowed = resource(`AWS::AppStream::${name}`, { Name: 'n' }, { replaceResources: true });
    expect(allowed.templates.S.Resources.R.Properties).toEqual({ Name: 'n', DisableIMDSV1: true });
    expect(changes(allowed.assembly!)[0].effect).toMatch(/^not documented; /);
  });
});

describe('what a service decides itself', () => {
  test('EKS Auto Mode is no message at all', () => {
    const { error, assembly } = resource('AWS::EKS::Cluster', { ComputeConfig: { Enabled: true } });
    expect(error).toBeUndefined();
    expect([warnings(assembly!), notices(assembly!), changes(assembly!)]).toEqual([[], [], []]);
  });

  test.each<[image: unknown, fix: RegExp]>([
    ['amazonlinux-2-x86_64', /choose the image amazonlinux-2023-x86_64/],
    [{ Ref: 'P' }, /choose the image amazonlinux-2023-x86_64/],
    [either('amazonlinux-2023-x86_64', 'ubuntu-22.04-x86_64'), /choose the image amazonlinux-2023-x86_64/],
    ['amazonlinux-2023-x86_64', /see that the defaults of the account do not say HttpTokens: optional/],
    ['resolve:ssm:/aws/service/cloud9/amis/amazonlinux-2023-x86_64', /see that the defaults of the account do not say HttpTokens: optional/],
  ])('a Cloud9 environment on %j gets the fix that is left', (ImageId, fix) => {
    const { assembly } = resource('AWS::Cloud9::EnvironmentEC2', { ImageId });
    expect(warnings(assembly!).map(({ message }) => message)).toEqual([expect.stringMatching(fix)]);
  });
});

describe('an app that is made compliant, deployed and done', () => {
  function build(stack: Stack) {
    const latest = () => {
      const template = new CfnLaunchTemplate(stack, `T${stack.node.children.length}`, { launchTemplateData: {} });
      return { LaunchTemplateId: template.ref, Version: template.attrLatestVersionNumber };
    };
    const add = (id: string, Type: string, properties: Json) => new CfnResource(stack, id, { type: Type, properties });
    add('Rolling', 'AWS::AutoScaling::AutoScalingGroup', { LaunchTemplate: latest() }).cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} };
    const { LaunchTemplateId: Id, Version } = latest();
    add('Nodes', 'AWS::EKS::Nodegroup', { LaunchTemplate: { Id, Version } });
    add('Batch', 'AWS::Batch::ComputeEnvironment', { Type: 'MANAGED', ReplaceComputeEnvironment: false, ComputeResources: { Type: 'EC2', LaunchTemplate: latest() } });
    add('Environment', ENVIRONMENT, { OptionSettings: [enabled('true')] });
    add('External', 'AWS::EC2::Instance', { LaunchTemplate: { LaunchTemplateId: 'lt-0123', Version: '1' } });
    add('Pinned', 'AWS::EC2::Instance', { LaunchTemplate: { ...latest(), Version: '1' } });
  }

  test.each(['first', 'second'])('warns of nothing at the %s synthesis: --strict is quiet', () => {
    const { error, assembly } = synthesized(build);
    expect(error).toBeUndefined();
    const { messages } = assembly!.stacks[0];
    expect(messages.filter(({ level }) => level !== 'info').map(({ entry }) => entry.data)).toEqual([]);
    expect(notices(assembly!).map(({ path }) => path).sort()).toEqual(['S/Batch', 'S/External', 'S/Nodes', 'S/Pinned', 'S/Rolling']);
  });

  test('says it as a warning while it only reports, because nothing is made', () => {
    const { assembly } = synthesized(build, { reportOnly: true });
    expect(notices(assembly!)).toEqual([]);
    expect(warnings(assembly!).map(({ path }) => path)).toEqual(expect.arrayContaining(['S/Batch', 'S/External', 'S/Nodes', 'S/Pinned', 'S/Rolling']));
  });

  test('says nothing where the rule is acknowledged', () => {
    const { assembly } = synthesized((stack) => {
      build(stack);
      Validations.of(stack).acknowledge({ id: 'cdk-imdsv2::launch-template-follower', reason: 'known' }, { id: 'cdk-imdsv2::external-launch-template', reason: 'known' });
    });
    expect(notices(assembly!)).toEqual([]);
  });

  test.each<[name: string, policy: Json]>([['a group that is replaced', { autoScalingReplacingUpdate: { willReplace: true } }]])('%s stays a warning', (_, policy) => {
    const { assembly } = synthesized((stack) => {
      const template = new CfnLaunchTemplate(stack, 'T', { launchTemplateData: {} });
      const group = new CfnResource(stack, 'G', {
        type: 'AWS::AutoScaling::AutoScalingGroup', properties: { LaunchTemplate: { LaunchTemplateId: template.ref, Version: template.attrLatestVersionNumber } },
      });
      group.cfnOptions.updatePolicy = policy;
    });
    expect(warnings(assembly!).map(({ path }) => path)).toEqual(['S/G']);
  });
});
