import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { Place } from '../../fixtures/stages-app';

const ROOT = path.join(__dirname, '../../..');

/** Two packs on an app that holds four open launch sources, and what the CDK CLI makes of it. */
function cdkSynth(place: Place, packs: string, ...argv: string[]) {
  const output = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-imdsv2-'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    path.join(ROOT, 'node_modules/aws-cdk/bin/cdk'), 'synth', ...argv, '--quiet', '--no-version-reporting', '--no-notices', '--output', output,
    '--app', `"${process.execPath}" --import tsx test/fixtures/stages-app.ts`,
  ], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PLACE: place, WAY: 'nowhere', PACKS: packs, CDK_VALIDATION: 'false', TSX_TSCONFIG_PATH: 'test/tsconfig.json', CI: 'true' },
  });
  fs.rmSync(output, { recursive: true, force: true });
  return { status: status === 0 ? 0 : 1, said: stdout + stderr };
}

const INSTANCE = { stack: 'Service/Instance', stage: 'Prod/Service/Instance', pipeline: 'Pipeline/Prod/Service/Instance' };

describe.each<{ place: Place; argv: string[] }>([
  { place: 'stack', argv: [] },
  { place: 'stage', argv: [] },
  { place: 'stage', argv: ['**'] },
  { place: 'pipeline', argv: [] },
  { place: 'pipeline', argv: ['**'] },
])('cdk synth $argv of a $place', ({ place, argv }) => {
  test('fails, and prints each finding once', () => {
    const { status, said } = cdkSynth(place, 'on', ...argv);
    expect({ status, said }).toEqual({ status: 1, said: expect.stringContaining(`'${INSTANCE[place]}': the instance allows IMDSv1`) });
    expect(said.split(`'${INSTANCE[place]}': the instance allows IMDSv1`)).toHaveLength(2);
    expect(said.split('security-hub EC2.8')).toHaveLength(3);
    expect(said.split('security-hub EC2.170')).toHaveLength(3);
  }, 120_000);
});

test.each(['report only', 'acknowledged'])('cdk synth of a stage passes where the packs are %s', (packs) => {
  expect(cdkSynth('stage', packs, '**')).toEqual({ status: 0, said: expect.anything() });
}, 120_000);
