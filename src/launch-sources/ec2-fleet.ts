import { DeployEffect, type LaunchSourceType, type Part } from './launch-source';
import { launchTemplateReferences, launchTemplatesAt } from './launch-template-reference';
import { EACH, placesAt, type Place } from './places';
import { outcomesOf } from '../private/json';

const CONFIGS = ['LaunchTemplateConfigs', EACH];

/** Every part of it is create-only: following a new launch template version replaces the fleet, and so does an override's own options. */
export const EC2_FLEET: LaunchSourceType = {
  type: 'AWS::EC2::EC2Fleet',
  name: 'EC2 fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-ec2fleet.html',
  optionsPath: [...CONFIGS, 'Overrides', EACH, 'MetadataOptions'],
  reads: [['LaunchTemplateConfigs']],
  onEdit: () => DeployEffect.REPLACES_RESOURCE,
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  references: (properties) => launchTemplatesAt(properties, [...CONFIGS, 'LaunchTemplateSpecification']),
  parts: (properties) => placesAt(properties, CONFIGS).flatMap(partsOf),
};

/** What an override says wins over the launch template. */
function partsOf({ path, value }: Place): Part[] {
  const references = placesAt(value, ['LaunchTemplateSpecification'], path).flatMap((place) => launchTemplateReferences(place.value, place.path));
  const lists = placesAt(value, ['Overrides'], path).flatMap((place) => outcomesOf(place.value).map((list) => ({ ...place, value: list })));
  return lists.flatMap(optionsOf).map((options) => ({ options, references }));
}

/** Without an override, if only under a condition, the launch template launches by itself. */
function optionsOf({ path, value }: Place): Place[] {
  const overrides = placesAt(value, [EACH, 'MetadataOptions'], path);
  return overrides.length > 0 ? overrides : [{ path, value: undefined }];
}
