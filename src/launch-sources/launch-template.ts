import { DeployEffect, type LaunchSourceType } from './launch-source';

/** Its edit is a new version; what that does is decided by whatever follows its latest version. */
export const LAUNCH_TEMPLATE: LaunchSourceType = {
  type: 'AWS::EC2::LaunchTemplate',
  name: 'launch template',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html',
  optionsPath: ['LaunchTemplateData', 'MetadataOptions'],
  userDataPath: ['LaunchTemplateData', 'UserData'],
  imagePath: ['LaunchTemplateData', 'ImageId'],
  nameProperty: 'LaunchTemplateName',
  reads: [['LaunchTemplateData', 'MetadataOptions'], ['LaunchTemplateName']],
  onEdit: () => DeployEffect.NEW_VERSION,
};
