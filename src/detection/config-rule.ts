/**
 * The managed rules of AWS Config that look at the metadata service, by their identifiers.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
 */
export enum Imdsv2ConfigRule {
  /** Instances must require tokens. */
  EC2_IMDSV2_CHECK = 'EC2_IMDSV2_CHECK',
  /**
   * The default version of each launch template must require tokens. CloudFormation leaves it at the first: see
   * `LaunchTemplateDefaultVersion`.
   */
  EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK = 'EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK',
  /** Instances must not have a larger hop limit than `hopLimit`. */
  EC2_TOKEN_HOP_LIMIT_CHECK = 'EC2_TOKEN_HOP_LIMIT_CHECK',
  /** Launch configurations must require tokens. */
  AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2 = 'AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2',
  /** Launch configurations must not have a hop limit above 1. It cannot be told another one. */
  AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT = 'AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT',
  /** Auto Scaling groups must launch from a launch template. */
  AUTOSCALING_LAUNCH_TEMPLATE = 'AUTOSCALING_LAUNCH_TEMPLATE',
}

/**
 * Whose resources the rules look at.
 *
 * @see https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html
 */
export enum ConfigRuleReach {
  /** Those of the account of the stack. */
  ACCOUNT = 'ACCOUNT',
  /**
   * Those of every account of the organization. The stack is deployed to the management account, or to a delegated
   * administrator of AWS Config.
   */
  ORGANIZATION = 'ORGANIZATION',
}
