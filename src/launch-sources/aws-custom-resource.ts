import { CALL_SIGN, launchesOf } from './api-calls';
import { embedding } from './embedded';
import { openText } from './embedded-text';
import { placesAt } from './places';
import { isStruct, outcomesOf } from '../private/json';

const EVENTS = ['Create', 'Update', 'Delete'];

/** `AwsCustomResource` of aws-cdk-lib, under the type that it has unless its author gives it another. */
export const AWS_CUSTOM_RESOURCE = embedding({
  type: 'Custom::AWS',
  name: 'AWS API call',
  documentation: 'https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.AwsCustomResource.html',
  embedded: 'the parameters of RunInstances, CreateLaunchTemplate and the like in `Create`, `Update` and `Delete`',
  reads: EVENTS.map((event) => [event]),
  sign: CALL_SIGN,
  opened: (properties) => Object.fromEntries(EVENTS.map((event) => [event, openText(properties[event])])),
  launchesIn: (opened) => EVENTS.flatMap((event) => placesAt(opened, [event])).flatMap(({ path, value }) => outcomesOf(value).flatMap((call) =>
    isStruct(call) && typeof call.service === 'string' && typeof call.action === 'string'
      ? launchesOf({ service: call.service, action: call.action, parameters: call.parameters, path: [...path, 'parameters'] })
      : [])),
});

/** Whether a resource of this type is made by code of the app's own; `AwsCustomResource` may go by any of them. */
export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}
