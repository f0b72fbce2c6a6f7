/** One check of one thing; the id that acknowledges it is the same for every part of the library. */
export enum Rule {
  TOKENS = 'tokens',
  HOP_LIMIT = 'hop-limit',
  LAUNCH_CONFIGURATION = 'launch-configuration',
  LAUNCH_TEMPLATE_FOLLOWER = 'launch-template-follower',
  EXTERNAL_LAUNCH_TEMPLATE = 'external-launch-template',
  BOOT_CALL = 'boot-call',
  STAGE = 'stage',
  REPLACING_LAUNCH_TEMPLATE = 'replacing-launch-template',
  METADATA_TAGS = 'metadata-tags',
  UNSETTABLE = 'unsettable',
  UNSEEN_CONTENT = 'unseen-content',
  EXEMPTION = 'exemption',
}

/** What an exemption covers: everything but what is said of exemptions. */
export const EXEMPTIBLE_RULES: readonly Rule[] = Object.values(Rule).filter((rule) => rule !== Rule.EXEMPTION);

/** The name of the validation plugin, and the namespace of every rule. */
export const NAMESPACE = 'cdk-imdsv2';

/** The id to acknowledge: `cdk-imdsv2::tokens`. */
export function ruleId(rule: Rule): string {
  return `${NAMESPACE}::${rule}`;
}
