import { entriesOf } from './entries';
import { grouped } from './grouped';
import type { Report, ReportedFinding } from './report';
import { counted, environmentOf, lineOf, printable, problemLine, summaryLines, termsOf } from './words';
import { CHECK_RULES } from '../checks/rules/rules';
import { ruleId } from '../private/rules';

/** How many names stand beside a fix. */
const NAMES = 3;

/** For people at a terminal: counts, changes, findings by template, then how to fix them. */
export function formatTable(report: Report, { colour }: { colour: boolean }): string {
  const paint = colour ? (code: number, text: string) => `\u001b[${code}m${text}\u001b[0m` : (_: number, text: string) => text;
  const bold = (text: string) => paint(1, text);
  const severity = { error: (text: string) => paint(31, text), warning: (text: string) => paint(33, text), info: (text: string) => paint(36, text) };
  const { sources, open, outcome } = summaryLines(report);
  const { error, warning } = report.summary.findings;
  const verdict = error > 0 ? severity.error(outcome) : warning > 0 || report.problems.length > 0 ? severity.warning(outcome) : paint(32, outcome);

  const changes = [...grouped(report.changes, ({ template, stack }) => heading(template, stack))].flatMap(([template, list]) => [
    '', bold(`changed in ${template}`),
    ...list.map(({ name, before, after, hopLimitBefore, hopLimitAfter, effect }) => {
      const hops = hopLimitBefore === hopLimitAfter ? '' : `, hop limit ${hopLimitBefore} -> ${hopLimitAfter}`;
      return `  ${printable(`${name}: tokens ${before} -> ${after}${hops}; on deploy: ${effect}`)}`;
    }),
  ]);
  const findings = [...grouped(entriesOf(report.findings), ([{ template, stack }]) => heading(template, stack))].flatMap(([template, list]) => [
    '', bold(template),
    ...list.flatMap(([finding, ...others]) => [
      `  ${severity[finding.severity](finding.severity.padEnd(7))}  ${printable(finding.name)}  ${paint(2, finding.rule)}`,
      indented([finding.problem, `at ${finding.path}, ${lineOf(finding)}`, ...madeAt(finding), ...stacksOf([finding, ...others])].join('\n'), 11),
    ]),
  ]);
  const fixes = [...grouped(report.findings, ({ rule, fix }) => JSON.stringify([rule, fix])).values()];
  const exemptions = report.exemptions.map((exemption) => `  ${printable(`${exemption.name}  ${exemption.rule}: ${exemption.reason}${termsOf(exemption)}`)}`);
  const problems = report.problems.map((problem) => `  ${printable(problemLine(problem))}`);
  return [
    bold(sources), ...report.summary.launchSources > 0 ? [open] : [], verdict,
    ...changes,
    ...findings,
    ...section(bold('how to fix'), fixes.flatMap((list) => [`  ${list[0].rule}: ${whose(list)}`, indented(list[0].fix, 4)])),
    ...section(bold('where the rules come from'), documentationOf(report.findings)),
    ...section(bold('exempt'), exemptions),
    ...section(bold('could not be read'), problems),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', title, ...lines] : [];
}

function heading(template: string, stack: string): string {
  return printable(template.endsWith(stack) ? template : `${template} (stack ${stack})`);
}

/** In the app's own code. */
function madeAt({ source }: ReportedFinding): string[] {
  return source ? [`made at ${source.file}:${source.line}`] : [];
}

/** Where the same is said of several environments. */
function stacksOf(all: readonly ReportedFinding[]): string[] {
  return all.length === 1 ? [] : [`the same in ${all.length} stacks:`, ...all.map((each) => `  ${environmentOf(each)}, ${lineOf(each)}`)];
}

function whose(findings: readonly ReportedFinding[]): string {
  const names = [...new Set(findings.map(({ name }) => name))];
  const more = names.length > NAMES ? `, and ${names.length - NAMES} more` : '';
  return `${counted(findings.length, 'finding')}, at ${printable(names.slice(0, NAMES).join(', '))}${more}`;
}

function documentationOf(findings: readonly ReportedFinding[]): string[] {
  const found = new Set(findings.map(({ rule }) => rule));
  return CHECK_RULES.filter(({ rule }) => found.has(ruleId(rule))).map(({ rule, title, documentation }) => `  ${ruleId(rule)}: ${title}\n    ${documentation}`);
}

function indented(text: string, by: number): string {
  return text.split('\n').map((line) => ' '.repeat(by) + printable(line)).join('\n');
}
