import type { LaunchSourceType } from './launch-source';
import { valueAt } from '../private/json';

/** Points to a group, whose instances run an ECS cluster's containers. */
export const ECS_CAPACITY_PROVIDER: LaunchSourceType = {
  type: 'AWS::ECS::CapacityProvider',
  name: 'ECS capacity provider',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-capacityprovider.html',
  judged: false,
  reads: [['AutoScalingGroupProvider', 'AutoScalingGroupArn']],
  references: (properties) => {
    const path = ['AutoScalingGroupProvider', 'AutoScalingGroupArn'];
    const target = valueAt(properties, path);
    return target === undefined ? [] : [{ path, to: 'group', target }];
  },
  containerHost: 'used by an ECS capacity provider',
};
