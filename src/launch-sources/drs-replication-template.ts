import { serviceManaged } from './service-managed';

/** The service launches replication servers in the staging area subnet. */
export const DRS_REPLICATION_TEMPLATE = serviceManaged({
  type: 'AWS::DRS::ReplicationConfigurationTemplate',
  name: 'DRS replication template',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-drs-replicationconfigurationtemplate.html',
});
