import type { LaunchSourceType } from './launch-source';
import { launchTemplatesAt } from './launch-template-reference';
import { EACH, mayBeAbsent, placesAt } from './places';
import { isNoValue } from '../private/json';

const FAST_LAUNCHES = ['Distributions', EACH, 'FastLaunchConfigurations', EACH];
const TEMPLATE = [...FAST_LAUNCHES, 'LaunchTemplate'];

/** Launches Windows instances ahead of time where an image is made to launch faster, and otherwise none. */
export const IMAGE_BUILDER_DISTRIBUTION: LaunchSourceType = {
  type: 'AWS::ImageBuilder::DistributionConfiguration',
  name: 'Image Builder distribution configuration',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-imagebuilder-distributionconfiguration-fastlaunchconfiguration.html',
  reads: [['Distributions']],
  references: (properties) => launchTemplatesAt(properties, TEMPLATE, { version: 'LaunchTemplateVersion' }).filter(({ target }) => !isNoValue(target)),
  gaps: (properties) => placesAt(properties, TEMPLATE).filter(({ value }) => mayBeAbsent(value)).map(({ path }) => ({
    path,
    reason: 'it launches Windows instances ahead of time without a launch template, and has no metadata options of its own',
    fix: 'name a launch template that says HttpTokens: required in the fast launch configuration',
  })),
  launches: (properties) => placesAt(properties, FAST_LAUNCHES).some(({ value }) => value !== undefined && !isNoValue(value)),
};
