import { BEANSTALK_READS, CAUTION, DISABLE_IMDSV1, OPTION_SETTINGS, requiredByPlatform } from './beanstalk-options';
import { easedByRollingUpdates, environmentEffect } from './beanstalk-updates';
import type { LaunchSourceType } from './launch-source';
import { isNoValue, outcomesOf } from '../private/json';

/** Its own option settings alone are read: a later change of the configuration template that it names does not reach it. */
export const BEANSTALK_ENVIRONMENT: LaunchSourceType = {
  type: 'AWS::ElasticBeanstalk::Environment',
  name: 'Elastic Beanstalk environment',
  documentation: 'https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-ec2-imds.html',
  optionsPath: OPTION_SETTINGS,
  spelling: DISABLE_IMDSV1,
  reads: BEANSTALK_READS,
  createdWith: ({ TemplateName: name }) => outcomesOf(name).filter((target) => target !== undefined && !isNoValue(target))
    .map((target) => ({ path: ['TemplateName'], to: 'Elastic Beanstalk configuration template', target })),
  onEdit: (environment, named) => environmentEffect([environment, ...named]),
  easedBy: (environment, named) => easedByRollingUpdates([environment, ...named]),
  requiredBySilence: requiredByPlatform,
  effectDocumentation: 'https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-updating.html',
  caution: CAUTION,
};
