import type { IConstruct } from 'constructs';
import { controlsAsDemands } from '../demands';
import type { Imdsv2ChecksProps } from './imdsv2-checks-props';
import { Imdsv2Pack } from './imdsv2-pack';
import { controlsOf } from '../controls/controls';

/**
 * Judges an app by the controls of AWS Control Tower that concern IMDSv2, on the templates that were written:
 * CT.EC2.PR.1, CT.EC2.PR.2, CT.AUTOSCALING.PR.2 and CT.AUTOSCALING.PR.8.
 *
 * Needs cdk-nag 3, and throws where it finds version 2. A control that fails stops synthesis; one that only the deployment
 * decides is a warning. Acknowledge `cdk-imdsv2::tokens` (or the rule that a finding names) on a construct to exempt it from
 * everything in the library, or `ControlTowerImdsv2Checks::CT.EC2.PR.1` to exempt it from that control of this pack alone.
 *
 * @see https://docs.aws.amazon.com/controltower/latest/controlreference/ec2-rules.html
 * @example
 * declare const app: App;
 * Validations.of(app).addPlugins(new ControlTowerImdsv2Checks(app));
 */
export class ControlTowerImdsv2Checks extends Imdsv2Pack {
  /**
   * The name of the pack, and the namespace of the ids that exempt from it alone.
   */
  public readonly name: string = 'ControlTowerImdsv2Checks';

  /**
   * @param scope the app or stage whose validations the pack is added to
   * @param props what stops synthesis, and what is appended
   */
  constructor(scope: IConstruct, props: Imdsv2ChecksProps = {}) {
    super(scope, 'ControlTowerImdsv2Checks', controlsAsDemands(controlsOf('control-tower')), props);
  }
}
