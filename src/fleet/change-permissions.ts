import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What asks before and after a change; EC2 has no resources for these. */
const READS = ['ec2:DescribeInstances', 'ec2:GetInstanceMetadataDefaults'];

/** @param regions where it may change something; an undefined list stands for all of them */
export function changePermissions(regions?: readonly string[]): PolicyStatement[] {
  const conditions = regions && { StringEquals: { 'aws:RequestedRegion': [...regions] } };
  return [
    new PolicyStatement({
      actions: ['ec2:ModifyInstanceMetadataOptions'], resources: [`arn:${Aws.PARTITION}:ec2:*:${Aws.ACCOUNT_ID}:instance/*`], conditions,
    }),
    new PolicyStatement({ actions: [...READS], resources: ['*'], conditions }),
  ];
}
