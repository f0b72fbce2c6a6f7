import type { LaunchSourceType } from './launch-source';
import { METADATA_OPTIONS } from './options-spelling';

/** The line that requires tokens in the properties of a type with options of its own: `MetadataOptions.HttpTokens: required`. */
export function lineOf({ optionsPath = [], spelling = METADATA_OPTIONS }: LaunchSourceType): string {
  const { tokens, required, entry } = spelling;
  // What looks like another type is quoted, as YAML wants it.
  const value = typeof required === 'string' && /^(?:true|\d+)$/.test(required) ? `'${required}'` : String(required);
  if (!entry) return `${[...optionsPath, tokens].join('.')}: ${value}`;
  const members = Object.entries(entry).map(([member, text]) => `${member}: ${text}`);
  return `${optionsPath.join('.')}: [{ ${[...members, `${tokens}: ${value}`].join(', ')} }]`;
}
