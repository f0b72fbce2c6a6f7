import { Stage } from 'aws-cdk-lib';
import { severityOf, type Finding } from './finding';
import { lineFor } from './line-for';
import { leftovers } from './migrated';
import { rejectedMessage, tokensMessage } from './proof-messages';
import { Severity, type CheckSubject } from './rules/check-rule';
import { CHECK_IT_TOO, problemOf } from './rules/unseen-content';
import type { Beyond } from './stage-findings';
import { subjectOf } from './template-checks';
import { unforeseenFindings } from './unforeseen';
import { unsaidFindings } from './unsaid';
import { Coverage, type WrittenStack } from './written-templates';
import { launchSourceOf } from '../launch-sources/catalog';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { blocksAt, hopLimitsOf, NOT_KNOWN } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import { isSafe, judge } from '../posture/judge';
import { isOpenItself } from '../posture/own-words';
import { Posture } from '../posture/posture';
import type { TemplateResource, TemplateWorld } from '../posture/template-world';
import type { Unseen } from '../posture/unseen';
import { acknowledgementOf } from '../private/acknowledgements';
import { CONTAINERS } from '../private/hops';
import { isStruct } from '../private/json';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import { settingsFor, type Settings } from '../private/settings';

/** What the proof says of templates. */
export interface Proof {
  readonly findings: Finding[];
  readonly beyond: Beyond[];
}

/** The aspect itself says so, because no edit could decide. */
const IS_A_WARNING: ReadonlySet<Posture> = new Set([Posture.EXTERNAL, Posture.UNSETTABLE]);

/** The proof over the written templates of everything that carries the aspect. */
export class Prover {
  private followed?: ReadonlySet<TemplateResource>;

  constructor(private readonly world: TemplateWorld, private readonly stacks: ReadonlyMap<string, WrittenStack>) {}

  /** Of one template; nothing, where nothing in it carries the aspect. */
  public prove(stack: WrittenStack): Proof {
    const proof: Proof = { findings: [], beyond: [] };
    if (stack.coverage === Coverage.NONE) return proof;
    const hops = Math.min(Ledger.of(stack.stack).smallestHopLimit, settingsFor(stack.home)?.hopLimit ?? Infinity);
    for (const resource of this.world.resourcesOf(stack).values()) {
      const subject = subjectOf(resource, this.world);
      if (!subject) continue;
      const { source, judgement, script } = subject;
      const settled = isSafe(judgement.posture) && !source.rejected && !this.mayExceed(hops, resource, source);
      proof.findings.push(...unsaidFindings(stack, subject), ...unforeseenFindings(stack, this.stacks, subject));
      if (!script && !settled && !IS_A_WARNING.has(judgement.posture)) this.add(proof, stack, subject);
    }
    this.addMigrated(proof, stack);
    for (const unseen of this.world.unseenIn(stack)) this.addUnseen(proof, stack, unseen);
    return proof;
  }

  /** What the template brings in, where neither aspect nor proof can follow. */
  private addUnseen(proof: Proof, stack: WrittenStack, unseen: Unseen): void {
    const { resource, path: location } = unseen;
    const construct = stack.construct(resource.logicalId) ?? stack.home;
    const settings = settingsFor(construct);
    if (!settings) return;
    const { path } = construct.node;
    proof.findings.push({
      construct,
      resource,
      template: stack.file,
      path,
      rule: Rule.UNSEEN_CONTENT,
      help: settings.help,
      severity: Severity.WARNING,
      location,
      problem: `'${path}': ${problemOf(unseen)}, nor does RequireImdsv2 reach it`,
      fix: CHECK_IT_TOO,
    });
  }

  /** What counts on launch configurations of the stack that are no longer there. */
  private addMigrated(proof: Proof, { home, file: template, body }: WrittenStack): void {
    const migrated = new Map([...Ledger.of(home).migrated].filter(([configuration]) => configuration.stack === home));
    if (migrated.size === 0) return;
    for (const { configuration: construct, problem } of leftovers(body, migrated)) {
      const path = construct.node.path;
      proof.findings.push({
        construct,
        template,
        path,
        rule: Rule.LAUNCH_CONFIGURATION,
        help: settingsFor(construct)?.help,
        severity: Severity.ERROR,
        problem: `'${path}' was made a launch template, and ${problem}`,
        fix: 'change that, or keep the launch configuration',
      });
    }
  }

  private add(proof: Proof, stack: WrittenStack, subject: CheckSubject): void {
    const { resource, source, judgement } = subject;
    const construct = stack.construct(resource.logicalId);
    if (!construct) return this.addNameless(proof, stack, subject);
    const ledger = Ledger.of(construct);
    const settings = settingsFor(construct) ?? ledger.lent.get(construct);
    if (!settings) return;
    const { help } = settings;
    const base = { construct, resource, template: stack.file, path: construct.node.path, help, severity: severityOf(settings) };
    const exempt = acknowledgementOf(construct, ruleId(Rule.TOKENS)) !== undefined;

    if (source.rejected) {
      proof.findings.push({
        ...base,
        rule: Rule.LAUNCH_CONFIGURATION,
        location: 'Type',
        ...rejectedMessage(construct, source, ledger, settings),
      });
      if (!acknowledgementOf(construct, ruleId(Rule.LAUNCH_CONFIGURATION))) return;
    }
    if (!isSafe(judgement.posture) && (exempt || !this.isFollowedToItsFinding(resource, source))) {
      const stage = Stage.of(construct);
      const unreached = stage !== undefined && stage.node.scope !== undefined && !ledger.visited.has(construct) && !exempt;
      const held = ledger.heldBack.get(construct);
      if (unreached) {
        proof.beyond.push({ stage, open: `'${base.path}'`, template: stack.file, settings });
      } else if (held === undefined || exempt) {
        const message = tokensMessage(construct, subject, ledger, exempt);
        proof.findings.push({ ...base, rule: Rule.TOKENS, location: judgement.path, ...message });
      } else if (this.openlyFollowed().has(resource)) {
        proof.findings.push({
          ...base,
          rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
          location: judgement.path,
          problem: `'${base.path}' still allows IMDSv1 and something launches from it; ${held}`,
          fix: 'give the others a launch template of their own, or add new RequireImdsv2({ replaceResources: true }) if the replacement is wanted',
        });
      }
    }
    if (!ledger.heldBack.has(construct)) {
      this.addHopLimit(proof, resource, source, base, `'${base.path}'`, ledger.hopLimits.get(construct) ?? hopLimitOf(source, settings));
    }
  }

  /** What stands in a template without a construct of its own: an element of somebody's own class has written it, and no aspect saw it. */
  private addNameless(proof: Proof, written: WrittenStack, subject: CheckSubject): void {
    const { resource, source, judgement } = subject;
    const { home, coverage, file: template } = written;
    const settings = settingsFor(home);
    if (!settings) return;
    const { path } = home.node;
    const base = { construct: home, resource, template, path, help: settings.help, severity: severityOf(settings) };
    const name = `'${resource.logicalId}' in the template of '${path}'`;
    const because = 'because no construct of its own stands for it';
    if (source.rejected) {
      proof.findings.push({
        ...base,
        rule: Rule.LAUNCH_CONFIGURATION,
        location: 'Type',
        problem: `${name} is a ${source.name}: ${source.rejected}; RequireImdsv2 cannot migrate it, ${because}`,
        fix: 'write a launch template in its place',
      });
      if (!acknowledgementOf(home, ruleId(Rule.LAUNCH_CONFIGURATION))) return;
    }
    const isOpen = !isSafe(judgement.posture) && !this.isFollowedToItsFinding(resource, source);
    if (isOpen && coverage === Coverage.BEYOND_STAGE) {
      proof.beyond.push({ stage: Stage.of(home)!, open: `'${resource.logicalId}' of '${path}'`, template, settings });
    } else if (isOpen) {
      proof.findings.push({
        ...base,
        rule: Rule.TOKENS,
        location: judgement.path,
        problem: `${name} may allow IMDSv1, and RequireImdsv2 cannot change it, ${because} (got posture '${judgement.posture}': ${judgement.reason})`,
        fix: lineFor(subject),
      });
    }
    this.addHopLimit(proof, resource, source, base, name, hopLimitOf(source, settings));
  }

  private addHopLimit(
    proof: Proof, resource: TemplateResource, source: LaunchSourceType, base: Omit<Finding, 'rule' | 'problem' | 'fix'>,
    name: string, allowed: number | undefined,
  ): void {
    const { hopLimit } = source.spelling ?? METADATA_OPTIONS;
    const larger = allowed === undefined ? [] : this.hopLimits(resource, source).filter((limit) => !(Number(limit) <= allowed));
    if (larger.length === 0) return;
    proof.findings.push({
      ...base,
      rule: Rule.HOP_LIMIT,
      location: ['Properties', ...source.optionsPath!, hopLimit].join('.'),
      problem: `${name} is written with the hop limit ${larger.join(' or ')}, and at most ${allowed} is allowed`,
      fix: `set httpPutResponseHopLimit: ${allowed} where this ${source.name} is defined`,
    });
  }

  private mayExceed(hops: number, resource: TemplateResource, source: LaunchSourceType): boolean {
    return hops !== Infinity && this.hopLimits(resource, source).some((limit) => !(Number(limit) <= hops));
  }

  private hopLimits(resource: TemplateResource, source: LaunchSourceType): unknown[] {
    const { optionsPath, spelling } = source;
    if (!optionsPath) return [];
    const outcomes = this.world.outcomes(resource);
    return blocksAt(resource.body.Properties, optionsPath).flatMap((block) => hopLimitsOf(block, outcomes, spelling))
      .flatMap((limit) => limit === undefined ? [] : limit === NOT_KNOWN ? 'unknown' : limit);
  }

  /** A group is open through its launch template, which has a finding or an exemption of its own wherever the aspect reaches. */
  private isFollowedToItsFinding(resource: TemplateResource, source: LaunchSourceType): boolean {
    const { Properties: properties } = resource.body;
    if (!isStruct(properties) || isOpenItself(source, properties, this.world.outcomes(resource))) return false;
    const open = this.targetsOf(resource, source).filter((target) => !isSafe(judge(target, this.world)?.posture ?? Posture.EXTERNAL));
    return open.length > 0 && open.every((target) => {
      const stack = this.stacks.get(target.document.id)!;
      return stack.coverage !== Coverage.NONE && settingsFor(stack.construct(target.logicalId) ?? stack.home) !== undefined;
    });
  }

  /** Everything from which something launches that is open and not exempt: gathered once, whoever asks for how many. */
  private openlyFollowed(): ReadonlySet<TemplateResource> {
    if (this.followed) return this.followed;
    const followed = this.followed = new Set<TemplateResource>();
    for (const stack of this.stacks.values()) {
      for (const resource of this.world.resourcesOf(stack).values()) {
        const source = launchSourceOf(resource.body.Type);
        if (!source?.references || isSafe(judge(resource, this.world)?.posture ?? Posture.OPTIONAL)) continue;
        const construct = stack.construct(resource.logicalId);
        if (construct && acknowledgementOf(construct, ruleId(Rule.TOKENS))) continue;
        for (const target of this.targetsOf(resource, source)) followed.add(target);
      }
    }
    return followed;
  }

  private targetsOf(resource: TemplateResource, source: LaunchSourceType): TemplateResource[] {
    if (!source.references || !isStruct(resource.body.Properties)) return [];
    return source.references(resource.body.Properties)
      .flatMap((reference) => this.world.follow(resource, reference))
      .flatMap((target) => target.kind === 'resource' ? [target.resource] : []);
  }
}

/** The largest hop limit of what the aspect has not seen: of that its type alone tells whether it runs containers. */
function hopLimitOf({ containerHost }: LaunchSourceType, { hopLimit, containerHostHopLimit = CONTAINERS }: Settings): number | undefined {
  return containerHost !== undefined && hopLimit !== undefined ? containerHostHopLimit : hopLimit;
}
