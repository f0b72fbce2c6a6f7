import { controlFindings, type ControlFinding } from './control-checks';
import type { Control } from './controls/control';
import type { CheckedSource, TemplateFinding } from './template-checks';

/** A finding of a rule, or of the controls of a framework. */
export type PackFinding = TemplateFinding | ControlFinding;

/** What a pack asks for: rules, or the controls of a framework. */
export interface Demands {
  /** The rules or controls, by the ids that exempt from this pack alone. */
  readonly ids: readonly string[];
  /** What a launch source fails of those that count. */
  findings(source: CheckedSource, counts: (id: string) => boolean): readonly PackFinding[];
}

export function rulesAsDemands(rules: readonly string[]): Demands {
  return { ids: rules, findings: (source, counts) => source.findings.filter(({ rule }) => counts(rule)) };
}

/** What several controls fail for one reason is one finding. */
export function controlsAsDemands(controls: readonly Control[]): Demands {
  return {
    ids: controls.map(({ id }) => id),
    findings: (source, counts) => controlFindings(source, controls.filter(({ id }) => counts(id))),
  };
}
