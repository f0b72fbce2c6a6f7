import { perServerTemplate } from './per-server-template';

export const MGN_LAUNCH_SETTINGS = perServerTemplate({
  type: 'AWS::MGN::LaunchConfigurationTemplate',
  name: 'MGN launch settings',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-mgn-launchconfigurationtemplate.html',
}, 'test launch');
