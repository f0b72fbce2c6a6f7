import { CATALOG } from '../launch-sources/catalog';
import { lineOf } from '../launch-sources/in-words';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { METADATA_OPTIONS, type Spelling } from '../launch-sources/options-spelling';
import { EACH } from '../launch-sources/places';

/** The types that say themselves whether they allow IMDSv1; of the others a rule sees only that they name something else. */
export const GUARDED: readonly LaunchSourceType[] = [...CATALOG.values()].filter(({ optionsPath }) => optionsPath !== undefined);

/**
 * The rules of the catalog in the language of CloudFormation Guard, one for each type that has options of its own.
 *
 * They are made for what a hook sees of a resource: its properties with every function, parameter and transform resolved.
 *
 * @see https://docs.aws.amazon.com/cloudformation-cli/latest/hooks-userguide/guard-hooks-write-rules.html
 */
export function guardRules(): string {
  return ['# Made from the catalog of cdk-imdsv2.', ...GUARDED.map(ruleOf)].join('\n\n') + '\n';
}

function ruleOf(source: LaunchSourceType): string {
  const variable = source.type.toLowerCase().replace(/::/g, '_');
  const message = `<<\n      Violation: the ${source.name} allows IMDSv1.\n      Fix: ${lineOf(source)}\n    >>`;
  return `# ${source.documentation}
let ${variable} = Resources.*[ Type == '${source.type}' ]${source.parts ? saidAt(source) : ''}
rule imdsv2_${variable} when %${variable} !empty {
  %${variable} {
    ${clauses(source).map((clause) => `${clause}\n    ${message}`).join('\n    ')}
  }
}`;
}

/** Where any of several parts may say something, only those that do are looked at. */
function saidAt({ optionsPath = [], spelling = METADATA_OPTIONS }: LaunchSourceType): string {
  const { list, member } = splitAtList(optionsPath);
  return `${dotted(list)}[ ${member.join('.')}.${spelling.tokens} exists ]`;
}

/** What must hold, each; alternatives of one are in its lines. A property that is absent equals nothing, and fails. */
function clauses({ optionsPath = [], spelling = METADATA_OPTIONS, parts, references, reads }: LaunchSourceType): string[] {
  const block = parts ? splitAtList(optionsPath).member.join('.') : dotted(optionsPath).slice(1) + entryOf(spelling);
  const tokens = `${block}.${spelling.tokens}`;
  const safe = [
    `${tokens} in [${spellingsOf(spelling.required)}]`,
    ...spelling.endpoint ? [`${block}.${spelling.endpoint} == 'disabled'`] : [],
    ...spelling.verbatim ? [`Properties.${optionsPath[0]} == ${inText(optionsPath[1], spelling)}`] : [],
  ];
  if (spelling.entry) return [`${block} !empty`, any(safe)];
  if (!references || parts) return [any(safe)];
  // It may leave the word to the launch template that it names: each option is evaluated separately.
  const followed = reads.filter((path) => path.join() !== optionsPath.join()).map((path) => `${dotted(path).slice(1)} exists`);
  const endpoint = `${block}.${spelling.endpoint}`;
  return [any([...safe, ...followed]), any([...safe, `${tokens} !exists`]), any([...safe, `${endpoint} !exists`, `${endpoint} in ['enabled', 'disabled']`])];
}

/** A list of parts, and where the options of one stand. */
function splitAtList(path: readonly string[]): { readonly list: readonly string[]; readonly member: readonly string[] } {
  const at = path.lastIndexOf(EACH);
  return { list: path.slice(0, at), member: path.slice(at + 1) };
}

/** The same in a document that is given as a text. */
function inText(block: string, { tokens, required }: Spelling): string {
  return `/"${block}"\\s*:\\s*\\{[^{}]*"${tokens}"\\s*:\\s*"?${required}"?\\s*[,}]/`;
}

function any(alternatives: readonly string[]): string {
  return alternatives.join(' or\n    ');
}

/** Below the properties, from the resource. */
function dotted(path: readonly string[]): string {
  return ['', 'Properties', ...path].join('.').replaceAll(`.${EACH}`, '[*]');
}

function entryOf({ entry = {} }: Spelling): string {
  const matches = Object.entries(entry).map(([member, value]) => `${member} == '${value}'`);
  return matches.length > 0 ? `[ ${matches.join(' ')} ]` : '';
}

/** CloudFormation takes a string for a number or a boolean, and the other way round. */
function spellingsOf(literal: string | number | boolean): string {
  const native = /^(?:\d+|true|false)$/.test(String(literal)) ? [String(literal)] : [];
  return [`'${literal}'`, ...native].join(', ');
}
