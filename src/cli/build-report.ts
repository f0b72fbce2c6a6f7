import * as fs from 'fs';
import * as path from 'path';
import { Edits } from './edits';
import { placesOf } from './entries';
import { Fingerprints } from './fingerprint';
import { withInlineTemplates } from './inline-documents';
import type { InputDocument, Inputs } from './inputs';
import { withNestedFiles } from './nested-files';
import type { Place, Report, ReportedChange, ReportedExemption, ReportedFinding, ReportedProblem, ReportedSource, Summary } from './report';
import { reportedRemedy } from './reported-remedy';
import { counted } from './words';
import { controlFindings, nameOf as nameOfControl, type ControlFinding } from '../checks/control-checks';
import type { Control } from '../checks/controls/control';
import { Severity } from '../checks/rules/check-rule';
import { checkTemplate, type TemplateFinding } from '../checks/template-checks';
import { isSafe } from '../posture/judge';
import { Posture, type ChainLink } from '../posture/posture';
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
  const documents = withInlineTemplates(withNestedFiles(inputs));
  const world = new TemplateWorld(documents);
  const launchSources: ReportedSource[] = [];
  const findings: ReportedFinding[] = [];
  const exemptions: ReportedExemption[] = [];
  const changes: ReportedChange[] = [];
  const unread: ReportedProblem[] = [];
  const edits = new Edits();
  const fingerprints = new Fingerprints(documents);
  const files = new Map(documents.map(({ id, file }) => [id, nameOf(file, cwd)]));
  const templateOf = (id: string) => files.get(id)!;
  for (const document of documents) {
    for (const message of world.problemsOf(document)) unread.push({ file: document.file, message: `${message}; correct it as CloudFormation expects` });
    const placeOf = (logicalId: string, type: unknown): Place => ({
      name: document.paths.get(logicalId) ?? logicalId,
      logicalId,
      type: String(type),
      template: nameOf(document.file, cwd),
      stack: document.stack,
      ...document.inside && { inside: document.inside },
      ...document.target === undefined ? {} : { environment: document.target },
      ...sourceOf(document, logicalId, cwd),
    });
    for (const source of checkTemplate(document, world)) {
      const { resource, judgement, script } = source;
      const place = placeOf(resource.logicalId, resource.body.Type);
      const chain = judgement.chain?.map((link) => withFile(link, files));
      if (!script) launchSources.push({ ...place, ...judgement, ...chain && { chain } });
      const edit = edits.of(place, document);
      for (const finding of controls ? controlFindings(source, controls) : source.findings) {
        const said = told(finding, strict);
        // What stands in a text of another resource is found there.
        const { logicalId, path: property } = document.inside ?? { logicalId: resource.logicalId, path: finding.location };
        const reported = {
          ...place,
          ...said,
          remedy: reportedRemedy(finding.remedy, templateOf),
          edit,
          fingerprint: fingerprints.next(document, place.logicalId, said.rule),
          ...document.positionOf(logicalId, property),
        };
        const exempt = exemptionsOf(reported, finding.coveredBy && ruleId(finding.coveredBy), document);
        if (exempt.length === 0) findings.push(reported);
        for (const exemption of exempt) exemptions.push({ ...reported, ...exemption });
        for (const exemption of exempt) {
          for (const ended of endedExemption(reported, exemption, document)) {
            findings.push({ ...ended, fingerprint: fingerprints.next(document, ended.logicalId, ended.rule) });
          }
        }
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
      open: launchSources.filter(({ posture }) => !isSafe(posture)).length,
      places: placesOf(findings),
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
    remarks: inputs.remarks.map((remark) => ({ ...remark, file: nameOf(remark.file, cwd) })),
  };
}

export function countSeverities(findings: readonly ReportedFinding[]): Summary['findings'] {
  return count(Object.values(Severity), findings.map(({ severity }) => severity));
}

function told(finding: TemplateFinding | ControlFinding, strict: boolean): Omit<ReportedFinding, keyof Place | 'remedy' | 'edit' | 'fingerprint'> {
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

/** The line that made a construct, unless it is not below the working directory, or not there at all. */
function sourceOf(document: InputDocument, logicalId: string, cwd: string): Pick<Place, 'source'> {
  const at = document.paths.get(logicalId);
  const frame = at === undefined ? undefined : document.madeAt?.(at);
  const file = frame && nameOf(frame.file, cwd);
  if (!frame || !file || file.startsWith('../') || path.isAbsolute(file) || !fs.existsSync(frame.file)) return {};
  return { source: { ...frame, file } };
}

/** A step to another template, which is named as everywhere. */
function withFile({ document, ...link }: ChainLink, files: ReadonlyMap<string, string>): ChainLink {
  return document === undefined ? link : { ...link, document: files.get(document) };
}

/** As it is written in URLs and on every system's command line. */
export function nameOf(file: string, cwd: string): string {
  return path.relative(cwd, file).split(path.sep).join('/') || '.';
}

function count<K extends string>(keys: readonly K[], values: ReadonlyArray<K | undefined>): Record<K, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  for (const value of values) if (value !== undefined) counts[value]++;
  return counts;
}
