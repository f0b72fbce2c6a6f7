import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences, withoutLaunchTemplate } from './launch-template-reference';

/** Launches the nodes of a cluster for parallel computing. */
export const PCS_COMPUTE_NODE_GROUP: LaunchSourceType = {
  type: 'AWS::PCS::ComputeNodeGroup',
  name: 'PCS compute node group',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pcs-computenodegroup.html',
  reads: [['CustomLaunchTemplate']],
  onNewVersion: () => DeployEffect.NONE,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pcs-computenodegroup.html',
  references: (properties) => launchTemplateReferences(properties.CustomLaunchTemplate, ['CustomLaunchTemplate'], { id: 'TemplateId' }),
  gaps: (properties) => withoutLaunchTemplate(properties, ['CustomLaunchTemplate'],
    'name a launch template that says HttpTokens: required in CustomLaunchTemplate'),
};
