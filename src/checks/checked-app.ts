import { existsSync } from 'fs';
import type { CfnResource, IPolicyValidationPlugin } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { PackFinding } from './demands';
import { exemptionFindings } from './exemptions';
import type { Finding } from './finding';
import { Prover, type Proof } from './proof';
import { Severity } from './rules/check-rule';
import { checkTemplate, type CheckedSource } from './template-checks';
import { isAsLoud, violationOf, type Reported, type ReportedViolation } from './violation';
import { Voice } from './voice';
import { writtenStacks, type WrittenStack } from './written-templates';
import { TemplateWorld, type TemplateResource } from '../posture/template-world';
import { acknowledgedAnywhere } from '../private/acknowledgements';
import { ruleId, type Rule } from '../private/rules';
import { isWithin } from '../private/scopes';

/** On the root itself, where every copy of the library in the tree finds it. */
const CHECKED = Symbol.for('cdk-imdsv2.checked-app');

/** Who spoke of a construct by a rule, and how loudly at most. */
interface Told {
  readonly by: IPolicyValidationPlugin;
  readonly severity: Reported['severity'];
}

/** What one synthesis wrote, judged once for the aspect and every pack of the app. */
export class CheckedApp {
  /**
   * What the templates that a plugin is asked about belong to.
   *
   * aws-cdk-lib asks a plugin once about each template of a synthesis, environment by environment: who is asked about one
   * again, or about one that was not there, is asked about the next synthesis.
   */
  public static at(root: IConstruct & { [CHECKED]?: CheckedApp }, plugin: IPolicyValidationPlugin, templates: readonly string[]): CheckedApp {
    const known = root[CHECKED];
    const asked = known?.askedOf(plugin);
    if (!known || templates.some((template) => !known.templates.has(template) || asked?.has(template))) {
      Object.defineProperty(root, CHECKED, { value: new CheckedApp(root), configurable: true });
    }
    const current = root[CHECKED]!;
    for (const template of templates) current.askedOf(plugin).add(template);
    return current;
  }

  /** What lies in the output folders of an app; throws where that is nothing. */
  public static ofLastSynthesis(root: IConstruct): CheckedApp {
    const app = new CheckedApp(root);
    const missing = app.stacks.find(({ file }) => !existsSync(file));
    if (missing) throw new Error(`got no template of '${missing.stack.node.path}', expected what a synthesis writes: call app.synth() first`);
    return app;
  }

  private readonly stacks: readonly WrittenStack[];
  private readonly templates: ReadonlySet<string>;
  private readonly byId: ReadonlyMap<string, WrittenStack>;
  private readonly world: TemplateWorld;
  private readonly prover: Prover;
  private readonly asked = new Map<IPolicyValidationPlugin, Set<string>>();
  private readonly proofs = new Map<WrittenStack, Proof>();
  private readonly proven = new Map<IConstruct, Finding[]>();
  private readonly sources = new Map<WrittenStack, ReadonlyMap<string, CheckedSource>>();
  private readonly told = new Map<IConstruct, Map<Rule, Told>>();
  private acknowledged?: ReadonlySet<string>;
  private exemptionsAreTold = false;

  private constructor(private readonly root: IConstruct) {
    this.stacks = writtenStacks(root);
    this.templates = new Set(this.stacks.map(({ topTemplate }) => topTemplate));
    this.world = new TemplateWorld(this.stacks);
    this.byId = new Map(this.stacks.map((stack) => [stack.id, stack]));
    this.prover = new Prover(this.world, this.byId);
  }

  /** The stacks of those templates, and the stacks nested in them. */
  public stacksOf(templates: readonly string[]): WrittenStack[] {
    const asked = new Set(templates);
    return this.stacks.filter(({ topTemplate }) => asked.has(topTemplate));
  }

  /** The template that a resource is written to, and those from files that it names. */
  public templatesWith(resource: CfnResource): WrittenStack[] {
    return this.stacks.filter(({ home }) => home === resource.stack || home === resource);
  }

  /** What the aspect's own proof says of a template. */
  public proofOf(stack: WrittenStack): Proof {
    return remembered(this.proofs, stack, () => {
      const proof = this.prover.prove(stack);
      for (const finding of proof.findings) remembered(this.proven, finding.construct, () => []).push(finding);
      return proof;
    });
  }

  /** What the aspect's own proof says of a construct by a rule: it knows what was done, and why something was not. */
  public provenOf(stack: WrittenStack, construct: IConstruct, rule: Rule): Finding | undefined {
    this.proofOf(stack);
    return this.proven.get(construct)?.find((finding) => finding.rule === rule);
  }

  /** Every launch source of a template by its logical id, checked by every rule. */
  public sourcesOf(stack: WrittenStack): ReadonlyMap<string, CheckedSource> {
    return remembered(this.sources, stack, () => new Map(checkTemplate(stack, this.world).map((source) => [source.resource.logicalId, source])));
  }

  /** Whether anything in the app acknowledges an id: where nothing does, nobody needs to walk up from each finding. */
  public isAcknowledgedAnywhere(id: string): boolean {
    this.acknowledged ??= acknowledgedAnywhere(this.root);
    return this.acknowledged.has(id);
  }

  /** What the controls of the packs say of a launch source by a rule. */
  public controlFindings(rule: Rule, { document, logicalId }: TemplateResource, construct: IConstruct): PackFinding[] {
    return Voice.controlFindings(rule, () => this.sourcesOf(this.byId.get(document.id)!).get(logicalId)!, construct);
  }

  /** Whether everything in a scope, as it was written, is as every rule, the aspect and every pack want it. */
  public isClean(scope: IConstruct): boolean {
    return this.stacks.every((stack) => {
      if (!isWithin(stack.stack, scope) && !isWithin(scope, stack.stack)) return true;
      // What is open by a launch template elsewhere, by the rules alone is so there.
      if (this.proofOf(stack).findings.some(({ construct }) => isWithin(construct, scope))) return false;
      return [...this.sourcesOf(stack).values()].every((source) => {
        const construct = stack.construct(source.resource.logicalId) ?? stack.home;
        if (!isWithin(construct, scope)) return true;
        return [...source.findings, ...Voice.findings(source, construct)].every(({ severity }) => severity === Severity.INFO);
      });
    });
  }

  /** A template that shows something of a scope. */
  public templateOf(scope: IConstruct): string | undefined {
    return this.stacks.find(({ stack }) => isWithin(stack, scope) || isWithin(scope, stack))?.file;
  }

  /** What there is to say of exemptions today, the first time it is asked for. */
  public exemptionFindings(): Reported[] {
    if (this.exemptionsAreTold) return [];
    this.exemptionsAreTold = true;
    return exemptionFindings(this, this.root, new Date());
  }

  /** The violations of a plugin: of a construct and a rule only the first speaks, unless another speaks louder. */
  public tell(plugin: IPolicyValidationPlugin, findings: readonly Reported[]): ReportedViolation[] {
    return findings.flatMap((finding) => {
      const violation = violationOf(finding, this.isAcknowledgedAnywhere(ruleId(finding.rule)));
      const told = remembered(this.told, finding.construct, () => new Map<Rule, Told>());
      const before = told.get(finding.rule);
      // What is acknowledged needs no second word, however it is weighed.
      const severity = violation.acknowledged ? Severity.ERROR : finding.severity;
      if (before && before.by !== plugin && isAsLoud(before.severity, severity)) return [];
      if (!before || isAsLoud(severity, before.severity)) told.set(finding.rule, { by: plugin, severity });
      return [violation];
    });
  }

  private askedOf(plugin: IPolicyValidationPlugin): Set<string> {
    return remembered(this.asked, plugin, () => new Set<string>());
  }
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, value = make());
  return value;
}
