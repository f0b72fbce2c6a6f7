import type { LaunchSourceType } from './launch-source';

/** Its image decides, and nothing else can. */
export const CLOUD9_ENVIRONMENT: LaunchSourceType = {
  type: 'AWS::Cloud9::EnvironmentEC2',
  name: 'Cloud9 environment',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloud9-environmentec2.html',
  reads: [['ImageId']],
  gaps: () => [{
    path: [],
    reason: 'it has no property for metadata options, and its image and the account decide',
    fix: 'choose the image amazonlinux-2023-x86_64, which asks for tokens unless the account says otherwise; that replaces the environment',
  }],
};
