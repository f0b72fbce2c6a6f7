import type { CfnResource } from 'aws-cdk-lib';
import { BOOT_CALL_METADATA, isLowered, type ChangeRecord } from './change-record';
import type { ConstructWorld } from './construct-world';
import type { Boot } from './container-hosts';
import type { Follower } from './launch-index';
import { overridesOf, sourceOf } from './resource-properties';
import type { Pass, Subject } from './subject';
import { warn } from './warnings';
import { effectInWords } from '../launch-sources/effects';
import { DeployEffect, type Gap } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { adviceFor, bootCalls, mayHoldBootCalls } from '../posture/boot-calls';
import { isSafe, judge } from '../posture/judge';
import { Posture } from '../posture/posture';
import { isNoValue, isStruct, outcomesOf, type Json } from '../private/json';
import { Rule, ruleId } from '../private/rules';
import { nameOf, type Effective } from '../private/settings';

/** Says once, on the scope that loosens, what an outer scope asks for. */
export function warnOfLoosening(settings: Effective): void {
  for (const { scope, rule, sentence } of settings.loosened) {
    warn(scope, {
      rule,
      problem: `${nameOf(scope)} loosens RequireImdsv2: ${sentence}`,
      fix: 'remove the prop from the inner RequireImdsv2, or make it as strict as the outer one',
      help: settings.help,
    });
  }
}

/** What a user must know about a launch source that it points to, and that no edit here can reach. */
export function warnOfReferences(world: ConstructWorld, { resource, source, references, settings }: Subject, flipped: boolean): void {
  const own = flipped ? `; the ${source.name} got the options itself` : '';
  const name = () => `'${resource.node.path}'`;
  for (const reference of references) {
    if (isNoValue(reference.target)) continue;
    const where = () => `Properties.${reference.path.join('.')}`;
    if (reference.to === 'instance') {
      warnExternal(resource, `${name()} copies a running instance (${where()}), and whether its metadata options come along is not documented${own}`, settings);
      continue;
    }
    for (const target of world.follow(resource, reference)) {
      if (target.kind === 'external') {
        if (source.optionsPath && !flipped && isSafe(judge(resource, world)?.posture ?? Posture.OPTIONAL)) continue;
        warnExternal(resource, `${name()} launches from the ${reference.to} ${target.name} (${where()}), which is not part of this app, `
          + `so its metadata options are not seen${own}`, settings);
      } else if (reference.to === 'launch template' && (!source.optionsPath || source.parts || flipped)) {
        const version = world.version(resource, reference);
        if (version === Version.LATEST) continue;
        const { versionKey = 'Version' } = reference;
        warn(resource, {
          rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
          problem: `${name()} ${version === Version.PINNED ? 'pins' : 'may pin'} a version of the launch template `
            + `'${target.resource.node.path}' (${where()}.${versionKey}), so that what is required in the template does not reach it${own}`,
          fix: `follow the latest version: ${versionKey}: <${target.resource.node.path}>.getAtt('LatestVersionNumber').toString(), `
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
    fix: 'set MetadataOptions.HttpTokens: required in the launch template where it is defined, or define the template in this app',
    help: settings.help,
  });
}

/** Names every place from where instances are launched without a property that could require tokens. */
export function warnOfGaps({ resource, source, settings }: Subject, gaps: readonly Gap[]): void {
  for (const { reason, fix, settable } of gaps) {
    // What could be set is a finding, and stops synthesis.
    if (settable) continue;
    warn(resource, {
      rule: Rule.UNSETTABLE,
      problem: `whether the ${source.name} '${resource.node.path}' allows IMDSv1 cannot be decided in a template: ${reason}`,
      fix,
      help: settings.help,
    });
  }
}

/** The update policies that act when a group's launch template changes. */
const UPDATES = ['AutoScalingReplacingUpdate', 'AutoScalingRollingUpdate', 'AutoScalingInstanceRefresh'];

/** Those of an update policy, or of either when a condition chooses one. */
export function updatesIn(policy: Json): string[] {
  return UPDATES.filter((update) => outcomesOf(policy).some((one) => isStruct(one) && one[update] !== undefined));
}

/** What an edit does to what follows it, and to whom, as a change record says it. */
export function effectOnFollower({ resource, effect }: Follower): string {
  return `${effectInWords(effect)} '${resource.node.path}'`;
}

/** Says which groups and node groups a launch template's new version rolls or replaces, and how to hold that back. */
export function announceNewVersion(world: ConstructWorld, template: CfnResource, moved: readonly Follower[], settings: Effective): void {
  for (const { resource, effect, imports } of moved) {
    if (imports) warnOfImport(resource, template, settings);
    if (effect === DeployEffect.KEEPS_OLD_INSTANCES || effect === DeployEffect.NONE) continue;
    const deciding = updatesIn(world.read(resource).UpdatePolicy);
    const named = deciding.length > 0 ? ` (UpdatePolicy ${deciding.join(', ')})` : '';
    warn(resource, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `the ${sourceOf(template)!.name} '${template.node.path}' ${settings.reportOnly ? 'would change' : 'changes'} to require tokens, `
        + `and deploying that ${effectInWords(effect)}${named}`,
      fix: `to hold it back: Validations.of(<${template.node.path}>).acknowledge({ id: '${ruleId(Rule.TOKENS)}', reason: '…' })`,
      help: settings.help,
    });
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html */
function warnOfImport(follower: CfnResource, template: CfnResource, settings: Effective): void {
  warn(follower, {
    rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
    problem: `'${follower.node.path}' takes the version of the launch template '${template.node.path}' from another stack's export, `
      + 'and CloudFormation refuses to change an export in use, so that deploying the template\'s stack fails',
    fix: 'define template and follower in one stack, or pass the version some other way, such as an SSM parameter; '
      + `to hold the edit back: Validations.of(<${template.node.path}>).acknowledge({ id: '${ruleId(Rule.TOKENS)}', reason: '…' })`,
    help: settings.help,
  });
}

/** Lowering a limit that somebody chose, or keeping one that cuts containers off, is said with both values. */
export function warnOfHopLimit(
  resource: CfnResource, record: ChangeRecord, host: string | undefined, flipped: boolean, settings: Effective,
): void {
  const { hopLimitBefore, hopLimitAfter } = record;
  if (isLowered(record)) {
    warn(resource, {
      rule: Rule.HOP_LIMIT,
      problem: `'${resource.node.path}' ${settings.reportOnly ? 'would have' : 'has'} its hop limit lowered from ${hopLimitBefore} to ${hopLimitAfter}, `
        + 'the largest that RequireImdsv2 allows here',
      fix: `set httpPutResponseHopLimit to ${hopLimitAfter} here, or allow more: `
        + `new RequireImdsv2({ ${host ? 'containerHostHopLimit' : 'hopLimit'}: HopLimit.of(…) })`,
      help: settings.help,
    });
  } else if (host && flipped && hopLimitAfter === '1') {
    warn(resource, {
      rule: Rule.HOP_LIMIT,
      problem: `'${resource.node.path}' is a container host (${host}) with an explicit hop limit of 1, `
        + 'and now that tokens are required its bridged containers cannot reach the metadata service',
      fix: 'set httpPutResponseHopLimit to 2 here if its containers need the metadata service',
      help: settings.help,
    });
  }
}

const ONLY_TOKEN = /^\$\{Token\[[^\]]*\]\}$/;

/** Names every boot script of a flipped launch source that would get 401 at the next launch. */
export function warnOfBootCalls({ world, index, bootsRead }: Pass, subject: Subject, { userData }: Boot): void {
  const { resource, source, references, settings } = subject;
  const scripts = [resource];
  for (const reference of references) {
    for (const target of world.follow(resource, reference)) if (target.kind === 'resource') scripts.push(target.resource);
  }
  // A group carries the Init metadata for the instances of its launch template.
  if (source.nameProperty) scripts.push(...index().followersOf(resource).map((follower) => follower.resource));
  const suspicious = mayCall(userData);
  for (const script of scripts) {
    if (bootsRead.size === bootsRead.add(script).size) continue;
    if (suspicious ? sourceOf(script)?.optionsPath === undefined && !hasInit(script) : !hasInit(script)) continue;
    const { calls, unread } = bootCalls(world.readable(script));
    for (const call of calls) {
      script.node.addMetadata(BOOT_CALL_METADATA, call);
      warn(script, {
        rule: Rule.BOOT_CALL,
        problem: `'${script.node.path}' calls the metadata service without a token in ${call.path} line ${call.line}${call.encoded ? ' of a file encoded in it' : ''} and ${settings.reportOnly ? 'would get' : 'gets'} `
          + `401 at the next launch, so that what depends on it does not come up: ${call.text}`,
        fix: adviceFor(call) ?? `write: ${call.rewritten}`,
        help: settings.help,
      });
    }
    if (unread.length > 0) {
      warn(script, {
        rule: Rule.BOOT_CALL,
        problem: `'${script.node.path}' has boot scripts that cannot be read before deployment (${unread.join(', ')}), `
          + 'so whether they call the metadata service without a token is not known',
        fix: 'see that every call in it sends the header X-aws-ec2-metadata-token',
        help: settings.help,
      });
    }
  }
}

function hasInit(resource: CfnResource): boolean {
  return resource.cfnOptions.metadata?.['AWS::CloudFormation::Init'] !== undefined
    || isStruct(overridesOf(resource).Metadata);
}

/** Whether what an instance boots with holds a call, or hides what it holds. */
function mayCall(strings: readonly string[]): boolean {
  if (strings.length === 0) return false;
  return strings.some(mayHoldBootCalls) || strings.every((text) => text === '' || ONLY_TOKEN.test(text));
}
