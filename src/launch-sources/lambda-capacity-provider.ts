import { serviceManaged } from './service-managed';

export const LAMBDA_CAPACITY_PROVIDER = serviceManaged({
  type: 'AWS::Lambda::CapacityProvider',
  name: 'Lambda capacity provider',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-capacityprovider.html',
});
