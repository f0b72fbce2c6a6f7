import * as fs from 'fs';
import * as path from 'path';
import { App, Stack, Stage, Validations, type IPolicyValidationPlugin } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  CisImdsv2Checks, ControlTowerImdsv2Checks, Imdsv2Checks, NistImdsv2Checks, PciDssImdsv2Checks, SecurityHubImdsv2Checks, type Imdsv2ChecksProps,
} from '../../../src';
import { outcome, type Json } from '../../support';

export const PACKS = { Imdsv2Checks, SecurityHubImdsv2Checks, CisImdsv2Checks, NistImdsv2Checks, PciDssImdsv2Checks, ControlTowerImdsv2Checks };
export type Pack = keyof typeof PACKS;

/** One thing that one plugin said of one construct. */
export interface Said {
  readonly plugin: string;
  readonly rule: string;
  readonly path: string;
  readonly severity: string;
  readonly description: string;
  readonly fix: string;
  readonly properties: readonly string[];
  /** The reason of the acknowledgement, in what was acknowledged. */
  readonly reason?: string;
}

export interface Spoken {
  /** Whether synthesis was stopped. */
  readonly stopped: boolean;
  readonly said: Said[];
  readonly acknowledged: Said[];
}

/** Synthesizes, and reads what every plugin reported. */
export function spoken(app: App): Spoken {
  const { error } = outcome(app);
  const file = path.join(app.outdir, 'validation-report.json');
  const reports: Json[] = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).pluginReports : [];
  const read = (kind: string) => reports.flatMap((report) => (report[kind] ?? []).flatMap((violation: Json) =>
    violation.violatingConstructs.map((construct: Json): Said => ({
      plugin: report.pluginName,
      rule: violation.ruleName,
      // What stops synthesis in a stage names its construct in words only.
      path: construct.constructPath || /^'([^']*)'/.exec(violation.description)![1],
      severity: violation.severity,
      description: violation.description,
      fix: violation.suggestedFix,
      properties: construct.cloudFormationResource?.propertyPaths ?? [],
      reason: violation.reason,
    }))));
  return { stopped: error !== undefined, said: read('violations'), acknowledged: read('suppressedViolations') };
}

/** An app with these packs. */
export function appWith(packs: readonly Pack[], props?: Imdsv2ChecksProps): App {
  const app = new App();
  Validations.of(app).addPlugins(...packs.map((pack) => make(pack, app, props)));
  return app;
}

export function make(pack: Pack, scope: App | Stage, props?: Imdsv2ChecksProps): IPolicyValidationPlugin {
  return new PACKS[pack](scope, props);
}

/** What is said of each construct in short: `S/I tokens error`. */
export function inShort({ said }: Spoken): string[] {
  return said.map(({ path: at, rule, severity }) => `${at} ${rule.replace('cdk-imdsv2::', '')} ${severity}`);
}

/** An instance whose tokens nothing can be said of before deployment. */
export function undecided(stack: Stack, id: string): ec2.CfnInstance {
  const instance = new ec2.CfnInstance(stack, id);
  instance.addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
  return instance;
}
