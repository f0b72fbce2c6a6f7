import { BOOT_CALL } from './boot-call';
import type { CheckRule } from './check-rule';
import { EXTERNAL_LAUNCH_TEMPLATE } from './external-launch-template';
import { HOP_LIMIT } from './hop-limit';
import { LAUNCH_CONFIGURATION } from './launch-configuration';
import { LAUNCH_TEMPLATE_FOLLOWER } from './launch-template-follower';
import { METADATA_TAGS } from './metadata-tags';
import { REPLACING_LAUNCH_TEMPLATE } from './replacing-launch-template';
import { TOKENS } from './tokens';
import { UNSEEN_CONTENT } from './unseen-content';
import { UNSETTABLE } from './unsettable';

/** Every rule over synthesized templates, one file each. */
export const CHECK_RULES: readonly CheckRule[] = [
  TOKENS,
  LAUNCH_CONFIGURATION,
  EXTERNAL_LAUNCH_TEMPLATE,
  UNSETTABLE,
  UNSEEN_CONTENT,
  LAUNCH_TEMPLATE_FOLLOWER,
  BOOT_CALL,
  HOP_LIMIT,
  REPLACING_LAUNCH_TEMPLATE,
  METADATA_TAGS,
];
