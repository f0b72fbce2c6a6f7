import { CAUTION, DISABLE_IMDSV1, OPTION_SETTINGS } from './beanstalk-options';
import { DeployEffect, type LaunchSourceType } from './launch-source';

/** The option settings that an environment is created with. */
export const BEANSTALK_CONFIGURATION_TEMPLATE: LaunchSourceType = {
  type: 'AWS::ElasticBeanstalk::ConfigurationTemplate',
  name: 'Elastic Beanstalk configuration template',
  documentation: 'https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-ec2-imds.html',
  optionsPath: OPTION_SETTINGS,
  spelling: DISABLE_IMDSV1,
  reads: [OPTION_SETTINGS],
  onEdit: () => DeployEffect.NONE,
  caution: CAUTION,
};
