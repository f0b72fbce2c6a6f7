import { NOTHING, Severity, type CheckRule } from './check-rule';
import { Rule } from '../../private/rules';
import { advice } from '../../remedies/remedy';

/** Nothing launches from a launch configuration. */
export const LAUNCH_CONFIGURATION: CheckRule = {
  rule: Rule.LAUNCH_CONFIGURATION,
  title: 'no launch configurations',
  documentation: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html',
  check: ({ source }) => source.rejected === undefined ? NOTHING : [{
    severity: Severity.ERROR,
    location: 'Type',
    problem: `the ${source.name} cannot be deployed everywhere: ${source.rejected}`,
    remedy: advice('give the group a launch template; in a CDK app, '
      + 'new RequireImdsv2({ launchConfigurations: LaunchConfigurationPolicy.MIGRATE }) makes one of it, or set the feature flag '
      + "'@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true in cdk.json"),
  }],
};
