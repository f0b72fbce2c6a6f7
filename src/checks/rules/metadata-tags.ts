import { NOTHING, Severity, type CheckRule } from './check-rule';
import { blocksAt } from '../../launch-sources/metadata-options';
import { isStruct } from '../../private/json';
import { Rule } from '../../private/rules';
import { hideTags } from '../../remedies/options';

/** Tags in metadata are readable by everything that runs on the instance. */
export const METADATA_TAGS: CheckRule = {
  rule: Rule.METADATA_TAGS,
  title: 'instance tags in metadata are there on purpose',
  documentation: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html',
  check(subject) {
    const { resource, source, properties, world } = subject;
    if (!source.optionsPath) return NOTHING;
    const outcomes = world.outcomes(resource);
    const enabled = blocksAt(properties, source.optionsPath).flatMap(outcomes)
      .some((block) => isStruct(block) && outcomes(block.InstanceMetadataTags).includes('enabled'));
    return !enabled ? NOTHING : [{
      severity: Severity.INFO,
      location: ['Properties', ...source.optionsPath, 'InstanceMetadataTags'].join('.'),
      problem: `the ${source.name} puts instance tags in the metadata, where everything that runs on an instance can read them`,
      remedy: hideTags(subject),
    }];
  },
};
