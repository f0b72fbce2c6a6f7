import { DeployEffect, type LaunchSourceType } from './launch-source';

/** The instances that build and test images; a container image is built in a container, behind a bridge. */
export const IMAGE_BUILDER_INFRASTRUCTURE: LaunchSourceType = {
  type: 'AWS::ImageBuilder::InfrastructureConfiguration',
  name: 'Image Builder infrastructure configuration',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-imagebuilder-infrastructureconfiguration-instancemetadataoptions.html',
  optionsPath: ['InstanceMetadataOptions'],
  reads: [['InstanceMetadataOptions']],
  onEdit: () => DeployEffect.NONE,
  containerHost: 'builds of container images need two hops',
};
