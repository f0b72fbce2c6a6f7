import { Stage, type CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { announceNewVersion, effectOnFollower, warnOfBootCalls, warnOfGaps, warnOfHopLimit, warnOfLoosening, warnOfReferences } from './announcements';
import { blockAt, blockInWords, recordChange } from './change-record';
import { ConstructWorld } from './construct-world';
import { bootOf, containerHostReason, type Boot } from './container-hosts';
import { HeldBack } from './held-back';
import { Inheritance } from './inheritance';
import { LaunchIndex, type Follower } from './launch-index';
import { Migration } from './migration/migration';
import { sourceOf } from './resource-properties';
import { ScopeFacts } from './scope-facts';
import { ScriptIndex } from './script-index';
import type { Pass, Subject } from './subject';
import { isBarredByNull, writeOptions } from './writer';
import { effectInWords, needsReplaceResources } from '../launch-sources/effects';
import { DeployEffect, type LaunchSourceType } from '../launch-sources/launch-source';
import { CANNOT_KNOW, requireOptionsAt, type Requirement } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import { effectOfEdit } from '../posture/edit-effect';
import { CONTAINERS } from '../private/hops';
import { hasFunction, isStruct, type Struct } from '../private/json';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import type { Settings } from '../private/settings';
import { isWithdrawn } from '../private/withdrawn';

const TOKENS = ruleId(Rule.TOKENS);
const HOP_LIMIT = ruleId(Rule.HOP_LIMIT);
const LAUNCH_CONFIGURATION = ruleId(Rule.LAUNCH_CONFIGURATION);

/** One pass of aspects over one stage: makes its launch sources require tokens, and says what that does. */
export class Enforcer implements Pass {
  public readonly index: () => LaunchIndex;
  public readonly world: ConstructWorld;
  public readonly bootsRead = new Set<CfnResource>();
  public readonly heldBack: HeldBack;
  private readonly facts = new ScopeFacts();
  private readonly ledger: Ledger;
  private readonly inheritance: Inheritance;
  private readonly visits = new Map<object, Set<IConstruct>>();
  private readonly migration: Migration;
  private built?: LaunchIndex;
  private scriptIndex?: ScriptIndex;

  constructor(private readonly stage: IConstruct) {
    this.index = () => this.built ??= new LaunchIndex(stage, this.world);
    this.world = new ConstructWorld(this.index);
    this.ledger = Ledger.of(stage);
    this.heldBack = new HeldBack(this.index, this.facts, this.ledger);
    this.inheritance = new Inheritance(this.world, this.facts, this.ledger, this.heldBack);
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
    // What a text launches is judged on the template alone: reading it here would resolve every custom resource of the app.
    if (source.embedded !== undefined) return void this.ledger.visited.add(resource);
    if (source.launches && !this.launchesAnything(resource, source)) return;
    this.ledger.visited.add(resource);
    this.built?.learn(resource);
    const facts = this.facts.of(resource);
    const { acknowledged } = facts;
    if (acknowledged.has(TOKENS)) this.ledger.exempt.add(resource);
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

  private launchesAnything(resource: CfnResource, { launches }: LaunchSourceType): boolean {
    const { Properties: properties = {} } = this.world.read(resource);
    return !isStruct(properties) || hasFunction(properties) || launches!(properties, this.world.outcomes());
  }

  /** Makes the edit where there is one to make; true where tokens were not required before and are now. */
  private requireTokens(given: Subject, path: readonly string[]): boolean {
    const { resource, source, properties, settings } = given;
    const { spelling } = source;
    // Options that do not count are nobody's to edit: the launch templates get them.
    if (source.parts?.(properties, this.world.outcomes()).every(({ taken }) => taken?.counts === false)) return false;
    // What its parts inherit stays in the launch templates: only what they say themselves is edited.
    const subject = source.parts ? { ...given, references: [] } : given;
    const exempt = subject.acknowledged.has(TOKENS);
    const limitsHops = (settings.hopLimit !== undefined || settings.containerHostHopLimit !== undefined) && !subject.acknowledged.has(HOP_LIMIT);
    const inherits = !exempt && this.inheritance.inheritsRequired(subject, path);
    if (inherits && !limitsHops) return false;

    // Nearly every launch source of an app that already complies ends here, before anything costly is read.
    const tokens: Requirement = { tokens: !exempt && (inherits || !this.inheritance.isMet(given)) };
    const base = exempt ? properties : this.inheritance.withInherited(subject, path, inherits);
    const required = inherits ? properties : requireOptionsAt(properties, path, tokens, spelling);
    const flips = required !== properties;
    if (!flips && !limitsHops) return false;
    // The launch template's own edit bounds the hops of what says nothing and follows it.
    if (inherits && requireOptionsAt(base, path, tokens, spelling) !== base) return false;

    const boots = this.bootsOf(given);
    const host = containerHostReason(resource, source, boots, this.world, this.index);
    const hops = this.inheritance.withinInherited(subject, base === properties, hopLimits(subject, limitsHops, host));
    if (hops?.hopLimit !== undefined) this.ledger.boundHops(resource, hops.hopLimit);
    const wanted = !hops && flips && base === properties ? required : requireOptionsAt(base, path, { ...tokens, ...hops }, spelling);
    if (wanted === CANNOT_KNOW || !isStruct(wanted) || (wanted === base && (!flips || base === properties))) return false;
    if (isBarredByNull(resource, source)) return false;

    const isNamed = source.nameProperty !== undefined && properties[source.nameProperty] !== undefined;
    const { effect } = effectOfEdit(resource, source, this.world)!;
    if (needsReplaceResources(effect) && (!settings.replaceResources || (isNamed && effect === DeployEffect.REPLACES_RESOURCE))) {
      this.ledger.costly.add(resource);
      return false;
    }
    const moved = source.nameProperty ? this.index().followersOf(resource).filter(({ moves }) => moves) : [];
    if (moved.length > 0 && this.heldBack.holds(resource, moved, settings)) return false;

    this.change(subject, path, wanted, { flips, moved, host, effect });
    if (flips) warnOfBootCalls(this, boots, settings);
    return flips;
  }

  private change(
    { resource, source, properties, settings }: Subject, path: readonly string[], wanted: Struct,
    { flips, moved, host, effect }: { flips: boolean; moved: readonly Follower[]; host?: string; effect: DeployEffect },
  ): void {
    const { spelling = METADATA_OPTIONS } = source;
    const before = blockInWords(properties, path, spelling);
    const after = blockInWords(wanted, path, spelling);
    // What takes the place of a launch configuration has been announced by then.
    const succeeds = resource.node.scope !== undefined && isWithdrawn(resource.node.scope);
    const own = succeeds ? DeployEffect.NEW_TEMPLATE : effect;
    const record = {
      type: source.type,
      before: before.tokens,
      after: after.tokens,
      hopLimitBefore: before.hopLimit,
      hopLimitAfter: after.hopLimit,
      effect: [effectInWords(own), ...source.caution ? [source.caution] : [], ...moved.map(effectOnFollower)].join('; '),
      reason: (flips ? 'tokens were not required' : 'the hop limit was not set or larger than allowed') + (host ? `; container host: ${host}` : ''),
      reportOnly: settings.reportOnly === true,
    };
    this.inheritance.remember(resource, blockAt(properties, path));
    if (settings.reportOnly) {
      // Nothing is edited, so every other aspect on a scope above would list it again.
      if (this.ledger.wouldDo.has(resource)) return;
      this.ledger.wouldDo.set(resource, `would write ${spelling.tokens}: ${record.after}, hop limit: ${record.hopLimitAfter}; on deploy: ${record.effect}`);
    } else {
      writeOptions(resource, source, properties, wanted, this.world);
      if (flips) this.ledger.required.add(resource);
      if (source.nameProperty) this.ledger.foresee(resource, moved.map((follower) => follower.resource));
    }
    recordChange(resource, record);
    warnOfHopLimit(resource, record, host, flips, settings);
    if (!succeeds) announceNewVersion(this.world, resource, moved, settings);
  }

  /** Everything its instances boot with: its own part, that of what it launches from and of what launches from it, and scripts that others hold. */
  private bootsOf({ resource, source, references }: Subject): Boot[] {
    const targets = references.flatMap((reference) => this.world.follow(resource, reference))
      .flatMap((target) => target.kind === 'resource' && sourceOf(target.resource) ? target.resource : []);
    const followers = (source.nameProperty ? this.index().followersOf(resource) : [])
      .filter(({ resource: follower, moves, byDefault }) => (moves || byDefault) && !this.facts.of(follower).acknowledged.has(TOKENS))
      .map((follower) => follower.resource);
    const scripts = ScriptIndex.isFor(source.type) ? this.scripts().scriptsOf(resource) : [];
    return [...new Set([resource, ...targets, ...followers, ...scripts])].map((one) => bootOf(one, this.world));
  }

  private scripts(): ScriptIndex {
    return this.scriptIndex ??= new ScriptIndex(this.stage, this.world);
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
