import * as fs from 'fs';
import * as path from 'path';
import { countSeverities } from './build-report';
import { placesOf } from './entries';
import { reasonOf } from './failure';
import type { Report, ReportedFinding } from './report';
import { UsageError } from './usage-error';
import { Severity } from '../checks/rules/check-rule';
import { isStruct } from '../private/json';

const SCHEMA = 2;

interface AcceptedFinding extends Pick<ReportedFinding, 'fingerprint' | 'rule' | 'severity' | 'stack' | 'logicalId'> {
  /** From the folder of the baseline. */
  readonly template: string;
  /** For those who review it. */
  readonly name?: string;
  readonly path?: string;
}

/** Findings that were there when it was written. */
export interface Baseline {
  readonly schemaVersion: typeof SCHEMA;
  readonly accepted: readonly AcceptedFinding[];
}

const LOUDEST_FIRST = Object.values(Severity);

/** The text of a baseline that accepts every finding of a report. */
export function baselineOf({ findings }: Report, file: string, cwd: string): string {
  const accepted = findings.map(({ fingerprint, rule, severity, stack, logicalId, template, name, path: at }) => ({
    fingerprint, rule, severity, stack, logicalId, template: path.relative(path.dirname(file), path.resolve(cwd, template)).split(path.sep).join('/'), name, path: at,
  }));
  return `${JSON.stringify({ schemaVersion: SCHEMA, accepted } satisfies Baseline, undefined, 2)}\n`;
}

/** What a baseline's file accepts. */
export function readBaseline(file: string, shown: string): Baseline {
  const made = 'expected a file that --write-baseline made';
  if (!fs.existsSync(file)) throw new UsageError(`there is no baseline ${shown}; ${made}: write it with --write-baseline ${shown}`);
  // Whoever writes a baseline there loses what it is.
  const expected = `${made}: name that one`;
  let baseline: unknown;
  try {
    baseline = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`the baseline ${shown} could not be read: ${reasonOf(error)}; ${expected}`);
  }
  if (!isStruct(baseline) || !Array.isArray(baseline.accepted) || typeof baseline.schemaVersion !== 'number') {
    throw new UsageError(`the baseline ${shown} is none (got ${isStruct(baseline) ? `schemaVersion ${String(baseline.schemaVersion)}` : typeof baseline}); ${expected}`);
  }
  if (baseline.schemaVersion !== SCHEMA) {
    throw new UsageError(`the baseline ${shown} has schemaVersion ${baseline.schemaVersion}, expected ${SCHEMA}, `
      + `which names findings by stack, logical id and rule: look through what check says without --baseline, then write it anew with --write-baseline ${shown}`);
  }
  const odd = baseline.accepted.findIndex((entry) => !isStruct(entry) || !['fingerprint', 'rule', 'stack', 'logicalId', 'template'].every((key) => typeof entry[key] === 'string')
    || !LOUDEST_FIRST.includes(entry.severity as Severity));
  if (odd !== -1) throw new UsageError(`entry ${odd + 1} of the baseline ${shown} is none; ${made}: take it out, or write the baseline anew`);
  return baseline as unknown as Baseline;
}

/** The report without the findings that are accepted: who accepted a warning has not accepted the error that became of it. */
export function withoutAccepted(report: Report, { accepted }: Baseline, file: string, cwd: string): Report {
  const entries = new Map<string, AcceptedFinding[]>();
  const add = (key: string, entry: AcceptedFinding) => entries.set(key, [...entries.get(key) ?? [], entry]);
  for (const entry of accepted) {
    add(entry.fingerprint, entry);
    add(keyOf(entry, path.resolve(path.dirname(file), entry.template)), entry);
  }
  const matched = new Set<AcceptedFinding>();
  const findings = report.findings.filter((finding) => {
    const template = path.resolve(cwd, finding.template);
    const isFree = (each: AcceptedFinding) => !matched.has(each);
    const isItsOwn = (each: AcceptedFinding) => !isOfAnother(path.resolve(path.dirname(file), each.template), template);
    const entry = entries.get(keyOf(finding, template))?.find(isFree) ?? entries.get(finding.fingerprint)?.filter(isFree).find(isItsOwn);
    if (entry) matched.add(entry);
    return !entry || LOUDEST_FIRST.indexOf(finding.severity) < LOUDEST_FIRST.indexOf(entry.severity);
  });
  return {
    ...report,
    summary: {
      ...report.summary,
      places: placesOf(findings),
      findings: countSeverities(findings),
      accepted: report.findings.length - findings.length,
      unmatched: accepted.length - matched.size,
    },
    findings,
  };
}

/** What stands in one file keeps its name there, whatever else is read beside it. */
function keyOf({ stack, logicalId, rule, fingerprint }: AcceptedFinding | ReportedFinding, template: string): string {
  return JSON.stringify([template, stack, logicalId, rule, fingerprint.split(':')[1]]);
}

/** Whether an entry is of another plain template with the same name; an assembly may be written to several folders. */
function isOfAnother(template: string, checked: string): boolean {
  return template !== checked && fs.existsSync(template) && !fs.existsSync(path.join(path.dirname(template), 'manifest.json'));
}
