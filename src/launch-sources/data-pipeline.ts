import { EACH, placesAt } from './places';
import { serviceManaged } from './service-managed';
import { isStruct } from '../private/json';

const LAUNCHING: readonly unknown[] = ['Ec2Resource', 'EmrCluster'];

/** Launches what its resource objects say; others work on machines that poll it. */
export const DATA_PIPELINE = serviceManaged({
  type: 'AWS::DataPipeline::Pipeline',
  name: 'Data Pipeline pipeline',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-datapipeline-pipeline.html',
  reads: [['PipelineObjects']],
  launches: (properties, outcomes) => placesAt(properties, ['PipelineObjects', EACH, 'Fields', EACH]).some(({ value }) =>
    outcomes(value).some((field) => isStruct(field) && field.Key === 'type' && outcomes(field.StringValue).some((type) => LAUNCHING.includes(type)))),
});
