import * as fs from 'fs';
import * as path from 'path';
import { cli, folder, OPEN, removeFolders, report, SAFE } from './support';
import { traceOf } from '../../src/cli/failure';

afterAll(removeFolders);

const DEEP = 20_000;
const nested = (open: string, close: string) => `${open.repeat(DEEP)}1${close.repeat(DEEP)}`;
const FORMATS = ['table', 'json', 'sarif', 'markdown', 'html'];

test.each<[string, string, string]>([
  ['a binary file', `\u007fELF\u0000${'\u0001\u0000x: ['.repeat(500)}`, 'a binary file, expected a template in JSON or YAML'],
  ['20,000 lists in YAML', `Resources:\n  A: ${nested('[', ']')}`, 'aliases or nesting without end'],
  ['20,000 maps in YAML', `Resources: ${nested('{a: ', '}')}`, 'aliases or nesting without end'],
  ['20,000 lists that nobody closes', `{"Resources": ${'['.repeat(DEEP)}`, 'aliases or nesting without end'],
  ['thousands of levels by indentation', `Resources:\n${Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i + 1)}a:\n`).join('')}`, 'aliases or nesting without end'],
  ['a reply whose template is broken', JSON.stringify({ TemplateBody: 'Resources: [' }), 'not valid YAML or JSON'],
])('%s gets one short line', (_, text, message) => {
  const { code, stderr, stdout } = cli(folder({ 'odd.yaml': text }), ['check', 'odd.yaml', '--format', 'json']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^odd\.yaml:[^\n]{1,250}\n$/);
  expect(stderr).toContain(message);
  expect(JSON.parse(stdout).problems).toHaveLength(1);
});

test.each([
  ['in what is not judged', `"Other":${nested('[', ']')}`],
  ['in what is judged', `"MetadataOptions":${nested('{"Fn::If":["a",', ',2]}')}`],
])('20,000 levels of JSON %s are read', (_, property) => {
  const text = `{"Resources":{"Host":{"Type":"AWS::EC2::Instance","Properties":{${property}}}}}`;
  expect(report(folder({ 'deep.json': text }), 'deep.json')).toMatchObject({ problems: [], launchSources: [{ name: 'Host' }] });
});

test('a key that stands twice is said, and the last one counts', () => {
  const yaml = [
    'Resources:',
    '  Host:',
    '    Type: AWS::EC2::Instance',
    '    Properties: { MetadataOptions: { HttpTokens: required } }',
    '    Properties: { ImageId: ami-1 }',
  ].join('\n');
  const here = folder({ 'twice.yaml': yaml });
  const { code, stderr, stdout } = cli(here, ['check', 'twice.yaml', '--format', 'json']);
  expect(stderr).toBe("note: twice.yaml:5:5: the key 'Properties' stands in this map again, and what it said before does not count; remove one of them\n");
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { problems: [], remarks: [{ file: 'twice.yaml', line: 5, column: 5 }], launchSources: [{ posture: 'optional' }] }]);
  const { runs: [{ invocations: [{ executionSuccessful, toolExecutionNotifications: [{ level }] }] }] } = JSON.parse(cli(here, ['check', 'twice.yaml', '--format', 'sarif']).stdout);
  expect([executionSuccessful, level]).toEqual([true, 'warning']);
});

test.each([
  ['DisableIMDSV1: yes', 'AWS::AppStream::Fleet', '{ DisableIMDSV1: yes }', 'required'],
  ['DisableIMDSV1: off', 'AWS::AppStream::Fleet', '{ DisableIMDSV1: off }', 'optional'],
  ['Value: on', 'AWS::ElasticBeanstalk::Environment', "{ OptionSettings: [{ Namespace: 'aws:autoscaling:launchconfiguration', OptionName: DisableIMDSv1, Value: on }] }", 'required'],
  ['Enabled: yes', 'AWS::EKS::Cluster', '{ ComputeConfig: { Enabled: yes } }', 'required'],
])('words for a boolean are one: %s', (_, type, properties, posture) => {
  const here = folder({ 'words.yaml': `Resources:\n  R:\n    Type: ${type}\n    Properties: ${properties}\n` });
  expect(report(here, 'words.yaml').launchSources.map((source) => source.posture)).toEqual([posture]);
});

test('many brackets that are not deep are read', () => {
  const text = `Resources:\n  Host:\n    Type: AWS::EC2::Instance\n    Metadata: [${'[], '.repeat(1000)}]\n    Properties:\n      UserData: |\n        ${'['.repeat(1000)}\n`;
  expect(report(folder({ 'wide.yaml': text }), 'wide.yaml')).toMatchObject({ problems: [], launchSources: [{ name: 'Host' }] });
});

test.each([['JSON', JSON.stringify(OPEN)], ['YAML', 'Resources: {Host: {Type: "AWS::EC2::Instance"}}']])('- is standard input: %s', (_, stdin) => {
  const { code, stdout } = cli(folder(), ['check', '-', '--format', 'json'], { stdin });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).findings).toMatchObject([{ template: '-', name: 'Host', line: 1, column: expect.any(Number) }]);
  expect(cli(folder(), ['check', '-'], { stdin: 'text' })).toMatchObject({ code: 2, stdout: expect.stringContaining('-: not a CloudFormation template') });
});

test.each(['https://bucket.s3.amazonaws.com/a.yaml', 's3://bucket/a.yaml'])('%s is not fetched, and it is said what can be done', (url) => {
  const { code, stderr } = cli(folder(), ['check', url]);
  expect(code).toBe(2);
  expect(stderr).toBe(`error: got the URL ${url}, expected a file or folder: download it, or pipe it in, as in curl --fail URL | cdk-imdsv2 check -\n`);
});

describe('what is given twice counts once', () => {
  const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 'a.template.json', stackName: 'named' } };
  const stage = { type: 'cdk:cloud-assembly', properties: { directoryName: 'stage' } };
  const here = folder({
    'plain/open.json': OPEN,
    'plain/broken.yaml': 'AWSTemplateFormatVersion: [',
    'out/manifest.json': { version: '1', artifacts: { a: stack, stage } },
    'out/a.template.json': OPEN,
    'out/stage/manifest.json': { version: '1', artifacts: { a: stack } },
    'out/stage/a.template.json': OPEN,
  });
  fs.symlinkSync('plain', path.join(here, 'link'));

  test.each<[string, string[], string[], number]>([
    ['a file and its folder', ['plain/open.json', 'plain'], ['open.json'], 1],
    ['a folder and its file', ['plain', 'plain/open.json', 'plain/broken.yaml'], ['open.json'], 1],
    ['a folder and a link to it', ['plain', 'link'], ['open.json'], 1],
    ['an assembly and its template', ['out', 'out/a.template.json'], ['named', 'named'], 0],
    ['a template and its assembly', ['out/a.template.json', 'out'], ['named', 'named'], 0],
    ['an assembly and its stage', ['out', 'out/stage'], ['named', 'named'], 0],
    ['a stage and its assembly', ['out/stage', 'out'], ['named', 'named'], 0],
  ])('%s', (_, argv, stacks, problems) => {
    const { launchSources, problems: unread, summary } = report(here, ...argv);
    expect(launchSources.map((source) => source.stack)).toEqual(stacks);
    expect(summary.templates).toBe(stacks.length);
    expect(unread).toHaveLength(problems);
  });
});

test.each(FORMATS)('no full path is in a report: %s', (format) => {
  const artifacts = { a: { type: 'aws:cloudformation:stack', properties: { templateFile: 'gone.json' } } };
  const here = folder({ 'out/manifest.json': { version: '1', artifacts }, 'a b.json': OPEN, 'safe.json': SAFE, 'broken.yaml': 'Resources: [' });
  const { stdout, stderr } = cli(here, ['check', '.', path.join(here, 'none'), '--format', format]);
  expect(stdout + stderr).toContain('ENOENT');
  expect(stdout + stderr).not.toContain(here);
});

test('no full path is in what a bad option says', () => {
  const here = folder({ 'safe.json': SAFE });
  for (const option of ['--output', '--write-baseline']) {
    const { code, stderr } = cli(here, ['check', 'safe.json', option, 'safe.json/x']);
    expect(code).toBe(2);
    expect(stderr).toContain('safe.json/x could not be written: E');
    expect(stderr).not.toContain(here);
  }
  expect(cli(here, ['check', 'safe.json', '--baseline', '.']).stderr).not.toContain(here);
});

test('a name that a terminal would obey is made harmless', () => {
  const here = folder({ 'a\u001b[31m.yaml': 'AWSTemplateFormatVersion: [' });
  const { stdout, stderr } = cli(here, ['check', '.', '--format', 'markdown']);
  expect(stderr).not.toContain('\u001b');
  expect(stdout).toContain('Could not be read');
});

test('a trace names files by themselves', () => {
  const error = new Error('odd');
  error.stack = 'Error: odd, see https://docs.aws.amazon.com/a/b.html\n    at f (/home/me/my app/node_modules/x/y.js:1:2)\n    at file:///home/me/z.js:3:4\n    at C:\\me\\w.js:5:6';
  expect(traceOf(error)).toBe('Error: odd, see https://docs.aws.amazon.com/a/b.html\n    at f (y.js:1:2)\n    at z.js:3:4\n    at w.js:5:6');
  expect(traceOf('text')).toBe('text');
});
