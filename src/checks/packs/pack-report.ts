import type { CfnResource, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Ledger } from '../../private/ledger';
import { ruleId, type Rule } from '../../private/rules';
import type { CheckedApp } from '../checked-app';
import type { PackFinding } from '../demands';
import { Severity } from '../rules/check-rule';
import type { CheckedSource } from '../template-checks';
import { acknowledgedViolation, isAsLoud, reportOf, type Reported, type ReportedViolation } from '../violation';
import { sentenceOf, Voice } from '../voice';
import type { WrittenStack } from '../written-templates';

/** What one pack says of what one synthesis wrote. */
export class PackReport {
  private readonly findings: Reported[] = [];
  private readonly exempt: ReportedViolation[] = [];

  constructor(private readonly app: CheckedApp, private readonly voice: Voice) {}

  /** Judges one launch source of a template; one without a construct of its own is reported on its stack. */
  public add(stack: WrittenStack, source: CheckedSource): void {
    const { demands } = this.voice;
    if (demands.findings(source, () => true).length === 0) return;
    const construct = stack.construct(source.resource.logicalId) ?? stack.home;
    const exempt = new Set<string>();
    for (const id of demands.ids) {
      if (!this.app.isAcknowledgedAnywhere(this.voice.idOf(id)) || !this.voice.isAcknowledged(construct, id)) continue;
      const findings = demands.findings(source, (each) => each === id);
      if (findings.some((finding) => this.severityOf(finding) === 'fatal')) continue;
      exempt.add(id);
      for (const finding of findings) {
        this.exempt.push(acknowledgedViolation(this.reportedOf(finding, [finding], stack, construct), this.voice.idOf(id)));
      }
    }
    for (const finding of demands.findings(source, (id) => !exempt.has(id))) {
      const severity = this.severityOf(finding);
      if (this.isSaidByAspect(finding.rule, severity, stack, construct)) continue;
      this.findings.push(this.reportedOf(finding, Voice.controlFindings(finding.rule, () => source, construct), stack, construct));
    }
  }

  /** Judges a resource, if it is a launch source, and what it brings in from files. */
  public addResource(resource: CfnResource): void {
    const logicalId: string = resource.stack.resolve(resource.logicalId);
    for (const stack of this.app.templatesWith(resource)) {
      const sources = this.app.sourcesOf(stack);
      for (const source of stack.home === resource ? sources.values() : [sources.get(logicalId)]) if (source) this.add(stack, source);
    }
  }

  public finish(): PolicyValidationPluginReport {
    return reportOf([...this.exempt, ...this.app.tell(this.voice.pack, this.findings)]);
  }

  private reportedOf(finding: PackFinding, behind: readonly PackFinding[], stack: WrittenStack, construct: IConstruct): Reported {
    const { path } = construct.node;
    const controls = sentenceOf(behind);
    const problem = 'controls' in finding
      ? `'${path}' ${sentenceOf(behind.filter(({ undecided }) => undecided === finding.undecided))}: ${finding.reason}`
      : `'${path}': ${finding.problem}${controls && `; it ${controls}`}`;
    return {
      rule: finding.rule,
      construct,
      logicalId: finding.resource.logicalId,
      template: stack.file,
      path,
      location: finding.location,
      problem,
      fix: finding.fix,
      coveredBy: finding.coveredBy,
      help: this.voice.props.help,
      severity: this.severityOf(finding),
    };
  }

  private severityOf({ rule, severity, undecided }: PackFinding): Reported['severity'] {
    const { strict, fatal, reportOnly } = this.voice.props;
    const weighed = undecided && strict ? Severity.ERROR : severity;
    if (weighed === Severity.INFO) return weighed;
    if (reportOnly) return Severity.WARNING;
    return fatal?.includes(ruleId(rule)) && (strict || !undecided) ? 'fatal' : weighed;
  }

  /** The aspect knows what it did, and why it did not do more: where it is heard, it speaks of the controls as well. */
  private isSaidByAspect(rule: Rule, severity: Reported['severity'], stack: WrittenStack, construct: IConstruct): boolean {
    const proven = this.app.provenOf(stack, construct, rule);
    if (proven) return isAsLoud(proven.severity, severity);
    return isAsLoud(Severity.WARNING, severity) && Ledger.of(construct).warned.get(construct)?.has(rule) === true;
  }
}
