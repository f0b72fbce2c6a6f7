import { outcomesAt } from './outcomes';
import type { CheckSubject } from '../rules/check-rule';

/** False where no outcome of the template's conditions gives it data. */
export function hasLaunchTemplateData({ properties }: CheckSubject): boolean {
  return outcomesAt(properties, ['LaunchTemplateData']).some((data) => data !== undefined);
}
