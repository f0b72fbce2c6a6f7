import type { CfnResource } from 'aws-cdk-lib';
import { updatesOf } from './groups';
import { effectInWords } from '../../launch-sources/effects';
import { DeployEffect } from '../../launch-sources/launch-source';
import { Rule, ruleId } from '../../private/rules';
import type { Effective } from '../../private/settings';
import { effectOnFollower, updatesIn } from '../announcements';
import type { ConstructWorld } from '../construct-world';
import type { Exported, Follower } from '../launch-index';
import { sourceOf } from '../resource-properties';
import { warn } from '../warnings';

/** What a deployment does where a launch template takes the place of a launch configuration. */
export function effectOn(followers: readonly Follower[]): string {
  return [effectInWords(DeployEffect.NEW_TEMPLATE), ...followers.map(effectOnFollower)].join('; ');
}

/** Says what becomes of a group's running instances. */
export function announceGroup(group: CfnResource, configuration: CfnResource, world: ConstructWorld, settings: Effective): void {
  const effect = sourceOf(group)!.onNewVersion!(world.read(group));
  const updates = updatesOf(group, world);
  const problem = `'${group.node.path}' launches from a launch template in the place of the launch configuration '${configuration.node.path}', `;
  if (effect !== DeployEffect.KEEPS_OLD_INSTANCES) {
    warn(group, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `${problem}and deploying that ${effectInWords(effect)} (UpdatePolicy ${updatesIn(world.read(group).UpdatePolicy).join(', ')})`,
      fix: `to hold it back: Validations.of(<${configuration.node.path}>).acknowledge({ id: '${ruleId(Rule.LAUNCH_CONFIGURATION)}', reason: '…' })`,
      help: settings.help,
    });
    return;
  }
  warn(group, {
    rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
    problem: `${problem}and its running instances stay as they are, IMDSv1 included, until they are replaced`,
    fix: updates?.length === 0
      ? 'write new RequireImdsv2({ launchConfigurations: LaunchConfigurationPolicy.MIGRATE, instanceRefresh: true }), or refresh the group after the deployment'
      : 'refresh the group after the deployment; its UpdatePolicy is left as it is',
    help: settings.help,
  });
}

/** An output that gave the name of the configuration. */
export function warnOfOutput(output: Exported, configuration: CfnResource, settings: Effective): void {
  warn(output, {
    rule: Rule.LAUNCH_CONFIGURATION,
    problem: `'${output.node.path}' gave the name of the launch configuration '${configuration.node.path}', and gives the id of the launch template in its place`,
    fix: 'see that whoever reads the output expects that, or remove it',
    help: settings.help,
  });
}
