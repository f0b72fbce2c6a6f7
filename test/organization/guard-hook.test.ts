import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { guardVerdicts } from './guard';
import { HookFailureMode, Imdsv2GuardHook, type Imdsv2GuardHookProps } from '../../src';
import { onlyOne, synthTemplates, type Json } from '../support';

const TYPE = 'AWS::CloudFormation::GuardHook';
const BUCKET = 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}';

function hook(props?: Imdsv2GuardHookProps): Json {
  const app = new App();
  new Imdsv2GuardHook(new Stack(app, 'S'), 'Hook', props);
  return onlyOne(synthTemplates(app).S, TYPE).Properties;
}

test('warns, of every resource of the types it knows, by default', () => {
  const properties = hook();
  expect(properties).toMatchObject({
    Alias: 'CdkImdsv2::RequireImdsv2::Hook', FailureMode: 'WARN', HookStatus: 'ENABLED', TargetOperations: ['RESOURCE', 'CLOUD_CONTROL'],
  });
  expect(properties).not.toHaveProperty('StackFilters');
  expect(properties).not.toHaveProperty('LogBucket');
  const { TargetNames, ...rest } = properties.TargetFilters;
  expect(TargetNames).toHaveLength(13);
  expect(TargetNames).toEqual(expect.arrayContaining(['AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::SageMaker::NotebookInstance']));
  expect(rest).toEqual({ Actions: ['CREATE', 'UPDATE'], InvocationPoints: ['PRE_PROVISION'] });
});

test('what it reads is the rules, by a name that Guard takes', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  new Imdsv2GuardHook(stack, 'Hook');
  const assembly = app.synth();
  const { files } = JSON.parse(readFileSync(join(assembly.directory, 'S.assets.json'), 'utf8'));
  const [{ source, destinations }]: Json[] = Object.values(files).filter(({ source: { packaging } }: Json) => packaging === 'zip');
  const { objectKey, bucketName }: Json = Object.values(destinations)[0];
  expect(objectKey).toMatch(/^[0-9a-f]{64}\.zip$/);
  expect(bucketName).toBe(BUCKET);
  const { RuleLocation } = onlyOne(assembly.getStackByName('S').template, TYPE).Properties;
  expect(RuleLocation).toEqual({ Uri: { 'Fn::Sub': `s3://${BUCKET}/${objectKey}`.replace('cdk-', 'cdk-') } });
  const rules = readFileSync(join(assembly.directory, source.path, 'imdsv2.guard'), 'utf8');
  const template = (MetadataOptions: Json) => ({ Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions } } });
  expect(Object.fromEntries(guardVerdicts(rules, { silent: template(undefined), open: template({ HttpTokens: 'optional' }), safe: template({ HttpTokens: 'required' }) })))
    .toEqual({ silent: 'FAIL', open: 'FAIL', safe: 'PASS' });
});

test('the role reads that one object, and writes reports where there is a bucket for them', () => {
  const stack = new Stack(new App(), 'S');
  new Imdsv2GuardHook(stack, 'Hook', { logBucket: new Bucket(stack, 'Log') });
  const template = Template.fromStack(stack);
  const inBucket = (rest: unknown) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { 'Fn::Sub': BUCKET }, ...rest ? [rest] : []]] });
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'hooks.cloudformation.amazonaws.com' } }], Version: '2012-10-17' },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        { Action: ['s3:GetObject', 's3:GetObjectVersion'], Effect: 'Allow', Resource: inBucket(Match.stringLikeRegexp('^/[0-9a-f]{64}\\.zip$')) },
        { Action: 's3:ListBucket', Effect: 'Allow', Resource: inBucket(undefined) },
        { Action: Match.arrayWith(['s3:PutObject']), Effect: 'Allow', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Log'), 'Arn'] }, '/*']] } },
      ],
      Version: '2012-10-17',
    },
  });
  template.hasResource(TYPE, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('HookRoleDefaultPolicy')]), Properties: { LogBucket: { Ref: Match.stringLikeRegexp('^Log') } } });
});

test.each<[string, Imdsv2GuardHookProps, Json]>([
  ['a failure', { failureMode: HookFailureMode.FAIL }, { FailureMode: 'FAIL' }],
  ['an alias', { alias: 'Platform::Imds::Hook' }, { Alias: 'Platform::Imds::Hook' }],
  ['stacks', { includedStacks: ['web'] }, { StackFilters: { FilteringCriteria: 'ALL', StackNames: { Include: ['web'] } } }],
  ['but stacks', { excludedStacks: ['legacy'] }, { StackFilters: { FilteringCriteria: 'ALL', StackNames: { Exclude: ['legacy'] } } }],
  ['but roles', { excludedRoles: ['arn:aws:iam::1:role/x'] }, { StackFilters: { FilteringCriteria: 'ALL', StackRoles: { Exclude: ['arn:aws:iam::1:role/x'] } } }],
])('%s', (_, props, expected) => expect(hook(props)).toMatchObject(expected));

test("CloudFormation's own schema takes it", () => {
  const app = new App();
  Validations.of(app).addPlugins(new CloudFormationValidatePlugin());
  new Imdsv2GuardHook(new Stack(app, 'S'), 'Hook', { failureMode: HookFailureMode.FAIL, excludedStacks: ['legacy'], excludedRoles: ['arn:aws:iam::111111111111:role/x'] });
  const { findings } = validated(app);
  expect(findings).toEqual([]);
});

test.each<[string, Imdsv2GuardHookProps, string]>([
  ['an alias of two parts', { alias: 'Imdsv2::Hook' }, "'S/Hook' has an alias that CloudFormation does not take: got \"Imdsv2::Hook\", expected three names"],
  ["an alias of AWS's", { alias: 'AWS::Imdsv2::Hook' }, 'which do not begin with AWS'],
  ['an alias that begins like those of AWS', { alias: 'awsGuard::Imdsv2::Hook' }, 'got "awsGuard::Imdsv2::Hook"'],
  ['no stack', { includedStacks: [] }, "'S/Hook' has includedStacks that CloudFormation does not take: got 0, expected 1 to 50; leave it out"],
  ['no role', { excludedRoles: [] }, 'has excludedRoles that CloudFormation does not take: got 0'],
  ['too many stacks', { excludedStacks: Array.from({ length: 51 }, (__, i) => `s-${i}`) }, 'has excludedStacks that CloudFormation does not take: got 51, expected 1 to 50'],
  ['both kinds of filter', { includedStacks: ['a'], excludedStacks: ['b'] }, "'S/Hook' includes and excludes stacks: got both, expected one"],
])('%s is an error at synthesis', (_, props, message) => expect(() => hook(props)).toThrow(message));

/** What the plugin of aws-cdk-lib finds, which it says in its report alone. */
function validated(app: App): { readonly findings: readonly string[] } {
  const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
  app.synth();
  quiet.mockRestore();
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  return { findings: pluginReports.flatMap(({ violations }: Json) => violations.map(({ ruleName, description }: Json) => `${ruleName}: ${description}`)) };
}
