import { placesAt } from './places';
import { serviceManaged } from './service-managed';
import { isNoValue } from '../private/json';

/** Builds straight on an instance where its environment says so; others build in containers, or on a fleet that they name. */
export const CODEBUILD_PROJECT = serviceManaged({
  type: 'AWS::CodeBuild::Project',
  name: 'CodeBuild project on EC2',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codebuild-project-environment.html',
  reads: [['Environment', 'Type'], ['Environment', 'Fleet']],
  launches: (properties, outcomes) =>
    placesAt(properties, ['Environment', 'Type']).flatMap(({ value }) => outcomes(value)).some((type) => typeof type === 'string' && type.endsWith('_EC2'))
    && placesAt(properties, ['Environment', 'Fleet']).some(({ value }) => outcomes(value).some((fleet) => fleet === undefined || isNoValue(fleet))),
});
