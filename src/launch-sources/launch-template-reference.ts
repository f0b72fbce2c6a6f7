import type { SourceReference } from './launch-source';
import { ifBranches, isNoValue, isStruct, type Json } from '../private/json';

/**
 * Reads a launch template specification, `{ LaunchTemplateId | LaunchTemplateName, Version }`.
 *
 * A specification under `Fn::If` gives one reference for each branch, with `AWS::NoValue` as target where a branch names none.
 */
export function launchTemplateReferences(
  specification: Json,
  path: readonly string[],
  keys: { id: string; name: string } = { id: 'LaunchTemplateId', name: 'LaunchTemplateName' },
): SourceReference[] {
  const choice = ifBranches(specification);
  if (choice) {
    return choice.branches.flatMap((branch): SourceReference[] => isNoValue(branch)
      ? [{ path, to: 'launch template', target: branch }]
      : launchTemplateReferences(branch, path, keys));
  }
  if (specification === undefined || isNoValue(specification)) return [];
  if (!isStruct(specification)) return [{ path, to: 'launch template', target: specification }];
  const target = isPresent(specification[keys.id]) ? specification[keys.id]
    : isPresent(specification[keys.name]) ? specification[keys.name]
      : specification;
  return [{ path, to: 'launch template', target, version: specification.Version }];
}

function isPresent(value: Json): boolean {
  return value !== undefined && !isNoValue(value);
}
