import type { ScalarTag, Tags } from 'yaml';

/** CloudFormation supports none of these: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html */
const UNSUPPORTED = /:(?:binary|omap|pairs|set|timestamp|merge)$/;

/**
 * YAML 1.1 as CloudFormation takes it: `yes`, `no`, `on` and `off` are booleans, `010` is eight.
 *
 * `y` and `n` are not, as in the parsers of that version: `AttributeType: N` is everywhere. Merges are for the reader to see.
 */
export function cloudFormationTags(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'object' && !UNSUPPORTED.test(tag.tag)).map((tag) => {
    const { test } = tag as ScalarTag;
    return (tag as ScalarTag).tag.endsWith(':bool') && test ? { ...tag as ScalarTag, test: new RegExp(`(?!^[YyNn]$)${test.source}`) } : tag;
  });
}
