import * as fs from 'fs';
import * as path from 'path';
import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { CfnInstance } from 'aws-cdk-lib/aws-ec2';
import { cli, folder, OPEN, removeFolders, report, SAFE } from './support';

process.env.CDK_VALIDATION = 'false';
afterAll(removeFolders);

function synthesize(there: string, outdir: string, ...stages: string[]): void {
  const app = new App({ outdir: path.join(there, outdir) });
  for (const stage of stages) {
    const stack = new Stack(new Stage(app, stage), 'Web', { stackName: 'web' });
    new CfnInstance(stack, 'Host');
    new CfnInstance(new NestedStack(stack, 'Nested'), 'Host');
  }
  app.synth();
}

const accept = (cwd: string, input: string, file: string) => expect(cli(cwd, ['check', input, '--write-baseline', file]).code).toBe(0);
const counts = (cwd: string, input: string[], file: string) => {
  const { summary: { accepted, unmatched, findings: { error } } } = report(cwd, ...input, '--baseline', file);
  return { accepted, unmatched, error };
};

test('holds from another working directory and for another output folder', () => {
  const here = folder({ 'sub/x.txt': '' });
  synthesize(here, 'cdk.out', 'Dev', 'Prod');
  accept(here, 'cdk.out', 'baseline.json');
  fs.cpSync(path.join(here, 'cdk.out'), path.join(here, 'sub/other.out'), { recursive: true });
  const all = { accepted: 4, unmatched: 0, error: 0 };
  expect(counts(path.join(here, 'sub'), ['../cdk.out'], '../baseline.json')).toEqual(all);
  expect(counts(here, ['sub/other.out'], 'baseline.json')).toEqual(all);
});

test('tells stages whose stacks have one name, and nested stacks, apart', () => {
  const here = folder();
  synthesize(here, 'dev.out', 'Dev');
  synthesize(here, 'all.out', 'Dev', 'Prod');
  accept(here, 'dev.out', 'baseline.json');
  expect(counts(here, ['all.out'], 'baseline.json')).toEqual({ accepted: 2, unmatched: 0, error: 2 });
  const { findings } = report(here, 'all.out');
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(4);
});

test('two apps whose stacks have one name do not share entries', () => {
  const here = folder();
  synthesize(path.join(here, 'a'), 'cdk.out', 'Dev');
  synthesize(path.join(here, 'b'), 'cdk.out', 'Dev');
  accept(here, 'a', 'baseline.json');
  expect(counts(here, ['b', 'a'], 'baseline.json')).toEqual({ accepted: 2, unmatched: 0, error: 2 });
  expect(report(here, 'b', 'a', '--baseline', 'baseline.json').findings.map(({ template }) => template.split('/')[0])).toEqual(['b', 'b']);
});

test('two folders with a template of one name do not share entries, read together or alone', () => {
  const here = folder({ 'dev/template.json': OPEN, 'prod/template.json': OPEN });
  accept(here, 'dev', 'dev.baseline.json');
  expect(counts(here, ['dev'], 'dev.baseline.json')).toEqual({ accepted: 1, unmatched: 0, error: 0 });
  expect(counts(here, ['prod'], 'dev.baseline.json')).toEqual({ accepted: 0, unmatched: 1, error: 1 });
  expect(counts(here, ['prod', 'dev'], 'dev.baseline.json')).toEqual({ accepted: 1, unmatched: 0, error: 1 });
  accept(here, '.', 'all.baseline.json');
  fs.writeFileSync(path.join(here, 'dev/template.json'), JSON.stringify(SAFE));
  expect(counts(here, ['.'], 'all.baseline.json')).toEqual({ accepted: 1, unmatched: 1, error: 0 });
  expect(counts(path.join(here, 'prod'), ['template.json'], '../all.baseline.json')).toEqual({ accepted: 1, unmatched: 1, error: 0 });
});

test('a template that moved with its baseline keeps its entries', () => {
  const here = folder({ 'old/template.json': OPEN });
  accept(here, 'old', 'old/baseline.json');
  fs.renameSync(path.join(here, 'old'), path.join(here, 'new'));
  expect(counts(here, ['new'], 'new/baseline.json')).toEqual({ accepted: 1, unmatched: 0, error: 0 });
});

test.each(['table', 'markdown', 'html'])('%s says how many entries matched nothing', (format) => {
  const here = folder({ 'a.json': OPEN });
  accept(here, 'a.json', 'baseline.json');
  fs.writeFileSync(path.join(here, 'a.json'), JSON.stringify(SAFE));
  expect(cli(here, ['check', 'a.json', '--baseline', 'baseline.json', '--format', format]).stdout).toContain('1 entry of the baseline matched nothing');
});

test.each<[string, object, string]>([
  ['of an earlier version', { schemaVersion: 1, accepted: [] },
    'has schemaVersion 1, expected 2, which names findings by stack, logical id and rule: look through what check says without --baseline, then write it anew with --write-baseline b.json'],
  ['with an entry that is none', { schemaVersion: 2, accepted: [{ fingerprint: 'x' }] }, 'entry 1 of the baseline b.json is none'],
])('one %s is refused, with what to do', (_, baseline, message) => {
  const { code, stderr } = cli(folder({ 'a.json': OPEN, 'b.json': baseline }), ['check', 'a.json', '--baseline', 'b.json']);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
