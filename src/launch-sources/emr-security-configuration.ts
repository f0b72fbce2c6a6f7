import { DeployEffect, type LaunchSourceType } from './launch-source';

/** A JSON document that EMR clusters are created with: a change makes another one, and replaces every cluster that names it. */
export const EMR_SECURITY_CONFIGURATION: LaunchSourceType = {
  type: 'AWS::EMR::SecurityConfiguration',
  name: 'EMR security configuration',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-emr-securityconfiguration.html',
  optionsPath: ['SecurityConfiguration', 'InstanceMetadataServiceConfiguration'],
  spelling: {
    tokens: 'MinimumInstanceMetadataServiceVersion',
    required: 2,
    optional: 1,
    hopLimit: 'HttpPutResponseHopLimit',
    members: ['MinimumInstanceMetadataServiceVersion', 'HttpPutResponseHopLimit'],
    verbatim: true,
  },
  nameProperty: 'Name',
  reads: [['SecurityConfiguration', 'InstanceMetadataServiceConfiguration'], ['Name']],
  onEdit: () => DeployEffect.REPLACES_RESOURCE,
  caution: 'one that has a Name needs another, because CloudFormation replaces nothing that keeps its name',
};
