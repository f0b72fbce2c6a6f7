import type { IConstruct } from 'constructs';
import { Severity } from './rules/check-rule';
import type { TemplateResource } from '../posture/template-world';
import type { Message } from '../private/message';
import type { Settings } from '../private/settings';

/** One rule, one construct, one reason, one fix. */
export interface Finding extends Message {
  readonly construct: IConstruct;
  readonly resource?: TemplateResource;
  /** The template that shows it. */
  readonly template: string;
  readonly location?: string;
  readonly severity: Severity;
}

/** What is only reported stops nothing. */
export function severityOf({ reportOnly }: Settings): Severity {
  return reportOnly ? Severity.WARNING : Severity.ERROR;
}
