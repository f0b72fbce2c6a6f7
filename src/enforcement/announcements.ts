import type { CfnResource } from 'aws-cdk-lib';
import type { ChangeRecord } from './change-record';
import { sourceOf, type ConstructWorld } from './construct-world';
import { bootStrings } from './container-hosts';
import type { Enforcer } from './enforcer';
import type { Follower } from './launch-index';
import { warn } from './warnings';
import { DeployEffect, type LaunchSourceType } from '../launch-sources/launch-source';
import { bootCalls } from '../posture/boot-calls';
import { isSafe, judge } from '../posture/judge';
import { isNoValue, isStruct } from '../private/json';
import { Rule, ruleId } from '../private/rules';
import type { Effective } from '../private/settings';

/** What a user must know about a launch source that it points to, and that no edit here can reach. */
export function warnOfReferences(
  { world }: Enforcer, resource: CfnResource, source: LaunchSourceType, flipped: boolean, settings: Effective,
): void {
  const { Properties: properties } = world.read(resource);
  if (!isStruct(properties)) return;
  const own = flipped ? `; the ${source.name} got the options itself` : '';
  for (const reference of source.references(properties).filter(({ target }) => !isNoValue(target))) {
    const where = `Properties.${reference.path.join('.')}`;
    if (reference.to === 'instance') {
      warnExternal(resource, `${where} copies a running instance, and whether its metadata options come along is not documented${own}`, settings);
    }
    for (const target of reference.to === 'instance' ? [] : world.follow(resource, reference)) {
      if (target.kind === 'external') {
        if (source.optionsPath && !flipped && isSafe(judge(resource, world)!.posture)) continue;
        warnExternal(resource, `${where} names the ${reference.to} ${target.name}, which is not part of this app, so its metadata options are not seen${own}`, settings);
      } else if (reference.to === 'launch template' && !world.asksForLatest(resource, reference) && (!source.optionsPath || flipped)) {
        warn(resource, {
          rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
          problem: `${where}.Version pins a version of the launch template '${target.resource.node.path}', `
            + `so that what is required in the template does not reach this ${source.name}${own}`,
          fix: `follow the latest version: Version: Fn.getAtt('${target.resource.node.id}', 'LatestVersionNumber'), `
            + 'or latestVersionNumber of the L2',
          help: settings.help,
        });
      }
    }
  }
}

function warnExternal(resource: CfnResource, problem: string, settings: Effective): void {
  warn(resource, {
    rule: Rule.EXTERNAL_LAUNCH_TEMPLATE,
    problem,
    fix: "set MetadataOptions.HttpTokens: required in the launch template where it is defined, or define the template in this app",
    help: settings.help,
  });
}

/** Says which groups and node groups a launch template's new version rolls or replaces, and how to hold that back. */
export function announceNewVersion(world: ConstructWorld, template: CfnResource, moved: readonly Follower[], settings: Effective): void {
  for (const { resource } of moved) {
    const effect = world.effectOn(resource);
    if (effect === DeployEffect.KEEPS_OLD_INSTANCES || effect === DeployEffect.NONE) continue;
    const policy = world.read(resource).UpdatePolicy;
    const named = isStruct(policy) ? ` (UpdatePolicy ${Object.keys(policy).join(', ')})` : '';
    warn(resource, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `the launch template '${template.node.path}' ${settings.reportOnly ? 'would get' : 'gets'} a new version with tokens required, `
        + `and deploying it ${effect}${named}`,
      fix: `to hold it back: Validations.of(<${template.node.path}>).acknowledge({ id: '${ruleId(Rule.TOKENS)}', reason: '…' })`,
      help: settings.help,
    });
  }
}

/** Lowering a limit that somebody chose, or keeping one that cuts containers off, is said with both values. */
export function warnOfHopLimit(
  resource: CfnResource, { hopLimitBefore, hopLimitAfter }: ChangeRecord, host: string | undefined, flipped: boolean, settings: Effective,
): void {
  if (hopLimitBefore !== 'not set' && hopLimitBefore !== hopLimitAfter) {
    warn(resource, {
      rule: Rule.HOP_LIMIT,
      problem: `HttpPutResponseHopLimit ${settings.reportOnly ? 'would be' : 'is'} lowered from ${hopLimitBefore} to ${hopLimitAfter}, the largest that RequireImdsv2 allows here`,
      fix: `set httpPutResponseHopLimit to ${hopLimitAfter} here, or allow more: new RequireImdsv2({ hopLimit: HopLimit.of(…) })`,
      help: settings.help,
    });
  } else if (host && flipped && hopLimitAfter === '1') {
    warn(resource, {
      rule: Rule.HOP_LIMIT,
      problem: `this is a container host (${host}) with an explicit hop limit of 1, and now that tokens are required its bridged containers cannot reach the metadata service`,
      fix: 'set httpPutResponseHopLimit to 2 here if its containers need the metadata service',
      help: settings.help,
    });
  }
}

/** Text in which a script may call the metadata service, or that is encoded so that only decoding can tell. */
const SUSPICIOUS = /169\.254\.169\.254|fd00:ec2::254|instance-data|^[A-Za-z0-9+/=\s]{40,}$|Content-Transfer-Encoding:\s*base64/i;

/** Names every boot script of a flipped launch source that would get 401 at the next launch. */
export function warnOfBootCalls(enforcer: Enforcer, resource: CfnResource, source: LaunchSourceType, settings: Effective): void {
  const { world, index } = enforcer;
  const { Properties: properties } = world.read(resource);
  const followed = isStruct(properties) ? source.references(properties)
    .flatMap((reference) => world.follow(resource, reference))
    .flatMap((target) => target.kind === 'resource' ? [target.resource] : []) : [];
  // A group carries the Init metadata for the instances of its launch template.
  const followers = source.onEdit === DeployEffect.NONE ? [] : index().followersOf(resource).map((follower) => follower.resource);
  for (const script of [resource, ...followed, ...followers]) {
    if (!mayCall(script, world)) continue;
    const { calls, unread } = bootCalls(world.readWhole(script));
    for (const call of calls) {
      warn(script, {
        rule: Rule.BOOT_CALL,
        problem: `${call.path} line ${call.line} calls the metadata service without a token and ${settings.reportOnly ? 'would get' : 'gets'} `
          + `401 at the next launch, so that what depends on it does not come up: ${call.text}`,
        fix: `write: ${call.rewritten}`,
        help: settings.help,
      });
    }
    if (unread.length > 0) {
      warn(script, {
        rule: Rule.BOOT_CALL,
        problem: `${unread.join(', ')} cannot be read before deployment, so whether it calls the metadata service without a token is not known`,
        fix: 'see that every call in it sends the header X-aws-ec2-metadata-token',
        help: settings.help,
      });
    }
  }
}

function mayCall(resource: CfnResource, world: ConstructWorld): boolean {
  if (resource.cfnOptions.metadata?.['AWS::CloudFormation::Init'] !== undefined) return true;
  if (sourceOf(resource)?.optionsPath === undefined) return false;
  const strings = bootStrings(resource, world);
  return strings.some((text) => SUSPICIOUS.test(text)) || (strings.length > 0 && strings.every((text) => text === '' || /^\$\{Token\[[^\]]*\]\}$/.test(text)));
}
