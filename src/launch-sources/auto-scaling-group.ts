import { DeployEffect, type LaunchSourceType, type SourceReference, type SourceResource } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';
import { ifBranches, isNoValue, isStruct, type Json, type Struct } from '../private/json';

/** Carries no metadata options: whatever it points to decides, each override of a mixed instances policy included. */
export const AUTO_SCALING_GROUP: LaunchSourceType = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  name: 'Auto Scaling group',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html',
  judged: true,
  reads: [['LaunchTemplate'], ['MixedInstancesPolicy'], ['LaunchConfigurationName'], ['InstanceId']],
  onNewVersion: groupEffect,
  references: (properties) => [
    ...launchTemplateReferences(properties.LaunchTemplate, ['LaunchTemplate']),
    ...mixedInstances(properties.MixedInstancesPolicy),
    ...named(properties, 'LaunchConfigurationName', 'launch configuration'),
    ...named(properties, 'InstanceId', 'instance'),
  ],
};

function mixedInstances(policy: Json): SourceReference[] {
  const choice = ifBranches(policy);
  if (choice) return choice.branches.flatMap(mixedInstances);
  const path = ['MixedInstancesPolicy', 'LaunchTemplate'];
  if (policy === undefined || isNoValue(policy)) return [];
  return isStruct(policy) && policy.LaunchTemplate !== undefined
    ? launchTemplateWithOverrides(policy.LaunchTemplate, path)
    : [{ path: ['MixedInstancesPolicy'], to: 'launch template', target: policy }];
}

function launchTemplateWithOverrides(template: Json, path: readonly string[]): SourceReference[] {
  const choice = ifBranches(template);
  if (choice) return choice.branches.flatMap((branch) => launchTemplateWithOverrides(branch, path));
  if (!isStruct(template)) return [{ path, to: 'launch template', target: template }];
  return [
    ...launchTemplateReferences(template.LaunchTemplateSpecification, [...path, 'LaunchTemplateSpecification']),
    ...overrides(template.Overrides, [...path, 'Overrides']),
  ];
}

function overrides(list: Json, path: readonly string[]): SourceReference[] {
  const choice = ifBranches(list);
  if (choice) return choice.branches.flatMap((branch) => overrides(branch, path));
  if (list === undefined || isNoValue(list)) return [];
  if (!Array.isArray(list)) return [{ path, to: 'launch template', target: list }];
  return list.flatMap((entry, i) => override(entry, [...path, String(i)]));
}

function override(entry: Json, path: readonly string[]): SourceReference[] {
  const choice = ifBranches(entry);
  if (choice) return choice.branches.flatMap((branch) => override(branch, path));
  return isStruct(entry)
    ? launchTemplateReferences(entry.LaunchTemplateSpecification, [...path, 'LaunchTemplateSpecification'])
    : [];
}

function named(properties: Struct, key: string, to: SourceReference['to']): SourceReference[] {
  return branchesOf(properties[key]).map((target) => ({ path: [key], to, target }));
}

function branchesOf(value: Json): Json[] {
  const choice = ifBranches(value);
  if (choice) return choice.branches.flatMap(branchesOf);
  return value === undefined || isNoValue(value) ? [] : [value];
}

/** Without an update policy CloudFormation leaves running instances alone. */
function groupEffect(resource: SourceResource): DeployEffect {
  const policy = resource.UpdatePolicy;
  if (!isStruct(policy)) return DeployEffect.KEEPS_OLD_INSTANCES;
  const replacing = policy.AutoScalingReplacingUpdate;
  const willReplace = isStruct(replacing) ? replacing.WillReplace ?? false : false;
  if (willReplace !== false && willReplace !== 'false') return DeployEffect.REPLACES_GROUP;
  if (policy.AutoScalingRollingUpdate !== undefined || policy.AutoScalingInstanceRefresh !== undefined) return DeployEffect.ROLLS_GROUP;
  return DeployEffect.KEEPS_OLD_INSTANCES;
}
