import type { ReportedRemedy } from './reported-remedy';
import type { Severity } from '../checks/rules/check-rule';
import type { Judgement, Posture } from '../posture/posture';

/** What `cdk-imdsv2 check` found: every format prints this, and `json` prints it as it is. */
export interface Report {
  /** Rises when a field changes its meaning or goes away. */
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly summary: Summary;
  /** Every launch source, in the order of the templates. */
  readonly launchSources: readonly ReportedSource[];
  /** What wants a change or a reader, exemptions and accepted findings of the baseline aside. */
  readonly findings: readonly ReportedFinding[];
  /** The register of exemptions, soonest end first. */
  readonly exemptions: readonly ReportedExemption[];
  /** What RequireImdsv2 changed, where the templates are an assembly that records it. */
  readonly changes: readonly ReportedChange[];
  /** What could not be read: nothing is known about it. */
  readonly problems: readonly ReportedProblem[];
  /** What was read, and may be meant otherwise: keys that stand twice. */
  readonly remarks: readonly ReportedProblem[];
}

export interface Summary {
  readonly templates: number;
  readonly launchSources: number;
  /** How many launch sources have each posture. */
  readonly postures: { readonly [posture in Posture]: number };
  /** How many launch sources are not known to be safe, and in how many places something has to be written so that they are. */
  readonly open: number;
  readonly places: number;
  /** How many findings have each severity. */
  readonly findings: { readonly [severity in Severity]: number };
  readonly exempt: number;
  /** Findings that the baseline accepts. */
  readonly accepted: number;
  /** Entries of the baseline that matched no finding; absent where there is no baseline. */
  readonly unmatched?: number;
  readonly unreadable: number;
}

/** Where something stands: the construct path where the template is an assembly's, else the logical id. */
export interface Place {
  readonly name: string;
  readonly logicalId: string;
  /** The CloudFormation type. */
  readonly type: string;
  /** The template's file. */
  readonly template: string;
  /** The stack's name, or the file's where there is none. */
  readonly stack: string;
  /** The resource and property of that file in whose text it stands, such as a stack set's `TemplateBody`. */
  readonly inside?: { readonly logicalId: string; readonly path: string };
  /** Where the stack goes, where its assembly says so: `aws://111122223333/eu-west-1`. */
  readonly environment?: string;
  /** The line of the app's own code that made the construct, where its assembly knows it and the file stands below the working directory. */
  readonly source?: SourceLine;
}

/** From 1. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** With its posture, why, what was followed and what decides. */
export interface ReportedSource extends Place, Judgement {}

export interface ReportedFinding extends Place {
  /** The same for findings that one edit mends: of the same construct in several environments, of one file that several stacks use. It holds in one report only. */
  readonly edit: string;
  /** Of stack, logical id, rule and number: the same from every working directory and for every output folder. */
  readonly fingerprint: string;
  /** The id to acknowledge, such as `cdk-imdsv2::tokens`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The property path that decided, from the resource's root. */
  readonly path: string;
  /** Where that stands in the template's file, or the closest of its parents that is written down; from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly problem: string;
  /** The remedy in words. */
  readonly fix: string;
  /** The same as data: what to write where, and what deploying that does. */
  readonly remedy: ReportedRemedy;
  /** The controls that fail, or that only the deployment decides, where a framework was asked for. */
  readonly controls?: readonly string[];
}

export interface ReportedExemption extends ReportedFinding {
  readonly reason: string;
  /** The last day of it in UTC, who sees to its end, and where: absent where it is a plain acknowledgement. */
  readonly until?: string;
  readonly owner?: string;
  readonly ticket?: string;
  /** The construct path that acknowledges the rule. */
  readonly acknowledgedAt: string;
}

export interface ReportedChange extends Place {
  readonly before: string;
  readonly after: string;
  readonly hopLimitBefore: string;
  readonly hopLimitAfter: string;
  readonly effect: string;
  readonly reason: string;
}

export interface ReportedProblem {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}
