import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';
import { isStruct } from '../private/json';

/** Every part of it is create-only: following a new launch template version replaces the fleet. */
export const EC2_FLEET: LaunchSourceType = {
  type: 'AWS::EC2::EC2Fleet',
  name: 'EC2 fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-ec2fleet.html',
  judged: false,
  reads: [['LaunchTemplateConfigs']],
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  references: ({ LaunchTemplateConfigs: configs }) => !Array.isArray(configs) ? [] : configs.flatMap((config, i) =>
    isStruct(config)
      ? launchTemplateReferences(config.LaunchTemplateSpecification, ['LaunchTemplateConfigs', String(i), 'LaunchTemplateSpecification'])
      : []),
};
