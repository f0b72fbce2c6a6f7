import { lineOf } from '../launch-sources/in-words';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { hasFunction, isStruct, type Json } from '../private/json';

/** What to write so that a launch source requires tokens, and where. */
export function lineFor(source: LaunchSourceType, properties: Json): string {
  if (!source.optionsPath) {
    const readable = isStruct(properties) && !hasFunction(properties) ? properties : {};
    if (source.fix) return source.fix(readable);
    const gaps = source.gaps?.(readable) ?? [];
    return gaps.find(({ settable }) => settable)?.fix ?? 'set HttpTokens: required on the launch template it names';
  }
  const inTheL1 = source.spelling === undefined ? ' (httpTokens in the L1)' : '';
  return `write ${lineOf(source)}${inTheL1} where this ${source.name} is defined`;
}
