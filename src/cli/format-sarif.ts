import * as path from 'path';
import type { Log, ReportingDescriptor, Result, Notification, PhysicalLocation } from 'sarif';
import { fingerprintsOf } from './fingerprint';
import { Locator, type Position } from './locate';
import type { Report, ReportedExemption, ReportedFinding, ReportedProblem } from './report';
import { readText } from '../checks/read-template';
import { Severity } from '../checks/rules/check-rule';
import { CHECK_RULES } from '../checks/rules/rules';
import { ruleId } from '../private/rules';

const LEVELS = { [Severity.ERROR]: 'error', [Severity.WARNING]: 'warning', [Severity.INFO]: 'note' } as const;

/** SARIF 2.1.0, for code scanning; the one format that looks up lines. */
export function formatSarif(report: Report, { cwd }: { cwd: string }): string {
  const locators = new Map<string, Locator | undefined>();
  const positionOf = ({ template, logicalId, path: property }: ReportedFinding): Position | undefined => {
    if (!locators.has(template)) locators.set(template, Locator.of(readText(path.resolve(cwd, template))));
    return locators.get(template)?.positionOf(logicalId, property);
  };
  const exemptions = new Map<ReportedFinding, ReportedExemption>(report.exemptions.map((exemption) => [exemption, exemption]));
  const all: ReportedFinding[] = [...report.findings, ...report.exemptions];
  const fingerprints = fingerprintsOf(all);
  const results = all.map((finding, i) => resultOf(finding, positionOf(finding), fingerprints[i], exemptions.get(finding)));
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { ...report.tool, informationUri: 'https://github.com/cdk-imdsv2/cdk-imdsv2', rules: CHECK_RULES.map(descriptorOf) } },
      columnKind: 'utf16CodeUnits',
      invocations: [{ executionSuccessful: report.problems.length === 0, toolExecutionNotifications: report.problems.map(notificationOf) }],
      results,
    }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptorOf({ rule, title, documentation }: typeof CHECK_RULES[number]): ReportingDescriptor {
  return { id: ruleId(rule), name: rule, shortDescription: { text: title }, helpUri: documentation, help: { text: `${title}: ${documentation}` } };
}

function resultOf(finding: ReportedFinding, position: Position | undefined, fingerprint: string, exemption: ReportedExemption | undefined): Result {
  const { rule, severity, name, type, template, problem, fix, remedy } = finding;
  return {
    ruleId: rule,
    ruleIndex: CHECK_RULES.findIndex((each) => ruleId(each.rule) === rule),
    level: LEVELS[severity],
    message: { text: `${name}: ${problem}\nfix: ${fix}`, markdown: `**${escaped(name)}**: ${escaped(problem)}\n\n~~~\n${fix}\n~~~` },
    locations: [{
      physicalLocation: physical(template, position),
      logicalLocations: [{ name: finding.logicalId, fullyQualifiedName: name, kind: 'resource', properties: { type } }],
    }],
    properties: { remedy },
    partialFingerprints: { 'cdkImdsv2/v1': fingerprint },
    ...exemption ? { suppressions: [{ kind: 'inSource', status: 'accepted', justification: exemption.reason }] } : {},
  };
}

function notificationOf({ file, line, column = 1, message }: ReportedProblem): Notification {
  return { level: 'error', message: { text: message }, locations: [{ physicalLocation: physical(file, line === undefined ? undefined : { line, column }) }] };
}

function physical(file: string, position: Position | undefined): PhysicalLocation {
  return {
    artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
    ...position ? { region: { startLine: position.line, startColumn: position.column } } : {},
  };
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}
