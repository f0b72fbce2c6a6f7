import { CAUTION, DISABLE_IMDSV1, OPTION_SETTINGS } from './beanstalk-options';
import { DeployEffect, type LaunchSourceType } from './launch-source';

/** Its own option settings alone are read: a later change of the configuration template that it names does not reach it. */
export const BEANSTALK_ENVIRONMENT: LaunchSourceType = {
  type: 'AWS::ElasticBeanstalk::Environment',
  name: 'Elastic Beanstalk environment',
  documentation: 'https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-ec2-imds.html',
  optionsPath: OPTION_SETTINGS,
  spelling: DISABLE_IMDSV1,
  reads: [OPTION_SETTINGS],
  onEdit: () => DeployEffect.NONE,
  caution: CAUTION,
};
