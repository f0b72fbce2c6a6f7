import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';
import { isStruct, valueAt } from '../private/json';

/** Launch specifications have no metadata options at all; launch template configurations are create-only. */
export const SPOT_FLEET: LaunchSourceType = {
  type: 'AWS::EC2::SpotFleet',
  name: 'spot fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-spotfleet.html',
  judged: false,
  reads: [['SpotFleetRequestConfigData', 'LaunchTemplateConfigs']],
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  references: (properties) => {
    const path = ['SpotFleetRequestConfigData', 'LaunchTemplateConfigs'];
    const configs = valueAt(properties, path);
    return !Array.isArray(configs) ? [] : configs.flatMap((config, i) => isStruct(config)
      ? launchTemplateReferences(config.LaunchTemplateSpecification, [...path, String(i), 'LaunchTemplateSpecification'])
      : []);
  },
};
