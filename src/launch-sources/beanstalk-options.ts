import { entriesIn } from './option-entries';
import type { Spelling } from './options-spelling';
import { isStruct, outcomesOf, type Json, type Struct } from '../private/json';

/** Where Elastic Beanstalk keeps its switch: one entry among the option settings. */
export const OPTION_SETTINGS = ['OptionSettings'];

/** What decides about an environment's instances: its settings, what it is created with, and its platform. */
export const BEANSTALK_READS = [OPTION_SETTINGS, ['TemplateName'], ['SolutionStackName'], ['PlatformArn']];

export const DISABLE_IMDSV1: Spelling = {
  tokens: 'Value',
  required: 'true',
  optional: 'false',
  members: ['Namespace', 'OptionName', 'Value'],
  entry: { Namespace: 'aws:autoscaling:launchconfiguration', OptionName: 'DisableIMDSv1' },
};

/** @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-autoscaling-launch-templates.html */
export const CAUTION = 'it can move an environment from a launch configuration to a launch template for good, for which the service role needs ec2:RunInstances, '
  + 'ec2:CreateLaunchTemplate, ec2:CreateLaunchTemplateVersion, ec2:DeleteLaunchTemplate, ec2:DeleteLaunchTemplateVersions, '
  + 'ec2:DescribeLaunchTemplates and ec2:DescribeLaunchTemplateVersions';

/** What an option can be in these properties; undefined among it where it may not be said. */
export function optionIn(properties: Json, namespace: string, name: string): Json[] {
  const value = isStruct(properties) ? properties.OptionSettings : undefined;
  return entriesIn({ path: OPTION_SETTINGS, value }, { Namespace: namespace, OptionName: name }, outcomesOf)
    .flatMap(({ value: entry }) => isStruct(entry) ? outcomesOf(entry.Value) : [undefined]);
}

/**
 * Why an environment on this platform asks for tokens unless something says otherwise.
 *
 * Of Windows Server 2022 the page says both, so that it counts for nothing here.
 *
 * @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html
 */
export function requiredByPlatform({ SolutionStackName: stack, PlatformArn: platform, ...others }: Struct): string | undefined {
  // What it is created with may say otherwise.
  if (FROM_ELSEWHERE.some((property) => others[property] !== undefined)) return undefined;
  const named = [stack, platform].filter((one) => one !== undefined);
  const isCertain = named.length > 0 && named.every((one) => typeof one === 'string' && AMAZON_LINUX_2023.test(one));
  return isCertain ? 'its platform on Amazon Linux 2023 requires tokens where no setting says otherwise' : undefined;
}

const FROM_ELSEWHERE = ['TemplateName', 'EnvironmentId', 'SourceConfiguration'];

/** `64bit Amazon Linux 2023 v6.1.0 running Node.js 20`, and the platform of AWS itself that runs on it. */
const AMAZON_LINUX_2023 = /^64bit Amazon Linux 2023 v|^arn:[^:]+:elasticbeanstalk:[^:]*::platform\/.* on 64bit Amazon Linux 2023\//;
