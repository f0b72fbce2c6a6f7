import { CfnResource, type Stack } from 'aws-cdk-lib';
import { announceGroup, effectOn, warnOfOutput } from './announcements';
import { addInstanceRefresh, obstacle, pointed, updatesOf } from './groups';
import { succeed, SUCCESSOR, translationOf } from './successor';
import { METADATA_OPTIONS } from '../../launch-sources/options-spelling';
import { bootText, wordsOf } from '../../posture/boot-text';
import { isNoValue, isStruct, valueAt, type Json } from '../../private/json';
import type { Ledger } from '../../private/ledger';
import { Rule, ruleId } from '../../private/rules';
import type { Effective } from '../../private/settings';
import { blockInWords, recordChange } from '../change-record';
import type { Exported, Follower } from '../launch-index';
import type { Facts } from '../scope-facts';
import type { Pass } from '../subject';

const TOKENS = ruleId(Rule.TOKENS);

/** Turns launch configurations into launch templates: all of one, or nothing of it. */
export class Migration {
  /** Who depends on which launch configuration by itself, in each stack. */
  private readonly dependents = new Map<Stack, Map<CfnResource, CfnResource[]>>();

  /** @param factsOf the exemptions of a group. */
  constructor(private readonly pass: Pass, private readonly ledger: Ledger, private readonly factsOf: (group: CfnResource) => Facts) {}

  /**
   * Makes a launch template with the meaning of a launch configuration, and points everything at it that launched from that.
   *
   * @returns the launch template; undefined where the configuration is left alone, which the ledger then says why.
   */
  public migrate(configuration: CfnResource, settings: Effective, acknowledged: Facts['acknowledged']): CfnResource | undefined {
    const { world, index } = this.pass;
    const translation = translationOf(configuration, world);
    const followers = index().followersOf(configuration);
    const outputs = index().outputs().filter((output) => this.gives(output, configuration));
    const reasons = [
      ...acknowledged.has(TOKENS) ? [`'${TOKENS}' is acknowledged on it`] : [],
      ...translation.problems,
      ...this.hindrances(configuration, followers, outputs),
    ];
    if (reasons.length > 0) return this.leaveAlone(configuration, reasons);
    if (settings.reportOnly) return this.list(configuration, followers);

    const points = followers.map(({ resource }) => pointed(resource, configuration, world));
    const migrated = succeed(configuration, translation, world);
    if (!migrated) return this.leaveAlone(configuration, ['its logical id cannot change any more, because its name is exported (Stack.exportValue)']);
    const { template } = migrated;
    this.ledger.migrated.set(configuration, migrated);
    for (const dependent of this.dependentsOn(configuration)) dependent.replaceDependency(configuration, template);
    const version = world.tokens.spell(template.getAtt('LatestVersionNumber'), template);
    for (const point of points) point({ LaunchTemplateId: world.tokens.spell(template.ref, template), Version: version });
    for (const { resource } of followers) {
      if (settings.instanceRefresh && updatesOf(resource, world)?.length === 0) addInstanceRefresh(resource);
    }
    index().replace(configuration, template);
    this.record(configuration, index().followersOf(template), false);
    for (const { resource } of followers) announceGroup(resource, configuration, world, settings);
    for (const output of outputs) warnOfOutput(output, configuration, settings);
    return template;
  }

  /** What stands in the way beside the configuration itself. */
  private hindrances(configuration: CfnResource, followers: readonly Follower[], outputs: readonly Exported[]): string[] {
    const { world, index } = this.pass;
    const logicalId: string = configuration.stack.resolve(configuration.logicalId);
    const own = valueAt(world.read(configuration).Properties, ['LaunchConfigurationName']);
    const inThePlace = configuration.node.tryFindChild(SUCCESSOR);
    return [
      ...inThePlace ? [`'${inThePlace.node.path}' stands where its launch template would`] : [],
      ...logicalId.startsWith('AWSEB') ? ['Elastic Beanstalk made it, and only its environment can be told to use a launch template'] : [],
      ...wordsOf(bootText(world.readable(configuration)), new Set([logicalId])).map(() =>
        `its boot scripts name its logical id '${logicalId}' (cfn-init --resource ${logicalId}), which a launch template cannot have; `
        + 'move its Metadata to the group and name the group there'),
      ...own === undefined || isNoValue(own) ? [] : index().adrift().map(({ node }) =>
        `it has a name of its own, which may be what the group '${node.path}' is given at deployment`),
      ...followers.flatMap(({ resource: group, imports }) => {
        const name = `the group '${group.node.path}'`;
        if (this.factsOf(group).acknowledged.has(TOKENS)) return [`${name} launches from it and is exempt`];
        if (imports) return [`${name} takes its name from another stack's export, which CloudFormation refuses to change while it is in use`];
        return obstacle(group, configuration, world) ?? [];
      }),
      ...outputs.filter(({ exportName }) => exportName !== undefined).map(({ node }) =>
        `'${node.path}' exports its name, and CloudFormation refuses to change an export while it is in use`),
    ];
  }

  /** Whether an output gives the name of the configuration. */
  private gives(output: Exported, configuration: CfnResource): boolean {
    const { tokens } = this.pass.world;
    const refers = (value: Json): boolean => {
      if (tokens.referenceAt(value)?.target === configuration) return true;
      if (Array.isArray(value)) return value.some(refers);
      return isStruct(value) && Object.values(value).some(refers);
    };
    return refers(tokens.resolve(output.value, output));
  }

  private dependentsOn(configuration: CfnResource): readonly CfnResource[] {
    const { stack } = configuration;
    let dependents = this.dependents.get(stack);
    if (!dependents) {
      this.dependents.set(stack, dependents = new Map());
      for (const resource of stack.node.findAll()) {
        for (const target of CfnResource.isCfnResource(resource) ? resource.obtainDependencies() : []) {
          if (CfnResource.isCfnResource(target)) dependents.set(target, [...dependents.get(target) ?? [], resource as CfnResource]);
        }
      }
    }
    return dependents.get(configuration) ?? [];
  }

  private leaveAlone(configuration: CfnResource, reasons: readonly string[]): undefined {
    this.ledger.leftAlone.set(configuration, [...new Set(reasons)]);
  }

  private list(configuration: CfnResource, followers: readonly Follower[]): undefined {
    if (this.ledger.wouldDo.has(configuration)) return;
    this.ledger.wouldDo.set(configuration, `would turn it into a launch template; on deploy: ${effectOn(followers)}`);
    this.record(configuration, followers, true);
  }

  private record(configuration: CfnResource, followers: readonly Follower[], reportOnly: boolean): void {
    const { Properties: properties } = this.pass.world.readWhole(configuration);
    const { tokens, hopLimit } = blockInWords(properties, ['MetadataOptions'], METADATA_OPTIONS);
    recordChange(configuration, {
      type: 'AWS::AutoScaling::LaunchConfiguration',
      before: tokens,
      after: tokens,
      hopLimitBefore: hopLimit,
      hopLimitAfter: hopLimit,
      effect: effectOn(followers),
      reason: 'launch configurations are migrated: a launch template with the same meaning takes its place',
      reportOnly,
    });
  }
}
