import { DeployEffect, type LaunchSourceType } from './launch-source';

/** All of its managed instance is create-only. */
export const WORKSPACES_INSTANCE: LaunchSourceType = {
  type: 'AWS::WorkspacesInstances::WorkspaceInstance',
  name: 'WorkSpaces instance',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-workspacesinstances-workspaceinstance.html',
  optionsPath: ['ManagedInstance', 'MetadataOptions'],
  userDataPath: ['ManagedInstance', 'UserData'],
  imagePath: ['ManagedInstance', 'ImageId'],
  reads: [['ManagedInstance', 'MetadataOptions']],
  onEdit: () => DeployEffect.REPLACES_RESOURCE,
};
