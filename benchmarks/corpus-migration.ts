import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import type { Synthesized } from './corpus-report';
import { isSafe } from '../src/posture/judge';

const CONFIGURATION = 'AWS::AutoScaling::LaunchConfiguration';

interface Resource {
  readonly Type: string;
  readonly Properties?: any;
  readonly UpdatePolicy?: any;
}

interface Template { readonly Resources: { readonly [logicalId: string]: Resource } }

/** What `MIGRATE` does to launch configurations that others wrote. */
export class MigrationReport {
  private templates = 0;
  private configurations = 0;
  private migrated = 0;
  private groups = 0;
  private refreshed = 0;
  private readonly reasons = new Map<string, number>();
  private readonly explained: string[] = [];
  private readonly wrong: string[] = [];
  private readonly errors: string[] = [];
  private linted = 0;

  /** @param cfnLint the program; without it nothing is linted */
  constructor(private readonly cfnLint: string | undefined) {}

  /** How many launch configurations neither became a launch template nor are explained, and what else is not as it should be. */
  public get failures(): number {
    return this.wrong.length + this.errors.length;
  }

  public concerns({ template }: Synthesized): boolean {
    return idsOf(template as Template, CONFIGURATION).length > 0;
  }

  /** @param refreshed the same with instance refresh, which cfn-lint 1.51 does not know */
  public add(name: string, before: Synthesized, after: Synthesized, refreshed: Synthesized): void {
    const [was, is] = [before.template, after.template] as [Template, Template];
    const configurations = idsOf(was, CONFIGURATION);
    this.templates += 1;
    this.configurations += configurations.length;
    const templates = idsOf(is, 'AWS::EC2::LaunchTemplate').filter((id) => !(id in was.Resources));
    const left = configurations.filter((id) => id in is.Resources);
    this.migrated += configurations.length - left.length;
    if (templates.length !== configurations.length - left.length) this.wrong.push(`${name}: ${templates.length} new launch templates`);
    for (const id of left) this.explain(name, id, after);
    for (const id of configurations) if (!left.includes(id)) this.follow(name, id, was, is, templates);
    for (const { path: at, reason, posture } of after.launchSources.filter(({ path: one }) => one.endsWith('/LaunchTemplate'))) {
      if (!isSafe(posture)) this.wrong.push(`${name}: ${at} is ${posture}: ${reason}`);
    }
    this.refreshed += refreshes(refreshed.template as Template) - refreshes(was);
    if (this.cfnLint !== undefined) this.lint(name, was, is);
  }

  public lines(): string[] {
    return [
      `With MIGRATE: ${this.configurations} launch configurations in ${this.templates} templates`,
      '',
      `  became launch templates: ${this.migrated}`,
      `  left as they are, and explained: ${this.explained.length}`,
      ...[...this.reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `    ${count} × ${reason}`),
      `  groups that follow them: ${this.groups}, of which ${this.refreshed} get an instance refresh where that is asked for`,
      `  not as it should be: ${this.wrong.length}`, ...this.wrong.map((line) => `    ${line}`),
      this.cfnLint === undefined ? '  not linted: give the path of cfn-lint after the folder'
        : `  new errors of cfn-lint: ${this.errors.length} in ${this.linted} templates`, ...this.errors.map((line) => `    ${line}`),
      ...this.explained.map((line) => `  ${line}`),
    ];
  }

  private explain(name: string, id: string, { findings }: Synthesized): void {
    const finding = findings.find(({ rule, path: at, text }) => rule === 'cdk-imdsv2::launch-configuration' && at.endsWith(`/${id}`) && text.includes('cannot migrate'));
    if (!finding) return void this.wrong.push(`${name}: ${id} is neither migrated nor explained`);
    const [, said] = /left as it is: (.*)$/s.exec(finding.text)!;
    this.explained.push(`${name}: ${id}: ${said}`);
    for (const reason of said.split('; its ')) {
      const kind = reason.replace(/'[^']*'/g, '…').replace(/ \(.*/s, '').replace(/^its /, '');
      this.reasons.set(kind, (this.reasons.get(kind) ?? 0) + 1);
    }
  }

  /** Every group that launched from it launches from its template, and boots with the same user data. */
  private follow(name: string, id: string, was: Template, is: Template, templates: readonly string[]): void {
    const mentions = (value: unknown) => JSON.stringify(value ?? null).includes(`{"Ref":"${id}"}`);
    const userData = JSON.stringify(was.Resources[id].Properties.UserData);
    for (const group of idsOf(was, 'AWS::AutoScaling::AutoScalingGroup').filter((one) => mentions(was.Resources[one].Properties.LaunchConfigurationName))) {
      const { LaunchConfigurationName: left, LaunchTemplate: template } = is.Resources[group].Properties;
      const followed = templates.filter((one) => JSON.stringify(template ?? null).includes(`{"Ref":"${one}"}`));
      const same = followed.some((one) => JSON.stringify(is.Resources[one].Properties.LaunchTemplateData.UserData) === userData);
      if (mentions(left) || !same) this.wrong.push(`${name}: ${group} does not launch what it launched`);
      else this.groups += 1;
    }
    if (mentions(is)) this.wrong.push(`${name}: something still refers to ${id}`);
  }

  private lint(name: string, was: Template, is: Template): void {
    this.linted += 1;
    const known = this.errorsOf(was);
    for (const [error, count] of this.errorsOf(is)) {
      if (count > (known.get(error) ?? 0)) this.errors.push(`${name}: ${error}`);
    }
  }

  private errorsOf(template: Template): Map<string, number> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
    try {
      const file = path.join(directory, 'template.json');
      fs.writeFileSync(file, JSON.stringify(template));
      const { stdout, error } = spawnSync(this.cfnLint!, ['--format', 'json', '--regions', 'us-east-1', '--', file], { encoding: 'utf8', maxBuffer: 268_435_456 });
      if (error) throw error;
      const errors = new Map<string, number>();
      for (const { Level: level, Rule: { Id: rule }, Message: message } of JSON.parse(stdout)) {
        if (level === 'Error') errors.set(`${rule} ${message}`, (errors.get(`${rule} ${message}`) ?? 0) + 1);
      }
      return errors;
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  }
}

function refreshes(template: Template): number {
  return Object.values(template.Resources).filter(({ UpdatePolicy: policy }) => policy?.AutoScalingInstanceRefresh).length;
}

function idsOf(template: Template, type: string): string[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type).map(([id]) => id);
}
