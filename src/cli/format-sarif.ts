import type { Log, ReportingDescriptor, Result, Notification, PhysicalLocation } from 'sarif';
import { grouped } from './grouped';
import type { Report, ReportedExemption, ReportedFinding, ReportedProblem } from './report';
import { Severity } from '../checks/rules/check-rule';
import { CHECK_RULES } from '../checks/rules/rules';
import { ruleId } from '../private/rules';

const LEVELS = { [Severity.ERROR]: 'error', [Severity.WARNING]: 'warning', [Severity.INFO]: 'note' } as const;

/** SARIF 2.1.0, for code scanning. */
export function formatSarif(report: Report): string {
  const results = [
    ...report.findings.map((finding) => resultOf(finding)),
    // Several may exempt one finding.
    ...[...grouped(report.exemptions, ({ fingerprint }) => fingerprint).values()].map((all) => resultOf(all[0], all)),
  ];
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { ...report.tool, informationUri: 'https://github.com/cdk-imdsv2/cdk-imdsv2', rules: CHECK_RULES.map(descriptorOf) } },
      columnKind: 'utf16CodeUnits',
      invocations: [{
        executionSuccessful: report.problems.length === 0,
        toolExecutionNotifications: [
          ...report.problems.map((problem) => notificationOf(problem, 'error')), ...report.remarks.map((remark) => notificationOf(remark, 'warning')),
        ],
      }],
      results,
    }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptorOf({ rule, title, documentation }: typeof CHECK_RULES[number]): ReportingDescriptor {
  return { id: ruleId(rule), name: rule, shortDescription: { text: title }, helpUri: documentation, help: { text: `${title}: ${documentation}` } };
}

function resultOf(finding: ReportedFinding, exemptions: readonly ReportedExemption[] = []): Result {
  const { rule, severity, name, type, template, problem, fix, remedy, source, fingerprint } = finding;
  const inTemplate = physical(template, finding);
  return {
    ruleId: rule,
    ruleIndex: CHECK_RULES.findIndex((each) => ruleId(each.rule) === rule),
    level: LEVELS[severity],
    message: { text: `${name}: ${problem}\nfix: ${fix}`, markdown: `**${escaped(name)}**: ${escaped(problem)}\n\n~~~\n${fix}\n~~~` },
    locations: [{
      // The output folder of an app is in nobody's repository.
      physicalLocation: source ? physical(source.file, source) : inTemplate,
      logicalLocations: [{ name: finding.logicalId, fullyQualifiedName: name, kind: 'resource', properties: { type } }],
    }],
    properties: { remedy },
    ...source ? { relatedLocations: [{ id: 1, physicalLocation: inTemplate, message: { text: 'where the template says it' } }] } : {},
    partialFingerprints: { 'cdkImdsv2/v2': fingerprint },
    ...exemptions.length > 0 ? { suppressions: exemptions.map(({ reason }) => ({ kind: 'inSource', status: 'accepted', justification: reason })) } : {},
  };
}

function notificationOf({ file, message, ...position }: ReportedProblem, level: Notification['level']): Notification {
  return { level, message: { text: message }, locations: [{ physicalLocation: physical(file, position) }] };
}

function physical(file: string, { line, column }: Pick<ReportedFinding, 'line' | 'column'>): PhysicalLocation {
  return {
    artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
    ...line === undefined ? {} : { region: { startLine: line, startColumn: column } },
  };
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}
