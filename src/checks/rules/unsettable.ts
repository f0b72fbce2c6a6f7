import { Severity, type CheckRule } from './check-rule';
import { Rule } from '../../private/rules';
import { advice } from '../../remedies/remedy';

/** What launches instances has a property, or a launch template, that can require tokens. */
export const UNSETTABLE: CheckRule = {
  rule: Rule.UNSETTABLE,
  title: 'launch sources have a place that can require tokens',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html',
  check: ({ source, properties }) => (source.gaps?.(properties) ?? []).filter(({ settable }) => !settable).map(({ path, reason, fix }) => ({
    severity: Severity.WARNING,
    location: ['Properties', ...path].join('.'),
    problem: `whether the ${source.name} allows IMDSv1 cannot be decided in a template: ${reason}`,
    remedy: advice(fix),
  })),
};
