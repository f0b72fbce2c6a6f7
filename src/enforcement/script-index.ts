import { CfnResource, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ConstructWorld } from './construct-world';
import { typeOf } from './resource-properties';
import { BOOT_SCRIPTS, type BootScriptType, type BootScriptUse } from '../launch-sources/boot-scripts';
import { getAttOf, isStruct, outcomesOf, valueAt, type Json } from '../private/json';

/** What uses the scripts of others, beside launch sources themselves. */
const USERS = new Set([...BOOT_SCRIPTS.values()].flatMap(({ usedBy }) => usedBy.map(({ type }) => type)));

/** Whose scripts the instances of a launch source run, where another resource holds them: built by one walk of a stage, when somebody asks. */
export class ScriptIndex {
  /** Whether the instances of a type may run scripts of others. */
  public static isFor(type: string): boolean {
    return heldFor(type).length > 0;
  }

  private readonly holders: CfnResource[] = [];
  private readonly users: CfnResource[] = [];

  constructor(stage: IConstruct, private readonly world: ConstructWorld) {
    this.gather(stage);
  }

  /** What holds the scripts that the instances of a launch source run. */
  public scriptsOf(launchSource: CfnResource): CfnResource[] {
    return heldFor(typeOf(launchSource)).flatMap((held) => held.usedBy.flatMap((use) => {
      const users = this.users.filter((user) => typeOf(user) === use.type && brings(use, user, launchSource, this.world));
      return this.holders.filter((holder) => typeOf(holder) === held.type && users.some((user) => this.names(user, use.script, holder, held)));
    }));
  }

  private gather(construct: IConstruct): void {
    for (const child of construct.node.children) {
      if (Stage.isStage(child)) continue;
      if (CfnResource.isCfnResource(child)) {
        const type = typeOf(child);
        if (BOOT_SCRIPTS.has(type)) this.holders.push(child);
        if (USERS.has(type)) this.users.push(child);
      }
      this.gather(child);
    }
  }

  private names(user: CfnResource, property: string, holder: CfnResource, { nameProperty }: BootScriptType): boolean {
    return valuesOf(user, property, this.world).some((value) => refersTo(value, user, holder, this.world)
      || (typeof value === 'string' && value === valueAt(this.world.readWhole(holder).Properties, [nameProperty])));
  }
}

function heldFor(type: string): BootScriptType[] {
  return [...BOOT_SCRIPTS.values()].filter(({ runBy }) => runBy.type === type);
}

function brings({ launchSource: property }: BootScriptUse, user: CfnResource, launchSource: CfnResource, world: ConstructWorld): boolean {
  return property === undefined ? user === launchSource
    : valuesOf(user, property, world).some((value) => refersTo(value, user, launchSource, world));
}

function valuesOf(resource: CfnResource, property: string, world: ConstructWorld): Json[] {
  return outcomesOf(valueAt(world.readWhole(resource).Properties, [property])).map((value) => world.passedOn(value, resource));
}

/** By a reference of the CDK, or as a template writes one. */
function refersTo(value: Json, from: CfnResource, target: CfnResource, world: ConstructWorld): boolean {
  const token = world.tokens.referenceAt(value);
  if (token) return token.target === target;
  const logicalId = getAttOf(value)?.[0] ?? (isStruct(value) ? value.Ref : undefined);
  return logicalId !== undefined && from.stack === target.stack && logicalId === target.stack.resolve(target.logicalId);
}
