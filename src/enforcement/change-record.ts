import type { CfnResource } from 'aws-cdk-lib';
import { CHANGE_METADATA, type ChangeRecord } from '../private/change-record';
import { intrinsicOf, isNoValue, isStruct, type Json } from '../private/json';

export { CHANGE_METADATA, type ChangeRecord };

/** The type of the construct metadata that records a boot script's call without a token. */
export const BOOT_CALL_METADATA = 'cdk-imdsv2:boot-call';

export function recordChange(resource: CfnResource, record: ChangeRecord): void {
  resource.node.addMetadata(CHANGE_METADATA, record);
}

/** A value of the template in a word or two. */
export function inWords(value: Json): string {
  if (value === undefined || value === null || isNoValue(value)) return 'not set';
  if (!isStruct(value) && !Array.isArray(value)) return String(value);
  return intrinsicOf(value) === 'Fn::If' ? 'decided by a condition' : 'known only at deployment';
}

/** One option of a block, which may stand under a condition. */
export function optionInWords(block: Json, option: string): string {
  const name = intrinsicOf(block);
  if (isNoValue(block) || !isStruct(block)) return inWords(undefined);
  return name ? inWords(block) : inWords(block[option]);
}
