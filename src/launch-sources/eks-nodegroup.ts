import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';

/** Pods reach the metadata service through a bridge, so its launch template is a container host's. */
export const EKS_NODEGROUP: LaunchSourceType = {
  type: 'AWS::EKS::Nodegroup',
  name: 'EKS node group',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-nodegroup.html',
  judged: false,
  reads: [['LaunchTemplate']],
  onNewVersion: () => DeployEffect.RENEWS_NODES,
  references: (properties) => launchTemplateReferences(properties.LaunchTemplate, ['LaunchTemplate'], { id: 'Id', name: 'Name' }),
  containerHost: 'used by an EKS node group',
};
