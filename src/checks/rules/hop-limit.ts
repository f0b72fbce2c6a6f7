import { NOTHING, Severity, type CheckRule, type Verdict } from './check-rule';
import { blocksAt, hopLimitsOf, NOT_KNOWN } from '../../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../../launch-sources/options-spelling';
import { CONTAINERS } from '../../private/hops';
import { Rule } from '../../private/rules';
import { hostOf } from '../../remedies/container-host';
import { boundHopLimit } from '../../remedies/options';

/** A token travels no further than it needs to. */
export const HOP_LIMIT: CheckRule = {
  rule: Rule.HOP_LIMIT,
  title: 'hop limits are from 1 to 64, and no larger than containers need',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html',
  check(subject) {
    const { resource, source, properties, world } = subject;
    const { optionsPath, spelling = METADATA_OPTIONS } = source;
    const { hopLimit } = spelling;
    if (!optionsPath || hopLimit === undefined) return NOTHING;
    const outcomes = world.outcomes(resource);
    const limits = blocksAt(properties, optionsPath).flatMap((block) => hopLimitsOf(block, outcomes, spelling))
      .filter((limit) => limit !== undefined && limit !== NOT_KNOWN);
    const location = ['Properties', ...optionsPath, hopLimit].join('.');
    return [...new Set(limits)].flatMap((limit): readonly Verdict[] => {
      // What is no number at all cannot be deployed either.
      if (!(Number(limit) >= 1 && Number(limit) <= 64)) {
        return [{
          severity: Severity.ERROR,
          location,
          problem: `the hop limit of the ${source.name} is ${typeof limit === 'number' ? limit : `'${limit}'`}, and EC2 takes 1 to 64`,
          remedy: boundHopLimit(subject, hostOf(subject) ? CONTAINERS : 1),
        }];
      }
      return Number(limit) <= CONTAINERS ? NOTHING : [{
        severity: Severity.INFO,
        location,
        problem: `tokens of the ${source.name} travel ${limit} network hops; containers behind one bridge need ${CONTAINERS}`,
        remedy: boundHopLimit(subject, CONTAINERS, 'unless an overlay network needs more'),
      }];
    });
  },
};
