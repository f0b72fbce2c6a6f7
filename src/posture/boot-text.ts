import { embeddedScripts } from './encoded-text';
import { scriptText } from './script-text';
import { userDataPathsOf } from '../launch-sources/boot-scripts';
import type { SourceResource } from '../launch-sources/launch-source';
import { placesAt } from '../launch-sources/places';
import { isStruct, type Json } from '../private/json';

/** What an instance reads when it boots, as one text: user data as far as it can be known, Init metadata, and what is encoded in them. */
export function bootText({ Type: type, Properties: properties, Metadata: metadata }: SourceResource): string {
  const init = isStruct(metadata) ? metadata['AWS::CloudFormation::Init'] : undefined;
  const texts = [...userDataIn(type, properties), ...stringsOf(init)];
  return [...texts, ...texts.flatMap((text) => embeddedScripts(text).texts)].join('\n');
}

/** The scripts in the properties of a type, as far as they can be known. */
export function userDataIn(type: Json, properties: Json): string[] {
  return userDataPathsOf(type).flatMap((path) => placesAt(properties, path)).map(({ value }) => scriptText(value).text);
}

/** The words of a text that are among `wanted`, each once. */
export function wordsOf(text: string, wanted: ReadonlySet<string>): string[] {
  return [...new Set(text.match(/[A-Za-z0-9]+/g))].filter((word) => wanted.has(word));
}

/** Every string in a value. */
export function stringsOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsOf);
  return isStruct(value) ? Object.values(value).flatMap(stringsOf) : [];
}
