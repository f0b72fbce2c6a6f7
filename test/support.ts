import * as fs from 'fs';
import * as path from 'path';
import { App, type AppProps, Aspects, Stack, Stage } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { RequireImdsv2 } from '../src';

// CDK's built-in validation is most of the time of a synthesis, and none of these tests is about it.
process.env.CDK_VALIDATION ??= 'false';
process.env.JSII_DEPRECATED ??= 'quiet';

/** Template JSON, as loosely typed as it is. */
export type Json = any;

/** Every template of an app by the construct path of its stack, nested stacks and stages included. */
export interface Templates { [stackPath: string]: Json }

/** The same app without and with the aspect. */
export interface Twice {
  readonly without: Templates;
  readonly with: Templates;
  /** What the synthesis with the aspect was. */
  readonly outcome: Outcome;
}

/** One violation of the plugin `cdk-imdsv2`, from the validation report. */
export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly severity: string;
  readonly description: string;
  readonly fix: string;
  readonly logicalId?: string;
  readonly properties: readonly string[];
  /** The reason of the acknowledgement that suppressed it. */
  readonly acknowledged?: string;
}

/** One `cdk-imdsv2:change` record, with the path of its construct. */
export interface Change {
  readonly path: string;
  readonly type: string;
  readonly before: string;
  readonly after: string;
  readonly hopLimitBefore: string;
  readonly hopLimitAfter: string;
  readonly effect: string;
  readonly reason: string;
  readonly reportOnly: boolean;
}

export interface Warning {
  readonly path: string;
  readonly message: string;
  /** The id to acknowledge, such as `cdk-imdsv2::boot-call`. */
  readonly id?: string;
}

/** What one synthesis came to. */
export interface Outcome {
  /** Absent where findings stopped the synthesis. */
  readonly assembly?: CloudAssembly;
  readonly error?: Error;
  /** What the plugin reports and nobody acknowledged, whether it stops the synthesis or not. */
  readonly findings: Violation[];
  /** What was acknowledged. */
  readonly suppressed: Violation[];
  readonly templates: Templates;
}

/** Synthesizes, and reads back what was written even where findings stop it. Any other error is thrown on. */
export function outcome(app: App): Outcome {
  const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
  const { exitCode } = process;
  let assembly: CloudAssembly | undefined;
  let error: Error | undefined;
  try {
    assembly = app.synth();
  } catch (e) {
    error = e as Error;
    if (!/ValidationFailed|Validation failed/.test(`${error.name} ${error.message}`)) throw e;
  } finally {
    quiet.mockRestore();
    process.exitCode = exitCode;
  }
  const file = path.join(app.outdir, 'validation-report.json');
  const reports: Json[] = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).pluginReports : [];
  const ours = reports.filter(({ pluginName }) => pluginName === 'cdk-imdsv2');
  return {
    assembly,
    error,
    findings: ours.flatMap(({ violations }) => violations.flatMap(violationsOf)),
    suppressed: ours.flatMap(({ suppressedViolations }) => (suppressedViolations ?? []).flatMap(violationsOf)),
    templates: templatesOf(app),
  };
}

/** Synthesizes and returns every template; throws where findings stop the synthesis. */
export function synthTemplates(app: App): Templates {
  const { error, findings: found, templates } = outcome(app);
  if (error) throw new Error(`${error.message}\n${found.map(({ rule, description }) => `${rule}: ${description}`).join('\n')}`);
  return templates;
}

/** Synthesizes and returns the violations of the plugin that nobody acknowledged. */
export function findings(app: App): Violation[] {
  return outcome(app).findings;
}

/**
 * Builds the same app twice, without and with the aspect, and returns both sets of templates.
 *
 * @param apply how the aspect is added to the finished app
 */
export function withAndWithout(
  build: (app: App) => void, apply: (app: App) => void = (app) => Aspects.of(app).add(new RequireImdsv2()), props?: AppProps,
): Twice {
  const [bare, treated] = [new App(props), new App(props)];
  build(bare);
  build(treated);
  apply(treated);
  const result = outcome(treated);
  return { without: synthTemplates(bare), with: result.templates, outcome: result };
}

/** Every edit recorded in an assembly, nested assemblies and nested stacks included. */
export function changes(assembly: CloudAssembly): Change[] {
  return metadataOf(assembly, 'cdk-imdsv2:change').map(({ at, data }) => ({ path: at, ...data }));
}

/** Every warning in an assembly, nested assemblies and nested stacks included. */
export function warnings(assembly: CloudAssembly): Warning[] {
  return messagesOf(assembly, 'aws:cdk:warning');
}

/** Every information in an assembly, nested assemblies and nested stacks included. */
export function notices(assembly: CloudAssembly): Warning[] {
  return messagesOf(assembly, 'aws:cdk:info');
}

function messagesOf(assembly: CloudAssembly, type: string): Warning[] {
  return metadataOf(assembly, type).map(({ at, data }) => {
    const [, message, id] = /^(.*?)(?: \[ack: (.*)\])?$/s.exec(data)!;
    return { path: at, message, id };
  });
}

/** The properties of the resource with that logical id; an error names those that exist. */
export function propertiesOf(template: Json, logicalId: string): Json {
  const resource = template.Resources[logicalId];
  if (!resource) throw new Error(`no ${logicalId} among ${Object.keys(template.Resources).join(', ')}`);
  return resource.Properties;
}

/** The only resource of a type, or an error that says how many there are. */
export function onlyOne(template: Json, type: string): Json {
  const all: Json[] = Object.values(template.Resources).filter((resource: Json) => resource.Type === type);
  if (all.length !== 1) throw new Error(`${all.length} resources of type ${type}`);
  return all[0];
}

/** The paths at which two JSON values differ, such as `Resources.I.Properties.MetadataOptions.HttpTokens`. */
export function differences(left: Json, right: Json, at: readonly string[] = []): string[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  const bothStructs = [left, right].every((value) => typeof value === 'object' && value !== null);
  if (!bothStructs || Array.isArray(left) !== Array.isArray(right)) return [at.join('.')];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differences(left[key], right[key], [...at, key]));
}

/** The templates that were written, nested ones included. */
export function templatesOf(app: App): Templates {
  const stacks = app.node.findAll().filter((construct): construct is Stack => Stack.isStack(construct));
  return Object.fromEntries(stacks.map((stack) => [
    stack.node.path, JSON.parse(fs.readFileSync(path.join(Stage.of(stack)!.outdir, stack.templateFile), 'utf8')),
  ]));
}

function metadataOf(assembly: CloudAssembly, wanted: string): Array<{ at: string; data: Json }> {
  return assembly.stacksRecursively.flatMap(({ metadata }) => Object.entries(metadata).flatMap(([at, entries]) =>
    entries.filter(({ type }) => type === wanted).map(({ data }) => ({ at: at.replace(/^\//, ''), data }))));
}

function violationsOf(violation: Json): Violation[] {
  return violation.violatingConstructs.map((construct: Json): Violation => ({
    rule: violation.ruleName,
    // What stops synthesis in a stage names its construct in words only, or the CLI would drop it.
    path: construct.constructPath || /^'([^']*)'/.exec(violation.description)?.[1],
    severity: violation.severity,
    description: violation.description,
    fix: violation.suggestedFix,
    logicalId: construct.cloudFormationResource?.logicalId,
    properties: construct.cloudFormationResource?.propertyPaths ?? [],
    acknowledged: violation.reason,
  }));
}
