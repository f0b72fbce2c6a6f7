import { condition, fail, Outcome, pass, undecided, type ControlResult } from './control';
import { outcomesAt } from './outcomes';
import { AUTO_SCALING_GROUP } from '../../launch-sources/auto-scaling-group';
import { hasFunction, isNoValue, isStruct, type Json } from '../../private/json';
import { Rule } from '../../private/rules';
import type { CheckSubject } from '../rules/check-rule';

const OWN = ['LaunchTemplate'];
const POLICY = ['MixedInstancesPolicy', 'LaunchTemplate', 'LaunchTemplateSpecification'];
const UNDECIDED = 'a condition decides between a launch template and something else';

/** AutoScaling.9 */
export const GROUP_USES_TEMPLATE = condition({
  types: [AUTO_SCALING_GROUP.type],
  rule: Rule.LAUNCH_CONFIGURATION,
  passes: 'it has a launch template, itself or in its mixed instances policy',
  fails: 'it has none: a launch configuration, a running instance to copy, or nothing',
  skips: UNDECIDED,
  note: 'What the launch template says is not looked at, nor where it is.',
  evaluate: usesTemplate,
});

/** CT.AUTOSCALING.PR.8 */
export const GROUP_USES_WHOLE_TEMPLATE = condition({
  types: [AUTO_SCALING_GROUP.type],
  rule: Rule.LAUNCH_CONFIGURATION,
  passes: 'LaunchTemplate or its mixed instances policy, and not both, names a launch template by id or name, and not both, with a Version',
  fails: 'neither does, both do, or Version is absent',
  skips: UNDECIDED,
  note: 'What the launch template says is not looked at, nor where it is.',
  evaluate(subject) {
    const used = usesTemplate(subject);
    if (used.outcome !== Outcome.PASS) return used;
    const own = outcomesAt(subject.properties, OWN);
    const policy = outcomesAt(subject.properties, POLICY);
    if (![...own, ...policy].includes(undefined)) return fail('it has a launch template of its own and one in its mixed instances policy');
    const given = [...own, ...policy].filter((specification) => specification !== undefined);
    const partial = given.filter(isPartial);
    if (partial.length === 0) return used;
    return partial.length === given.length
      ? fail('its launch template needs a Version, and an id or a name but not both')
      : undecided({ path: 'Properties', reason: 'a condition decides whether its launch template has a Version, and an id or a name' });
  },
});

function usesTemplate({ properties }: CheckSubject): ControlResult {
  const isGiven = (...path: string[]) => outcomesAt(properties, path).some((outcome) => outcome !== undefined);
  const other = ['LaunchConfigurationName', 'InstanceId'].find((key) => isGiven(key));
  if (!isGiven(...OWN) && !isGiven(...POLICY)) return fail(`it has no launch template${other ? ` but ${other}` : ''}`);
  return other ? undecided({ path: `Properties.${other}`, reason: UNDECIDED }) : pass('it has a launch template');
}

/** What cannot be read is given the benefit of the doubt. */
function isPartial(specification: Json): boolean {
  if (!isStruct(specification) || hasFunction(specification)) return false;
  const isGiven = (key: string) => specification[key] !== undefined && !isNoValue(specification[key]);
  return !isGiven('Version') || isGiven('LaunchTemplateId') === isGiven('LaunchTemplateName');
}
