/**
 * Properties of `Imdsv2Checks` and the packs of the frameworks.
 */
export interface Imdsv2ChecksProps {
  /**
   * Takes what only the deployment decides for an error: a parameter or condition (`conditional`), or a launch template
   * that is not part of the app (`external`).
   *
   * @default false - it is a warning, which stops nothing
   */
  readonly strict?: boolean;

  /**
   * The ids of rules whose errors and warnings nobody can acknowledge, such as `cdk-imdsv2::tokens`.
   *
   * What only the deployment decides stays a warning unless `strict` is set. An id that no rule has is an error.
   *
   * @default - every finding can be acknowledged
   */
  readonly fatal?: string[];

  /**
   * Fails nothing: every finding is listed as a warning.
   *
   * @default false
   */
  readonly reportOnly?: boolean;

  /**
   * A sentence or URL of your platform team, appended to every finding.
   *
   * @default - nothing is appended
   */
  readonly help?: string;
}
