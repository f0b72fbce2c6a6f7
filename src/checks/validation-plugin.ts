import { readFileSync } from 'fs';
import { join } from 'path';
import { Stage, Validations } from 'aws-cdk-lib';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport, PolicyViolatingResource, PolicyViolation } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Findings, type Finding } from './findings';
import { Coverage, writtenStacks } from './written-templates';
import { TemplateWorld } from '../posture/template-world';
import { acknowledgementOf, isAcknowledgedAnywhere } from '../private/acknowledgements';
import { Ledger } from '../private/ledger';
import { fixOf } from '../private/message';
import { NAMESPACE, Rule, ruleId } from '../private/rules';

/** Registers the plugin with the app of a construct, once; a tree without an app has nobody to report to. */
export function registerPlugin(construct: IConstruct): void {
  const { root } = construct.node;
  const ledger = Ledger.of(root);
  if (ledger.registered || !Stage.isStage(root)) return;
  ledger.registered = true;
  Validations.of(root).addPlugins(new Imdsv2Plugin());
}

const VERSION: string = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;

/** The one voice in which findings stop synthesis: judges what was written, never what was meant to be. */
class Imdsv2Plugin implements IPolicyValidationPlugin {
  public readonly name = NAMESPACE;
  public readonly version = VERSION;
  public readonly ruleIds = Object.values(Rule).map(ruleId);

  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const stacks = writtenStacks(context.appConstruct);
    const findings = new Findings(new TemplateWorld(stacks), new Map(stacks.map((stack) => [stack.id, stack])));
    // aws-cdk-lib asks once for each environment: every stack is judged in the call that lists its template.
    const asked = new Set(context.templatePaths);
    for (const stack of stacks) if (stack.coverage !== Coverage.NONE && asked.has(stack.topTemplate)) findings.of(stack);
    const violations = findings.all().map((finding) => violationOf(finding, context.appConstruct));
    return { success: violations.every(({ stops }) => !stops), violations: violations.map(({ violation }) => violation) };
  }
}

/**
 * A finding as aws-cdk-lib reports it.
 *
 * The oldest supported one takes an acknowledgement anywhere in the tree for all violations of the rule. What is not
 * acknowledged itself must not vanish with it: `fatal` is the one severity that never does, and what stops nothing goes
 * by another name.
 */
function violationOf(finding: Finding, app: IConstruct): { violation: PolicyViolation; stops: boolean } {
  const id = ruleId(finding.rule);
  const acknowledged = acknowledgementOf(finding.construct, id);
  const stops = !acknowledged && !finding.reportOnly;
  const shadowed = !acknowledged && isAcknowledgedAnywhere(app, id);
  return {
    stops,
    violation: {
      ruleName: shadowed && !stops ? `${id} (report only)` : id,
      description: finding.problem,
      fix: fixOf(finding),
      severity: !stops && !acknowledged ? 'warning' : shadowed ? 'fatal' : 'error',
      violatingResources: [{ ...placeOf(finding, acknowledged !== undefined), locations: finding.location === undefined ? [] : [finding.location] }],
      ruleMetadata: acknowledged && { exemptionReason: acknowledged.reason, exemptionAt: acknowledged.at.node.path },
    },
  };
}

/**
 * Where a violation stands, as aws-cdk-lib and its CLI read it.
 *
 * The CLI drops violations whose construct is not in a selected stack, and a plain `cdk synth` selects no stack of a
 * stage: what nobody acknowledged there names its construct in words only, which the CLI never drops.
 */
function placeOf({ construct, resource, template }: Finding, acknowledged: boolean): Omit<PolicyViolatingResource, 'locations'> {
  const inStage = (Stage.isStage(construct) ? construct : Stage.of(construct))?.node.scope !== undefined;
  if (inStage && !acknowledged) return { templatePath: template };
  return { constructPath: construct.node.path, resourceLogicalId: resource?.logicalId, templatePath: template };
}
