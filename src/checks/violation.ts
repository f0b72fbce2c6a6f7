import { Stage, type PolicyValidationPluginReport, type PolicyViolation } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Severity } from './rules/check-rule';
import { acknowledgementOf } from '../private/acknowledgements';
import { fixOf, type Message } from '../private/message';
import { ruleId, type Rule } from '../private/rules';

/** A finding on a construct, as the aspect or a pack wants it reported. */
export interface Reported extends Message {
  readonly construct: IConstruct;
  readonly logicalId?: string;
  /** The template that shows it. */
  readonly template?: string;
  readonly location?: string;
  /** A rule whose acknowledgement covers this as well. */
  readonly coveredBy?: Rule;
  /** Errors stop synthesis unless acknowledged; a fatal one cannot be. */
  readonly severity: Severity | 'fatal';
}

const LOUDNESS: ReadonlyArray<Reported['severity']> = [Severity.INFO, Severity.WARNING, Severity.ERROR, 'fatal'];

export function isAsLoud(one: Reported['severity'], other: Reported['severity']): boolean {
  return LOUDNESS.indexOf(one) >= LOUDNESS.indexOf(other);
}

/** A finding as aws-cdk-lib reports it. */
export interface ReportedViolation {
  readonly violation: PolicyViolation;
  readonly stops: boolean;
  readonly acknowledged: boolean;
}

/**
 * A finding under the id that everything in the library honours.
 *
 * The oldest supported aws-cdk-lib takes an acknowledgement anywhere in the tree for all violations of the rule. What is
 * not acknowledged itself must not vanish with it: `fatal` is the one severity that never does, and what stops nothing
 * goes by another name.
 */
export function violationOf(reported: Reported, isAcknowledgedAnywhere: boolean): ReportedViolation {
  const id = ruleId(reported.rule);
  const covering = [...isAcknowledgedAnywhere ? [id] : [], ...reported.coveredBy ? [ruleId(reported.coveredBy)] : []];
  for (const by of reported.severity === 'fatal' ? [] : covering) {
    const acknowledged = acknowledgementOf(reported.construct, by);
    if (acknowledged) return acknowledgedViolation(reported, by, { exemptionReason: acknowledged.reason, exemptionAt: acknowledged.at.node.path });
  }
  const { severity } = reported;
  const stops = severity === 'fatal' || severity === Severity.ERROR;
  return {
    stops,
    acknowledged: false,
    violation: {
      ...told(reported),
      ruleName: isAcknowledgedAnywhere && !stops ? `${id} (not acknowledged here)` : id,
      severity: isAcknowledgedAnywhere && stops ? 'fatal' : severity,
      ...isInStage(reported) && inWordsOnly(reported),
    },
  };
}

/** A finding that was acknowledged by `id`: aws-cdk-lib lists it with the reason. */
export function acknowledgedViolation(reported: Reported, id: string, metadata?: { readonly [key: string]: string }): ReportedViolation {
  return {
    stops: false,
    acknowledged: true,
    violation: {
      ...told(reported),
      ruleName: id,
      severity: Severity.ERROR,
      ruleMetadata: metadata,
    },
  };
}

/** Errors fail it, and nothing else does. */
export function reportOf(violations: readonly ReportedViolation[]): PolicyValidationPluginReport {
  return { success: violations.every(({ stops }) => !stops), violations: violations.map(({ violation }) => violation) };
}

function told(reported: Reported): Pick<PolicyViolation, 'description' | 'fix' | 'violatingResources'> {
  const { construct, logicalId, template, location, problem } = reported;
  return {
    description: problem,
    fix: fixOf(reported, reported.severity !== 'fatal'),
    violatingResources: [{
      constructPath: construct.node.path, resourceLogicalId: logicalId, templatePath: template, locations: location === undefined ? [] : [location],
    }],
  };
}

/**
 * The same without its construct.
 *
 * The CLI drops violations whose construct is not in a selected stack, and a plain `cdk synth` selects no stack of a
 * stage: what nobody acknowledged there names its construct in words only, which the CLI never drops.
 */
function inWordsOnly({ template, location, problem }: Reported): Pick<PolicyViolation, 'description' | 'violatingResources'> {
  return {
    description: location === undefined ? problem : `${problem} (${location})`,
    violatingResources: [{ templatePath: template, locations: [] }],
  };
}

function isInStage({ construct }: Reported): boolean {
  return (Stage.isStage(construct) ? construct : Stage.of(construct))?.node.scope !== undefined;
}
