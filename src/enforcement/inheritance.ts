import { Stack, type CfnResource } from 'aws-cdk-lib';
import type { ConstructWorld } from './construct-world';
import type { HeldBack } from './held-back';
import { isPlain, sourceOf } from './resource-properties';
import type { ScopeFacts } from './scope-facts';
import type { Subject } from './subject';
import type { SourceReference } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { blocksAt, CANNOT_KNOW, hopLimitsOf, requireOptionsAt, Stance, stancesOf, type Requirement } from '../launch-sources/metadata-options';
import { isSafe, judge } from '../posture/judge';
import { Posture } from '../posture/posture';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';
import type { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import type { Settings } from '../private/settings';

const TOKENS = ruleId(Rule.TOKENS);

/** What launch sources have from the launch templates that they follow, as those are and as they will be. */
export class Inheritance {
  /** The block of each edited source as it was before. */
  private readonly edited = new Map<CfnResource, { readonly block: Json }>();

  constructor(
    private readonly world: ConstructWorld, private readonly facts: ScopeFacts, private readonly ledger: Ledger, private readonly heldBack: HeldBack,
  ) {}

  /** Keeps what the block of a source was before its edit. */
  public remember(resource: CfnResource, block: Json): void {
    this.edited.set(resource, { block });
  }

  /** Whether what it follows, or its service, fills the gaps that it leaves itself: each metadata option is evaluated separately. */
  public isMet(subject: Subject): boolean {
    const { resource, source, references } = subject;
    if ((references.length === 0 && !source.requiredBySilence) || (!source.parts && this.followsEdit(subject))) return false;
    return isSafe(judge(resource, this.world)?.posture ?? Posture.OPTIONAL);
  }

  /** What an edit here requires may be visited before or after: whoever says a part of it itself says all, in whatever order. */
  private followsEdit(subject: Subject): boolean {
    return subject.references.some((reference) => this.templatesOf(subject, reference).some((one) => one && this.isEdited(one)));
  }

  /** A literal `$Latest` stays as it is in the template, so an edit of what it names does not reach what runs. */
  private followsLateEdit(subject: Subject): boolean {
    return subject.references.some((reference) =>
      reference.version === '$Latest' && this.templatesOf(subject, reference).some((one) => one && this.isEdited(one)));
  }

  /** Whether it says nothing of tokens itself, and what it follows requires tokens or will by the time it is written. */
  public inheritsRequired(subject: Subject, path: readonly string[]): boolean {
    const { resource, references } = subject;
    const own = valueAt(subject.properties, path);
    if (references.length === 0 || !isSilent(own) || this.followsLateEdit(subject)) return false;
    if (isSafe(judge(resource, this.world)!.posture)) return true;
    // Hops of its own are bounded where they stand, and tokens written beside them.
    return !(isPlain(own) && Object.keys(own).length > 0) && references.every((reference) =>
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
    return !this.heldBack.willHold(template, settings)
      && requireOptionsAt(this.world.read(template).Properties, path, { tokens: true }) !== CANNOT_KNOW;
  }

  /**
   * The resource's own options over those of the launch template it follows.
   *
   * How EC2 merges the two is not documented, so what the template says explicitly is repeated.
   */
  public withInherited(subject: Subject, path: readonly string[], inherits: boolean): Struct {
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
  public withinInherited(
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
}

function isSilent(block: Json): boolean {
  if (block === undefined) return true;
  const stances = stancesOf(block);
  return stances.size === 1 && stances.has(Stance.SILENT);
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

