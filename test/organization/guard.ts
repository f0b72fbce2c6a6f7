import { execFileSync } from 'child_process';
import { mkdtempSync, writeFileSync } from 'fs';
import { arch, platform, tmpdir } from 'os';
import { dirname, join } from 'path';
import type { Json } from '../support';

/** The engine that hooks run, as aws-cdk's own plugin for it brings it along, or the one of projenrc/test-guard.sh. */
const GUARD = process.env.CFN_GUARD ?? join(
  dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json')), 'bin',
  platform() === 'darwin' ? 'macos' : 'ubuntu', arch() === 'arm64' ? 'aarch64' : 'x86_64', 'cfn-guard',
);

/** What the engine says of each resource by itself, in the input that a hook gets: FAIL, PASS or SKIP. */
export function guardVerdicts(rules: string, resources: { readonly [name: string]: Json }): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const data = mkdtempSync(join(folder, 'data-'));
  writeFileSync(join(folder, 'rules.guard'), rules);
  for (const [name, resource] of Object.entries(resources)) {
    const HookContext = { InvocationPoint: 'CREATE_PRE_PROVISION', TargetName: resource.Type, TargetType: 'RESOURCE', TargetLogicalId: 'R' };
    writeFileSync(join(data, `${name}.json`), JSON.stringify({ HookContext, Resources: { R: resource } }));
  }
  const args = ['validate', '--rules', join(folder, 'rules.guard'), '--data', data, '--output-format', 'json', '--structured', '--show-summary', 'none'];
  const verdicts: Json[] = JSON.parse(run(args));
  return new Map(verdicts.map(({ name, status }) => [/([^/]+)\.json$/.exec(name)![1], status]));
}

/** A failing rule is an exit code, and no error here. */
function run(args: string[]): string {
  try {
    return execFileSync(GUARD, args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { status, stdout, stderr } = error as { status?: number; stdout?: string; stderr?: string };
    if (status === 19) return stdout!;
    throw new Error(`cfn-guard: ${status} ${stderr}`);
  }
}
