import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplatesAt } from './launch-template-reference';
import { EACH, placesAt } from './places';
import { isNoValue } from '../private/json';

const SPECIFICATIONS = ['SpotFleetRequestConfigData', 'LaunchSpecifications'];
const CONFIGS = ['SpotFleetRequestConfigData', 'LaunchTemplateConfigs'];

/** Launch specifications have no metadata options at all; launch template configurations are create-only. */
export const SPOT_FLEET: LaunchSourceType = {
  type: 'AWS::EC2::SpotFleet',
  name: 'spot fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-spotfleet.html',
  userDataPaths: [[...SPECIFICATIONS, EACH, 'UserData']],
  reads: [CONFIGS, SPECIFICATIONS],
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-spotfleet.html',
  references: (properties) => launchTemplatesAt(properties, [...CONFIGS, EACH, 'LaunchTemplateSpecification']),
  gaps: (properties) => placesAt(properties, SPECIFICATIONS)
    .filter(({ value }) => value !== undefined && !isNoValue(value)).slice(0, 1)
    .map(() => ({
      path: SPECIFICATIONS,
      reason: 'its launch specifications have no property for metadata options',
      fix: 'launch from LaunchTemplateConfigs, with launch templates that say HttpTokens: required; that replaces the fleet',
    })),
};
