import * as fs from 'fs';
import { countSeverities } from './build-report';
import { reasonOf } from './failure';
import { fingerprintsOf } from './fingerprint';
import type { Report } from './report';
import { UsageError } from './usage-error';
import { Severity } from '../checks/rules/check-rule';
import { isStruct } from '../private/json';

/** Findings that were there when it was written; people read them in reviews, the tool reads the fingerprints. */
interface Baseline {
  readonly schemaVersion: 1;
  readonly accepted: ReadonlyArray<{
    readonly fingerprint: string;
    readonly rule: string;
    readonly template: string;
    readonly name: string;
    readonly path: string;
    /** Absent in what earlier versions wrote. */
    readonly severity?: Severity;
  }>;
}

/** How much each accepted finding may weigh, by its fingerprint. */
export type Accepted = ReadonlyMap<string, Severity>;

const LOUDEST_FIRST = Object.values(Severity);

/** The text of a baseline that accepts every finding of a report. */
export function baselineOf({ findings }: Report): string {
  const fingerprints = fingerprintsOf(findings);
  const accepted = findings.map(({ rule, template, name, path, severity }, i) =>
    ({ fingerprint: fingerprints[i], rule, template, name, path, severity }));
  return `${JSON.stringify({ schemaVersion: 1, accepted } satisfies Baseline, undefined, 2)}\n`;
}

/** What a baseline's file accepts. */
export function readBaseline(file: string, shown: string): Accepted {
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
  if (!isStruct(baseline) || baseline.schemaVersion !== 1 || !Array.isArray(baseline.accepted)) {
    throw new UsageError(`the baseline ${shown} is none (got ${isStruct(baseline) ? `schemaVersion ${String(baseline.schemaVersion)}` : typeof baseline}); ${expected}`);
  }
  return new Map(baseline.accepted.map((entry) => [String(entry?.fingerprint), entry?.severity ?? Severity.ERROR]));
}

/** The report without the findings that are accepted: who accepted a warning has not accepted the error that became of it. */
export function withoutAccepted(report: Report, accepted: Accepted): Report {
  const fingerprints = fingerprintsOf(report.findings);
  const findings = report.findings.filter(({ severity }, i) => {
    const atMost = accepted.get(fingerprints[i]);
    return atMost === undefined || LOUDEST_FIRST.indexOf(severity) < LOUDEST_FIRST.indexOf(atMost);
  });
  return {
    ...report,
    summary: { ...report.summary, findings: countSeverities(findings), accepted: report.findings.length - findings.length },
    findings,
  };
}
