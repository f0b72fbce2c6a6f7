import { serviceManaged } from './service-managed';

/** A configuration management server on an EC2 instance that has an instance profile of the account. */
export const OPSWORKS_CM_SERVER = serviceManaged({
  type: 'AWS::OpsWorksCM::Server',
  name: 'OpsWorks CM server',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-opsworkscm-server.html',
});
