import { DeployEffect, type LaunchSourceType } from './launch-source';
import { mayBeAbsent } from './places';
import { isNoValue, outcomesOf } from '../private/json';

/** Its security configuration decides, and can be chosen only when the cluster is created. */
export const EMR_CLUSTER: LaunchSourceType = {
  type: 'AWS::EMR::Cluster',
  name: 'EMR cluster',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-emr-cluster.html',
  reads: [['SecurityConfiguration']],
  onNewVersion: () => DeployEffect.REPLACES_RESOURCE,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-emr-cluster.html',
  references: ({ SecurityConfiguration: name }) => outcomesOf(name).filter((target) => target !== undefined && !isNoValue(target))
    .map((target) => ({ path: ['SecurityConfiguration'], to: 'EMR security configuration', target })),
  gaps: ({ SecurityConfiguration: name }) => !mayBeAbsent(name) ? [] : [{
    path: ['SecurityConfiguration'],
    reason: 'it has no security configuration to say so',
    fix: 'name an AWS::EMR::SecurityConfiguration with InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: 2, '
      + 'HttpPutResponseHopLimit: 1 }; that replaces the cluster',
    settable: true,
  }],
};
