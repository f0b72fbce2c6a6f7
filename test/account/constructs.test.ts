import { execFileSync } from 'child_process';
import { copyFileSync, mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Aws, CfnOutput, NestedStack, Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { bundleFunctions, functionsOf } from '../../projenrc/bundle-functions';
import {
  AccountRegions, HopLimit, HttpTokensDefault, Imdsv2AccountDefaults, Imdsv2AccountDefaultsAssertion, LaunchTemplateDefaultVersion,
  MetadataDefault, OnRemoval,
  type Imdsv2AccountDefaultsProps,
} from '../../src';
import { onlyOne, synthTemplates } from '../support';

const ENV = { account: '111111111111', region: 'us-east-1' };
const TYPE = 'Custom::Imdsv2AccountDefaults';

function stackWith(build: (stack: Stack) => void, props: StackProps = { env: ENV }): Template {
  const stack = new Stack(new App(), 'S', props);
  build(stack);
  return Template.fromStack(stack);
}

function defaults(props?: Imdsv2AccountDefaultsProps): Template {
  return stackWith((stack) => void new Imdsv2AccountDefaults(stack, 'Defaults', props));
}

describe('what is asked for', () => {
  const NO = MetadataDefault.NO_PREFERENCE;
  test.each<[Imdsv2AccountDefaultsProps, object, string]>([
    [{}, { HttpTokens: 'required' }, 'RETAIN'],
    [{ hopLimit: HopLimit.CONTAINERS, onRemoval: OnRemoval.RESTORE }, { HttpTokens: 'required', HttpPutResponseHopLimit: '2' }, 'RESTORE'],
    [{ httpTokensEnforced: MetadataDefault.ENABLED }, { HttpTokens: 'required', HttpTokensEnforced: 'enabled' }, 'RETAIN'],
    [{ httpTokens: HttpTokensDefault.NO_PREFERENCE, httpEndpoint: NO, instanceMetadataTags: NO, httpTokensEnforced: NO }, {
      HttpTokens: 'no-preference', HttpEndpoint: 'no-preference', InstanceMetadataTags: 'no-preference', HttpTokensEnforced: 'no-preference',
    }, 'RETAIN'],
    [{ httpTokens: HttpTokensDefault.OPTIONAL, httpTokensEnforced: MetadataDefault.DISABLED }, { HttpTokens: 'optional', HttpTokensEnforced: 'disabled' }, 'RETAIN'],
  ])('%j', (props, expected, onRemoval) => {
    const template = defaults(props);
    template.hasResourceProperties(TYPE, { Defaults: Match.exact(expected), Regions: ['us-east-1'], OnRemoval: onRemoval, Report: Match.absent() });
  });

  test('everything that CloudFormation passes on is spelled as the handler reads it', () => {
    defaults({ regions: AccountRegions.allEnabled() }).hasResourceProperties(TYPE, { Regions: ['*'] });
    defaults({ regions: AccountRegions.of(['eu-west-1', 'us-east-1']) }).hasResourceProperties(TYPE, { Regions: ['eu-west-1', 'us-east-1'] });
    stackWith((stack) => void new Imdsv2AccountDefaults(stack, 'D'), {}).hasResourceProperties(TYPE, { Regions: [{ Ref: 'AWS::Region' }] });
  });
});

describe('what is wrong is an error at synthesis', () => {
  test.each<[string, () => unknown, string]>([
    ['enforcing what is not required', () => defaults({ httpTokens: HttpTokensDefault.OPTIONAL, httpTokensEnforced: MetadataDefault.ENABLED }),
      "'S/Defaults' enforces tokens that it does not require, so that every launch would fail: got httpTokens optional"],
    ['enforcing without a preference', () => defaults({ httpTokens: HttpTokensDefault.NO_PREFERENCE, httpTokensEnforced: MetadataDefault.ENABLED }), 'got httpTokens no-preference'],
    ['a hop limit that is none', () => defaults({ hopLimit: 2 as any }), 'got 2, expected HopLimit.HOST (1)'],
    ['regions that are a plain list', () => defaults({ regions: ['eu-west-1'] as any }),
      "'S/Defaults' has regions that are no AccountRegions: got [\"eu-west-1\"], expected AccountRegions.of(['eu-west-1'])"],
    ['regions that are none', () => defaults({ regions: null as any }), 'no AccountRegions: got null'],
    ['the same of an assertion', () => stackWith((stack) => void new Imdsv2AccountDefaultsAssertion(stack, 'A', {
      httpTokens: HttpTokensDefault.OPTIONAL, httpTokensEnforced: MetadataDefault.ENABLED,
    })), 'enforces tokens that it does not require'],
    ['no region', () => AccountRegions.of([]), 'no region is named: got an empty list'],
    ['a region twice', () => AccountRegions.of(['eu-west-1', 'eu-west-1']), 'a region is named twice: got eu-west-1 again'],
    ['a zone', () => AccountRegions.of(['eu-west-1a']), 'a region is not a name: got "eu-west-1a"'],
    ['a token', () => AccountRegions.of([Aws.REGION]), 'a region is not a name: got a token'],
    ['the attribute of another region', () => defaults2().effectiveDefaults('eu-west-1'),
      "'S/Defaults' does not set the defaults of eu-west-1: got a region that is not one of its own, expected us-east-1; pass one of them"],
    ['the attribute of another region than one that is not known', () => stackWith((stack) => void new Imdsv2AccountDefaults(stack, 'D').managedBy('eu-west-1'), {}),
      "expected the stack's own; pass one of them"],
    ['more attributes than CloudFormation takes', () => {
      const all = defaults2({ regions: AccountRegions.allEnabled() });
      for (let i = 1; i <= 11; i++) all.effectiveDefaults(`eu-west-${i}`);
    }, 'got 11, expected at most 10'],
    ['an imported launch template', () => stackWith((stack) => {
      const launchTemplate = ec2.LaunchTemplate.fromLaunchTemplateAttributes(stack, 'I', { launchTemplateId: 'lt-1' });
      new LaunchTemplateDefaultVersion(stack, 'V', { launchTemplate });
    }), "got 'S/I', which is imported, expected one that is defined in the stack 'S'"],
    ['a launch template of another stack', () => stackWith((stack) => {
      const launchTemplate = new ec2.LaunchTemplate(new Stack(stack.node.root as App, 'Other'), 'T');
      new LaunchTemplateDefaultVersion(stack, 'V', { launchTemplate });
    }), "which is in the stack 'Other'"],
  ])('%s', (_, act, message) => expect(act).toThrow(message));

  function defaults2(props?: Imdsv2AccountDefaultsProps): Imdsv2AccountDefaults {
    return new Imdsv2AccountDefaults(new Stack(new App(), 'S', { env: ENV }), 'Defaults', props);
  }
});

describe('an account and region that are set twice in one app', () => {
  const elsewhere = { ...ENV, region: 'eu-west-1' };
  const of = (...regions: string[]) => AccountRegions.of(regions);
  const all = AccountRegions.allEnabled();
  test.each<[string, typeof ENV | undefined, AccountRegions | undefined, typeof ENV | undefined, AccountRegions | undefined, string | undefined]>([
    ['the same environment', ENV, undefined, ENV, undefined, 'us-east-1'],
    ['a list that names the region of the other', ENV, undefined, elsewhere, of('eu-west-1', 'us-east-1'), 'us-east-1'],
    ['all regions and one', ENV, all, elsewhere, undefined, 'eu-west-1'],
    ['one and all regions', ENV, undefined, elsewhere, all, 'us-east-1'],
    ['all and all', ENV, all, elsewhere, all, 'every region'],
    ['another region', ENV, undefined, elsewhere, undefined, undefined],
    ['another account', ENV, all, { ...ENV, account: '222222222222' }, all, undefined],
    ['an account that is not known', ENV, undefined, undefined, undefined, undefined],
    ['two that are not known', undefined, undefined, undefined, undefined, undefined],
  ])('%s', (_, env, regions, otherEnv, otherRegions, shared) => {
    const app = new App();
    new Imdsv2AccountDefaults(new Stack(app, 'One', { env }), 'D', { regions });
    // In a stage, too.
    const second = () => new Imdsv2AccountDefaults(new Stack(new Stage(app, 'Stage'), 'Two', { env: otherEnv }), 'D', { regions: otherRegions });
    if (shared) expect(second).toThrow(`the account defaults of ${shared} in account 111111111111 are set twice: got 'One/D' and 'Stage/Two/D'`);
    else expect(second).not.toThrow();
  });

  test('one stack without an environment', () => {
    const stack = new Stack(new App(), 'S');
    new Imdsv2AccountDefaults(stack, 'A');
    expect(() => new Imdsv2AccountDefaults(stack, 'B')).toThrow("the account defaults of the stack's region are set twice: got 'S/A' and 'S/B'");
  });
});

describe('the function', () => {
  test('is one for each stack, with log retention and without a VPC', () => {
    const template = stackWith((stack) => {
      new Imdsv2AccountDefaults(stack, 'A', { regions: AccountRegions.of(['eu-west-1']) });
      new Imdsv2AccountDefaults(stack, 'B', { regions: AccountRegions.of(['eu-west-2']) });
    });
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Handler: 'index.accountDefaults', VpcConfig: Match.absent(), Timeout: 300 });
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 90 }, DeletionPolicy: 'Retain' });
    template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test.each([
    ['listed regions', AccountRegions.of(['eu-west-1', 'us-east-1']), ['eu-west-1', 'us-east-1']],
    ['all regions', AccountRegions.allEnabled(), undefined],
  ])('may do exactly what it does in %s', (_, regions, names) => {
    const arn = (resource: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:*:111111111111:parameter/cdk-imdsv2/${resource}`]] });
    const there = names && { Condition: { StringEquals: { 'aws:RequestedRegion': names } } };
    expect(statementsOf(defaults({ regions }))).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.stringContaining('Log'), 'Arn'] } },
      {
        Effect: 'Allow',
        Action: ['ec2:GetInstanceMetadataDefaults', 'ec2:ModifyInstanceMetadataDefaults'],
        Resource: '*',
        ...there,
      },
      { Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource: [arn('account-defaults'), arn('account-defaults/*')], ...there },
      { Effect: 'Allow', Action: ['ssm:PutParameter', 'ssm:DeleteParameter'], Resource: arn('account-defaults/*'), ...there },
      { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
      ...names ? [] : [{ Effect: 'Allow', Action: 'ec2:DescribeRegions', Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': { Ref: 'AWS::Region' } } } }],
    ]);
  });

  test('a change of many regions has both policies at once, and IAM takes them', () => {
    const names = Array.from({ length: 35 }, (_, i) => `ap-southeast-${i + 10}`);
    const policies = (regions: string[]) => Object.values<any>(defaults({ regions: AccountRegions.of(regions) }).findResources('AWS::IAM::Policy'))
      .map(({ Properties: { PolicyDocument } }) => JSON.stringify(PolicyDocument));
    const both = new Set([...policies(names), ...policies(names.slice(1))]);
    expect(both.size).toBe(3);
    expect([...both].join('').length).toBeLessThan(10_240);
  });

  test('in a nested stack it may ask the stacks around it whether they are rolled back', () => {
    const app = new App();
    const outer = new NestedStack(new Stack(app, 'S', { env: ENV }), 'Outer');
    new Imdsv2AccountDefaults(new NestedStack(outer, 'Inner'), 'Defaults');
    const { 'S': root, 'S/Outer': middle, 'S/Outer/Inner': inner } = synthTemplates(app);
    const handedOn = (template: any) => onlyOne(template, 'AWS::CloudFormation::Stack').Properties.Parameters;
    const [own, parent, grandparent] = statementsOf(Template.fromJSON(inner)).find(({ Action }) => Action === 'cloudformation:DescribeStacks').Resource;
    expect(own).toEqual({ Ref: 'AWS::StackId' });
    expect(handedOn(middle)[parent.Ref]).toEqual({ Ref: 'AWS::StackId' });
    expect(handedOn(root)[handedOn(middle)[grandparent.Ref].Ref]).toEqual({ Ref: 'AWS::StackId' });
  });

  test('of an assertion may read only', () => {
    const template = stackWith((stack) => void new Imdsv2AccountDefaultsAssertion(stack, 'A', { trigger: 'build 7' }));
    expect(statementsOf(template).map(({ Action }) => Action)).toEqual([['logs:CreateLogStream', 'logs:PutLogEvents'], 'ec2:GetInstanceMetadataDefaults']);
    template.hasResourceProperties('Custom::Imdsv2AccountDefaultsAssertion', { Defaults: { HttpTokens: 'required' }, Regions: ['us-east-1'], Trigger: 'build 7' });
  });

  test('has its permissions before it is called, and keeps those of regions it lets go of until it has', () => {
    const [one, two] = [['eu-west-1'], ['eu-west-1', 'eu-west-2']].map((names) => defaults({ regions: AccountRegions.of(names) }).toJSON().Resources);
    const policyOf = (resources: any) => Object.values<any>(resources).find(({ Type }) => Type === TYPE).DependsOn[0];
    expect(one[policyOf(one)].Type).toBe('AWS::IAM::Policy');
    // Another logical id: CloudFormation deletes the earlier policy after the update.
    expect(policyOf(one)).not.toBe(policyOf(two));
  });

  test('is bundled with its SDK in less than 250 KB', async () => {
    const zipped = await bundleFunctions('account');
    expect(zipped).toBeLessThanOrEqual(250_000);
    expect(zipped).toBeGreaterThan(20_000);
    // Where nothing else can be loaded from.
    const scratch = mkdtempSync(join(tmpdir(), 'cdk-imdsv2-'));
    copyFileSync(join(functionsOf('account'), 'index.js'), join(scratch, 'index.js'));
    const names = execFileSync(process.execPath, ['-p', "Object.keys(require('./index.js')).sort().join()"], { cwd: scratch, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(names.trim()).toBe('accountDefaults,accountDefaultsAssertion,launchTemplateDefaultVersion');
  });
});

test('attributes are read by name, and only those that are asked for are reported', () => {
  const template = stackWith((stack) => {
    const it = new Imdsv2AccountDefaults(stack, 'D', { regions: AccountRegions.of(['us-east-1', 'eu-west-1']) });
    new CfnOutput(stack, 'Here', { value: it.effectiveDefaults() });
    new CfnOutput(stack, 'There', { value: it.previousDefaults('eu-west-1') });
    new CfnOutput(stack, 'Who', { value: it.managedBy('eu-west-1') });
  });
  const id = Object.keys(template.findResources(TYPE))[0];
  template.hasOutput('Here', { Value: { 'Fn::GetAtt': [id, 'Effective'] } });
  template.hasOutput('There', { Value: { 'Fn::GetAtt': [id, 'eu-west-1.Previous'] } });
  template.hasOutput('Who', { Value: { 'Fn::GetAtt': [id, 'eu-west-1.ManagedBy'] } });
  template.hasResourceProperties(TYPE, { Report: ['eu-west-1'] });
});

describe('LaunchTemplateDefaultVersion', () => {
  test.each<[string, (stack: Stack) => ec2.ILaunchTemplateRef]>([
    ['an L2', (stack) => new ec2.LaunchTemplate(stack, 'T')],
    ['an L1', (stack) => new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: {} })],
  ])('of %s follows the version that the stack makes, and may change this template only', (_, make) => {
    const template = stackWith((stack) => void new LaunchTemplateDefaultVersion(stack, 'V', { launchTemplate: make(stack) }));
    const [id] = Object.keys(template.findResources('AWS::EC2::LaunchTemplate'));
    template.hasResourceProperties('Custom::LaunchTemplateDefaultVersion', { LaunchTemplateId: { Ref: id }, Version: { 'Fn::GetAtt': [id, 'LatestVersionNumber'] } });
    expect(statementsOf(template).slice(1)).toEqual([
      { Effect: 'Allow', Action: 'ec2:DescribeLaunchTemplates', Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } },
      {
        Effect: 'Allow',
        Action: 'ec2:ModifyLaunchTemplate',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:us-east-1:111111111111:launch-template/', { Ref: id }]] },
      },
    ]);
  });

  test('shares one function in a stack', () => {
    const template = stackWith((stack) => {
      for (const id of ['A', 'B']) new LaunchTemplateDefaultVersion(stack, `${id}V`, { launchTemplate: new ec2.LaunchTemplate(stack, id) });
    });
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('Custom::LaunchTemplateDefaultVersion', 2);
  });

  test('of fifty templates in a stack has a role that IAM takes', () => {
    const template = stackWith((stack) => {
      for (let i = 0; i < 50; i++) new LaunchTemplateDefaultVersion(stack, `V${i}`, { launchTemplate: new ec2.LaunchTemplate(stack, `T${i}`) });
    }, { env: { ...ENV, region: 'ap-southeast-2' } });
    const deployed: Record<string, string> = { 'AWS::Partition': 'aws' };
    for (const id of Object.keys(template.findResources('AWS::EC2::LaunchTemplate'))) deployed[id] = 'lt-0123456789abcdef0';
    const log = `arn:aws:logs:ap-southeast-2:111111111111:log-group:${'l'.repeat(128)}:*`;
    const written = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map(written);
      const { Ref: ref, 'Fn::GetAtt': att, 'Fn::Join': joined } = value as any;
      if (ref) return deployed[ref];
      if (att) return log;
      if (joined) return joined[1].map(written).join('');
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, written(one)]));
    };
    const policies = Object.values<any>(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => JSON.stringify(written(Properties.PolicyDocument)));
    expect(policies.join('')).not.toContain('undefined');
    // All inline policies of a role together: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(policies.join('').length).toBeLessThan(10_240);
  });

  test('of more than fifty templates in a stack is an error at synthesis, and of as many in each of two it is not', () => {
    const app = new App();
    const [one, two] = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    const move = (stack: Stack, i: number) => new LaunchTemplateDefaultVersion(stack, `V${i}`, { launchTemplate: new ec2.LaunchTemplate(stack, `T${i}`) });
    for (const stack of [one, two]) for (let i = 0; i < 50; i++) move(stack, i);
    expect(() => move(two, 50)).toThrow("'Two/V50' moves one default version too many: got 51 launch templates in the stack 'Two', expected at most 50, which is what "
      + 'the inline policies of a role hold; move some to another stack, or leave them out with RequireImdsv2({ updateDefaultVersion: false }) on their scope');
  });
});

/** Every statement that the roles of a template have, the log's first. */
function statementsOf(template: Template): any[] {
  const policies = Object.values<any>(template.findResources('AWS::IAM::Policy')).map(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement);
  return policies.sort(([one], [other]) => Number(String(other.Action).startsWith('logs')) - Number(String(one.Action).startsWith('logs'))).flat();
}
