import type { IConstruct } from 'constructs';
import { severityOf, type Finding } from './finding';
import { Rule } from '../private/rules';
import type { Settings } from '../private/settings';

/** An open launch source in a stage that the aspect never reached. */
export interface Beyond {
  readonly stage: IConstruct;
  readonly open: string;
  readonly template: string;
  readonly settings: Settings;
}

/** One finding for each stage, however much it holds. */
export function stageFindings(beyond: readonly Beyond[]): Finding[] {
  const stages = new Map<IConstruct, Beyond[]>();
  for (const each of beyond) {
    const known = stages.get(each.stage);
    if (known) known.push(each);
    else stages.set(each.stage, [each]);
  }
  return [...stages.values()].map(stageFinding);
}

function stageFinding(beyond: readonly Beyond[]): Finding {
  const [{ stage, template, settings }] = beyond;
  const { path } = stage.node;
  const open = beyond.map((each) => each.open);
  return {
    construct: stage,
    template,
    path,
    rule: Rule.STAGE,
    help: settings.help,
    severity: severityOf(settings),
    problem: `'${path}' is a stage that RequireImdsv2 did not reach, because stages are synthesized before the aspects of what is above them; `
      + `it holds ${open.length === 1 ? '1 launch source that allows' : `${open.length} launch sources that allow`} IMDSv1: ${open.join(', ')}`,
    fix: 'write RequireImdsv2.addTo(app) as the last line before synthesis; '
      + "in a pipeline, write Aspects.of(this).add(new RequireImdsv2()) in the stage's constructor, because addStage synthesizes the stage at once",
  };
}
