import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What these calls read beside what the inventory does. */
const READS = [
  'ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions', 'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeLaunchConfigurations', 'autoscaling:DescribeInstanceRefreshes', 'cloudformation:DescribeStackResources',
];

/**
 * What changing launch templates and groups needs, and undoing it. Nothing launches an instance or passes a role: the groups
 * do that with a role of their own.
 *
 * @param partition of the account
 * @param refreshes whether instances of groups are replaced
 * @param regions where it may change something; an undefined list stands for all of them
 */
export function changePermissions(partition: string, refreshes: boolean, regions?: readonly string[]): PolicyStatement[] {
  const conditions = regions && { StringEquals: { 'aws:RequestedRegion': [...regions] } };
  return [
    new PolicyStatement({ actions: READS, resources: ['*'], conditions }),
    new PolicyStatement({
      actions: ['ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'], resources: [`arn:${partition}:ec2:*:*:launch-template/*`], conditions,
    }),
    ...refreshes ? [new PolicyStatement({
      actions: ['autoscaling:StartInstanceRefresh', 'autoscaling:CancelInstanceRefresh'],
      resources: [`arn:${partition}:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*`],
      conditions,
    })] : [],
  ];
}
