import type { IConstruct } from 'constructs';
import { rulesAsDemands } from '../demands';
import type { Imdsv2ChecksProps } from './imdsv2-checks-props';
import { Imdsv2Pack } from './imdsv2-pack';
import { CHECK_RULES } from '../rules/rules';

/**
 * Judges every launch source of an app by every rule of the library, on the templates that were written.
 *
 * Needs cdk-nag 3, and throws where it finds version 2. Errors stop synthesis and warnings do not. Acknowledge
 * `cdk-imdsv2::tokens` (or the rule that a finding names) on a construct to exempt it from everything in the library, or
 * `Imdsv2Checks::tokens` to exempt it from this pack alone. What several packs and `RequireImdsv2` find is reported once.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
 * @example
 * declare const app: App;
 * Validations.of(app).addPlugins(new Imdsv2Checks(app));
 */
export class Imdsv2Checks extends Imdsv2Pack {
  /**
   * The name of the pack, and the namespace of the ids that exempt from it alone.
   */
  public readonly name: string = 'Imdsv2Checks';

  /**
   * @param scope the app or stage whose validations the pack is added to
   * @param props what stops synthesis, and what is appended
   */
  constructor(scope: IConstruct, props: Imdsv2ChecksProps = {}) {
    super(scope, 'Imdsv2Checks', rulesAsDemands(CHECK_RULES.map(({ rule }) => rule)), props);
  }
}
