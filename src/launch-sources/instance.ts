import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';

/** The launch template's new version is a replacement, the instance's own options are none: so the instance gets its own. */
export const INSTANCE: LaunchSourceType = {
  type: 'AWS::EC2::Instance',
  name: 'instance',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html',
  optionsPath: ['MetadataOptions'],
  userDataPath: ['UserData'],
  imagePath: ['ImageId'],
  reads: [['MetadataOptions'], ['LaunchTemplate']],
  onEdit: () => DeployEffect.NONE,
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  references: (properties) => launchTemplateReferences(properties.LaunchTemplate, ['LaunchTemplate']),
};
