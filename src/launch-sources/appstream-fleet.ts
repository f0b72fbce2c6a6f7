import { CAUTION, DISABLE_IMDSV1 } from './appstream-switch';
import { DeployEffect, type LaunchSourceType } from './launch-source';

/** Streams desktops and applications to users. */
export const APPSTREAM_FLEET: LaunchSourceType = {
  type: 'AWS::AppStream::Fleet',
  name: 'AppStream fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-appstream-fleet.html',
  optionsPath: [],
  spelling: DISABLE_IMDSV1,
  reads: [['DisableIMDSV1']],
  onEdit: () => DeployEffect.NONE,
  caution: CAUTION,
};
