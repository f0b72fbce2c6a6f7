import { DeployEffect, type LaunchSourceType } from './launch-source';

/** Says which version is the oldest to be answered, as a string. */
export const SAGEMAKER_NOTEBOOK_INSTANCE: LaunchSourceType = {
  type: 'AWS::SageMaker::NotebookInstance',
  name: 'SageMaker notebook instance',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-sagemaker-notebookinstance-instancemetadataserviceconfiguration.html',
  optionsPath: ['InstanceMetadataServiceConfiguration'],
  spelling: {
    tokens: 'MinimumInstanceMetadataServiceVersion',
    required: '2',
    optional: '1',
    members: ['MinimumInstanceMetadataServiceVersion'],
  },
  reads: [['InstanceMetadataServiceConfiguration']],
  onEdit: () => DeployEffect.NONE,
};
