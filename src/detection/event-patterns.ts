import { Match, type EventPattern } from 'aws-cdk-lib/aws-events';
import { TAG_PREFIX } from '../private/exemption';

/** What AWS Config says of a resource that a rule of these names has found noncompliant. */
export function nonCompliance(configRuleNames: string[]): EventPattern {
  return {
    source: ['aws.config'],
    detailType: ['Config Rules Compliance Change'],
    detail: { configRuleName: configRuleNames, newEvaluationResult: { complianceType: ['NON_COMPLIANT'] } },
  };
}

/** Changes that weaken what is required, as CloudTrail tells of them. A call that failed changed nothing. */
export const CHANGES: { readonly [id: string]: { readonly what: string; readonly pattern: EventPattern } } = {
  Downgrade: {
    what: 'an instance was set back to IMDSv1',
    // Records have the request within an object of its name, with the API's capitals. The shape of most other calls of EC2 is beside
    // it, so that a record of either is noticed.
    pattern: call(['ModifyInstanceMetadataOptions'], {
      requestParameters: {
        $or: [{ ModifyInstanceMetadataOptionsRequest: { HttpTokens: ['optional'] } }, { httpTokens: ['optional'] }],
      },
    }),
  },
  AccountDefaults: {
    what: "the account's defaults for the metadata options were changed",
    // How a record holds the values is not documented and no public record shows it: a change for the better is told of as well.
    pattern: call(['ModifyInstanceMetadataDefaults'], {}),
  },
  ExemptionTags: {
    what: `tags that exempt something (${TAG_PREFIX}) were changed`,
    pattern: call(['CreateTags', 'DeleteTags'], { requestParameters: { tagSet: { items: { key: Match.prefix(TAG_PREFIX) } } } }),
  },
  AllTags: {
    what: 'every tag of something was removed, one that exempts it too if it had one',
    // So a call without a key does.
    pattern: call(['DeleteTags'], { requestParameters: { tagSet: { items: { key: Match.doesNotExist() } } } }),
  },
};

function call(eventName: string[], detail: { readonly [field: string]: unknown }): EventPattern {
  return {
    source: ['aws.ec2'],
    detailType: ['AWS API Call via CloudTrail'],
    detail: { eventSource: ['ec2.amazonaws.com'], eventName, errorCode: Match.doesNotExist(), ...detail },
  };
}
