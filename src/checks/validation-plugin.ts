import { Stage, Validations } from 'aws-cdk-lib';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { CheckedApp } from './checked-app';
import type { Finding } from './finding';
import { stageFindings } from './stage-findings';
import { reportOf, type Reported } from './violation';
import { sentenceOf } from './voice';
import { Ledger } from '../private/ledger';
import { NAMESPACE, Rule, ruleId } from '../private/rules';
import { VERSION } from '../private/version';

/** Registers the plugin with the app of a construct, once; a tree without an app has nobody to report to. */
export function registerPlugin(construct: IConstruct): void {
  const { root } = construct.node;
  const ledger = Ledger.of(root);
  if (ledger.registered || !Stage.isStage(root)) return;
  ledger.registered = true;
  Validations.of(root).addPlugins(new Imdsv2Plugin());
}

/** The one voice in which findings stop synthesis: judges what was written, never what was meant to be. */
class Imdsv2Plugin implements IPolicyValidationPlugin {
  public readonly name = NAMESPACE;
  public readonly version = VERSION;
  public readonly ruleIds = Object.values(Rule).map(ruleId);

  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const app = CheckedApp.at(context.appConstruct, this, context.templatePaths);
    const proofs = app.stacksOf(context.templatePaths).map((stack) => app.proofOf(stack));
    const findings = [...proofs.flatMap((proof) => proof.findings), ...stageFindings(proofs.flatMap(({ beyond }) => beyond))];
    return reportOf(app.tell(this, [...findings.map((finding) => reportedOf(finding, app)), ...app.exemptionFindings()]));
  }
}

function reportedOf({ resource, problem, ...finding }: Finding, app: CheckedApp): Reported {
  const controls = resource && sentenceOf(app.controlFindings(finding.rule, resource, finding.construct));
  return {
    ...finding,
    problem: controls ? `${problem}; it ${controls}` : problem,
    logicalId: resource?.logicalId,
  };
}
