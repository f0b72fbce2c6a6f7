import type { LaunchSourceType } from './launch-source';
import { placesAt } from './places';
import { isNoValue, outcomesOf } from '../private/json';

const GROUP = ['AutoScalingGroupProvider', 'AutoScalingGroupArn'];

/** Points to a group, whose instances run an ECS cluster's containers, or has ECS launch and manage instances itself. */
export const ECS_CAPACITY_PROVIDER: LaunchSourceType = {
  type: 'AWS::ECS::CapacityProvider',
  name: 'ECS capacity provider',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-capacityprovider.html',
  reads: [GROUP, ['ManagedInstancesProvider']],
  references: (properties) => placesAt(properties, GROUP)
    .flatMap(({ path, value }) => outcomesOf(value).map((target) => ({ path, to: 'Auto Scaling group' as const, target })))
    .filter(({ target }) => target !== undefined && !isNoValue(target)),
  gaps: ({ ManagedInstancesProvider: managed }) => managed === undefined || isNoValue(managed) ? [] : [{
    path: ['ManagedInstancesProvider'],
    reason: 'ECS launches its instances itself, what tokens it asks for is not documented, and no property sets it',
    fix: 'require tokens by the account defaults, or use an Auto Scaling group whose launch template says HttpTokens: required',
  }],
  containerHost: 'used by an ECS capacity provider',
};
