import type { IConstruct } from 'constructs';
import { controlsAsDemands } from '../demands';
import type { Imdsv2ChecksProps } from './imdsv2-checks-props';
import { Imdsv2Pack } from './imdsv2-pack';
import { controlsOf } from '../controls/controls';

/**
 * Judges an app by the controls of NIST SP 800-53 revision 5 that concern IMDSv2, on the templates that were written:
 * AC-3, AC-3(7), AC-3(15), AC-6, CA-9(1), CM-2 and CM-2(2) by Security Hub's mapping, and CM-7(b) by the CIS audit's.
 *
 * Needs cdk-nag 3, and throws where it finds version 2. A control that fails stops synthesis; one that only the deployment
 * decides is a warning. Acknowledge `cdk-imdsv2::tokens` (or the rule that a finding names) on a construct to exempt it from
 * everything in the library, or `NistImdsv2Checks::AC-6` to exempt it from that control of this pack alone.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-8
 * @example
 * declare const app: App;
 * Validations.of(app).addPlugins(new NistImdsv2Checks(app));
 */
export class NistImdsv2Checks extends Imdsv2Pack {
  /**
   * The name of the pack, and the namespace of the ids that exempt from it alone.
   */
  public readonly name: string = 'NistImdsv2Checks';

  /**
   * @param scope the app or stage whose validations the pack is added to
   * @param props what stops synthesis, and what is appended
   */
  constructor(scope: IConstruct, props: Imdsv2ChecksProps = {}) {
    super(scope, 'NistImdsv2Checks', controlsAsDemands(controlsOf('nist')), props);
  }
}
