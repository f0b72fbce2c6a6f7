import * as path from 'path';
import type { InputDocument, Inputs } from './inputs';
import { withNestedFiles } from './nested-files';
import type { Place, Report, ReportedChange, ReportedExemption, ReportedFinding, ReportedProblem, ReportedSource, Summary } from './report';
import { reportedRemedy } from './reported-remedy';
import { counted } from './words';
import { controlFindings, nameOf as nameOfControl, type ControlFinding } from '../checks/control-checks';
import type { Control } from '../checks/controls/control';
import { Severity } from '../checks/rules/check-rule';
import { checkTemplate, type TemplateFinding } from '../checks/template-checks';
import { Posture } from '../posture/posture';
import { TemplateWorld } from '../posture/template-world';
import { daysLeft, exemptionOf as exemptionIn, LET_PASS, whoseOf } from '../private/exemption';
import { Rule, ruleId } from '../private/rules';
import { VERSION } from '../private/version';
import { advice } from '../remedies/remedy';

type Exempt = Pick<ReportedExemption, 'reason' | 'until' | 'owner' | 'ticket' | 'acknowledgedAt'>;

export interface ReportOptions {
  /** Files are named from here. */
  readonly cwd: string;
  /** What only the deployment decides is an error. */
  readonly strict: boolean;
  /** Judged instead of the rules. */
  readonly controls?: readonly Control[];
}

/** Judges all documents together. */
export function buildReport(inputs: Inputs, { cwd, strict, controls }: ReportOptions): Report {
  const documents = withNestedFiles(inputs);
  const world = new TemplateWorld(documents);
  const launchSources: ReportedSource[] = [];
  const findings: ReportedFinding[] = [];
  const exemptions: ReportedExemption[] = [];
  const changes: ReportedChange[] = [];
  const unread: ReportedProblem[] = [];
  const files = new Map(documents.map(({ id, file }) => [id, file]));
  const templateOf = (id: string) => nameOf(files.get(id)!, cwd);
  for (const document of documents) {
    for (const message of world.problemsOf(document)) unread.push({ file: document.file, message: `${message}; correct it as CloudFormation expects` });
    const placeOf = (logicalId: string, type: unknown): Place => ({
      name: document.paths.get(logicalId) ?? logicalId,
      logicalId,
      type: String(type),
      template: nameOf(document.file, cwd),
      stack: document.stack,
    });
    for (const source of checkTemplate(document, world)) {
      const { resource, judgement } = source;
      const place = placeOf(resource.logicalId, resource.body.Type);
      launchSources.push({ ...place, ...judgement });
      for (const finding of controls ? controlFindings(source, controls) : source.findings) {
        const reported = { ...place, ...told(finding, strict), remedy: reportedRemedy(finding.remedy, templateOf) };
        const exempt = exemptionsOf(reported, finding.coveredBy && ruleId(finding.coveredBy), document);
        if (exempt.length === 0) findings.push(reported);
        for (const exemption of exempt) exemptions.push({ ...reported, ...exemption });
        for (const exemption of exempt) findings.push(...endedExemption(reported, exemption, document));
      }
    }
    for (const [logicalId, { reportOnly, type, ...change }] of document.changes) changes.push({ ...placeOf(logicalId, type), ...change });
  }
  const named = [...inputs.problems, ...unread].map((problem) => ({ ...problem, file: nameOf(problem.file, cwd) }));
  return {
    schemaVersion: 1,
    tool: { name: 'cdk-imdsv2', version: VERSION },
    summary: {
      templates: documents.length,
      launchSources: launchSources.length,
      postures: count(Object.values(Posture), launchSources.map(({ posture }) => posture)),
      findings: countSeverities(findings),
      exempt: exemptions.length,
      accepted: 0,
      unreadable: named.length,
    },
    launchSources,
    findings,
    exemptions: exemptions.sort(bySoonestEnd),
    changes,
    problems: named,
  };
}

export function countSeverities(findings: readonly ReportedFinding[]): Summary['findings'] {
  return count(Object.values(Severity), findings.map(({ severity }) => severity));
}

function told(finding: TemplateFinding | ControlFinding, strict: boolean): Omit<ReportedFinding, keyof Place | 'remedy'> {
  const { rule, severity, undecided, location, problem, fix } = finding;
  return {
    rule: ruleId(rule),
    severity: strict && undecided ? Severity.ERROR : severity,
    path: location,
    problem,
    fix,
    ...'controls' in finding ? { controls: finding.controls.map(nameOfControl) } : {},
  };
}

/** What exempts a finding: the acknowledgement of its construct, or of every stack and product that has its template. */
function exemptionsOf(finding: ReportedFinding, coveredBy: string | undefined, document: InputDocument): Exempt[] {
  const rules = [finding.rule, ...coveredBy ? [coveredBy] : []];
  const construct = document.paths.get(finding.logicalId) ?? document.exempt?.get(finding.logicalId);
  const own = construct === undefined ? undefined : exemptionOf(rules, construct, document);
  const exemptions = own ? [own] : document.scopes.map((at) => exemptionOf(rules, at, document));
  return exemptions.includes(undefined) ? [] : exemptions.flatMap((exemption) => exemption ?? []);
}

/** The acknowledgement on the construct, or on the closest of its parents. */
function exemptionOf(rules: readonly string[], construct: string, { acknowledged }: InputDocument): Exempt | undefined {
  for (let at = construct; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const reason = rules.map((rule) => acknowledged.get(at)?.[rule]).find((one) => one !== undefined);
    if (reason !== undefined) return { ...exemptionIn(reason) ?? { reason }, acknowledgedAt: at };
  }
  return undefined;
}

/** What is still exempt though its day has passed, as synthesis says it. */
function endedExemption(finding: ReportedFinding, exemption: Exempt, { letPass }: InputDocument): ReportedFinding[] {
  const { reason, until } = exemption;
  const daysAgo = until === undefined ? 0 : -daysLeft({ until }, new Date());
  if (daysAgo <= 0) return [];
  const whose = whoseOf(exemption);
  return [{
    ...finding,
    rule: ruleId(Rule.EXEMPTION),
    severity: letPass ? Severity.WARNING : Severity.ERROR,
    problem: `the exemption from ${finding.rule} until ${until} (${reason}${whose && `; ${whose}`}) ended ${counted(daysAgo, 'day')} ago`
      + (letPass ? `, and ${LET_PASS}=warn let it pass this time` : ''),
    fix: AGREE_ANEW,
    remedy: advice(AGREE_ANEW),
  }];
}

const AGREE_ANEW = 'remove Imdsv2Exemption where it is added, or agree on a new end';

/** What never ends comes last. */
function bySoonestEnd({ until: one = '9' }: ReportedExemption, { until: other = '9' }: ReportedExemption): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** As it is written in URLs and on every system's command line. */
function nameOf(file: string, cwd: string): string {
  return path.relative(cwd, file).split(path.sep).join('/') || '.';
}

function count<K extends string>(keys: readonly K[], values: ReadonlyArray<K | undefined>): Record<K, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  for (const value of values) if (value !== undefined) counts[value]++;
  return counts;
}
