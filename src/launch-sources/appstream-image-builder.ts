import { CAUTION, DISABLE_IMDSV1 } from './appstream-switch';
import { DeployEffect, type LaunchSourceType } from './launch-source';

/** A machine on which an image of streamed applications is made. */
export const APPSTREAM_IMAGE_BUILDER: LaunchSourceType = {
  type: 'AWS::AppStream::ImageBuilder',
  name: 'AppStream image builder',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appstream-imagebuilder.html',
  optionsPath: [],
  spelling: DISABLE_IMDSV1,
  reads: [['DisableIMDSV1']],
  onEdit: () => DeployEffect.NONE,
  caution: CAUTION,
};
