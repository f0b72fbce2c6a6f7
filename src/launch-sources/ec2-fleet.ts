import { DeployEffect, type LaunchSourceType, type Part } from './launch-source';
import { launchTemplateReferences, launchTemplatesAt } from './launch-template-reference';
import { EACH, placesAt, type Place } from './places';

const CONFIGS = ['LaunchTemplateConfigs', EACH];

/** Every part of it is create-only: following a new launch template version replaces the fleet, and so does an override's own options. */
export const EC2_FLEET: LaunchSourceType = {
  type: 'AWS::EC2::EC2Fleet',
  name: 'EC2 fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-ec2fleet.html',
  optionsPath: [...CONFIGS, 'Overrides', EACH, 'MetadataOptions'],
  reads: [['LaunchTemplateConfigs']],
  onEdit: DeployEffect.REPLACES_RESOURCE,
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  references: (properties) => launchTemplatesAt(properties, [...CONFIGS, 'LaunchTemplateSpecification']),
  parts: (properties) => placesAt(properties, CONFIGS).flatMap(partsOf),
};

/** What an override says wins over the launch template. */
function partsOf({ path, value }: Place): Part[] {
  const references = placesAt(value, ['LaunchTemplateSpecification'], path).flatMap((place) => launchTemplateReferences(place.value, place.path));
  const overrides = placesAt(value, ['Overrides', EACH, 'MetadataOptions'], path);
  const options = overrides.length > 0 ? overrides : [{ path: [...path, 'Overrides'], value: undefined }];
  return options.map((place) => ({ options: place, references }));
}
