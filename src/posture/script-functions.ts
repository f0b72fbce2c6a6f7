import { calledBy, isUsed, LEAD, prints, textOf } from './printed-commands';
import type { Block } from './script-blocks';
import type { CodeLine, Command } from './script-lines';

/** Commands of functions that report: they print, and run nothing that they are given. */
const REPORTING = new Set([
  'logger', 'tee', 'systemd-cat', 'cat', 'date', 'hostname', 'basename', 'whoami', 'id', 'tput', 'caller', 'local', 'declare', 'readonly', 'shift', 'return', 'exit',
  'true', 'sleep', 'kill', 'touch', 'shutdown', 'poweroff', 'halt', 'reboot', 'aws', 'cfn-signal', 'test', 'case', 'for',
]);
const REPORTING_SYNTAX = new RegExp(
  String.raw`${LEAD}(?:\[\[?\s|[A-Za-z_]\w*\+?=(?:"[^"]*"|'[^']*'|[^\s"']*)\s*$|$)|^\s*(?:\}|(?:fi|done|esac)\b|(?:then|else|do|\{)\s*$)`);
const HEAD = /^\s*(?:function\s+[\w-]+(?:\s?\(\))?|[\w-]+\s?\(\))\s*\{?\s*$/;
/** Run a text that is put in their arguments. */
const SHELLS = new Set(['eval', 'bash', 'sh', 'dash', 'zsh', 'source', 'su', 'ssh']);
/** A function reports by one that reports by another. */
const MAX_NESTED = 3;

/** Functions by what becomes of their output. */
export interface FunctionOutputs {
  /** It is run, or goes where it may be run. */
  readonly run: ReadonlySet<string>;
  /** It takes the place of the call. */
  readonly values: ReadonlySet<string>;
}

/** Functions that do no more than print what they are given, and run none of it: `fail`, `log`, `die`. */
export function printersOf(lines: readonly CodeLine[], blocks: ReadonlyMap<CodeLine, Block>): Set<string> {
  const others = new Map<string, Set<string>>();
  for (const line of lines) {
    const block = blocks.get(line);
    if (!block) continue;
    const called = others.get(block.name) ?? new Set();
    others.set(block.name, called);
    for (const command of line.commands) {
      const text = textOf(command);
      const printed = prints(text) && (command.substituted || !isUsed(command));
      if (!printed && !isReporting(text)) called.add(calledBy(text) ?? '');
    }
  }
  const printers = new Set<string>();
  for (let round = 0; round < MAX_NESTED; round++) {
    for (const [name, called] of others) if ([...called].every(other => printers.has(other))) printers.add(name);
  }
  return printers;
}

export function outputsOf(lines: readonly CodeLine[], blocks: ReadonlyMap<CodeLine, Block>): FunctionOutputs {
  const outputs = { run: new Set<string>(), values: new Set<string>() };
  const functions = new Set([...blocks.values()].map(({ name }) => name));
  for (const command of lines.flatMap(({ commands }) => commands)) {
    const name = functions.size > 0 ? calledBy(textOf(command)) : undefined;
    if (name === undefined || !functions.has(name)) continue;
    if (command.substituted) outputs.values.add(name);
    if (command.substituted ? command.within && runs(command.within) : isUsed(command)) outputs.run.add(name);
  }
  return outputs;
}

/** Whether a command runs its arguments, or puts them where they may be run. */
function runs(command: Command): boolean {
  const text = textOf(command);
  return SHELLS.has(calledBy(text) ?? '') || (prints(text) && isUsed(command));
}

function isReporting(text: string): boolean {
  return (REPORTING.has(calledBy(text) ?? '') && !/\w\(/.test(text)) || REPORTING_SYNTAX.test(text) || HEAD.test(text);
}
