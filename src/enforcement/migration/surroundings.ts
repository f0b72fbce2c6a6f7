import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Surroundings } from './translation';
import { getAttOf, isDynamicReference, isStruct, type Json } from '../../private/json';
import type { ConstructWorld } from '../construct-world';
import { typedProperty, typeOf } from '../resource-properties';

/** What a value refers to, and by which attribute. */
interface Referred {
  readonly resource: CfnResource;
  readonly attribute: string;
}

/** What the tree tells about the values of a launch configuration. */
export function surroundingsOf(configuration: CfnResource, world: ConstructWorld): Surroundings {
  return {
    profileBy: (value) => {
      const given = world.passedOn(value, configuration);
      const referred = referredBy(given, configuration, world);
      if (referred) return typeOf(referred.resource) === 'AWS::IAM::InstanceProfile' ? profileAttribute(referred) : undefined;
      return byText(beginningOf(given));
    },
    // Without a VPC of its own a security group may be referred to by its name.
    groupId: (value) => {
      const referred = referredBy(value, configuration, world);
      return referred?.attribute === 'Ref' && mayBeNamed(referred.resource) && referred.resource.stack === configuration.stack
        ? world.tokens.spell(referred.resource.getAtt('GroupId'), configuration)
        : value;
    },
  };
}

function profileAttribute({ attribute }: Referred): 'Name' | 'Arn' | undefined {
  return attribute === 'Ref' ? 'Name' : attribute === 'Arn' ? 'Arn' : undefined;
}

function mayBeNamed(group: CfnResource): boolean {
  return typeOf(group) === 'AWS::EC2::SecurityGroup' && typedProperty(group, 'VpcId') === undefined;
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
  if (token) return CfnResource.isCfnResource(token.target) ? { resource: token.target, attribute: token.displayName } : undefined;
  const [id, attribute] = getAttOf(value) ?? (isStruct(value) ? [value.Ref, 'Ref'] : []);
  const stack = Stack.of(from);
  const resource = typeof id === 'string' ? stack.node.findAll().find((one): one is CfnResource =>
    CfnResource.isCfnResource(one) && one.stack === stack && stack.resolve(one.logicalId) === id) : undefined;
  return resource && { resource, attribute: attribute! };
}
