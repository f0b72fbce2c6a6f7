import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, DefaultStackSynthesizer, Stack, Validations } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { LaunchConfigurationPolicy, RequireImdsv2 } from 'cdk-imdsv2';
import { MigrationReport } from './corpus-migration';
import { CorpusReport, type Synthesized } from './corpus-report';
import { mutations, VerdictReport, verdictsOf, type Verdict } from './corpus-verdicts';
import { readAssembly } from '../examples/support/read-assembly';

/** Real templates, each through `CfnInclude` and the aspect: what changes, what is found, and what stays open in silence. */
function main(directory: string | undefined, cfnLint: string | undefined): number {
  const templates = directory === undefined ? undefined : path.join(directory, 'templates');
  if (!templates || !fs.existsSync(templates)) {
    console.error(`no corpus to read: got ${directory ?? 'no directory'}, expected a directory with a folder 'templates' of CloudFormation templates, `
      + 'as in npm run corpus -- ../corpus [PATH_OF_CFN_LINT]');
    return 2;
  }
  // Only what this library finds is of interest here, and it is in the report; CDK's own voice would hide it.
  process.env.CDK_VALIDATION = 'false';
  process.env.JSII_DEPRECATED = 'quiet';
  console.error = () => {};

  const asIs = new CorpusReport('As it is: launch configurations are findings, and left as they are');
  const kept = new CorpusReport("With 'cdk-imdsv2::launch-configuration' acknowledged: launch configurations are kept, and edited");
  const migration = new MigrationReport(cfnLint);
  const verdicts = new VerdictReport();
  const files = filesIn(templates).filter((file) => /\.(ya?ml|json|template)$/.test(file));
  const unreadable: string[] = [];
  const failed: string[] = [];
  for (const file of files) {
    const name = path.relative(templates, file);
    const before = attempt(name, unreadable, () => synthesize(file));
    if (!before) continue;
    // What loads without the aspect and fails with it is ours to mend.
    attempt(name, failed, () => applyBothWays(name, file, before, asIs, kept));
    if (migration.concerns(before)) attempt(name, failed, () => migration.add(name, before, migrated(file, false), migrated(file, true)));
    verdicts.add(name, before.verdicts);
    attempt(name, failed, () => judgeMutations(before.template, verdicts));
  }
  for (const line of [...asIs.lines(), '', ...kept.lines(), '', ...migration.lines(), '', ...verdicts.lines()]) console.log(line);
  console.log(`\n${files.length} templates, ${unreadable.length} could not be loaded${indented(unreadable)}`);
  if (failed.length > 0) console.log(`\nfailed with the aspect: ${failed.length}${indented(failed)}`);
  const silent = asIs.silentlyOpen + kept.silentlyOpen;
  console.log(`\nsilently open: ${silent}`);
  return silent > 0 || failed.length > 0 || migration.failures > 0 || verdicts.oursWrong > 0 ? 1 : 0;
}

function applyBothWays(name: string, file: string, before: Synthesized, asIs: CorpusReport, kept: CorpusReport): void {
  asIs.add(name, before, synthesize(file, (app) => RequireImdsv2.addTo(app)));
  kept.add(name, before, synthesize(file, (app) => {
    Validations.of(app).acknowledge({ id: 'cdk-imdsv2::launch-configuration', reason: 'to see what is in them' });
    RequireImdsv2.addTo(app);
  }));
}

function migrated(file: string, instanceRefresh: boolean): Synthesized {
  return synthesize(file, (app) => RequireImdsv2.addTo(app, { launchConfigurations: LaunchConfigurationPolicy.MIGRATE, instanceRefresh }));
}

/** Through `CfnInclude` once more, so that both judge what was written and the tree that it came from. */
function judgeMutations(template: unknown, verdicts: VerdictReport): void {
  for (const mutated of mutations(template)) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
    try {
      const file = path.join(directory, 'template.json');
      fs.writeFileSync(file, JSON.stringify(mutated));
      verdicts.addMutation(mutated, synthesize(file).verdicts);
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

function attempt<T>(name: string, failures: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    failures.push(`${name}: ${String(error instanceof Error ? error.message : error).split('\n')[0]}`);
    return undefined;
  }
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}

function synthesize(templateFile: string, prepare: (app: App) => void = () => {}): Synthesized & { readonly verdicts: Verdict[] } {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
    // Some templates have a section `Rules` of their own, which the bootstrap rule would be in the way of.
    const stack = new Stack(app, 'Stack', { synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) });
    new CfnInclude(stack, 'T', { templateFile, allowCyclicalReferences: true });
    prepare(app);
    try {
      app.synth();
    } catch (error) {
      // Findings stop synthesis when everything is written; without a report it is another error.
      if (!fs.existsSync(path.join(outdir, 'validation-report.json'))) throw error;
    }
    const template = JSON.parse(fs.readFileSync(path.join(outdir, stack.templateFile), 'utf8'));
    return { ...readAssembly(outdir), template, verdicts: verdictsOf(stack, outdir) };
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

function filesIn(directory: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((entry) => entry.isDirectory() ? filesIn(path.join(directory, entry.name)) : [path.join(directory, entry.name)]);
}

process.exitCode = main(process.argv[2], process.argv[3]);
