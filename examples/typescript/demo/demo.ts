import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { LaunchConfigurationPolicy, RequireImdsv2 } from 'cdk-imdsv2';
import { build } from './app';
import { readAssembly, type AssemblyReading } from '../../support/read-assembly';
import { table, wrap } from '../../support/table';

const WIDTH = 118;

/** The flags of the app, as its `cdk.json` would have them. */
export const CONTEXT = { '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true };

/** Synthesizes an app and reads what was written. */
export function synthesize(define: (app: App) => void): AssemblyReading {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, context: CONTEXT });
    define(app);
    try {
      app.synth();
    } catch (error) {
      // Findings stop synthesis when everything is written; without a report it is another error.
      if (!fs.existsSync(path.join(outdir, 'validation-report.json'))) throw error;
    }
    return readAssembly(outdir);
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

/** The same app, with the one line that this is about. */
export function withAspect(define: (app: App) => void): (app: App) => void {
  return (app) => {
    define(app);
    RequireImdsv2.addTo(app, { launchConfigurations: LaunchConfigurationPolicy.MIGRATE });
  };
}

export interface Totals {
  readonly all: number;
  /** Allow IMDSv1, and nobody has exempted them. */
  readonly open: number;
  readonly exempt: number;
}

export function totalsOf({ launchSources }: AssemblyReading): Totals {
  const open = launchSources.filter((source) => source.open);
  const exempt = open.filter((source) => source.exempt).length;
  return { all: launchSources.length, open: open.length - exempt, exempt };
}

export function exitCodeOf(reading: AssemblyReading): number {
  return totalsOf(reading).open > 0 ? 1 : 0;
}

/** Both assemblies as the lines that the demo prints; headings are marked with a leading `#`. */
export function report(before: AssemblyReading, after: AssemblyReading): string[] {
  const [without, totals] = [totalsOf(before), totalsOf(after)];
  return [
    '# Without RequireImdsv2',
    `${without.all} launch sources, ${without.open + without.exempt} of them allow IMDSv1`,
    ...section('What RequireImdsv2.addTo(app, { launchConfigurations: LaunchConfigurationPolicy.MIGRATE }) changes', changesTable(after)),
    ...section('What would not come back up at its next launch', after.bootCalls.flatMap((call) => [
      `${brief(call.path)}, ${call.script} line ${call.line}`,
      `  is:    ${call.text}`,
      // Not wrapped, so that it can be pasted.
      `  write: ${call.rewritten}`,
    ])),
    ...section('What is rolled or replaced, and other warnings', after.warnings.filter(({ rule }) => rule !== 'cdk-imdsv2::boot-call').flatMap(({ path: at, text }) => {
      const [problem, ...fix] = text.split('\nto exempt it: ')[0].split('\n');
      return [brief(at), ...wrap(problem, WIDTH - 2).map((line) => `  ${line}`), ...fix.map((line) => `  ${line}`)];
    })),
    ...section('Exempt', after.exemptions.map(({ path: at, rule, reason }) => `${brief(at)} (${rule}): ${reason}`)),
    ...section('Findings', after.findings.flatMap(({ path: at, rule, text }) => [`${brief(at)} (${rule})`, ...wrap(text, WIDTH - 2).map((line) => `  ${line}`)])),
    '# With RequireImdsv2',
    `${totals.all} launch sources, ${totals.open} allow IMDSv1 (${totals.exempt} exempt)`,
  ];
}

function changesTable({ changes }: AssemblyReading): string[] {
  const columns = ['construct', 'type', 'before', 'after', 'hop limit'].map((heading) => ({ heading }));
  return changes.length === 0 ? [] : table([...columns, { heading: 'effect on deploy', width: 34 }], changes.map((change) => [
    brief(change.path),
    change.type.replace(/^AWS::.*::/, ''),
    change.before,
    change.after,
    change.hopLimitBefore === change.hopLimitAfter ? change.hopLimitAfter : `${change.hopLimitBefore} -> ${change.hopLimitAfter}`,
    change.effect.split('; ').join('\n'),
  ]));
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`# ${heading}`, ...lines];
}

/** An L2 and the L1 in it are one thing to the reader. */
function brief(at: string): string {
  return at.replace(/(\/Resource)+$/, '');
}

function main(): void {
  // The template validation of aws-cdk-lib takes nine tenths of synthesis and looks for other things.
  process.env.CDK_VALIDATION = 'false';
  // The NAT instance provider of aws-cdk-lib uses a deprecated property of its own; no current API avoids it.
  process.env.JSII_DEPRECATED = 'quiet';
  const [before, after] = [synthesize(build), synthesize(withAspect(build))];
  const bold = (line: string) => process.stdout.isTTY ? `\u001b[1m${line}\u001b[0m` : line;
  for (const line of report(before, after)) console.log(line.startsWith('# ') ? `\n${bold(line.slice(2))}` : line);
  process.exitCode = exitCodeOf(after);
}

if (require.main === module) main();
