import type { Spelling } from './options-spelling';

/** Where Elastic Beanstalk keeps its switch: one entry among the option settings. */
export const OPTION_SETTINGS = ['OptionSettings'];

export const DISABLE_IMDSV1: Spelling = {
  tokens: 'Value',
  required: 'true',
  optional: 'false',
  members: ['Namespace', 'OptionName', 'Value'],
  entry: { Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'DisableIMDSv1' },
};

/** @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-ec2-imds.html */
export const CAUTION = 'an environment that still has a launch configuration may be moved to a launch template, which needs permissions for those';
