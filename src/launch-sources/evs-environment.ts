import { serviceManaged } from './service-managed';

export const EVS_ENVIRONMENT = serviceManaged({
  type: 'AWS::EVS::Environment',
  name: 'EVS environment',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-evs-environment.html',
});
