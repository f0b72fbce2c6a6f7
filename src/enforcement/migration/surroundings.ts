import { CfnElement, CfnResource, Stack, type CfnParameter } from 'aws-cdk-lib';
import type { Surroundings } from './translation';
import { getAttOf, isDynamicReference, isStruct, type Json } from '../../private/json';
import type { ConstructWorld } from '../construct-world';
import { typedProperty, typeOf } from '../resource-properties';

/** What a value refers to, and by which attribute. */
interface Referred {
  readonly element: CfnElement;
  readonly attribute: string;
}

/** What the tree tells about the values of a launch configuration. */
export function surroundingsOf(configuration: CfnResource, world: ConstructWorld): Surroundings {
  return {
    profileBy: (value) => {
      const given = world.passedOn(value, configuration);
      const referred = referredBy(given, configuration, world);
      if (referred) return isOfType(referred.element, 'AWS::IAM::InstanceProfile') ? profileAttribute(referred) : undefined;
      return byText(beginningOf(given));
    },
    // Without a VPC of its own a security group may be referred to by its name.
    groupId: (value) => {
      const { element, attribute } = referredBy(value, configuration, world) ?? {};
      return element && attribute === 'Ref' && mayBeNamed(element) && element.stack === configuration.stack
        ? world.tokens.spell(element.getAtt('GroupId'), configuration)
        : value;
    },
    groupsNamedBy: (value) => {
      const { element } = referredBy(world.passedOn(value, configuration), configuration, world) ?? {};
      return element && isParameter(element) && element.type.includes('SecurityGroup::GroupName') ? element.node.id : undefined;
    },
  };
}

function profileAttribute({ attribute }: Referred): 'Name' | 'Arn' | undefined {
  return attribute === 'Ref' ? 'Name' : attribute === 'Arn' ? 'Arn' : undefined;
}

function mayBeNamed(group: CfnElement): group is CfnResource {
  return isOfType(group, 'AWS::EC2::SecurityGroup') && typedProperty(group, 'VpcId') === undefined;
}

function isOfType(element: CfnElement, type: string): element is CfnResource {
  return CfnResource.isCfnResource(element) && typeOf(element) === type;
}

/** By its members, as it may be of another copy of aws-cdk-lib. */
function isParameter(element: CfnElement): element is CfnParameter {
  return !CfnResource.isCfnResource(element) && 'type' in element && 'valueAsList' in element;
}

function byText(beginning: string): 'Name' | 'Arn' | undefined {
  if (beginning === '' || beginning.startsWith('$') || isDynamicReference(beginning)) return undefined;
  return beginning.startsWith('arn:') ? 'Arn' : 'Name';
}

/** The literal text that a value begins with. */
function beginningOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (!isStruct(value)) return '';
  const substituted = value['Fn::Sub'];
  if (substituted !== undefined) return beginningOf(Array.isArray(substituted) ? substituted[0] : substituted);
  const joined = value['Fn::Join'];
  return Array.isArray(joined) && Array.isArray(joined[1]) ? beginningOf(joined[1][0]) : '';
}

function referredBy(value: Json, from: CfnResource, world: ConstructWorld): Referred | undefined {
  const token = world.tokens.referenceAt(value);
  if (token) return CfnElement.isCfnElement(token.target) ? { element: token.target, attribute: token.displayName } : undefined;
  const [id, attribute] = getAttOf(value) ?? (isStruct(value) ? [value.Ref, 'Ref'] : []);
  const stack = Stack.of(from);
  const element = typeof id === 'string' ? stack.node.findAll().find((one): one is CfnElement =>
    CfnElement.isCfnElement(one) && one.stack === stack && stack.resolve(one.logicalId) === id) : undefined;
  return element && { element, attribute: attribute! };
}
