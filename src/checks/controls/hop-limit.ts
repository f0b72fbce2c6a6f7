import { condition, fail, pass, skip, undecided } from './control';
import { hasLaunchTemplateData } from './launch-template-data';
import { LAUNCH_TEMPLATE } from '../../launch-sources/launch-template';
import { blocksAt, hopLimitsOf, NOT_KNOWN } from '../../launch-sources/metadata-options';
import { Rule } from '../../private/rules';

const OPTIONS = LAUNCH_TEMPLATE.optionsPath!;

/** CT.EC2.PR.2 */
export const LAUNCH_TEMPLATE_HOP_LIMIT = condition({
  types: [LAUNCH_TEMPLATE.type],
  rule: Rule.HOP_LIMIT,
  passes: 'HttpPutResponseHopLimit is 1 or absent',
  fails: 'HttpPutResponseHopLimit is anything but 1',
  skips: 'it has no LaunchTemplateData, HttpEndpoint is disabled, or a parameter or condition decides',
  note: 'An absent hop limit is taken for 1. Container hosts, which need 2, cannot pass it.',
  evaluate(subject) {
    if (!hasLaunchTemplateData(subject)) return skip('it has no LaunchTemplateData');
    const outcomes = subject.world.outcomes(subject.resource);
    const limits = blocksAt(subject.properties, OPTIONS).flatMap((block) => hopLimitsOf(block, outcomes));
    if (limits.length === 0) return skip('the metadata endpoint is disabled');
    const passing = limits.filter((limit) => limit === undefined || limit === 1);
    if (passing.length === limits.length) return pass(limits.includes(1) ? 'the hop limit is 1' : 'no hop limit is set, which is taken for 1');
    return passing.length > 0 || limits.includes(NOT_KNOWN)
      ? undecided({ path: ['Properties', ...OPTIONS, 'HttpPutResponseHopLimit'].join('.'), reason: 'a parameter or condition decides' })
      : fail(`the hop limit is ${String(limits[0])}`);
  },
});
