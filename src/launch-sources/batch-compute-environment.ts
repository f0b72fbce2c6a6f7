import { DeployEffect, type LaunchSourceType, type SourceResource } from './launch-source';
import { launchTemplateReferences, launchTemplatesAt, withoutLaunchTemplate } from './launch-template-reference';
import { EACH, placesAt } from './places';
import { isNoValue, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

const TEMPLATE = ['ComputeResources', 'LaunchTemplate'];

/** Batch jobs are containers, so its launch templates are container hosts'; what runs on Fargate, or is not managed, launches no instance. */
export const BATCH_COMPUTE_ENVIRONMENT: LaunchSourceType = {
  type: 'AWS::Batch::ComputeEnvironment',
  name: 'Batch compute environment',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html',
  reads: [['Type'], ['ComputeResources', 'Type'], TEMPLATE, ['ReplaceComputeEnvironment'], ['ComputeEnvironmentName']],
  onNewVersion: environmentEffect,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html',
  references: (properties) => [
    ...launchTemplatesAt(properties, TEMPLATE),
    ...placesAt(properties, [...TEMPLATE, 'Overrides', EACH])
      .filter(({ path }) => path.length > TEMPLATE.length)
      .flatMap(({ path, value }) => launchTemplateReferences(value, path))
      // An override that a condition leaves out overrides nothing.
      .filter(({ target }) => !isNoValue(target)),
  ],
  gaps: (properties) => withoutLaunchTemplate(properties, TEMPLATE,
    'name a launch template that says HttpTokens: required and HttpPutResponseHopLimit: 2 in ComputeResources.LaunchTemplate'),
  launches: (properties, outcomes) => {
    const types = placesAt(properties, ['ComputeResources', 'Type']).flatMap(({ value }) => outcomes(value));
    return !isAlways(outcomes(properties.Type), 'UNMANAGED') && !isAlways(types, 'FARGATE', 'FARGATE_SPOT');
  },
  containerHost: 'used by a Batch compute environment',
};

/** Whether all that a value can be is one of these words. */
function isAlways(values: readonly Json[], ...words: readonly string[]): boolean {
  return values.every((value) => typeof value === 'string' && words.includes(value.toUpperCase()));
}

/** Replaced unless it says otherwise; CloudFormation refuses to replace what has a name of its own, so nothing may ask for that. */
function environmentEffect({ Properties: properties }: SourceResource): DeployEffect {
  const { ReplaceComputeEnvironment: replace, ComputeEnvironmentName: name }: Struct = isStruct(properties) ? properties : {};
  if (outcomesOf(replace).every((one) => one === false || one === 'false')) return DeployEffect.RENEWS_NODES;
  return name === undefined || isNoValue(name) ? DeployEffect.REPLACES_ENVIRONMENT : DeployEffect.REPLACES_RESOURCE;
}
