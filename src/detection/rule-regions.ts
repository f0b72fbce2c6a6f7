import { Imdsv2ConfigRule } from './config-rule';

/**
 * Where AWS Config does not offer a rule: the one table of it.
 *
 * From the line "AWS Region" of the page of each rule, `config/latest/developerguide/<rule>.html`, as copied in 2025 and 2026. Of
 * `EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK` every copy is older than the region ap-southeast-6, so that it is not known whether it is
 * offered there. Of `AUTOSCALING_LAUNCH_TEMPLATE` one copy names fewer regions than this.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/managing-rules-by-region-availability.html
 */
const NOT_OFFERED: { readonly [rule in Imdsv2ConfigRule]: readonly string[] } = {
  [Imdsv2ConfigRule.EC2_IMDSV2_CHECK]: ['us-isob-west-1'],
  [Imdsv2ConfigRule.EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK]: [
    'ap-east-2', 'ap-south-2', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-2', 'il-central-1',
    'me-central-1', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1',
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
  [Imdsv2ConfigRule.AUTOSCALING_LAUNCH_TEMPLATE]: [
    'ap-east-2', 'ap-southeast-6', 'ap-southeast-7', 'mx-central-1', 'us-gov-east-1', 'us-gov-west-1',
  ],
};

/** Whether a rule is offered in a region, as far as the table knows; in one that only the deployment knows, it is. */
export function isOffered(rule: Imdsv2ConfigRule, region: string): boolean {
  return !NOT_OFFERED[rule].includes(region);
}
