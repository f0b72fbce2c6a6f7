import type { LaunchSourceType } from '../launch-sources/launch-source';
import { Stance, stancesOf, type Outcomes } from '../launch-sources/metadata-options';
import type { Struct } from '../private/json';

/** Whether what leaves a launch source open stands in itself, and not only in what it launches from. */
export function isOpenItself(source: LaunchSourceType, properties: Struct, outcomes: Outcomes): boolean {
  if (source.parts) {
    return source.parts(properties, outcomes).some(({ options, taken }) => {
      if (taken?.counts === false) return false;
      const stances = stancesOf(options.value, outcomes, source.spelling);
      return stances.has(Stance.OPTIONAL) || stances.has(Stance.UNKNOWN) || stances.has(Stance.INVALID);
    });
  }
  return source.optionsPath !== undefined || (source.gaps?.(properties) ?? []).some(({ settable }) => settable);
}
