import { UsageError } from './usage-error';
import { Outcome, type Control } from '../checks/controls/control';
import { controlById, controlsOf, CONTROLS, ruleOf } from '../checks/controls/controls';
import { Severity } from '../checks/rules/check-rule';
import type { CheckedSource, TemplateFinding } from '../checks/template-checks';

/** A finding of controls instead of rules; the rule is the one by whose id it is acknowledged. */
export interface ControlFinding extends TemplateFinding {
  readonly controls: readonly string[];
}

/** The controls that `--framework cis@5.0 --control EC2.8` ask for, or undefined where nothing was asked. */
export function controlsNamed(frameworks: readonly string[] = [], ids: readonly string[] = []): readonly Control[] | undefined {
  if (frameworks.length + ids.length === 0) return undefined;
  try {
    const named = [
      ...frameworks.flatMap((framework) => {
        const [name, version] = framework.split('@');
        return controlsOf(name, version);
      }),
      ...ids.map(controlById),
    ];
    return [...new Set(named)];
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** One finding for each reason that controls fail for. */
export function controlFindings(source: CheckedSource, controls: readonly Control[]): ControlFinding[] {
  const failed = new Map<string, ControlFinding>();
  for (const control of controls) {
    const { outcome, reason } = control.evaluate(source);
    if (outcome !== Outcome.FAIL) continue;
    const rule = ruleOf(control, source);
    const key = JSON.stringify([rule, reason]);
    const known = failed.get(key);
    const names = [...known?.controls ?? [], nameOf(control)];
    const own = source.findings.find((finding) => finding.rule === rule);
    failed.set(key, {
      rule,
      resource: source.resource,
      severity: Severity.ERROR,
      location: own?.location ?? 'Properties',
      problem: `fails ${names.join(', ')}: ${reason}`,
      fix: own?.fix ?? `what passes: ${control.passes}`,
      controls: names,
    });
  }
  return [...failed.values()];
}

/** Every control in a line, for `--list-controls`. */
export function listControls(): string {
  return CONTROLS.map((control) => `${nameOf(control).padEnd(32)} ${(control.versions ?? []).join(', ').padEnd(22)} ${control.title}\n`).join('');
}

function nameOf({ framework, id }: Control): string {
  return `${framework} ${id}`;
}
