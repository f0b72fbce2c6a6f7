import { serviceManaged } from './service-managed';

/** Its instance groups run lifecycle scripts and jobs of the user as an execution role. */
export const SAGEMAKER_CLUSTER = serviceManaged({
  type: 'AWS::SageMaker::Cluster',
  name: 'SageMaker HyperPod cluster',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-cluster.html',
});
