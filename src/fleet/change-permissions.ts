import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What asks before and after a change. */
const READS = [
  'ec2:DescribeInstances', 'ec2:GetInstanceMetadataDefaults', 'ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions',
  'autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLaunchConfigurations', 'autoscaling:DescribeInstanceRefreshes',
  'cloudformation:DescribeStackResources', 'cloudwatch:GetMetricData',
];

/**
 * What changing instances, launch templates and groups needs, and undoing it. Nothing launches an instance or passes a role: the
 * groups do that with a role of their own.
 *
 * @param refreshes whether instances of groups are replaced
 * @param regions where it may change something; an undefined list stands for all of them
 */
export function changePermissions(refreshes: boolean, regions?: readonly string[]): PolicyStatement[] {
  const conditions = regions && { StringEquals: { 'aws:RequestedRegion': [...regions] } };
  const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources, conditions });
  return [
    allow([...READS], '*'),
    allow(['ec2:ModifyInstanceMetadataOptions'], arnOf('ec2', 'instance/*')),
    allow(['ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'], arnOf('ec2', 'launch-template/*')),
    ...refreshes ? [allow(['autoscaling:StartInstanceRefresh', 'autoscaling:CancelInstanceRefresh'], arnOf('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*'))] : [],
  ];
}

function arnOf(service: string, resource: string): string {
  return `arn:${Aws.PARTITION}:${service}:*:${Aws.ACCOUNT_ID}:${resource}`;
}
