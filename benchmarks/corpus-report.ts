import type { AssemblyReading } from '../examples/support/read-assembly';
import { table } from '../examples/support/table';
import { CATALOG } from '../src/launch-sources/catalog';
import { Posture } from '../src/posture/posture';

/** What a template became, and what was said about it. */
export interface Synthesized extends AssemblyReading {
  readonly template: unknown;
}

const TYPES = [...CATALOG.keys()];
const POSTURES = Object.values(Posture);
const NOT_DECIDED: ReadonlySet<Posture> = new Set([Posture.EXTERNAL, Posture.UNSETTABLE]);

/** Counts things by name, in the order in which they first came. */
class Tally {
  private readonly counts = new Map<string, number>();

  public add(name: string): void {
    this.counts.set(name, this.of(name) + 1);
  }

  public of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  public lines(): string[] {
    if (this.counts.size === 0) return ['  none'];
    return table([{ heading: '', right: true }, { heading: '' }], [...this.counts].map(([name, count]) => [count, name])).slice(2).map((line) => `  ${line}`);
  }
}

/** What one way of applying the aspect does to all templates of the corpus. */
export class CorpusReport {
  public silentlyOpen = 0;
  private templates = 0;
  private calls = 0;
  private readonly postures = new Tally();
  private readonly effects = new Tally();
  private readonly findings = new Tally();
  private readonly warnings = new Tally();
  private readonly calling: string[] = [];
  private readonly unread: string[] = [];
  private readonly silent: string[] = [];
  private readonly elsewhere: string[] = [];
  private readonly differences: string[] = [];

  constructor(private readonly title: string) {}

  public add(name: string, before: Synthesized, after: Synthesized): void {
    this.templates += 1;
    for (const { type, posture } of before.launchSources) this.postures.add(`${type} ${posture} before`);
    for (const { type, posture } of after.launchSources) this.postures.add(`${type} ${posture} after`);
    for (const { effect } of after.changes) for (const part of effect.split('; ')) this.effects.add(part.replace(/ '.*'$/, ''));
    for (const { rule } of after.findings) this.findings.add(rule);
    for (const { rule } of after.warnings) this.warnings.add(rule);

    const bootWarnings = after.warnings.filter(({ rule }) => rule === 'cdk-imdsv2::boot-call');
    const calls = after.bootCalls.length;
    this.calls += calls;
    if (calls > 0) this.calling.push(`${name} (${calls})`);
    if (calls < bootWarnings.length) this.unread.push(`${name} (${bootWarnings.length - calls})`);

    for (const source of after.launchSources.filter(({ open, named }) => open && !named)) {
      this.silentlyOpen += 1;
      this.silent.push(`${name}: ${source.path} (${source.type}) is ${source.posture}: ${source.reason}`);
    }
    for (const source of after.launchSources.filter(({ posture, named }) => NOT_DECIDED.has(posture) && !named)) {
      this.elsewhere.push(`${name}: ${source.path} (${source.type}): ${source.reason}`);
    }
    this.differences.push(...differences(before.template, after.template).filter((at) => !isMetadataOption(at)).map((at) => `${name}: ${at}`));
  }

  public lines(): string[] {
    const seen = TYPES.filter((type) => POSTURES.some((posture) => this.postures.of(`${type} ${posture} before`) > 0));
    const rows = seen.flatMap((type) => ['before', 'after'].map((when) => [
      type, when, ...POSTURES.map((posture) => this.postures.of(`${type} ${posture} ${when}`)),
    ]));
    return [
      `${this.title} (${this.templates} templates)`,
      '',
      ...table([{ heading: 'type' }, { heading: '' }, ...POSTURES.map((heading) => ({ heading, right: true }))], rows),
      ...list(`boot calls: ${this.calls} in ${this.calling.length} templates`, this.calling),
      ...list(`boot scripts that cannot be read before deployment: ${this.unread.length} templates`, this.unread),
      'effects on deploy', ...this.effects.lines(),
      'findings', ...this.findings.lines(),
      'warnings', ...this.warnings.lines(),
      ...list(`differences other than metadata options: ${this.differences.length}`, this.differences),
      ...list(`decided elsewhere or by nobody, and named in no finding and no warning: ${this.elsewhere.length}`, this.elsewhere),
      ...list(`open, and named in no finding and no warning: ${this.silentlyOpen}`, this.silent),
    ];
  }
}

function list(heading: string, items: readonly string[]): string[] {
  return [heading, ...items.map((item) => `  ${item}`)];
}

/** The paths at which two JSON values differ; metadata options are compared as one. */
function differences(one: unknown, other: unknown, at: string[] = []): string[] {
  if (Object.is(one, other)) return [];
  const isOption = isMetadataOption(at.join('.'));
  if (isOption || typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [at.join('.')];
  }
  if (Array.isArray(one) !== Array.isArray(other)) return [at.join('.')];
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) => differences((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], [...at, key]));
}

/** Where the types of the catalog have their options. */
const OPTIONS = new Set([...CATALOG.values()].flatMap(({ optionsPath, spelling }) =>
  optionsPath ? [(optionsPath.length === 0 ? [spelling!.tokens] : optionsPath).join('.')] : []));

function isMetadataOption(at: string): boolean {
  const properties = /^Resources\.[^.]+\.Properties\.(.+)$/.exec(at)?.[1];
  return properties !== undefined && OPTIONS.has(properties);
}
