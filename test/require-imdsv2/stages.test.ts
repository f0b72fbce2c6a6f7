import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { build, PLACES, type Place, type Way } from '../fixtures/stages-app';
import { changes, outcome, type Outcome } from '../support';

const ROOT = path.resolve(__dirname, '../..');
const SOURCES = ['AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate'];

function synthesize(place: Place, way: Way): Outcome & { app: App } {
  const app = new App();
  build(app, place, way);
  return { ...outcome(app), app };
}

/** Tokens of every launch source, in all templates of the app. */
function tokens({ templates }: Outcome): string[] {
  return Object.values(templates).flatMap((template) => Object.values<any>(template.Resources)
    .filter(({ Type }) => SOURCES.includes(Type))
    .map(({ Properties }) => (Properties.MetadataOptions ?? Properties.LaunchTemplateData?.MetadataOptions)?.HttpTokens ?? 'not set'));
}

describe.each(PLACES)('launch sources in a %s, nested stacks included', (place) => {
  test.each<Way>(place === 'stack' ? ['app', 'addTo', 'with'] : ['stage constructor', 'addTo', 'with'])('are reached by the aspect: %s', (way) => {
    const result = synthesize(place, way);
    expect(result.findings).toEqual([]);
    expect(result.error).toBeUndefined();
    expect(tokens(result)).toEqual(['required', 'required', 'required', 'required']);
    expect(changes(result.assembly!)).toHaveLength(4);
    expect(assetProblems(result.app.outdir)).toEqual([]);
  });

  test('say nothing without the aspect', () => {
    const result = synthesize(place, 'nowhere');
    expect(result.error).toBeUndefined();
    expect(tokens(result)).toEqual(['not set', 'not set', 'not set', 'not set']);
  });
});

describe.each<Place>(['stage', 'pipeline'])('an aspect on the app alone, with open launch sources in a %s', (place) => {
  const path_ = place === 'stage' ? 'Prod' : 'Pipeline/Prod';

  test('stops synthesis once, names the stage and gives the line to add', () => {
    const { error, findings } = synthesize(place, 'app');
    expect(error).toBeDefined();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ rule: 'cdk-imdsv2::stage', path: path_ });
    expect(findings[0].description).toContain(`'${path_}' is a stage that RequireImdsv2 did not reach`);
    expect(findings[0].description).toContain('4 launch sources that allow IMDSv1');
    expect(findings[0].description).toContain(`'${path_}/Service/Nested/Instance'`);
    expect(findings[0].fix).toContain('RequireImdsv2.addTo(app)');
    expect(findings[0].fix).toContain('Aspects.of(this).add(new RequireImdsv2())');
  });

  test('passes where the stage rule is acknowledged on the stage, with the reason in the report', () => {
    const { error, findings, suppressed } = synthesize(place, 'acknowledged');
    expect(error).toBeUndefined();
    expect(findings).toEqual([]);
    expect(suppressed).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::stage', path: path_, acknowledged: 'moved in spring' })]);
  });
});

test('added after the pipeline has synthesized its stage, the aspect comes too late and says so', () => {
  const result = synthesize('pipeline', 'late addTo');
  expect(result.error).toBeDefined();
  expect(result.findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::stage', path: 'Pipeline/Prod' })]);
  expect(result.findings[0].fix).toContain('addStage synthesizes the stage at once');
});

test('nested stacks of a stage are judged one by one: fixing the outer stack is not enough', () => {
  const result = synthesize('stage', 'app');
  expect(result.findings[0].description).toMatch(/'Prod\/Service\/Instance'.*'Prod\/Service\/Nested\/Template'/);
});

describe('the CDK CLI', () => {
  test.each<{ place: Place; way: Way; argv: string[]; status: number }>([
    { place: 'stack', way: 'addTo', argv: [], status: 0 },
    { place: 'stage', way: 'addTo', argv: [], status: 0 },
    { place: 'stage', way: 'app', argv: [], status: 1 },
    { place: 'stage', way: 'app', argv: ['**'], status: 1 },
    { place: 'stage', way: 'acknowledged', argv: ['**'], status: 0 },
    { place: 'pipeline', way: 'stage constructor', argv: ['**'], status: 0 },
    { place: 'pipeline', way: 'app', argv: [], status: 1 },
    { place: 'pipeline', way: 'app', argv: ['**'], status: 1 },
  ])('$place, $way: cdk synth $argv returns $status', ({ place, way, argv, status }) => {
    const output = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-imdsv2-'));
    const cli = spawnSync(process.execPath, [
      path.join(ROOT, 'node_modules/aws-cdk/bin/cdk'), 'synth', ...argv, '--quiet', '--no-version-reporting', '--no-notices', '--output', output,
      '--app', `"${process.execPath}" --import tsx test/fixtures/stages-app.ts`,
    ], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, PLACE: place, WAY: way, CDK_VALIDATION: 'false', TSX_TSCONFIG_PATH: 'test/tsconfig.json', CI: 'true' },
    });
    fs.rmSync(output, { recursive: true, force: true });
    const said = cli.stdout + cli.stderr;
    expect({ status: cli.status === 0 ? 0 : 1, said }).toEqual({ status, said: expect.anything() });
    if (status === 1) expect(said).toContain('is a stage that RequireImdsv2 did not reach');
  }, 120_000);
});

/** Every template URL must name a key of the asset manifest beside it, and every file must have one key only. */
function assetProblems(outdir: string): string[] {
  const folders = [outdir, ...fs.readdirSync(outdir).filter((name) => name.startsWith('assembly-')).map((name) => path.join(outdir, name))];
  return folders.flatMap((folder) => {
    const files = fs.readdirSync(folder);
    const assets = files.filter((name) => name.endsWith('.assets.json')).map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')).files);
    const templates = files.filter((name) => name.endsWith('.template.json')).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
    const keys = assets.flatMap((manifest) => Object.keys(manifest));
    const unknown = templates.flatMap((template) => [...template.matchAll(/([0-9a-f]{64})\.json/g)].map((match) => match[1]))
      .filter((hash) => !keys.includes(hash)).map((hash) => `${folder}: no asset ${hash}`);
    const twice = assets.flatMap((manifest) => {
      const paths = Object.values<any>(manifest).map(({ source }) => source.path);
      return paths.filter((file, i) => paths.indexOf(file) !== i).map((file) => `${folder}: two keys for ${file}`);
    });
    return [...unknown, ...twice];
  });
}
