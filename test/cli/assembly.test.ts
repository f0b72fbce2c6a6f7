import { execFileSync } from 'child_process';
import * as path from 'path';
import { App, Aspects, Aws, CfnCondition, CfnStack, Fn, LegacyStackSynthesizer, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnInstance, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnApplication } from 'aws-cdk-lib/aws-sam';
import { CloudFormationProduct, CloudFormationTemplate, ProductStack } from 'aws-cdk-lib/aws-servicecatalog';
import { cli, folder, OPEN, removeFolders, report, UNDECIDED } from './support';
import { RequireImdsv2 } from '../../src';

process.env.CDK_VALIDATION = 'false';

const here = folder();

beforeAll(() => {
  const app = new App({ outdir: path.join(here, 'cdk.out') });
  const changed = new Stack(app, 'Changed');
  new CfnInstance(changed, 'Host');
  Validations.of(new CfnInstance(changed, 'Legacy')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'until spring' });
  new CfnInstance(new NestedStack(changed, 'Nested'), 'Inner');
  Aspects.of(changed).add(new RequireImdsv2());

  const open = new Stack(app, 'Open', { stackName: 'open-stack' });
  new CfnInstance(open, 'Host');
  const exempt = new NestedStack(open, 'Exempt');
  Validations.of(exempt).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'all of it' });
  new CfnInstance(exempt, 'Host');

  new CfnLaunchTemplate(new Stack(new Stage(app, 'Prod'), 'Web'), 'Template', { launchTemplateData: {} });
  app.synth();
});
afterAll(removeFolders);

test('findings have construct paths, through stages', () => {
  expect(report(here).findings.map(({ name, stack, rule }) => [name, stack, rule])).toEqual([
    ['Prod/Web/Template', 'Prod-Web', 'cdk-imdsv2::tokens'],
    ['Open/Host', 'open-stack', 'cdk-imdsv2::tokens'],
  ]);
});

test('nested stacks are read', () => {
  expect(report(here).launchSources.map(({ name, posture }) => `${name} ${posture}`).sort()).toEqual([
    'Changed/Host required', 'Changed/Legacy optional', 'Changed/Nested/Inner required',
    'Open/Exempt/Host optional', 'Open/Host optional', 'Prod/Web/Template optional',
  ]);
});

test.each([
  ['written by the legacy synthesizer', new LegacyStackSynthesizer(), '.json'],
  ['whose file has any name', undefined, '.cfn'],
])('nested stacks are read: one %s', (_, synthesizer, extension) => {
  const there = folder({ [`child${extension}`]: OPEN });
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const stack = new Stack(app, 'S', { synthesizer });
  new CfnInstance(new NestedStack(stack, 'Nested'), 'Inner');
  new CfnStack(stack, 'Child', { templateUrl: new Asset(stack, 'Asset', { path: path.join(there, `child${extension}`) }).httpUrl });
  app.synth();
  expect(report(there).launchSources.map(({ name, posture }) => `${name} ${posture}`)).toEqual(['S/Nested/Inner optional', 'Host optional']);
});

test.each<[title: string, otherTokens: string | undefined, output: string, posture: string]>([
  ['of which one is open', undefined, 'Template', 'conditional'],
  ['of which both require tokens', 'required', 'Template', 'required'],
  ['of which one gives nothing out', 'required', 'Other', 'external'],
])('a nested stack has every template that a condition may give it, %s', (_, otherTokens, output, posture) => {
  const child = (Description: string, name: string, httpTokens?: string) => JSON.stringify({
    Description,
    Resources: { Host: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: httpTokens } } } } },
    Outputs: { [name]: { Value: { Ref: 'Host' } } },
  });
  const there = folder({ 'one.json': child('one', 'Template', 'required'), 'other.json': child('other', output, otherTokens) });
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const stack = new Stack(app, 'S');
  const [one, other] = ['one', 'other'].map((name) => new Asset(stack, name, { path: path.join(there, `${name}.json`) }).httpUrl);
  new CfnCondition(stack, 'C', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
  const nested = new CfnStack(stack, 'Child', { templateUrl: Fn.conditionIf('C', one, other).toString() });
  new CfnInstance(stack, 'Host', { launchTemplate: { launchTemplateId: nested.getAtt('Outputs.Template').toString(), version: '$Latest' } });
  app.synth();
  const { findings, launchSources } = report(there);
  expect(launchSources.map(({ name, posture: got }) => `${name} ${got}`).sort())
    .toEqual([`Host ${otherTokens ?? 'optional'}`, 'Host required', `S/Host ${posture}`].sort());
  expect(findings.filter(({ rule }) => rule === 'cdk-imdsv2::unseen-content')).toEqual([]);
});

test('a nested stack whose template a condition may take from elsewhere gives out what nobody has seen', () => {
  const template = {
    Resources: { Host: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } } } },
    Outputs: { Template: { Value: { Ref: 'Host' } } },
  };
  const there = folder({ 'child.json': template });
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const stack = new Stack(app, 'S');
  const { httpUrl } = new Asset(stack, 'Asset', { path: path.join(there, 'child.json') });
  const nested = new CfnStack(stack, 'Child', { templateUrl: Fn.conditionIf('C', 'https://bucket/child.json', httpUrl).toString() });
  new CfnInstance(stack, 'Host', { launchTemplate: { launchTemplateId: nested.getAtt('Outputs.Template').toString(), version: '$Latest' } });
  app.synth();
  expect(report(there).launchSources.map(({ name, posture }) => `${name} ${posture}`).sort()).toEqual(['Host required', 'S/Child external', 'S/Host external']);
});

test('an application is read, with the parameters that its parent gives it', () => {
  const child = { Parameters: { Tokens: { Type: 'String', Default: 'required' } }, ...UNDECIDED };
  const there = folder({ 'child.json': child });
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const stack = new Stack(app, 'S');
  new CfnApplication(stack, 'App', { location: new Asset(stack, 'Asset', { path: path.join(there, 'child.json') }).httpUrl });
  app.synth();
  expect(report(there).launchSources.map(({ name, posture }) => `${name} ${posture}`)).toEqual(['Host required']);
});

test('a template that two products use is judged once, and exempt where both are', () => {
  const there = folder();
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const stack = new Stack(app, 'S');
  for (const [version, exempt] of [['One', ['A']], ['Both', ['A', 'B']]] as const) {
    const productStack = new ProductStack(stack, version);
    new CfnInstance(productStack, version);
    for (const id of ['A', 'B']) {
      const product = new CloudFormationProduct(stack, version + id, {
        productName: id, owner: 'us', productVersions: [{ cloudFormationTemplate: CloudFormationTemplate.fromProductStack(productStack) }],
      });
      if (exempt.some((each) => each === id)) Validations.of(product).acknowledge({ id: 'cdk-imdsv2::tokens', reason: `${id} goes away` });
    }
  }
  app.synth();
  const { findings, exemptions, launchSources } = report(there);
  expect(launchSources.map(({ name }) => name)).toEqual(['One', 'Both']);
  expect(findings.map(({ name }) => name)).toEqual(['One']);
  expect(exemptions.map(({ name, acknowledgedAt }) => [name, acknowledgedAt])).toEqual([['Both', 'S/BothA'], ['Both', 'S/BothB']]);
});

test('templates of products are read, each version, and exempt with their product', () => {
  class Version extends ProductStack {
    constructor(scope: Stack, id: string, httpTokens?: string) {
      super(scope, id);
      new CfnInstance(this, id, { metadataOptions: httpTokens ? { httpTokens } : undefined });
    }
  }
  const there = folder();
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const product = (id: string, ...versions: Version[]) => new CloudFormationProduct(versions[0].node.scope!, id, {
    productName: id, owner: 'us', productVersions: versions.map((version) => ({ cloudFormationTemplate: CloudFormationTemplate.fromProductStack(version) })),
  });
  const stack = new Stack(app, 'S');
  product('Desktop', new Version(stack, 'Old'), new Version(stack, 'New', 'required'));
  Validations.of(product('Legacy', new Version(stack, 'Oldest'))).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'goes away' });
  app.synth();
  const { findings, exemptions, launchSources } = report(there);
  expect(launchSources.map(({ name, posture }) => `${name} ${posture}`).sort()).toEqual(['New required', 'Old optional', 'Oldest optional']);
  expect(findings.map(({ name, rule }) => [name, rule])).toEqual([['Old', 'cdk-imdsv2::tokens']]);
  expect(exemptions.map(({ name, acknowledgedAt }) => [name, acknowledgedAt])).toEqual([['Oldest', 'S/Legacy']]);
});

test('acknowledgements on a construct or a parent exempt, with their reason', () => {
  expect(report(here).exemptions.map(({ name, reason, acknowledgedAt }) => [name, reason, acknowledgedAt])).toEqual([
    ['Changed/Legacy', 'until spring', 'Changed/Legacy'],
    ['Open/Exempt/Host', 'all of it', 'Open/Exempt'],
  ]);
});

test('what has no construct of its own is exempt with its stack', () => {
  const there = folder();
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  const stack = new Stack(app, 'S');
  stack.addTransform('Boom');
  Validations.of(stack).acknowledge({ id: 'cdk-imdsv2::unseen-content', reason: 'only adds tags' });
  app.synth();
  expect(report(there).exemptions.map(({ name, reason, acknowledgedAt }) => [name, reason, acknowledgedAt])).toEqual([['Transform Boom', 'only adds tags', 'S']]);
});

test('recorded changes are told with their effect', () => {
  expect(report(here).changes.map(({ name, before, after, effect }) => [name, before, after, effect])).toEqual([
    ['Changed/Host', 'not set', 'required', 'no interruption'],
    ['Changed/Nested/Inner', 'not set', 'required', 'no interruption'],
  ]);
});

test('colour is for terminals that want it', () => {
  const colour = (terminal: object) => cli(here, ['check'], terminal).stdout.includes('\u001b[');
  expect(colour({ isTTY: true })).toBe(true);
  expect(colour({})).toBe(false);
  expect(colour({ isTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
  expect(colour({ isTTY: true, env: { TERM: 'dumb' } })).toBe(false);
});

test('the table begins with counts and ends with fixes', () => {
  const { stdout } = cli(here, ['check']);
  expect(stdout).toMatch(/^5 templates, 6 launch sources: 2 required/);
  expect(stdout.indexOf('Open/Host')).toBeLessThan(stdout.indexOf('how to fix'));
});

test('markdown escapes what templates hold', () => {
  const hostile = { Resources: { 'A|<b>@x': { Type: 'AWS::EC2::Instance' } } };
  const { stdout } = cli(folder({ 'a.json': hostile }), ['check', '-f', 'markdown', 'a.json']);
  expect(stdout).toContain('<code>A&#124;&#60;b&#62;&#64;x</code>');
});

test('aws-cdk-lib is never loaded, nor yaml where all is JSON', () => {
  const root = path.join(__dirname, '../..');
  const script = `
    const { run } = require(${JSON.stringify(path.join(root, 'src/cli/command.ts'))});
    const quiet = { write() {} };
    run(['check', '--format', 'json'], { cwd: process.cwd(), env: {}, stdout: quiet, stderr: quiet });
    const loaded = Object.keys(require.cache);
    console.log(JSON.stringify(['aws-cdk-lib', 'constructs', 'yaml', 'commander'].filter((name) => loaded.some((file) => file.includes('/node_modules/' + name + '/')))));`;
  const out = execFileSync(process.execPath, ['--require', path.join(root, 'node_modules/tsx/dist/preflight.cjs'),
    '--require', path.join(root, 'node_modules/tsx/dist/cjs/index.cjs'), '-e', script], { cwd: here }).toString();
  expect(JSON.parse(out)).toEqual(['commander']);
});
