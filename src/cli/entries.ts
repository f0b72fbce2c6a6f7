import { grouped } from './grouped';
import type { ReportedFinding } from './report';
import { Severity } from '../checks/rules/check-rule';
import { Rule, ruleId } from '../private/rules';

/** What is said of launch sources because they are open, or nobody can tell. */
const OPEN: ReadonlySet<string> = new Set(
  [Rule.TOKENS, Rule.LAUNCH_TEMPLATE_FOLLOWER, Rule.EXTERNAL_LAUNCH_TEMPLATE, Rule.UNSETTABLE, Rule.UNSEEN_CONTENT].map(ruleId));

/** Findings that are the same in several environments stand together: one thing to do. */
export function entriesOf(findings: readonly ReportedFinding[]): ReportedFinding[][] {
  const times = new Map<string, number>();
  return [...grouped(findings, (finding) => {
    const { edit, rule, severity, path, problem, fix, controls, template, stack } = finding;
    const same = JSON.stringify([edit, rule, severity, path, problem, fix, controls]);
    // What one template says twice is two things.
    const here = JSON.stringify([same, template, stack]);
    times.set(here, (times.get(here) ?? 0) + 1);
    return JSON.stringify([same, times.get(here)]);
  }).values()];
}

/** In how many places something has to be written so that what is open no longer is. */
export function placesOf(findings: readonly ReportedFinding[]): number {
  return new Set(findings.filter(({ rule, severity }) => OPEN.has(rule) && severity !== Severity.INFO).map(({ edit }) => edit)).size;
}
