import { placesAt } from './places';
import { serviceManaged } from './service-managed';
import { isNoValue } from '../private/json';

/** Launches instances only where the service manages them. */
export const DEADLINE_FLEET = serviceManaged({
  type: 'AWS::Deadline::Fleet',
  name: 'Deadline Cloud fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-deadline-fleet.html',
  userDataPaths: [['HostConfiguration', 'ScriptBody']],
  reads: [['Configuration']],
  launches: (properties) => placesAt(properties, ['Configuration', 'ServiceManagedEc2']).some(({ value }) => value !== undefined && !isNoValue(value)),
});
