import type { CfnResource } from 'aws-cdk-lib';
import { blocksAt } from '../launch-sources/metadata-options';
import type { Spelling } from '../launch-sources/options-spelling';
import { EACH } from '../launch-sources/places';
import { CHANGE_METADATA, type ChangeRecord } from '../private/change-record';
import { hasFunction, intrinsicOf, isNoValue, isStruct, type Json } from '../private/json';

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

/** The block, or the condition that chooses it. */
export function blockAt(properties: Json, path: readonly string[]): Json {
  let block = properties;
  for (let i = 0; i < path.length && isStruct(block) && !hasFunction(block); i++) block = block[path[i]];
  return block;
}

/** What the options at `path` say; where a list holds several blocks, what each of them says. */
export function blockInWords(properties: Json, path: readonly string[], spelling: Spelling): { tokens: string; hopLimit: string } {
  const { tokens, hopLimit, entry } = spelling;
  const blocks = entry || path.includes(EACH) ? blocksAt(properties, path, spelling) : [blockAt(properties, path)];
  const inAll = (option: string) => [...new Set(blocks.map((block) => optionInWords(block, option)))].join(' or ');
  return { tokens: inAll(tokens), hopLimit: hopLimit === undefined ? inWords(undefined) : inAll(hopLimit) };
}

/** One option of a block, which may stand under a condition. */
function optionInWords(block: Json, option: string): string {
  const name = intrinsicOf(block);
  if (isNoValue(block) || !isStruct(block)) return inWords(undefined);
  return name ? inWords(block) : inWords(block[option]);
}
