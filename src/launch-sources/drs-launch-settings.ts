import { perServerTemplate } from './per-server-template';

export const DRS_LAUNCH_SETTINGS = perServerTemplate({
  type: 'AWS::DRS::LaunchConfigurationTemplate',
  name: 'DRS launch settings',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-drs-launchconfigurationtemplate.html',
}, 'drill');
