import type { CfnResource } from 'aws-cdk-lib';
import { lineFor } from './line-for';
import type { CheckSubject } from './rules/check-rule';
import { consequenceInWords } from '../launch-sources/effects';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { effectOfEdit } from '../posture/edit-effect';
import type { Ledger } from '../private/ledger';
import type { Settings } from '../private/settings';

/** What is wrong, and the fix. */
interface Words {
  readonly problem: string;
  readonly fix: string;
}

/** Of a launch configuration, by what became of it. */
export function rejectedMessage(
  construct: CfnResource, source: LaunchSourceType, ledger: Ledger, settings: Settings,
): Words {
  const path = construct.node.path;
  const reasons = ledger.leftAlone.get(construct);
  if (reasons) {
    return {
      problem: `'${path}' is a ${source.name} that RequireImdsv2 cannot migrate, and it is left as it is: ${reasons.join('; ')}`,
      fix: 'change that where it is defined, or give the group a launch template',
    };
  }
  const wouldDo = ledger.wouldDo.get(construct);
  if (wouldDo) return { problem: `'${path}' is a ${source.name}; RequireImdsv2 ${wouldDo}`, fix: 'remove reportOnly to make the edit' };
  if (settings.launchConfigurations === 'migrate' && !ledger.visited.has(construct)) {
    return {
      problem: `'${path}' is a ${source.name} that RequireImdsv2 did not reach: it is in a stage, or was added after RequireImdsv2 had run`,
      fix: 'write RequireImdsv2.addTo(app, { launchConfigurations: LaunchConfigurationPolicy.MIGRATE }) as the last line before synthesis, '
        + 'or add the aspect with a larger priority number than the one that adds it',
    };
  }
  return {
    problem: `'${path}' is a ${source.name}: ${source.rejected}`,
    fix: "set the feature flag '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true in cdk.json, "
      + 'or give the group a launch template; new RequireImdsv2({ launchConfigurations: LaunchConfigurationPolicy.MIGRATE }) makes one of it',
  };
}

/** Of a launch source that is open, by what the aspect did with it. */
export function tokensMessage(
  construct: CfnResource, subject: CheckSubject, ledger: Ledger, exempt: boolean,
): Words {
  const path = construct.node.path;
  const { source, judgement } = subject;
  const got = `got posture '${judgement.posture}': ${judgement.reason}`;
  const line = lineFor(subject);
  if (exempt) return { problem: `'${path}' may allow IMDSv1 and is exempt (${got})`, fix: line };
  const wouldDo = ledger.wouldDo.get(construct);
  if (wouldDo) return { problem: `'${path}' allows IMDSv1 (${got}); RequireImdsv2 ${wouldDo}`, fix: 'remove reportOnly to make the edit' };
  if (ledger.required.has(construct)) {
    return {
      problem: `'${path}' was made to require tokens by RequireImdsv2, and something changed that afterwards (${got})`,
      fix: `remove the later edit, or ${line}`,
    };
  }
  const cost = ledger.costly.has(construct) ? effectOfEdit(subject.resource, source, subject.world) : undefined;
  if (cost) {
    return {
      problem: `'${path}' allows IMDSv1 (${got}), and RequireImdsv2 leaves it alone, because ${consequenceInWords(cost.effect, 'the edit')}`,
      fix: `${cost.easedBy ? `${cost.easedBy}, or ` : ''}write new RequireImdsv2({ replaceResources: true }) if that is wanted${source.caution ? ` (${source.caution})` : ''}, or ${line} when it suits`,
    };
  }
  if (!ledger.visited.has(construct)) {
    return {
      problem: `'${path}' allows IMDSv1 (${got}), and it was added after RequireImdsv2 had run`,
      fix: `${line}, or add the aspect with a larger priority number than the one that adds it`,
    };
  }
  return { problem: `'${path}' may allow IMDSv1, and RequireImdsv2 cannot change that (${got})`, fix: line };
}
