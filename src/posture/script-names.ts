import { addressPart, clientsIn, namesMetadata } from './metadata-address';
import { prints, textOf, unquoted } from './printed-commands';
import type { CodeLine, Command } from './script-lines';

const TOKEN_HEADER = /x-aws-ec2-metadata-token(?!-ttl)/i;
/** A header option whose value is, by its name, the token. */
const TOKEN_OPTION = /(?:-H|--header|headers?)[\s=("'@{:]{0,4}[^"']{0,60}token(?!-ttl)/i;
/** As shells, PowerShell, batch, Python and Ruby write it in a text, or joined to one. */
const VARIABLE =
  /\$\{?(?:(?:env|script|global):|this\.)?(\w+)\}?(?:\s?[+.]\s?["'])?|%(\w+)%|#?\{(?:self\.|@)?(\w+)\}|\b(\w+)\s?\+\s?[fru]?["']|["']\s?[+.]\s?\$?(\w+)(?:\s?[+.]\s?["'])?/gi;
const ASSIGNMENT =
  /^\s*(?:(?:export|local|readonly|declare|set|let|const|var|my)\s+(?:-\w+\s+)?)*\$?(?:(?:env|script|global):|self\.|this\.|@)?([A-Za-z_]\w*)\s*[:+]?=(?!=)\s*(.*)$/i;
/** What a variable becomes if nothing else was said: `"${NAME:-value}"`. */
const DEFAULT = /^(["']?)\$\{\w{1,60}:?[-=]([^{}]{0,200})\}/;
/** An object that is given a header. */
const RECEIVER = /^\$?(?:self\.)?([A-Za-z_]\w*)(?:\.(?:headers?\b|\w*(?:add|set|update))|\[)/i;
/** The name a block is known by: a function, or a table of several lines that is put in a variable. */
const BLOCK = /^(?:(?:const|let|var)\s+)?(?:function\s+([\w-]+)|def\s+(\w+)|([\w-]+)\s*\(\)|\$?(\w+)\s*=\s*@?[{([]$)/i;

/** What a script defines in one place and uses in another. */
export interface Names {
  /** Variables whose value begins with the address of the service, or with a path of it. */
  readonly parts: Map<string, string>;
  /** Variables and functions that bring the token header. */
  readonly carriers: Set<string>;
  /** The table of several lines that a line stands in. */
  readonly tables: Map<CodeLine, string>;
  readonly fetchesToken: boolean;
}

export function assigned(text: string): { name: string; value: string } | undefined {
  const found = ASSIGNMENT.exec(text);
  return found ? { name: found[1], value: found[2] } : undefined;
}

export function expand(text: string, names: Names): string {
  if (names.parts.size === 0) return text;
  return text.replace(VARIABLE, (variable, ...found: string[]) =>
    names.parts.get(found.slice(0, 5).find(name => name !== undefined)!) ?? variable);
}

export function identifiers(text: string): string[] {
  return (text.match(/[A-Za-z_][\w-]*/g) ?? []).flatMap(name => name.includes('-') ? [name, ...name.split('-')] : [name]);
}

export function carriesToken(text: string, names: Names): boolean {
  return TOKEN_HEADER.test(text)
    || (names.fetchesToken && TOKEN_OPTION.test(text))
    || (names.carriers.size > 0 && identifiers(text).some(name => names.carriers.has(name)));
}

/** `$(printf 'X-aws-ec2-metadata-token: %s' "$TOKEN")`. */
export function printsHeader(command: Command): boolean {
  const text = textOf(command);
  return command.substituted && prints(text) && TOKEN_HEADER.test(text);
}

export function namesOf(lines: readonly CodeLine[], fetchesToken: boolean): Names {
  const names: Names = { parts: new Map(), carriers: new Set(), tables: new Map(), fetchesToken };
  let block: { name: string; indent: number; python: boolean; table: boolean } | undefined;
  for (const line of lines) {
    const head = BLOCK.exec(line.text);
    if (head) {
      const name = head.slice(1).find(each => each !== undefined)!;
      block = { name, indent: line.indent, python: head[2] !== undefined, table: head[4] !== undefined };
    }
    if (block?.table) names.tables.set(line, block.name);
    for (const command of line.commands) {
      const text = textOf(command);
      const assignment = assigned(command.within && printsHeader(command) ? textOf(command.within) : text);
      const part = assignment && addressPart(expand(assignment.value.replace(DEFAULT, '$1$2'), names));
      if (part) names.parts.set(assignment.name, part);
      if (!TOKEN_HEADER.test(text)) continue;
      if (block) names.carriers.add(block.name);
      // A variable that takes the answer of a request brings no header.
      if (namesMetadata(text) || clientsIn(unquoted(command), 'powershell').length > 0) continue;
      const name = assignment?.name ?? RECEIVER.exec(text.trim())?.[1];
      if (name !== undefined) names.carriers.add(name);
    }
    if (!block || line.indent > block.indent) continue;
    if (head ? line.text.endsWith('}') : block.python || /^[}\])]/.test(line.text)) block = undefined;
  }
  return names;
}
