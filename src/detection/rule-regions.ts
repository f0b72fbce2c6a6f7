import { Imdsv2ConfigRule } from './config-rule';

/**
 * Where AWS Config does not offer a rule: the one table of it.
 *
 * From the line "AWS Region" of the page of each rule, `config/latest/developerguide/<rule>.html`, in the latest copies of 2026, and
 * the same in moto 5.2.1's `aws_managed_rules.json`. Earlier copies of the page of `AUTOSCALING_LAUNCH_TEMPLATE` leave out GovCloud
 * and some new regions.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/managing-rules-by-region-availability.html
 */
const NOT_OFFERED: { readonly [rule in Imdsv2ConfigRule]: readonly string[] } = {
  [Imdsv2ConfigRule.EC2_IMDSV2_CHECK]: ['us-isob-west-1'],
  [Imdsv2ConfigRule.EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK]: [
    'ap-east-2', 'ap-south-2', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-2',
    'il-central-1', 'me-central-1', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1',
  ],
  [Imdsv2ConfigRule.EC2_TOKEN_HOP_LIMIT_CHECK]: [
    'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'cn-north-1',
    'cn-northwest-1', 'eu-central-2', 'eu-south-2', 'il-central-1', 'me-central-1', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1',
  ],
  [Imdsv2ConfigRule.AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2]: [
    'ap-east-2', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'mx-central-1',
  ],
  [Imdsv2ConfigRule.AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT]: [
    'ap-east-2', 'ap-southeast-3', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1',
  ],
  [Imdsv2ConfigRule.AUTOSCALING_LAUNCH_TEMPLATE]: [],
};

/** Whether a rule is offered in a region, as far as the table knows; in one that only the deployment knows, it is. */
export function isOffered(rule: Imdsv2ConfigRule, region: string): boolean {
  return !NOT_OFFERED[rule].includes(region);
}
