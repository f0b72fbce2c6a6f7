import { serviceManaged } from './service-managed';

/** The service launches replication servers in the staging area subnet. */
export const MGN_REPLICATION_TEMPLATE = serviceManaged({
  type: 'AWS::MGN::ReplicationConfigurationTemplate',
  name: 'MGN replication template',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-mgn-replicationconfigurationtemplate.html',
});
