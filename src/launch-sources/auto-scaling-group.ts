import { DeployEffect, type LaunchSourceType, type SourceReference, type SourceResource } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';
import { hasFunction, isNoValue, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

/** Carries no metadata options: whatever it points to decides, each override of a mixed instances policy included. */
export const AUTO_SCALING_GROUP: LaunchSourceType = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  name: 'Auto Scaling group',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html',
  nameProperty: 'AutoScalingGroupName',
  reads: [['LaunchTemplate'], ['MixedInstancesPolicy'], ['LaunchConfigurationName'], ['InstanceId'], ['AutoScalingGroupName']],
  onNewVersion: groupEffect,
  effectDocumentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html',
  references: (properties) => [
    ...launchTemplateReferences(properties.LaunchTemplate, ['LaunchTemplate']),
    ...mixedInstances(properties.MixedInstancesPolicy),
    ...named(properties, 'LaunchConfigurationName', 'launch configuration'),
    ...named(properties, 'InstanceId', 'instance'),
  ],
};

function mixedInstances(value: Json): SourceReference[] {
  return outcomesOf(value).flatMap((policy): SourceReference[] => {
    if (policy === undefined || isNoValue(policy)) return [];
    return isStruct(policy) && !hasFunction(policy) && policy.LaunchTemplate !== undefined
      ? launchTemplateWithOverrides(policy.LaunchTemplate, ['MixedInstancesPolicy', 'LaunchTemplate'])
      : [{ path: ['MixedInstancesPolicy'], to: 'launch template', target: policy }];
  });
}

function launchTemplateWithOverrides(value: Json, path: readonly string[]): SourceReference[] {
  return outcomesOf(value).flatMap((template): SourceReference[] => isStruct(template) && !hasFunction(template)
    ? [
      ...launchTemplateReferences(template.LaunchTemplateSpecification, [...path, 'LaunchTemplateSpecification']),
      ...overrides(template.Overrides, [...path, 'Overrides']),
    ]
    : [{ path, to: 'launch template', target: template }]);
}

function overrides(value: Json, path: readonly string[]): SourceReference[] {
  return outcomesOf(value).flatMap((list): SourceReference[] => {
    if (list === undefined || isNoValue(list)) return [];
    if (!Array.isArray(list)) return [{ path, to: 'launch template', target: list }];
    return list.flatMap((entry, i) => override(entry, [...path, String(i), 'LaunchTemplateSpecification']));
  });
}

function override(value: Json, path: readonly string[]): SourceReference[] {
  return outcomesOf(value).flatMap((entry): SourceReference[] => {
    if (!isStruct(entry) || isNoValue(entry)) return [];
    return hasFunction(entry) ? [{ path, to: 'launch template', target: entry }] : launchTemplateReferences(entry.LaunchTemplateSpecification, path);
  });
}

function named(properties: Struct, key: string, to: SourceReference['to']): SourceReference[] {
  return outcomesOf(properties[key])
    .filter((target) => target !== undefined && !isNoValue(target))
    .map((target) => ({ path: [key], to, target }));
}

/** Without an update policy CloudFormation leaves running instances alone; of what a condition chooses, the strongest counts. */
function groupEffect({ UpdatePolicy: policy }: SourceResource): DeployEffect {
  const updates = (update: string) => outcomesOf(policy).flatMap((one) => isStruct(one) ? outcomesOf(one[update]) : [])
    .filter((one): one is Struct => isStruct(one) && !isNoValue(one));
  const willReplace = updates('AutoScalingReplacingUpdate').flatMap((one) => outcomesOf(one.WillReplace ?? false));
  if (willReplace.some((one) => one !== false && one !== 'false')) return DeployEffect.REPLACES_GROUP;
  return [...updates('AutoScalingRollingUpdate'), ...updates('AutoScalingInstanceRefresh')].length > 0
    ? DeployEffect.ROLLS_GROUP
    : DeployEffect.KEEPS_OLD_INSTANCES;
}
