import { CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { announceNewVersion, warnOfBootCalls, warnOfHopLimit, warnOfReferences } from './announcements';
import { optionInWords, recordChange } from './change-record';
import { ConstructWorld, isPlain, sourceOf } from './construct-world';
import { bootStrings, containerHostReason } from './container-hosts';
import { LaunchIndex, type Follower } from './launch-index';
import { warn } from './warnings';
import { writeOptions } from './writer';
import { DeployEffect, type LaunchSourceType } from '../launch-sources/launch-source';
import { CANNOT_KNOW, requireOptionsAt, Stance, stancesOf, type Requirement } from '../launch-sources/metadata-options';
import { isSafe, judge } from '../posture/judge';
import { acknowledgementOf } from '../private/acknowledgements';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import { settingsFor, type Effective } from '../private/settings';

/** A container host that is cut off from IMDSv1 needs two hops for its containers to reach IMDSv2. */
const CONTAINERS = 2;

/** One pass of aspects over one stage: makes its launch sources require tokens, and says what that does. */
export class Enforcer {
  public readonly index: () => LaunchIndex;
  public readonly world: ConstructWorld;
  private readonly ledger: Ledger;
  private built?: LaunchIndex;

  constructor(stage: IConstruct) {
    this.index = () => this.built ??= new LaunchIndex(stage, this.world);
    this.world = new ConstructWorld(this.index);
    this.ledger = Ledger.of(stage);
  }

  public enforce(resource: CfnResource, source: LaunchSourceType): void {
    this.ledger.visited.add(resource);
    const settings = settingsFor(resource);
    if (!settings || !source.judged) return;
    for (const { scope, outer, rule, sentence } of settings.loosened) {
      warn(scope, {
        rule,
        problem: `RequireImdsv2 is loosened: ${sentence} at '${outer.node.path || 'the app'}'`,
        fix: 'remove the prop from the inner RequireImdsv2, or make it as strict as the outer one',
        help: settings.help,
      });
    }
    if (source.rejected && !acknowledgementOf(resource, ruleId(Rule.LAUNCH_CONFIGURATION))) return;
    const flipped = source.optionsPath ? this.requireTokens(resource, source, source.optionsPath, settings) : false;
    warnOfReferences(this, resource, source, flipped, settings);
  }

  /** Makes the edit where there is one to make; true where tokens were not required before and are now. */
  private requireTokens(resource: CfnResource, source: LaunchSourceType, path: readonly string[], settings: Effective): boolean {
    const read = this.world.read(resource).Properties ?? {};
    if (!isStruct(read)) return false;
    const exempt = acknowledgementOf(resource, ruleId(Rule.TOKENS)) !== undefined;
    const limitsHops = (settings.hopLimit ?? settings.containerHostHopLimit) !== undefined
      && acknowledgementOf(resource, ruleId(Rule.HOP_LIMIT)) === undefined;
    const follows = source.references(read).length > 0;
    const inherits = follows && silent(valueAt(read, path)) && !exempt
      && (this.willFollowRequired(resource, source, read) || isSafe(judge(resource, this.world)!.posture));
    if (inherits && !limitsHops) return false;

    // Nearly every launch source of an app that already complies ends here, before anything costly is read.
    const tokensOnly: Requirement = { tokens: !exempt };
    const base = follows && !exempt ? this.withInherited(resource, source, read, path) : read;
    if (!limitsHops && requireOptionsAt(base, path, tokensOnly) === base) return false;

    const host = this.containerHost(resource, source, read);
    const requirement = { ...tokensOnly, ...this.hopLimits(resource, settings, limitsHops, host) };
    if (requirement.hopLimit !== undefined) this.ledger.hopLimits.set(resource, requirement.hopLimit);
    const wanted = requireOptionsAt(base, path, requirement);
    if (wanted === CANNOT_KNOW || wanted === base || !isStruct(wanted)) return false;

    const moved = source.onEdit === DeployEffect.NEW_VERSION ? this.index().followersOf(resource).filter(({ latest }) => latest) : [];
    if (this.holdBack(resource, moved, settings)) return false;

    const [before, after] = [blockAt(read, path), blockAt(wanted, path)];
    const flipped = !exempt && requireOptionsAt(base, path, tokensOnly) !== base && !inherits;
    const effects = [source.onEdit as string, ...this.effectsOn(moved)];
    const record = {
      type: source.type,
      before: optionInWords(before, 'HttpTokens'),
      after: optionInWords(after, 'HttpTokens'),
      hopLimitBefore: optionInWords(before, 'HttpPutResponseHopLimit'),
      hopLimitAfter: optionInWords(after, 'HttpPutResponseHopLimit'),
      effect: effects.join('; '),
      reason: [flipped ? 'tokens were not required' : 'the hop limit was larger than allowed or not set', ...host ? [`container host: ${host}`] : []].join('; '),
      reportOnly: settings.reportOnly === true,
    };
    if (settings.reportOnly) {
      this.ledger.wouldDo.set(resource, `would write HttpTokens: ${record.after}, hop limit: ${record.hopLimitAfter}; on deploy: ${record.effect}`);
    } else {
      writeOptions(resource, path, wanted, this.world);
      if (flipped) this.ledger.required.add(resource);
    }
    recordChange(resource, record);
    warnOfHopLimit(resource, record, host, flipped, settings);
    announceNewVersion(this.world, resource, moved, settings);
    if (flipped) warnOfBootCalls(this, resource, source, settings);
    return flipped;
  }

  /** With replacement allowed the launch template will be required by the time it is written, in whatever order they are visited. */
  private willFollowRequired(resource: CfnResource, source: LaunchSourceType, read: Struct): boolean {
    return source.references(read).some((reference) => this.world.asksForLatest(resource, reference)
      && this.world.follow(resource, reference).every((target) => {
        if (target.kind !== 'resource') return false;
        const settings = settingsFor(target.resource);
        const path = sourceOf(target.resource)?.optionsPath;
        return settings?.replaceResources === true && !settings.reportOnly && path !== undefined
          && !acknowledgementOf(target.resource, ruleId(Rule.TOKENS))
          && this.holders(this.index().followersOf(target.resource), settings).length === 0
          && requireOptionsAt(this.world.read(target.resource).Properties, path, { tokens: true }) !== CANNOT_KNOW;
      }));
  }

  /**
   * The resource's own options over those of the launch template it follows.
   *
   * How EC2 merges the two is not documented, so what the template says explicitly is repeated.
   */
  private withInherited(resource: CfnResource, source: LaunchSourceType, read: Struct, path: readonly string[]): Struct {
    const own = valueAt(read, path);
    if (own !== undefined && !isPlain(own)) return read;
    const blocks = source.references(read).flatMap((reference) => this.world.follow(resource, reference)).map((target) => {
      if (target.kind !== 'resource') return undefined;
      const template = sourceOf(target.resource)?.optionsPath;
      const block = template && valueAt(this.world.read(target.resource).Properties, template);
      return isPlain(block) ? literalsUnlessSameStack(block, resource, target.resource) : undefined;
    });
    const inherited = blocks.length === 1 ? blocks[0] : undefined;
    return inherited ? put(read, path, { ...inherited, ...own as Struct | undefined }) : read;
  }

  private containerHost(resource: CfnResource, source: LaunchSourceType, read: Struct): string | undefined {
    const followed = source.references(read)
      .flatMap((reference) => this.world.follow(resource, reference))
      .flatMap((target) => target.kind === 'resource' ? [target.resource] : []);
    const strings = [resource, ...followed].flatMap((one) => bootStrings(one, this.world));
    return containerHostReason(resource, strings, this.index);
  }

  private hopLimits(resource: CfnResource, settings: Effective, limitsHops: boolean, host: string | undefined): Partial<Requirement> {
    if (acknowledgementOf(resource, ruleId(Rule.HOP_LIMIT))) return {};
    if (!host) return limitsHops ? { hopLimit: settings.hopLimit } : {};
    const limit = settings.containerHostHopLimit ?? CONTAINERS;
    return limitsHops ? { hopLimit: limit } : { hopLimitOnFlip: limit };
  }

  /** Leaves a launch template alone whose new version would replace an instance or fleet, or reach an exempt resource. */
  private holdBack(resource: CfnResource, moved: readonly Follower[], settings: Effective): boolean {
    const holders = this.holders(moved, settings);
    if (holders.length === 0) return false;
    const sentence = `it is left alone, because a new version of it ${holders.join(', and ')}`;
    this.ledger.heldBack.set(resource, sentence);
    warn(resource, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `this launch template does not meet what RequireImdsv2 asks for, and ${sentence}`,
      fix: 'add new RequireImdsv2({ replaceResources: true }) if they may be replaced, or set MetadataOptions.HttpTokens: required on the template yourself when it suits',
      help: settings.help,
    });
    return true;
  }

  private holders(followers: readonly Follower[], settings: Effective): string[] {
    return followers.filter(({ latest }) => latest).flatMap(({ resource }) => {
      const name = `the ${sourceOf(resource)!.name} '${resource.node.path}'`;
      if (acknowledgementOf(resource, ruleId(Rule.TOKENS))) return [`would reach ${name}, which is exempt`];
      const replaces = this.world.effectOn(resource) === DeployEffect.REPLACES_RESOURCE && !settings.replaceResources;
      return replaces ? [`would replace ${name}`] : [];
    });
  }

  private effectsOn(moved: readonly Follower[]): string[] {
    return moved.map(({ resource }) => `${this.world.effectOn(resource)} '${resource.node.path}'`);
  }
}

/** The stage whose templates a construct is written to, or the root of a tree that has none. */
export function stageOf(construct: IConstruct): IConstruct {
  return Stage.of(construct) ?? construct.node.root;
}

function silent(block: Json): boolean {
  const stances = stancesOf(block);
  return stances.size === 1 && stances.has(Stance.SILENT) && !(isPlain(block) && Object.keys(block).length > 0);
}

/** Conditions and parameters belong to a stack: only literal options can be repeated in another. */
function literalsUnlessSameStack(block: Struct, one: CfnResource, other: CfnResource): Struct {
  if (Stack.of(one) === Stack.of(other)) return block;
  return Object.fromEntries(Object.entries(block).filter(([, value]) => typeof value !== 'object'));
}

function put(parent: Struct, [key, ...rest]: readonly string[], value: Json): Struct {
  const child = parent[key];
  return { ...parent, [key]: rest.length === 0 ? value : put(isStruct(child) ? child : {}, rest, value) };
}

/** The block, or the condition that chooses it. */
function blockAt(properties: Json, path: readonly string[]): Json {
  if (path.length === 0 || !isPlain(properties)) return properties;
  return blockAt(properties[path[0]], path.slice(1));
}
