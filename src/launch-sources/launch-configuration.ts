import { DeployEffect, type LaunchSourceType } from './launch-source';

/** Every change replaces it, and accounts created since 2024-10-01 cannot create one at all. */
export const LAUNCH_CONFIGURATION: LaunchSourceType = {
  type: 'AWS::AutoScaling::LaunchConfiguration',
  name: 'launch configuration',
  documentation: 'https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html',
  optionsPath: ['MetadataOptions'],
  userDataPath: ['UserData'],
  imagePath: ['ImageId'],
  nameProperty: 'LaunchConfigurationName',
  reads: [['MetadataOptions'], ['LaunchConfigurationName']],
  onEdit: () => DeployEffect.NEW_CONFIGURATION,
  rejected: 'accounts created since 2024-10-01 cannot create launch configurations at all',
};
