import { BEANSTALK_READS, DISABLE_IMDSV1, OPTION_SETTINGS, requiredByPlatform } from './beanstalk-options';
import { DeployEffect, type LaunchSourceType } from './launch-source';

/** The option settings that an environment is created with. */
export const BEANSTALK_CONFIGURATION_TEMPLATE: LaunchSourceType = {
  type: 'AWS::ElasticBeanstalk::ConfigurationTemplate',
  name: 'Elastic Beanstalk configuration template',
  documentation: 'https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-ec2-imds.html',
  optionsPath: OPTION_SETTINGS,
  spelling: DISABLE_IMDSV1,
  reads: [...BEANSTALK_READS, ['EnvironmentId'], ['SourceConfiguration']],
  onEdit: () => DeployEffect.NONE,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticbeanstalk-configurationtemplate.html',
  caution: 'nothing runs by it; whether its change reaches an environment that was created with it is not documented',
  requiredBySilence: requiredByPlatform,
};
