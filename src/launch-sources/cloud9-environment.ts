import type { LaunchSourceType } from './launch-source';
import { outcomesOf, type Json } from '../private/json';

/** Its image decides unless the account says otherwise, and nothing else can. */
export const CLOUD9_ENVIRONMENT: LaunchSourceType = {
  type: 'AWS::Cloud9::EnvironmentEC2',
  name: 'Cloud9 environment',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloud9-environmentec2.html',
  reads: [['ImageId']],
  gaps: ({ ImageId: image }) => [outcomesOf(image).every(asksForTokens)
    ? {
      path: ['ImageId'],
      reason: 'it has no property for metadata options; its image asks for tokens, and the defaults of the account can say otherwise',
      fix: 'see that the defaults of the account do not say HttpTokens: optional; Imdsv2AccountDefaults sets them to required',
    }
    : {
      path: [],
      reason: 'it has no property for metadata options, and its image and the account decide',
      fix: 'choose the image amazonlinux-2023-x86_64, which asks for tokens unless the account says otherwise; that replaces the environment',
    }],
};

/** By its alias, or by its path in the parameter store. */
function asksForTokens(image: Json): boolean {
  return typeof image === 'string' && /^(?:resolve:ssm:\/aws\/service\/cloud9\/amis\/)?amazonlinux-2023-x86_64$/.test(image);
}
