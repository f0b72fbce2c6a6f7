import { DeployEffect, type LaunchSourceType, type Part } from './launch-source';
import { launchTemplateReferences, launchTemplatesAt } from './launch-template-reference';
import { EACH, placesAt, type Place } from './places';
import { isDynamicReference, isNoValue, isStruct, outcomesOf, type Json } from '../private/json';

const CONFIGS = ['LaunchTemplateConfigs', EACH];

/** Every part of it is create-only: following a new launch template version replaces the fleet, and so does an override's own options. */
export const EC2_FLEET: LaunchSourceType = {
  type: 'AWS::EC2::EC2Fleet',
  name: 'EC2 fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-ec2fleet.html',
  optionsPath: [...CONFIGS, 'Overrides', EACH, 'MetadataOptions'],
  userDataPaths: [[...CONFIGS, 'LaunchTemplateSpecification', 'LaunchTemplateSpecificationUserData']],
  reads: [['LaunchTemplateConfigs'], ['Type']],
  onEdit: () => DeployEffect.REPLACES_RESOURCE,
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-ec2fleet.html',
  references: (properties) => launchTemplatesAt(properties, [...CONFIGS, 'LaunchTemplateSpecification']),
  parts: (properties, outcomes) => {
    const counts = takesOptions(outcomes(properties.Type));
    return placesAt(properties, CONFIGS).flatMap((config) => partsOf(config, counts));
  },
};

/**
 * Whether the metadata options of overrides count: for fleets of type `instant` alone, and a fleet that names no type is `maintain`.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FleetInstanceMetadataOptionsRequest.html
 */
function takesOptions(types: readonly Json[]): boolean | undefined {
  const [first, ...others] = new Set(types.map((type) => (isStruct(type) && !isNoValue(type)) || isDynamicReference(type) ? undefined : type === 'instant'));
  return others.length > 0 ? undefined : first;
}

/** What an override says wins over the launch template, where it counts. */
function partsOf({ path, value }: Place, counts: boolean | undefined): Part[] {
  const references = placesAt(value, ['LaunchTemplateSpecification'], path).flatMap((place) => launchTemplateReferences(place.value, place.path));
  const lists = placesAt(value, ['Overrides'], path).flatMap((place) => outcomesOf(place.value).map((list) => ({ ...place, value: list })));
  return lists.flatMap(optionsOf).map((options) => ({ options, references, taken: { counts, decidedAt: ['Type'] } }));
}

/** Without an override, if only under a condition, the launch template launches by itself. */
function optionsOf({ path, value }: Place): Place[] {
  const overrides = placesAt(value, [EACH, 'MetadataOptions'], path);
  return overrides.length > 0 ? overrides : [{ path, value: undefined }];
}
