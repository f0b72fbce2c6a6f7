import { UsageError } from './usage-error';
import { nameOf } from '../checks/control-checks';
import type { Control } from '../checks/controls/control';
import { controlById, CONTROLS, controlsOf } from '../checks/controls/controls';

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

/** Every control in a line, for `--list-controls`. */
export function listControls(): string {
  const width = Math.max(...CONTROLS.map((control) => nameOf(control).length));
  return CONTROLS.map((control) => `${nameOf(control).padEnd(width)} ${(control.versions ?? []).join(', ').padEnd(22)} ${control.title}\n`).join('');
}
