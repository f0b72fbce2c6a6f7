import * as path from 'path';
import {
  App, Aspects, CfnStack, CfnStackSet, Fn, LegacyStackSynthesizer, NestedStack, Stack, Stage, Validations, type CfnStackSetProps,
} from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnApplication } from 'aws-cdk-lib/aws-sam';
import { CloudFormationProduct, CloudFormationTemplate, ProductStack } from 'aws-cdk-lib/aws-servicecatalog';
import { CfnInclude, type CfnIncludeProps } from 'aws-cdk-lib/cloudformation-include';
import { appWith, inShort, make, spoken, undecided } from './support';
import { HopLimit, Imdsv2Checks, RequireImdsv2 } from '../../../src';
import { folder, instance, OPEN, removeFolders, report, SAFE } from '../../cli/support';

afterAll(removeFolders);

const TOKENS = {
  Parameters: { Tokens: { Type: 'String', Default: 'optional' } },
  Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: { MetadataOptions: { HttpTokens: { Ref: 'Tokens' } } } } },
};
const files = folder({
  'open.json': OPEN,
  'safe.json': SAFE,
  'hops.json': instance({ HttpTokens: 'required', HttpPutResponseHopLimit: 3 }),
  'warned.json': {
    Resources: {
      External: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } } },
      Nodes: { Type: 'AWS::EKS::Nodegroup' },
      T: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } } },
      Pinned: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: { LaunchTemplateId: { Ref: 'T' }, Version: '1' } } },
      Calls: instance({ HttpTokens: 'required' }, { UserData: { 'Fn::Base64': 'curl http://169.254.169.254/latest/meta-data/' } }).Resources.Host,
    },
  },
  'followed.json': {
    Resources: {
      T: { Type: 'AWS::EC2::LaunchTemplate' },
      G: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: { LaunchTemplateId: { Ref: 'T' }, Version: '$Latest' } } },
    },
  },
  'open.yaml': 'Resources:\n  Host:\n    Type: AWS::EC2::Instance\n',
  'tokens.json': TOKENS,
  'parent.json': { Resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './tokens.json', Parameters: { Tokens: 'required' } } } } },
  'broken.json': { Resources: [] },
  'malformed.json': { Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: 5 } } },
  'text.yaml': 'a: b: c',
  'folder/open.json': OPEN,
});
const asset = (stack: Stack, name: string) => new Asset(stack, `Asset of ${name}`, { path: path.join(files, name) }).httpUrl;
const child = (stack: Stack, name: string, parameters?: { [name: string]: string }) => new CfnStack(stack, 'Child', { templateUrl: asset(stack, name), parameters });
const include = (stack: Stack, loadNestedStacks?: { [id: string]: CfnIncludeProps }) =>
  new CfnInclude(stack, 'I', { templateFile: path.join(files, 'parent.json'), loadNestedStacks });
const product = (stack: Stack, id: string, ...templates: CloudFormationTemplate[]) => new CloudFormationProduct(stack, id, {
  productName: id, owner: 'us', productVersions: templates.map((cloudFormationTemplate) => ({ cloudFormationTemplate })),
});
const stackSet = (stack: Stack, template: Partial<CfnStackSetProps>) =>
  new CfnStackSet(stack, 'Set', { stackSetName: 'set', permissionModel: 'SELF_MANAGED', ...template });

/** What stops synthesis, and what warns, for the aspect and a pack each by themselves: with what `check` says of the same assembly. */
function said(build: (stack: Stack) => void): string[][] {
  const check = (app: App) => report(app.outdir, app.outdir).findings.map(({ rule, severity }) => `${rule.replace('cdk-imdsv2::', '')} ${severity}`);
  const aspect = new App();
  Aspects.of(aspect).add(new RequireImdsv2());
  const pack = appWith(['Imdsv2Checks']);
  return [aspect, pack].map((app) => {
    build(new Stack(app, 'S'));
    const heard = inShort(spoken(app));
    expect(heard.map((line) => line.replace(/^\S+ /, ''))).toEqual(check(app));
    return heard;
  });
}

test.each<[string, (stack: Stack) => void, string[]]>([
  ['a nested stack from an open file', (stack) => { child(stack, 'open.json'); }, ['S/Child tokens error']],
  ['one of whose instances the aspect would warn', (stack) => { child(stack, 'warned.json'); },
    ['external-launch-template', 'unsettable', 'launch-template-follower', 'boot-call'].map((rule) => `S/Child ${rule} warning`)],
  ['one with a group that is open through its launch template', (stack) => { child(stack, 'followed.json'); }, ['S/Child tokens error']],
  ['one in YAML', (stack) => { child(stack, 'open.yaml'); }, ['S/Child tokens error']],
  ['one from a file that requires tokens', (stack) => { child(stack, 'safe.json'); }, []],
  ['one that is given what its file leaves to it', (stack) => { child(stack, 'tokens.json', { Tokens: 'required' }); }, []],
  ['one whose file is open by its default', (stack) => { child(stack, 'tokens.json'); }, ['S/Child tokens error']],
  ['one that a condition may take from elsewhere', (stack) => {
    child(stack, 'safe.json').templateUrl = Fn.conditionIf('C', asset(stack, 'tokens.json'), 'https://bucket/child.yaml').toString();
  }, ['S/Child unseen-content warning', 'S/Child tokens error']],
  ['one that a condition in the middle of its name may take from elsewhere', (stack) => {
    const one = child(stack, 'safe.json');
    one.addPropertyOverride('TemplateURL', { 'Fn::Join': ['', [{ 'Fn::If': ['C', one.templateUrl, 'https://bucket/child.yaml'] }, '?v=1']] });
  }, ['S/Child unseen-content warning']],
  ['one that CfnInclude loads', (stack) => { include(stack, { Child: { templateFile: path.join(files, 'tokens.json') } }); }, []],
  ['one that CfnInclude does not load', (stack) => { include(stack); }, ['S/I/Child unseen-content warning']],
  ['an application', (stack) => { new CfnApplication(stack, 'Child', { location: asset(stack, 'open.json') }); }, ['S/Child tokens error']],
  ['a product from an open file', (stack) => { product(stack, 'P', CloudFormationTemplate.fromAsset(path.join(files, 'open.json'))); }, ['S/P/Resource tokens error']],
  ['a product from elsewhere', (stack) => {
    product(stack, 'P', CloudFormationTemplate.fromAsset(path.join(files, 'safe.json')), CloudFormationTemplate.fromUrl('https://bucket/product.json'));
  }, ['S/P/Resource unseen-content warning']],
  ['a stack set from an open file', (stack) => { stackSet(stack, { templateUrl: asset(stack, 'open.json') }); }, ['S/Set tokens error']],
  ['a stack set from a file that requires tokens', (stack) => { stackSet(stack, { templateUrl: asset(stack, 'safe.json') }); }, []],
  ['a stack set from elsewhere', (stack) => { stackSet(stack, { templateUrl: 'https://bucket/set.json' }); }, ['S/Set unseen-content warning']],
  ['a stack set without a file', (stack) => { stackSet(stack, { templateBody: '{}' }); }, ['S/Set unseen-content warning']],
  ['a product that a construct writes', (stack) => { product(stack, 'P', CloudFormationTemplate.fromProductStack(new ProductStack(stack, 'V'))); }, []],
])('%s: the aspect, a pack and `check` agree', (_, build, expected) => {
  for (const heard of said(build)) expect(heard).toEqual(expected);
});

test.each<[string, (app: App) => Stack, string]>([
  ['', (app) => new Stack(app, 'S'), 'S/V/I'],
  ['in a stage', (app) => new Stack(new Stage(app, 'G'), 'S'), 'G/S/V/I'],
  ['of a stack that stands in another', (app) => new Stack(new Stack(app, 'Outer'), 'S'), 'Outer/S/V/I'],
])('the template that a construct writes for a product %s is judged with its stack, once', (_, build, at) => {
  const app = appWith(['Imdsv2Checks']);
  const stack = build(app);
  const version = new ProductStack(stack, 'V');
  new ec2.CfnInstance(version, 'I');
  product(stack, 'P', CloudFormationTemplate.fromProductStack(version));
  expect(inShort(spoken(app))).toEqual([`${at} tokens error`]);
});

test('a stack that stands in another and is deployed by itself is reported once', () => {
  const app = appWith(['Imdsv2Checks', 'SecurityHubImdsv2Checks']);
  new ec2.CfnInstance(new Stack(new Stack(app, 'Outer', { env: { region: 'eu-west-1' } }), 'S', { env: { region: 'eu-west-2' } }), 'I');
  expect(inShort(spoken(app))).toEqual(['Outer/S/I tokens error']);
});

test('the aspect proves the templates of products and from files, and those of stages that it did not reach', () => {
  const app = new App();
  for (const stack of [new Stack(app, 'S'), new Stack(new Stage(app, 'G'), 'S')]) {
    child(stack, 'open.json');
    const version = new ProductStack(stack, 'V');
    undecided(version, 'I');
    product(stack, 'P', CloudFormationTemplate.fromProductStack(version));
  }
  Aspects.of(app).add(new RequireImdsv2());
  const outcome = spoken(app);
  expect(inShort(outcome).sort()).toEqual(['G stage error', 'S/Child tokens error', 'S/V/I tokens error']);
  expect(outcome.said.at(-1)!.description).toContain("it holds 2 launch sources that allow IMDSv1: 'G/S/V/I', 'Host' of 'G/S/Child'");
});

test('a file that is no template, or a folder, is not seen', () => {
  for (const name of ['broken.json', 'malformed.json', 'text.yaml', 'folder']) {
    const app = new App();
    Aspects.of(app).add(new RequireImdsv2());
    child(new Stack(app, 'S'), name);
    expect(inShort(spoken(app))).toEqual(['S/Child unseen-content warning']);
  }
});

test('the aspect says why it cannot edit a file, and what to write there', () => {
  const app = new App();
  Aspects.of(app).add(new RequireImdsv2());
  child(new Stack(app, 'S', { synthesizer: new LegacyStackSynthesizer() }), 'open.json');
  const [{ description, fix }] = spoken(app).said;
  expect(description).toMatch(/^'Host' in the template of 'S\/Child' may allow IMDSv1, and RequireImdsv2 cannot change it, because no construct of its own stands for it/);
  expect(fix).toContain('HttpTokens');
});

test('an aspect on nothing else says what is brought in there', () => {
  const app = new App();
  Aspects.of(new CfnStack(new Stack(app, 'S'), 'Child', { templateUrl: 'https://bucket/child.yaml' })).add(new RequireImdsv2());
  expect(inShort(spoken(app))).toEqual(['S/Child unseen-content warning']);
});

test('the hop limit that holds where a file is named holds in the file', () => {
  const app = new App();
  Aspects.of(child(new Stack(app, 'S'), 'hops.json')).add(new RequireImdsv2({ hopLimit: HopLimit.HOST }));
  expect(inShort(spoken(app))).toEqual(['S/Child hop-limit error']);
});

test('what a file brings in is exempt with the resource that names it', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  Aspects.of(app).add(new RequireImdsv2());
  Validations.of(child(stack, 'open.json')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'until spring' });
  const { said: heard, acknowledged } = spoken(app);
  expect(heard).toEqual([]);
  expect(acknowledged.map(({ path: at, reason }) => [at, reason])).toEqual([['S/Child', 'until spring']]);
  expect(report(app.outdir, app.outdir).exemptions.map(({ name, acknowledgedAt }) => [name, acknowledgedAt])).toEqual([['Host', 'S/Child']]);
});

test('files are found in stages and below nested stacks, and are no business of an aspect elsewhere', () => {
  const app = new App();
  const stage = new Stage(app, 'G');
  const stack = new Stack(stage, 'S');
  child(new NestedStack(stack, 'N') as unknown as Stack, 'open.json');
  child(new Stack(stage, 'Theirs'), 'open.yaml');
  Aspects.of(stack).add(new RequireImdsv2());
  expect(spoken(app).said.map(({ description }) => description)).toEqual([expect.stringMatching(/^'Host' in the template of 'G\/S\/N\/Child' may allow IMDSv1/)]);
});

test('a pack that is asked about a scope judges the files that it names', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  child(stack, 'open.json');
  new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpTokens: 'required' } });
  const pack = make('Imdsv2Checks', app) as Imdsv2Checks;
  expect(() => pack.validateScope(stack)).toThrow('call app.synth() first');
  app.synth();
  const report_ = pack.validateScope(stack) as unknown as { violations: Array<{ violatingResources: Array<{ constructPath: string }> }> };
  expect(report_.violations.flatMap(({ violatingResources }) => violatingResources.map(({ constructPath }) => constructPath))).toEqual(['S/Child']);
});
