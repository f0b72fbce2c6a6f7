/**
 * What `RequireImdsv2` does with launch configurations.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html
 */
export enum LaunchConfigurationPolicy {
  /** Each one is a finding that stops synthesis, because accounts created since 2024-10-01 cannot create them. */
  REJECT = 'reject',

  /**
   * Each one becomes a launch template with the same meaning, and its groups launch from that.
   *
   * What has no equivalent in a launch template is a finding that stops synthesis, and that configuration stays as it is.
   *
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-launch-configurations-with-cloudformation.html
   */
  MIGRATE = 'migrate',
}
