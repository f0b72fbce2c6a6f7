import type { IConstruct } from 'constructs';
import { controlsAsDemands } from '../demands';
import type { Imdsv2ChecksProps } from './imdsv2-checks-props';
import { Imdsv2Pack } from './imdsv2-pack';
import { controlsOf } from '../controls/controls';

/**
 * The editions of the CIS AWS benchmarks that ask for IMDSv2; those before 2.0 do not.
 */
export enum CisVersion {
  /** CIS AWS Foundations Benchmark 2.0: recommendation 5.6. */
  V2_0 = '2.0',
  /** CIS AWS Foundations Benchmark 3.0: recommendation 5.6. */
  V3_0 = '3.0',
  /** CIS AWS Foundations Benchmark 4.0 and 4.0.1: recommendation 5.7. */
  V4_0 = '4.0',
  /** CIS AWS Foundations Benchmark 5.0: recommendation 5.7. */
  V5_0 = '5.0',
  /** CIS AWS Foundations Benchmark 6.0: recommendation 6.7. */
  V6_0 = '6.0',
  /** CIS AWS Foundations Benchmark 7.0: recommendation 6.7. */
  V7_0 = '7.0',
  /** CIS AWS Compute Services Benchmark 1.0.0: recommendation 2.8. */
  COMPUTE_SERVICES_1_0_0 = 'compute-services-1.0.0',
}

/**
 * Properties of `CisImdsv2Checks`.
 */
export interface CisImdsv2ChecksProps extends Imdsv2ChecksProps {
  /**
   * The edition, which decides the number that a finding names.
   *
   * @default CisVersion.V7_0
   */
  readonly version?: CisVersion;
}

/**
 * Judges an app by the recommendation of the CIS AWS benchmarks that concerns IMDSv2, on the templates that were written.
 *
 * Needs cdk-nag 3, and throws where it finds version 2. A recommendation that fails stops synthesis; one that only the
 * deployment decides is a warning. Acknowledge `cdk-imdsv2::tokens` (or the rule that a finding names) on a construct to
 * exempt it from everything in the library, or `CisImdsv2Checks::6.7` (by the number in that edition) to exempt it from this
 * pack alone.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html
 * @example
 * declare const app: App;
 * Validations.of(app).addPlugins(new CisImdsv2Checks(app, { version: CisVersion.V5_0 }));
 */
export class CisImdsv2Checks extends Imdsv2Pack {
  /**
   * The name of the pack, and the namespace of the ids that exempt from it alone.
   */
  public readonly name: string = 'CisImdsv2Checks';

  /**
   * @param scope the app or stage whose validations the pack is added to
   * @param props the edition, what stops synthesis, and what is appended
   */
  constructor(scope: IConstruct, props: CisImdsv2ChecksProps = {}) {
    super(scope, 'CisImdsv2Checks', controlsAsDemands(controlsOf('cis', props.version ?? CisVersion.V7_0)), props);
  }
}
