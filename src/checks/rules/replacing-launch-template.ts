import { NOTHING, Severity, type CheckRule } from './check-rule';
import { isStruct, valueAt } from '../../private/json';
import { Rule } from '../../private/rules';
import { followedTemplates } from '../../remedies/followers';
import { advice } from '../../remedies/remedy';

/** `requireImdsv2: true` makes a launch template that holds the tokens alone; attaching it replaces an instance that exists. */
export const REPLACING_LAUNCH_TEMPLATE: CheckRule = {
  rule: Rule.REPLACING_LAUNCH_TEMPLATE,
  title: 'instances set their own metadata options instead of attaching a launch template for them',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html',
  check(subject) {
    if (subject.resource.body.Type !== 'AWS::EC2::Instance') return NOTHING;
    return followedTemplates(subject).flatMap(({ target }) => {
      const data = valueAt(target?.body.Properties, ['LaunchTemplateData']);
      if (!isStruct(data) || Object.keys(data).join() !== 'MetadataOptions') return [];
      return [{
        severity: Severity.WARNING,
        location: 'Properties.LaunchTemplate',
        problem: `the launch template ${target!.logicalId} holds metadata options alone, as requireImdsv2: true makes it: `
          + 'attaching it to an instance that exists replaces the instance',
        remedy: advice('for an instance that was deployed without it, write MetadataOptions: { HttpTokens: required } on the instance (httpTokens in a CDK app), '
          + 'which interrupts nothing; where it is attached already, leave it: detaching it replaces the instance too'),
      }];
    });
  },
};
