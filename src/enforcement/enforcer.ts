import { Stack, Stage, type CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { announceNewVersion, warnOfBootCalls, warnOfGaps, warnOfHopLimit, warnOfLoosening, warnOfReferences } from './announcements';
import { blockAt, blockInWords, recordChange } from './change-record';
import { ConstructWorld } from './construct-world';
import { containerHostReason, readBoot, type Boot } from './container-hosts';
import { LaunchIndex, type Follower } from './launch-index';
import { Migration } from './migration/migration';
import { isPlain, sourceOf } from './resource-properties';
import { ScopeFacts } from './scope-facts';
import type { Pass, Subject } from './subject';
import { warn } from './warnings';
import { writeOptions } from './writer';
import { DeployEffect, type LaunchSourceType, type SourceReference } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { blocksAt, CANNOT_KNOW, hopLimitsOf, requireOptionsAt, Stance, stancesOf, type Requirement } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import { isSafe, judge } from '../posture/judge';
import { Posture } from '../posture/posture';
import { CONTAINERS } from '../private/hops';
import { hasFunction, isStruct, valueAt, type Json, type Struct } from '../private/json';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import type { Effective, Settings } from '../private/settings';
import { isWithdrawn } from '../private/withdrawn';

const TOKENS = ruleId(Rule.TOKENS);
const HOP_LIMIT = ruleId(Rule.HOP_LIMIT);
const LAUNCH_CONFIGURATION = ruleId(Rule.LAUNCH_CONFIGURATION);

/** One pass of aspects over one stage: makes its launch sources require tokens, and says what that does. */
export class Enforcer implements Pass {
  public readonly index: () => LaunchIndex;
  public readonly world: ConstructWorld;
  public readonly bootsRead = new Set<CfnResource>();
  private readonly facts = new ScopeFacts();
  private readonly ledger: Ledger;
  /** The block of each edited source as it was before. */
  private readonly edited = new Map<CfnResource, { readonly block: Json }>();
  /** Which launch templates are going to be held back, as far as anybody asked. */
  private readonly held = new Map<CfnResource, boolean>();
  private readonly visits = new Map<object, Set<IConstruct>>();
  private readonly migration: Migration;
  private built?: LaunchIndex;

  constructor(stage: IConstruct) {
    this.index = () => this.built ??= new LaunchIndex(stage, this.world);
    this.world = new ConstructWorld(this.index);
    this.ledger = Ledger.of(stage);
    this.migration = new Migration(this, this.ledger, (resource) => this.facts.of(resource));
  }

  /** Whether this is the first visit of a construct by an aspect; it is remembered. */
  public begins(aspect: object, construct: IConstruct): boolean {
    let visits = this.visits.get(aspect);
    if (!visits) this.visits.set(aspect, visits = new Set());
    return visits.size < visits.add(construct).size;
  }

  /** The settings that the scopes around a construct ask for. */
  public settingsOf(construct: IConstruct): Settings | undefined {
    return this.facts.of(construct).settings;
  }

  /** @param own the settings of the aspect that visits. */
  public enforce(resource: CfnResource, source: LaunchSourceType, own: Settings): void {
    if (source.launches && !this.launchesAnything(resource, source)) return;
    this.ledger.visited.add(resource);
    const facts = this.facts.of(resource);
    const { acknowledged } = facts;
    // An aspect that passes its visits on carries the settings of none of its scopes.
    const settings = facts.settings ?? this.ledger.lend(resource, { ...own, scope: resource, from: {}, loosened: [] });
    if (settings.loosened.length > 0) warnOfLoosening(settings);
    if (source.rejected && !acknowledged.has(LAUNCH_CONFIGURATION)) {
      const template = settings.launchConfigurations === 'migrate' && this.migration.migrate(resource, settings, acknowledged);
      if (template) this.enforce(template, sourceOf(template)!, own);
      return;
    }
    const { Properties: properties = {} } = this.world.read(resource);
    if (!isStruct(properties)) return;
    const subject = { resource, source, properties, references: source.references?.(properties) ?? [], settings, acknowledged };
    const flipped = source.optionsPath !== undefined && this.requireTokens(subject, source.optionsPath);
    if (subject.references.length > 0) warnOfReferences(this.world, subject, flipped);
    if (source.gaps) warnOfGaps(subject, source.gaps(properties));
  }

  /** Whether something exempt launches from the default version of a launch template, which then may not move. */
  public keepsDefault(template: CfnResource, { help }: Settings): boolean {
    const followers = this.index().followersOf(template);
    const exempt = followers.filter(({ resource, byDefault }) => byDefault && this.facts.of(resource).acknowledged.has(TOKENS));
    if (exempt.length === 0) return false;
    const names = exempt.map(({ resource }) => `the ${sourceOf(resource)!.name} '${resource.node.path}'`);
    warn(template, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `'${template.node.path}' keeps its default version in spite of updateDefaultVersion, because moving it would reach `
        + `${names.join(' and ')}, exempt from tokens`,
      fix: 'end the exemption, or give what is exempt a launch template of its own',
      help,
    });
    return true;
  }

  private launchesAnything(resource: CfnResource, { launches }: LaunchSourceType): boolean {
    const { Properties: properties = {} } = this.world.read(resource);
    return !isStruct(properties) || hasFunction(properties) || launches!(properties, this.world.outcomes());
  }

  /** Makes the edit where there is one to make; true where tokens were not required before and are now. */
  private requireTokens(given: Subject, path: readonly string[]): boolean {
    const { resource, source, properties, settings } = given;
    const { spelling } = source;
    // What its parts inherit stays in the launch templates: only what they say themselves is edited.
    const subject = source.parts ? { ...given, references: [] } : given;
    const exempt = subject.acknowledged.has(TOKENS);
    const limitsHops = (settings.hopLimit !== undefined || settings.containerHostHopLimit !== undefined) && !subject.acknowledged.has(HOP_LIMIT);
    const inherits = !exempt && this.inheritsRequired(subject, path);
    if (inherits && !limitsHops) return false;

    // Nearly every launch source of an app that already complies ends here, before anything costly is read.
    const tokens: Requirement = { tokens: !exempt && (inherits || !this.isMet(given)) };
    const base = exempt ? properties : this.withInherited(subject, path, inherits);
    const required = inherits ? properties : requireOptionsAt(properties, path, tokens, spelling);
    const flips = required !== properties;
    if (!flips && !limitsHops) return false;
    // The launch template's own edit bounds the hops of what says nothing and follows it.
    if (inherits && requireOptionsAt(base, path, tokens, spelling) !== base) return false;

    const boot = this.bootOf(subject);
    const host = containerHostReason(resource, source, boot, this.world, this.index);
    const hops = this.withinInherited(subject, base === properties, hopLimits(subject, limitsHops, host));
    if (hops?.hopLimit !== undefined) this.ledger.boundHops(resource, hops.hopLimit);
    const wanted = !hops && flips && base === properties ? required : requireOptionsAt(base, path, { ...tokens, ...hops }, spelling);
    if (wanted === CANNOT_KNOW || !isStruct(wanted) || (wanted === base && (!flips || base === properties))) return false;

    const isNamed = source.nameProperty !== undefined && properties[source.nameProperty] !== undefined;
    if (source.onEdit === DeployEffect.REPLACES_RESOURCE && (isNamed || !settings.replaceResources)) {
      this.ledger.costly.add(resource);
      return false;
    }
    const moved = source.nameProperty ? this.index().followersOf(resource).filter(({ moves }) => moves) : [];
    if (moved.length > 0 && this.holdBack(resource, moved, settings)) return false;

    this.change(subject, path, wanted, { flips, moved, host });
    if (flips) warnOfBootCalls(this, subject, boot);
    return flips;
  }

  private change(
    { resource, source, properties, settings }: Subject, path: readonly string[], wanted: Struct,
    { flips, moved, host }: { flips: boolean; moved: readonly Follower[]; host?: string },
  ): void {
    const { spelling = METADATA_OPTIONS } = source;
    const [before, after] = [properties, wanted].map((one) => blockInWords(one, path, spelling));
    // What takes the place of a launch configuration has been announced by then.
    const succeeds = resource.node.scope !== undefined && isWithdrawn(resource.node.scope);
    const own = succeeds ? DeployEffect.NEW_TEMPLATE : source.onEdit;
    const record = {
      type: source.type,
      before: before.tokens,
      after: after.tokens,
      hopLimitBefore: before.hopLimit,
      hopLimitAfter: after.hopLimit,
      effect: [own, ...source.caution ? [source.caution] : [], ...moved.map(({ resource: follower, effect }) => `${effect} '${follower.node.path}'`)].join('; '),
      reason: (flips ? 'tokens were not required' : 'the hop limit was not set or larger than allowed') + (host ? `; container host: ${host}` : ''),
      reportOnly: settings.reportOnly === true,
    };
    this.edited.set(resource, { block: blockAt(properties, path) });
    if (settings.reportOnly) {
      // Nothing is edited, so every other aspect on a scope above would list it again.
      if (this.ledger.wouldDo.has(resource)) return;
      this.ledger.wouldDo.set(resource, `would write ${spelling.tokens}: ${record.after}, hop limit: ${record.hopLimitAfter}; on deploy: ${record.effect}`);
    } else {
      writeOptions(resource, source, properties, wanted, this.world);
      if (flips) this.ledger.required.add(resource);
    }
    recordChange(resource, record);
    warnOfHopLimit(resource, record, host, flips, settings);
    if (!succeeds) announceNewVersion(this.world, resource, moved, settings);
  }

  /** Whether what it follows fills the gaps that it leaves itself: how what would be written there merges with that is not documented. */
  private isMet(subject: Subject): boolean {
    const { resource, source, references } = subject;
    if (references.length === 0 || (!source.parts && this.followsLateEdit(subject))) return false;
    return isSafe(judge(resource, this.world)?.posture ?? Posture.OPTIONAL);
  }

  /** A literal `$Latest` stays as it is in the template, so an edit of what it names does not reach what runs. */
  private followsLateEdit(subject: Subject): boolean {
    return subject.references.some((reference) =>
      reference.version === '$Latest' && this.templatesOf(subject, reference).some((one) => one && this.isEdited(one)));
  }

  /** Whether it says nothing itself, and what it follows requires tokens or will by the time it is written. */
  private inheritsRequired(subject: Subject, path: readonly string[]): boolean {
    const { resource, references } = subject;
    if (references.length === 0 || !isSilent(valueAt(subject.properties, path)) || this.followsLateEdit(subject)) return false;
    return isSafe(judge(resource, this.world)!.posture) || references.some((reference) =>
      this.world.version(resource, reference) === Version.LATEST
      && this.templatesOf(subject, reference).every((one) => one && this.willBeRequired(one, subject.settings)));
  }

  /** What a reference leads to; undefined where that is outside the app. */
  private templatesOf({ resource }: Subject, reference: SourceReference): Array<CfnResource | undefined> {
    return this.world.follow(resource, reference).map((target) => target.kind === 'resource' ? target.resource : undefined);
  }

  private isEdited(template: CfnResource): boolean {
    return this.ledger.required.has(template) || this.ledger.wouldDo.has(template);
  }

  /** With replacement allowed a launch template is edited whoever follows it, in whatever order they are visited. */
  private willBeRequired(template: CfnResource, follower: Settings): boolean {
    const { settings, acknowledged } = this.facts.of(template);
    const path = sourceOf(template)?.optionsPath;
    if (!settings?.replaceResources || !path || acknowledged.has(TOKENS)) return false;
    // What is only reported will not be there for somebody who needs it.
    if (settings.reportOnly && !follower.reportOnly) return false;
    return !this.isHeldBack(template, settings)
      && requireOptionsAt(this.world.read(template).Properties, path, { tokens: true }) !== CANNOT_KNOW;
  }

  /**
   * The resource's own options over those of the launch template it follows.
   *
   * How EC2 merges the two is not documented, so what the template says explicitly is repeated.
   */
  private withInherited(subject: Subject, path: readonly string[], inherits: boolean): Struct {
    const { resource, properties } = subject;
    const own = valueAt(properties, path);
    if (subject.references.length === 0 || (own !== undefined && !isPlain(own))) return properties;
    const targets = subject.references.flatMap((reference) => this.world.follow(resource, reference));
    // What an earlier version of the template said is not known, so there is nothing to repeat.
    if (subject.references.some((reference) => this.world.version(resource, reference) !== Version.LATEST)) return properties;
    if (targets.length !== 1 || targets[0].kind !== 'resource') return properties;
    const template = targets[0].resource;
    const templatePath = sourceOf(template)?.optionsPath;
    // What an edit here wrote into the template is nobody's word to repeat, unless it is what the resource inherits.
    const before = inherits ? undefined : this.edited.get(template);
    const block = before ? before.block : templatePath && valueAt(this.world.read(template).Properties, templatePath);
    if (!isPlain(block)) return properties;
    return put(properties, path, { ...literalsUnlessSameStack(block, resource, template), ...own });
  }

  /** Where the template's options cannot be repeated, its smallest hop limit still may not be raised. */
  private withinInherited(
    { resource, references }: Subject, unrepeated: boolean, hops: Partial<Requirement> | undefined,
  ): Partial<Requirement> | undefined {
    if (!hops || !unrepeated || references.length === 0) return hops;
    const limits = references.flatMap((reference) => this.world.follow(resource, reference)).flatMap((target) => {
      const path = target.kind === 'resource' ? sourceOf(target.resource)?.optionsPath : undefined;
      if (!path || target.kind !== 'resource') return [];
      return blocksAt(this.world.read(target.resource).Properties, path).flatMap((block) => hopLimitsOf(block));
    }).filter((limit) => typeof limit === 'number');
    const bounded = (limit: number | undefined) => limit === undefined ? undefined : Math.min(limit, ...limits);
    return { hopLimit: bounded(hops.hopLimit), hopLimitOnFlip: bounded(hops.hopLimitOnFlip) };
  }

  /** Everything its instances boot with, the launch template's part included. */
  private bootOf({ resource, source, references }: Subject): Boot {
    const boot = readBoot(resource, source, this.world, { userData: [], image: [], from: [] });
    for (const reference of references) {
      for (const target of this.world.follow(resource, reference)) {
        const followed = target.kind === 'resource' && sourceOf(target.resource);
        if (followed) readBoot(target.resource, followed, this.world, boot);
      }
    }
    return boot;
  }

  /** Leaves a launch template alone whose new version would replace an instance or fleet, or reach an exempt resource. */
  private holdBack(resource: CfnResource, moved: readonly Follower[], settings: Effective): boolean {
    const holders = this.holders(moved, settings);
    if (holders.length === 0) return false;
    const sentence = `it is left alone, because changing it ${holders.join(', and ')}`;
    this.ledger.heldBack.set(resource, sentence);
    warn(resource, {
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      problem: `'${resource.node.path}' does not meet what RequireImdsv2 asks for, and ${sentence}`,
      fix: holders.every((holder) => holder.endsWith('exempt')) ? 'end the exemption, or give what is not exempt a launch template of its own'
        : 'write new RequireImdsv2({ replaceResources: true }) if they may be replaced, or set HttpTokens: required here yourself when it suits',
      help: settings.help,
    });
    return true;
  }

  /** The same for every one of its followers, which each asks. */
  private isHeldBack(template: CfnResource, settings: Effective): boolean {
    let held = this.held.get(template);
    if (held === undefined) this.held.set(template, held = this.holders(this.index().followersOf(template), settings).length > 0);
    return held;
  }

  private holders(followers: readonly Follower[], settings: Effective): string[] {
    return followers.flatMap(({ resource, moves, effect }) => {
      if (!moves) return [];
      const exempt = this.facts.of(resource).acknowledged.has(TOKENS);
      if (!exempt && (effect !== DeployEffect.REPLACES_RESOURCE || settings.replaceResources)) return [];
      const name = `the ${sourceOf(resource)!.name} '${resource.node.path}'`;
      return [exempt ? `would reach ${name}, which is exempt` : `would replace ${name}`];
    });
  }
}

/** The stage of each stack, because walking up from thousands of resources costs more than their visits. */
const STAGES = new WeakMap<IConstruct, IConstruct>();

/** The stage whose templates a resource is written to, or the root of a tree that has none. */
export function stageOf({ stack }: CfnResource): IConstruct {
  let stage = STAGES.get(stack);
  if (!stage) STAGES.set(stack, stage = Stage.of(stack) ?? stack.node.root);
  return stage;
}

function hopLimits({ settings, acknowledged }: Subject, limitsHops: boolean, host: string | undefined): Partial<Requirement> | undefined {
  if (acknowledged.has(HOP_LIMIT) || (!host && !limitsHops)) return undefined;
  if (!host) return { hopLimit: settings.hopLimit };
  const limit = settings.containerHostHopLimit ?? CONTAINERS;
  return limitsHops ? { hopLimit: limit } : { hopLimitOnFlip: limit };
}

function isSilent(block: Json): boolean {
  if (block === undefined) return true;
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

