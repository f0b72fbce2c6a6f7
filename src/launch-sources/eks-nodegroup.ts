import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences, withoutLaunchTemplate } from './launch-template-reference';

/** Pods reach the metadata service through a bridge, so its launch template is a container host's. */
export const EKS_NODEGROUP: LaunchSourceType = {
  type: 'AWS::EKS::Nodegroup',
  name: 'EKS node group',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-nodegroup.html',
  reads: [['LaunchTemplate']],
  onNewVersion: () => DeployEffect.RENEWS_NODES,
  effectDocumentation: 'https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html',
  references: (properties) => launchTemplateReferences(properties.LaunchTemplate, ['LaunchTemplate'], { id: 'Id', name: 'Name' }),
  gaps: (properties) => withoutLaunchTemplate(properties, ['LaunchTemplate'],
    'create a new node group with a launch template that says HttpTokens: required and HttpPutResponseHopLimit: 2, drain this one and remove it: '
      + 'a node group that was made without a launch template cannot be moved to one'),
  containerHost: 'used by an EKS node group',
};
