import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences, withoutLaunchTemplate } from './launch-template-reference';

/** Makes an Auto Scaling group once, which is changed without it from then on. */
export const GAMELIFT_GAME_SERVER_GROUP: LaunchSourceType = {
  type: 'AWS::GameLift::GameServerGroup',
  name: 'GameLift game server group',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-gamelift-gameservergroup.html',
  reads: [['LaunchTemplate']],
  onNewVersion: () => DeployEffect.NOT_PASSED_ON,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-gamelift-gameservergroup.html',
  references: (properties) => launchTemplateReferences(properties.LaunchTemplate, ['LaunchTemplate']),
  gaps: (properties) => withoutLaunchTemplate(properties, ['LaunchTemplate'],
    'name a launch template that says HttpTokens: required in LaunchTemplate; for a group that exists, in the Auto Scaling group that it made'),
};
