import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What an inventory reads, and nothing that changes anything. */
const IN_REGIONS = [
  'ec2:DescribeInstances', 'ec2:DescribeLaunchTemplateVersions', 'ec2:GetInstanceMetadataDefaults',
  'autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLaunchConfigurations', 'cloudwatch:GetMetricData',
];

/** These are global, or asked in the region of the run. */
const EVERYWHERE = [
  'ec2:DescribeRegions', 'iam:GetInstanceProfile', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:GetPolicy', 'iam:GetPolicyVersion',
];

/** @param regions where it may read; an undefined list stands for all of them */
export function inspectionPermissions(regions?: readonly string[]): PolicyStatement[] {
  const conditions = regions && { StringEquals: { 'aws:RequestedRegion': [...regions] } };
  return [
    new PolicyStatement({ actions: [...IN_REGIONS], resources: ['*'], conditions }),
    new PolicyStatement({ actions: [...EVERYWHERE], resources: ['*'] }),
  ];
}
