import { CAUTION, DISABLE_IMDSV1 } from './appstream-switch';
import { DeployEffect, type LaunchSourceType } from './launch-source';

/** A machine on which an app block is packaged; what CloudFormation does when the switch changes is not documented. */
export const APPSTREAM_APP_BLOCK_BUILDER: LaunchSourceType = {
  type: 'AWS::AppStream::AppBlockBuilder',
  name: 'AppStream app block builder',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appstream-appblockbuilder.html',
  optionsPath: [],
  spelling: DISABLE_IMDSV1,
  reads: [['DisableIMDSV1']],
  onEdit: () => DeployEffect.UNDOCUMENTED,
  caution: CAUTION,
};
