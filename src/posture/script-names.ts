import { addressPart, clientsIn, mentionsHost, namesMetadata } from './metadata-address';
import { calledBy, isUsed, printedText, prints, textOf, unquoted } from './printed-commands';
import type { Block } from './script-blocks';
import type { CodeLine, Command } from './script-lines';

const TOKEN_HEADER = /x-aws-ec2-metadata-token(?!-ttl)/i;
/** A header option whose value is, by its name, the token. */
const TOKEN_OPTION = /(?:-H|--header|headers?)[\s=("'@{:]{0,4}[^"']{0,60}token(?!-ttl)/i;
/** As shells, PowerShell, batch, Python and Ruby write it in a text, or joined to one. */
const VARIABLE =
  /\$\{?(?:(?:env|script|global):|this\.)?(\w+)\}?(?:\s?[+.]\s?["'])?|%(\w+)%|#?\{(?:self\.|@)?(\w+)\}|\b(\w+)\s?\+\s?[fru]?["']|["']\s?[+.]\s?\$?(\w+)(?:\s?[+.]\s?["'])?/gi;
const ASSIGNMENT =
  /^\s*(?:(?:export|local|readonly|declare|alias|set|let|const|var|my)\s+(?:-\w+\s+)?)*\$?(?:(?:env|script|global):|self\.|this\.|@)?([A-Za-z_]\w*)\s*[:+]?=(?!=)\s*(.*)$/i;
/** `: "${NAME:=value}"`. */
const DEFAULT_ASSIGNMENT = /^\s*:\s+["']?\$\{([A-Za-z_]\w{0,60}):?=([^{}]{0,200})\}/;
/** A variable, or a value if it is not set. */
const OR_VALUE = /\$\{(\w{1,60}):?[-=?]([^{}]{0,200})\}/g;
/** What a variable becomes if nothing else was said: `"${NAME:-value}"`. */
const DEFAULT = /^(["']?)\$\{\w{1,60}:?[-=]([^{}]{0,200})\}/;
/** Where a header is put, and read from. */
const TARGET = />\s{0,9}["']?([^\s"';|&>]{1,200})["']?\s*$/;
const HEADER_FILE = /@[^\s"';|&]{1,200}/g;
/** An object that is given a header. */
const RECEIVER = /^\$?(?:self\.)?([A-Za-z_]\w*)(?:(?:\.|->)(?:(?:default_)?headers?\b|\w*(?:add|set|update))|\[)/i;
/** What a script defines in one place and uses in another. */
export interface Names {
  /** Variables whose value begins with the address of the service, or with a path of it, and functions that print such a value. */
  readonly parts: Map<string, string>;
  /** Variables and functions that bring the token header. */
  readonly carriers: Set<string>;
  /** Functions that print the token header. */
  readonly headers: Set<string>;
  readonly fetchesToken: boolean;
}

export function assigned(text: string): { name: string; value: string } | undefined {
  const found = ASSIGNMENT.exec(text) ?? DEFAULT_ASSIGNMENT.exec(text);
  return found ? { name: found[1], value: found[2] } : undefined;
}

export function expand(text: string, names: Names): string {
  const plain = text.replace(OR_VALUE, (variable, name: string, value: string) => names.parts.get(name) ?? (mentionsHost(value) ? value : variable));
  if (names.parts.size === 0) return plain;
  return plain.replace(VARIABLE, (variable, ...found: string[]) =>
    names.parts.get(found.slice(0, 5).find(name => name !== undefined)!) ?? variable);
}

export function identifiers(text: string): string[] {
  return (text.match(/[A-Za-z_][\w-]*/g) ?? []).flatMap(name => name.includes('-') ? [name, ...name.split('-')] : [name]);
}

export function carriesToken(text: string, names: Names): boolean {
  return TOKEN_HEADER.test(text)
    || (names.fetchesToken && TOKEN_OPTION.test(text))
    || (names.carriers.size > 0 && [...identifiers(text), ...(text.match(HEADER_FILE) ?? [])].some(name => names.carriers.has(name)));
}

/** The command that is given the token header: `$(printf 'X-aws-ec2-metadata-token: %s' "$TOKEN")`, a function that prints it, or a pipe. */
export function headerReceiver(command: Command, { headers }: Names): Command | undefined {
  const text = textOf(command);
  if (prints(text) ? !TOKEN_HEADER.test(text) : !headers.has(calledBy(text) ?? '')) return undefined;
  return command.substituted ? command.within : command.into && textOf(command.into).includes('@-') ? command.into : undefined;
}

export function namesOf(lines: readonly CodeLine[], blocks: ReadonlyMap<CodeLine, Block>, fetchesToken: boolean): Names {
  const names: Names = { parts: new Map(), carriers: new Set(), headers: new Set(), fetchesToken };
  for (const line of lines) {
    const block = blocks.get(line);
    const given = new Set<Command | undefined>();
    for (const command of line.commands) {
      const text = textOf(command);
      const receiver = headerReceiver(command, names);
      if (receiver && given.has(receiver)) continue;
      given.add(receiver);
      const assignment = assigned(textOf(receiver ?? command)) ?? (block && printedBy(block, text));
      const part = assignment && addressPart(expand(assignment.value.replace(DEFAULT, '$1$2'), names));
      if (part) names.parts.set(assignment.name, part);
      if (!receiver && !TOKEN_HEADER.test(text)) continue;
      if (block) names.carriers.add(block.name);
      const file = prints(text) ? TARGET.exec(text)?.[1] : undefined;
      if (file !== undefined) names.carriers.add(`@${file}`);
      if (block && prints(text) && !command.substituted && !isUsed(command)) names.headers.add(block.name);
      // A variable that takes the answer of a request brings no header.
      if (namesMetadata(text) || clientsIn(unquoted(command), 'powershell').length > 0) continue;
      const name = assignment?.name ?? RECEIVER.exec(text.trim())?.[1];
      if (name !== undefined) names.carriers.add(name);
    }
  }
  return names;
}

/** What a function prints is its value. */
export function printedBy(block: Block, text: string): { name: string; value: string } | undefined {
  const value = printedText(text);
  return value === undefined ? undefined : { name: block.name, value };
}
