import { Tokenization, type CfnResource } from 'aws-cdk-lib';
import { either } from './values';
import { hasFunction, ifBranches, isNoValue, isStruct, type Json, type Struct } from '../../private/json';
import { updatesIn } from '../announcements';
import type { ConstructWorld } from '../construct-world';
import { overridesOf } from '../resource-properties';
import { writeProperty } from '../writer';

/** Why a group cannot be pointed at a launch template in place of a launch configuration, or undefined where it can. */
export function obstacle(group: CfnResource, configuration: CfnResource, world: ConstructWorld): string | undefined {
  const name = `the group '${group.node.path}'`;
  const { Properties: properties } = world.read(group);
  if (!isStruct(properties) || Tokenization.isResolvable(overridesOf(group).Properties)) return `${name} has properties that cannot be edited`;
  const named = leavesOf(properties.LaunchConfigurationName).map((leaf) => namedBy(group, leaf, world)).filter((all) => all.includes(configuration));
  if (named.length === 0) return `${name} takes its name from an SSM parameter, which may hold another by then`;
  return named.some((all) => all.length > 1) ? `${name} names it by a value of another stack that may name something else too` : undefined;
}

/**
 * Makes a group launch from a launch template wherever it launched from a launch configuration, under each of its
 * conditions, and leaves everything else as it is.
 *
 * @returns what does it, once the template is there: by then nothing refers to the configuration any more.
 */
export function pointed(group: CfnResource, configuration: CfnResource, world: ConstructWorld): (specification: Struct) => void {
  const { LaunchConfigurationName: name, LaunchTemplate: template } = world.read(group).Properties as Struct;
  const gone = new Set(leavesOf(name).filter((leaf) => namedBy(group, leaf, world).includes(configuration)));
  return (specification) => {
    const wanted = swapped(name, template, (leaf) => gone.has(leaf), specification);
    writeProperty(group, 'LaunchTemplate', wanted.template, world);
    writeProperty(group, 'LaunchConfigurationName', wanted.name, world);
  };
}

/** The update policies of a group that act when its launch template changes; undefined where they cannot be read. */
export function updatesOf(group: CfnResource, world: ConstructWorld): readonly string[] | undefined {
  const policy = world.read(group).UpdatePolicy;
  if (policy === undefined) return [];
  return isStruct(policy) && !hasFunction(policy) ? updatesIn(policy) : undefined;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html */
export function addInstanceRefresh(group: CfnResource): void {
  const overrides = overridesOf(group);
  if ('UpdatePolicy' in overrides) {
    // What was deleted would come back from below.
    if (overrides.UpdatePolicy === undefined) group.cfnOptions.updatePolicy = undefined;
    // Override objects may be shared between resources.
    group.addOverride('UpdatePolicy', { ...overrides.UpdatePolicy as Struct | undefined, AutoScalingInstanceRefresh: { Strategy: 'Rolling' } });
    return;
  }
  // Older versions of aws-cdk-lib have no type for it, and write it all the same.
  const policy = { ...group.cfnOptions.updatePolicy, autoScalingInstanceRefresh: { strategy: 'Rolling' } };
  group.cfnOptions.updatePolicy = policy;
}

interface Launches {
  readonly name: Json;
  readonly template: Json;
}

function swapped(name: Json, template: Json, isGone: (leaf: Json) => boolean, specification: Struct): Launches {
  const choice = ifBranches(name);
  if (!choice) {
    if (name === undefined || isNoValue(name)) return { name: undefined, template };
    return isGone(name) ? { name: undefined, template: specification } : { name, template };
  }
  const [then, otherwise] = choice.branches.map((branch, i) => swapped(branch, under(template, choice.condition, i), isGone, specification));
  return {
    name: either(choice.condition, then.name, otherwise.name),
    template: either(choice.condition, then.template, otherwise.template),
  };
}

/** A value where it is known which way a condition goes. */
function under(value: Json, condition: Json, branch: number): Json {
  const choice = ifBranches(value);
  const known = choice && JSON.stringify(choice.condition) === JSON.stringify(condition) ? choice.branches[branch] : value;
  return isNoValue(known) ? undefined : known;
}

function leavesOf(value: Json): Json[] {
  return ifBranches(value)?.branches.flatMap(leavesOf) ?? [value];
}

function namedBy(group: CfnResource, target: Json, world: ConstructWorld): Array<CfnResource | string> {
  if (target === undefined || isNoValue(target)) return [];
  return world.follow(group, { path: ['LaunchConfigurationName'], to: 'launch configuration', target })
    .map((found) => found.kind === 'resource' ? found.resource : found.name);
}
