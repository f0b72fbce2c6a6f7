import type { Json } from '../support';

/** An event as CloudTrail gives it to EventBridge. */
export function call(eventName: string, requestParameters: Json, detail: Json = {}): Json {
  return {
    'version': '0',
    'id': '36eb8523-97d0-4518-b33d-ee3579ff19f0',
    'detail-type': 'AWS API Call via CloudTrail',
    'source': 'aws.ec2',
    'account': '123456789012',
    'region': 'us-east-1',
    'resources': [],
    'detail': {
      eventVersion: '1.08', userIdentity: { type: 'AssumedRole' }, eventSource: 'ec2.amazonaws.com', eventName, requestParameters, readOnly: false, ...detail,
    },
  };
}

/** As CloudTrail recorded it: within an object that has the name of the request, with the API's capitals. */
export function modifyOptions(options: Json, detail?: Json): Json {
  return call('ModifyInstanceMetadataOptions', { ModifyInstanceMetadataOptionsRequest: { InstanceId: 'i-1234567890abcdef0', ...options } }, detail);
}

export function tags(eventName: 'CreateTags' | 'DeleteTags', ...keys: string[]): Json {
  return call(eventName, {
    resourcesSet: { items: [{ resourceId: 'i-1234567890abcdef0' }] },
    ...keys.length > 0 && { tagSet: { items: keys.map((key) => ({ key, ...eventName === 'CreateTags' && { value: '2027-03-31' } })) } },
  });
}

/** An event of AWS Config. */
export function compliance(configRuleName: string, complianceType: string, detail: Json = {}): Json {
  return {
    'version': '0',
    'detail-type': 'Config Rules Compliance Change',
    'source': 'aws.config',
    'account': '123456789012',
    'detail': {
      resourceId: 'i-1234567890abcdef0',
      resourceType: 'AWS::EC2::Instance',
      awsRegion: 'us-east-1',
      awsAccountId: '123456789012',
      configRuleName,
      newEvaluationResult: { complianceType, resultRecordedTime: '2026-11-24T12:00:00Z' },
      messageType: 'ComplianceChangeNotification',
      ...detail,
    },
  };
}
