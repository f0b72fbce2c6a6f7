import { entriesOf } from './entries';
import { grouped } from './grouped';
import type { Place, Report, ReportedFinding } from './report';
import { environmentOf, lineOf, problemLine, summaryLines, termsOf } from './words';

/** A comment on GitHub holds 65,536 characters, and one on other hosts no fewer: what does not fit is counted. */
const ROOM = 45_000;

/** For a comment on a pull request. */
export function formatMarkdown(report: Report): string {
  const { error, warning } = report.summary.findings;
  const icon = error > 0 ? '❌' : warning > 0 || report.problems.length > 0 ? '⚠️' : '✅';
  const { sources, open, outcome } = summaryLines(report);
  const fixes = [...grouped(report.findings, ({ rule, fix }) => JSON.stringify([rule, fix])).values()];
  return [
    `## ${icon} IMDSv2: ${outcome}`, '', `${sources}.`,
    ...report.summary.launchSources > 0 ? ['', `**${open}.**`] : [],
    ...table('Findings', ['', 'where', 'rule', 'problem'], entriesOf(report.findings).map((all) => [all[0], all] as const).map(([finding, all]) => [
      finding.severity, [whereOf(finding), ...stacksOf(all)].join('<br>'), code(finding.rule), `${text(finding.problem)}<br>at ${code(finding.path)}`,
    ])),
    ...table('How to fix', ['rule', 'findings', 'fix'], fixes.map((list) => [code(list[0].rule), String(list.length), code(list[0].fix)])),
    ...table('Changed by RequireImdsv2', ['where', 'tokens', 'hop limit', 'on deploy'], report.changes.map((change) => [
      whereOf(change), move(change.before, change.after), move(change.hopLimitBefore, change.hopLimitAfter), text(change.effect),
    ])),
    ...table('Exempt', ['where', 'rule', 'reason'], report.exemptions.map((exemption) => [
      whereOf(exemption), code(exemption.rule), text(exemption.reason + termsOf(exemption)),
    ])),
    ...table('Could not be read', ['file and reason'], report.problems.map((problem) => [text(problemLine(problem))])),
    '',
  ].join('\n');
}

function table(title: string, columns: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map((row) => `| ${row.join(' | ')} |`);
  let length = 0;
  const fitting = lines.filter((line) => (length += line.length) <= ROOM / 5);
  const more = lines.length - fitting.length;
  return [
    '', `### ${title}`, '', `| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`, ...fitting,
    ...more > 0 ? ['', `… and ${more} more: see the full report.`] : [],
  ];
}

function whereOf(at: Place & Partial<ReportedFinding>): string {
  return [at.name, lineOf(at), ...at.source ? [`${at.source.file}:${at.source.line}`] : []].map(code).join('<br>');
}

/** Where the same is said of several environments. */
function stacksOf(all: readonly ReportedFinding[]): string[] {
  return all.length === 1 ? [] : [`the same in ${all.length} stacks:`, ...all.map((each) => `${code(environmentOf(each))}, ${code(lineOf(each))}`)];
}

function move(before: string, after: string): string {
  return text(before === after ? after : `${before} → ${after}`);
}

/** Templates may hold anything: it is printed, and is neither markup nor a mention of somebody. */
function text(value: string): string {
  return value.replace(/[\\`*_{}[\]<>#|~@&]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/\s*\n\s*/g, '<br>');
}

function code(value: string): string {
  return `<code>${text(value)}</code>`;
}
