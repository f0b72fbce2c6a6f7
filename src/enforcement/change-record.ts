import type { CfnResource } from 'aws-cdk-lib';
import { blocksAt } from '../launch-sources/metadata-options';
import type { Spelling } from '../launch-sources/options-spelling';
import { CHANGE_METADATA, type ChangeRecord } from '../private/change-record';
import { hasFunction, intrinsicOf, isNoValue, isStruct, outcomesOf, type Json } from '../private/json';

export { CHANGE_METADATA, type ChangeRecord };

/** The type of the construct metadata that records a boot script's call without a token. */
export const BOOT_CALL_METADATA = 'cdk-imdsv2:boot-call';

export function recordChange(resource: CfnResource, record: ChangeRecord): void {
  resource.node.addMetadata(CHANGE_METADATA, record);
}

const NOT_SET = 'not set';
const OR = ' or ';

/** A value of the template in a word or two. */
function inWords(value: Json): string {
  if (value === undefined || value === null || isNoValue(value)) return NOT_SET;
  return isStruct(value) || Array.isArray(value) ? 'known only at deployment' : String(value);
}

/** The block, or the condition that chooses it. */
export function blockAt(properties: Json, path: readonly string[]): Json {
  let block = properties;
  for (let i = 0; i < path.length && isStruct(block) && !hasFunction(block); i++) block = block[path[i]];
  return block;
}

/** What the options at `path` say; where a list or a condition has several, what each of them says. */
export function blockInWords(properties: Json, path: readonly string[], spelling: Spelling): { tokens: string; hopLimit: string } {
  const { tokens, hopLimit } = spelling;
  const blocks = blocksAt(properties, path, spelling).flatMap(outcomesOf);
  const inAll = (option: string) => {
    const said = blocks.length === 1 ? optionInWords(blocks[0], option) : blocks.flatMap((block) => optionInWords(block, option));
    return said.length === 1 ? said[0] : [...new Set(said)].join(OR);
  };
  return { tokens: inAll(tokens), hopLimit: hopLimit === undefined ? inWords(undefined) : inAll(hopLimit) };
}

/** Whether a hop limit that somebody chose, be it under a condition, is another one now. */
export function isLowered({ hopLimitBefore, hopLimitAfter }: ChangeRecord): boolean {
  if (hopLimitBefore === NOT_SET) return false;
  const after = hopLimitAfter.split(OR);
  return hopLimitBefore.split(OR).some((limit) => limit !== NOT_SET && !after.includes(limit));
}

function optionInWords(block: Json, option: string): string[] {
  if (isNoValue(block) || !isStruct(block)) return [NOT_SET];
  return intrinsicOf(block) ? [inWords(block)] : outcomesOf(block[option]).map(inWords);
}
