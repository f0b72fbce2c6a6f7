import { NOTHING, Severity, type CheckRule, type CheckSubject, type Verdict } from './check-rule';
import { blocksAt, hopLimitsOf, NOT_KNOWN } from '../../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../../launch-sources/options-spelling';
import { Posture } from '../../posture/posture';
import { CONTAINERS } from '../../private/hops';
import { Rule } from '../../private/rules';
import { hostOf } from '../../remedies/container-host';
import { boundHopLimit, writeHopLimit } from '../../remedies/options';

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
    const all = blocksAt(properties, optionsPath).flatMap((block) => hopLimitsOf(block, outcomes, spelling));
    const location = ['Properties', ...optionsPath, hopLimit].join('.');
    if (all.length > 0 && all.every((limit) => limit === undefined)) return silent(subject, location);
    const limits = new Set(all.filter((limit) => limit !== undefined && limit !== NOT_KNOWN));
    return [...limits].flatMap((limit): readonly Verdict[] => {
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

/** A container host that requires tokens, and leaves the hop limit to its account and image. */
function silent(subject: CheckSubject, location: string): readonly Verdict[] {
  const { source, properties, judgement } = subject;
  // What it launches from may say one.
  if (judgement.posture !== Posture.REQUIRED || source.parts || (source.references?.(properties) ?? []).length > 0) return NOTHING;
  const host = hostOf(subject);
  return host === undefined ? NOTHING : [{
    severity: Severity.INFO,
    location,
    problem: `the ${source.name} requires tokens, runs containers (${host}) and says no hop limit: the account's default decides, then the image's, and else it is 1, `
      + 'with which containers behind a bridge get no answer from the metadata service',
    remedy: writeHopLimit(subject, CONTAINERS),
  }];
}
