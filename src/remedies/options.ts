import { editRemedy } from './edit-remedy';
import type { RemedySubject } from './followers';
import { advice, type Remedy } from './remedy';
import { CANNOT_KNOW, mapBlocksAt } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import { hasFunction, ifBranches, isNoValue, isStruct, isTooDeep, valueAt, type Json } from '../private/json';

/** How hop limits that are not from 1 to `limit` become that. */
export function boundHopLimit(subject: RemedySubject, limit: number, unless?: string): Remedy {
  const { hopLimit = METADATA_OPTIONS.hopLimit! } = subject.source.spelling ?? METADATA_OPTIONS;
  const isFine = (value: Json) => Number(value) >= 1 && Number(value) <= limit;
  const remedy = withOption(subject, hopLimit, (value) => isFine(value) ? value : limit);
  return unless === undefined ? remedy : { ...remedy, ...remedy.kind === 'edit' && { before: `${unless},` } };
}

/** How a hop limit is written where none is said. */
export function writeHopLimit(subject: RemedySubject, limit: number): Remedy {
  const { hopLimit = METADATA_OPTIONS.hopLimit! } = subject.source.spelling ?? METADATA_OPTIONS;
  return withOption(subject, hopLimit, (value) => value, limit);
}

/** How instance tags are kept out of the metadata. */
export function hideTags(subject: RemedySubject): Remedy {
  const remedy = withOption(subject, 'InstanceMetadataTags', () => 'disabled');
  return { ...remedy, ...remedy.kind === 'edit' && { before: 'keep secrets out of tags, or' } };
}

/** One option as `change` wants it wherever it is said, and `absent` in blocks that do not say it. */
function withOption(subject: RemedySubject, option: string, change: (value: Json) => Json, absent?: Json): Remedy {
  const { source, properties } = subject;
  const changed = (value: Json): Json => {
    const choice = ifBranches(value);
    if (choice) return { 'Fn::If': [choice.condition, ...choice.branches.map(changed)] };
    return value === undefined || isNoValue(value) ? value : change(value);
  };
  const inBlock = (block: Json): Json | typeof CANNOT_KNOW => {
    const choice = ifBranches(block);
    if (choice) {
      const branches = choice.branches.map(inBlock);
      return branches.includes(CANNOT_KNOW) ? CANNOT_KNOW : { 'Fn::If': [choice.condition, ...branches] };
    }
    if (!isStruct(block) || isNoValue(block)) return block;
    if (hasFunction(block)) return CANNOT_KNOW;
    if (block[option] !== undefined) return { ...block, [option]: changed(block[option]) };
    return absent === undefined ? block : { ...block, [option]: absent };
  };
  const path = source.optionsPath!;
  const wanted = isTooDeep(valueAt(properties, path.slice(0, 1))) ? CANNOT_KNOW : mapBlocksAt(properties, path, inBlock);
  return isStruct(wanted) && wanted !== properties
    ? editRemedy(subject, wanted, { byAspect: false })
    : advice(`change ${option} in what makes the metadata options of this ${source.name}`);
}
