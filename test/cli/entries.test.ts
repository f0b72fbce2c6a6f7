import * as fs from 'fs';
import * as path from 'path';
import { App, Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { CfnInstance, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import type { Construct } from 'constructs';
import { cli, folder, OPEN, removeFolders, report } from './support';
import { entriesOf } from '../../src/cli/entries';

process.env.CDK_VALIDATION = 'false';
afterAll(removeFolders);

class Web extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps, more?: string) {
    super(scope, id, props);
    new CfnInstance(this, 'Host');
    if (more) new CfnInstance(this, more, { metadataOptions: { httpTokens: 'required' } });
  }
}

const EU = { env: { account: '111122223333', region: 'eu-west-1' } };
const US = { env: { account: '111122223333', region: 'us-east-1' } };

/** Synthesizes an app; without frames, as an app in another language leaves them. */
function synthesize(build: (app: App) => void, frames = true): string {
  const there = folder();
  const app = new App({ outdir: path.join(there, 'cdk.out') });
  build(app);
  app.synth();
  if (!frames) {
    for (const name of fs.readdirSync(there, { recursive: true }).map(String).filter((each) => each.endsWith('.metadata.json'))) {
      const file = path.join(there, name);
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/\[\s*"[^\]]*:\d+:\d+\)[^\]]*\]/g, '["...jsii runtime, node internals..."]'));
    }
  }
  return there;
}

const seen = (there: string) => {
  const { findings, summary } = report(there);
  return { entries: entriesOf(findings).map((all) => all.map(({ name }) => name).sort()).sort(), places: summary.places, open: summary.open };
};

const include = (app: App, id: string, templateFile: string) => new CfnInclude(new Stack(new Stage(app, id), 'S'), 'T', { templateFile });

test.each<[title: string, build: (app: App) => void, frames: boolean, entries: string[][]]>([
  ['one line in two stages', (app) => ['Dev', 'Prod'].forEach((id) => new Web(new Stage(app, id), 'Web')), true, [['Dev/Web/Host', 'Prod/Web/Host']]],
  ['one line in two environments', (app) => { new Web(app, 'Eu', EU); new Web(app, 'Us', US); }, true, [['Eu/Host', 'Us/Host']]],
  ['two lines in two stages', (app) => { new CfnInstance(new Stack(new Stage(app, 'Dev'), 'Web'), 'Host'); new CfnInstance(new Stack(new Stage(app, 'Prod'), 'Web'), 'Host'); },
    true, [['Dev/Web/Host'], ['Prod/Web/Host']]],
  ['stages of an app in another language', (app) => ['Dev', 'Prod'].forEach((id) => new Web(new Stage(app, id), 'Web')), false, [['Dev/Web/Host', 'Prod/Web/Host']]],
  ['other stacks of stages', (app) => { new Web(new Stage(app, 'Dev'), 'Web'); new Web(new Stage(app, 'Prod'), 'Api'); }, false, [['Dev/Web/Host'], ['Prod/Api/Host']]],
  ['stacks of one name with other resources', (app) => { new Web(new Stage(app, 'Dev'), 'Web'); new Web(new Stage(app, 'Prod'), 'Web', {}, 'More'); },
    false, [['Dev/Web/Host'], ['Prod/Web/Host']]],
  ['environments with the same template', (app) => { new Web(app, 'Eu', EU); new Web(app, 'Us', US); }, false, [['Eu/Host', 'Us/Host']]],
  ['two stacks of one environment', (app) => { new Web(app, 'A', EU); new Web(app, 'B', EU); }, false, [['A/Host'], ['B/Host']]],
  ['environments with other templates', (app) => { new Web(app, 'Eu', EU); new Web(app, 'Us', US, 'More'); }, false, [['Eu/Host'], ['Us/Host']]],
  ['stacks whose environment nobody knows', (app) => { new Web(app, 'A'); new Web(app, 'B'); }, false, [['A/Host'], ['B/Host']]],
])('%s', (_, build, frames, entries) => {
  expect(seen(synthesize(build, frames))).toEqual({ entries, places: entries.length, open: 2 });
});

test('what one line includes from two files is two things to edit', () => {
  const files = folder({ 'a.json': OPEN, 'b.json': { Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: { InstanceType: 't3.micro' } } } } });
  const all = synthesize((app) => ['a', 'b'].forEach((id) => include(app, id, path.join(files, `${id}.json`))));
  expect(seen(all)).toMatchObject({ entries: [['a/S/T/Host'], ['b/S/T/Host']], places: 2 });
});

test('the same problem at one place is said as often as it is there', () => {
  const call = 'curl http://169.254.169.254/latest/meta-data/ || true';
  const [first] = report(folder({ 'a.json': OPEN }), 'a.json').findings;
  expect(entriesOf([first, { ...first, problem: call }, first, { ...first, severity: 'info' as typeof first.severity }])).toHaveLength(4);
});

test('files are edited one by one, and one that two stacks nest is edited once', () => {
  const nested = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './child.json' } };
  const here = folder({ 'dev/t.json': OPEN, 'prod/t.json': OPEN, 'both/a.json': { Resources: { A: nested, B: nested } }, 'both/child.json': OPEN });
  expect(report(here, 'dev', 'prod').summary).toMatchObject({ open: 2, places: 2 });
  expect(report(here, 'both').summary).toMatchObject({ open: 2, places: 1 });
});

test('a group that is open through its launch template is one place with it', () => {
  const there = synthesize((app) => {
    const stack = new Stack(app, 'S');
    const { ref, attrLatestVersionNumber } = new CfnLaunchTemplate(stack, 'Template', { launchTemplateData: {} });
    for (const id of ['A', 'B']) new CfnAutoScalingGroup(stack, id, { minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: ref, version: attrLatestVersionNumber } });
  });
  expect(report(there).summary).toMatchObject({ launchSources: 3, open: 3, places: 1 });
  expect(cli(there, ['check']).stdout).toContain('3 of 3 launch sources are open, through 1 place to edit\n');
});

test.each(['table', 'markdown', 'html'])('%s says once what is the same, with its environments and lines', (format) => {
  const there = synthesize((app) => { new Web(new Stage(app, 'Dev'), 'Web', EU); new Web(new Stage(app, 'Prod'), 'Web', US); });
  const text = cli(there, ['check', '--format', format]).stdout.replace(/<wbr>|<\/?code>/g, '').replace(/&#95;/g, '_');
  expect(text.match(/says nothing about tokens/g)).toHaveLength(format === 'html' ? 3 : 1);
  expect(text).toMatch(/Dev\/Web\/Host \(aws:\/\/111122223333\/eu-west-1\)(,| ·) cdk\.out\/assembly-Dev\/DevWeb\w+\.template\.json:3/);
  expect(text).toMatch(/assembly-Prod\/ProdWeb\w+\.template\.json:3/);
  expect(JSON.parse(cli(there, ['check', '--format', 'json']).stdout).findings).toHaveLength(2);
});

test.each(['table', 'json', 'markdown', 'html', 'sarif'])('%s names no file by its full path', (format) => {
  const files = synthesize((app) => {
    const template = new CfnLaunchTemplate(new Stack(app, 'A'), 'Template', { launchTemplateData: {} });
    new CfnInstance(new Stack(app, 'B'), 'Host', { launchTemplate: { launchTemplateId: template.ref, version: '$Latest' } });
  });
  fs.writeFileSync(path.join(files, 'gone.json'), '');
  fs.rmSync(path.join(files, 'cdk.out', 'A.assets.json'));
  const { stdout, stderr } = cli(files, ['check', 'cdk.out', 'gone.json', path.join(files, 'none.json'), '--format', format]);
  expect(stdout + stderr).not.toContain(files);
  expect(stdout).toContain('none.json');
});
