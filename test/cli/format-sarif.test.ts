import * as fs from 'fs';
import * as path from 'path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnInstance } from 'aws-cdk-lib/aws-ec2';
import type { Log } from 'sarif';
import { cli, folder, instance, removeFolders, SAFE } from './support';

afterAll(removeFolders);

// The schema says draft 4, and holds nothing that later drafts read otherwise but its id.
const { $schema, id, ...schema } = JSON.parse(fs.readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'));
const validate = addFormats(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })).compile(schema);

function sarif(cwd: string, ...argv: string[]): Log {
  const log = JSON.parse(cli(cwd, ['check', '--format', 'sarif', ...argv]).stdout);
  validate(log);
  expect(validate.errors).toBeNull();
  return log;
}

const YAML = `Resources:
  Host:
    Type: AWS::EC2::Instance
    Properties:
      UserData: !Base64 |
        curl http://169.254.169.254/latest/meta-data/
      MetadataOptions:
        HttpTokens: optional
`;

test('findings stand at their lines and columns, and problems are notifications', () => {
  const here = folder({ 'a b/host.yaml': YAML, 'broken.json': '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": [}' });
  const [{ results, invocations }] = sarif(here, '.').runs;
  expect(results!.map(({ ruleId, level, locations }) => [ruleId, level, locations![0].physicalLocation])).toEqual([
    ['cdk-imdsv2::tokens', 'error', { artifactLocation: { uri: 'a%20b/host.yaml' }, region: { startLine: 8, startColumn: 9 } }],
    ['cdk-imdsv2::boot-call', 'warning', { artifactLocation: { uri: 'a%20b/host.yaml' }, region: { startLine: 5, startColumn: 7 } }],
  ]);
  expect(invocations).toMatchObject([{ executionSuccessful: false, toolExecutionNotifications: [{ level: 'error' }] }]);
});

test('JSON has lines as well, up to the closest parent that is written down', () => {
  const here = folder({ 'open.json': JSON.stringify(instance({}), undefined, 2) });
  const [result] = sarif(here, 'open.json').runs[0].results!;
  expect(result.locations![0].physicalLocation!.region).toEqual({ startLine: 6, startColumn: 9 });
});

test.each([
  ['JSON', JSON.stringify(instance({}), undefined, 2), { startLine: 6, startColumn: 9 }],
  ['YAML', YAML, { startLine: 8, startColumn: 9 }],
])('%s whose lines end as on old Macs has the same lines', (_, text, region) => {
  const here = folder({ 'open.template': text.replace(/\n/g, '\r') });
  const [result] = sarif(here, 'open.template').runs[0].results!;
  expect(result.locations![0].physicalLocation!.region).toEqual(region);
});

test('JSON that is nested deeply has its lines as well', () => {
  const deep = `{"Resources": {"Host": {"Type": "AWS::EC2::Instance", "Metadata": ${'['.repeat(5000)}${']'.repeat(5000)}}}}`;
  const [{ results, invocations }] = sarif(folder({ 'deep.json': deep }), 'deep.json').runs;
  expect(results!.map(({ ruleId, locations }) => [ruleId, locations![0].physicalLocation])).toEqual([
    ['cdk-imdsv2::tokens', { artifactLocation: { uri: 'deep.json' }, region: { startLine: 1, startColumn: 16 } }],
  ]);
  expect(invocations).toMatchObject([{ executionSuccessful: true }]);
});

test('a clean run is valid too', () => {
  expect(sarif(folder({ 'safe.json': SAFE }), 'safe.json').runs[0]).toMatchObject({ results: [], invocations: [{ executionSuccessful: true }] });
});

describe('an app', () => {
  const ROOT = path.resolve(__dirname, '../..');
  const here = folder();
  beforeAll(() => {
    process.env.CDK_VALIDATION = 'false';
    const app = new App({ outdir: path.join(here, 'cdk.out') });
    const stack = new Stack(app, 'S');
    new CfnInstance(stack, 'Host');
    Validations.of(new CfnInstance(stack, 'Exempt')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'until spring' });
    app.synth();
  });

  test('is pointed at where its own code makes the construct, and at the template beside it', () => {
    const [{ results }] = sarif(ROOT, path.relative(ROOT, path.join(here, 'cdk.out'))).runs;
    const [row] = fs.readFileSync(__filename, 'utf8').split('\n').flatMap((line, i) => line.includes("    new CfnInstance(stack, 'Host')") ? [i + 1] : []);
    const [{ locations, relatedLocations, partialFingerprints }] = results!;
    expect(locations).toEqual([expect.objectContaining({
      physicalLocation: { artifactLocation: { uri: 'test/cli/format-sarif.test.ts' }, region: { startLine: row, startColumn: expect.any(Number) } },
    })]);
    expect(relatedLocations).toEqual([expect.objectContaining({
      physicalLocation: { artifactLocation: { uri: expect.stringContaining('S.template.json') }, region: { startLine: 3, startColumn: expect.any(Number) } },
    })]);
    expect(partialFingerprints).toEqual({ 'cdkImdsv2/v2': expect.stringMatching(/^[0-9a-f]{32}:1$/) });
    expect(results![1]).toMatchObject({ suppressions: [{ justification: 'until spring' }] });
  });

  test('whose code is not below the working directory is pointed at in its template', () => {
    const [{ locations, relatedLocations }] = sarif(here, 'cdk.out').runs[0].results!;
    expect(locations![0].physicalLocation).toMatchObject({ artifactLocation: { uri: 'cdk.out/S.template.json' }, region: { startLine: 3 } });
    expect(relatedLocations).toBeUndefined();
  });
});
