import { serviceManaged } from './service-managed';

export const OPSWORKS_INSTANCE = serviceManaged({
  type: 'AWS::OpsWorks::Instance',
  name: 'OpsWorks instance',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opsworks-instance.html',
});
