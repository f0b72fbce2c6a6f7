import { calledBy, isUsed, LEAD, prints, textOf } from './printed-commands';
import type { Block } from './script-blocks';
import type { CodeLine } from './script-lines';

/** Commands of functions that report: they print, and run nothing that they are given. */
const REPORTING = new Set([
  'logger', 'tee', 'systemd-cat', 'cat', 'date', 'hostname', 'basename', 'whoami', 'id', 'tput', 'caller', 'local', 'declare', 'readonly', 'shift', 'return', 'exit',
  'true', 'sleep', 'kill', 'touch', 'shutdown', 'poweroff', 'halt', 'reboot', 'aws', 'cfn-signal', 'test', 'case', 'for',
]);
const REPORTING_SYNTAX = new RegExp(
  String.raw`${LEAD}(?:\[\[?\s|[A-Za-z_]\w*\+?=(?:"[^"]*"|'[^']*'|[^\s"']*)\s*$|$)|^\s*(?:\}|(?:fi|done|esac)\b|(?:then|else|do|\{)\s*$)`);
const HEAD = /^\s*(?:function\s+[\w-]+(?:\s?\(\))?|[\w-]+\s?\(\))\s*\{?\s*$/;
/** Runs a text that is put in its place. */
const RUNS_TEXT = /^\s*(?:\S{0,40}\/)?(?:eval|bash|sh|source|\.)\s/;

/** Functions by what becomes of their output. */
export interface FunctionOutputs {
  /** It is run, or goes where it may be run. */
  readonly run: ReadonlySet<string>;
  /** It takes the place of the call. */
  readonly values: ReadonlySet<string>;
}

/** Functions that do no more than print what they are given: `fail`, `log`, `die`. */
export function printersOf(lines: readonly CodeLine[], blocks: ReadonlyMap<CodeLine, Block>): Set<string> {
  const printing = new Set<string>();
  const others = new Set<string>();
  for (const line of lines) {
    const block = blocks.get(line);
    if (!block || block.table) continue;
    for (const command of line.commands) {
      const text = textOf(command);
      const printed = prints(text);
      if (printed) printing.add(block.name);
      if (printed ? isUsed(command) && !command.substituted : !isReporting(text)) others.add(block.name);
    }
  }
  others.forEach(name => printing.delete(name));
  return printing;
}

export function outputsOf(lines: readonly CodeLine[], blocks: ReadonlyMap<CodeLine, Block>): FunctionOutputs {
  const outputs = { run: new Set<string>(), values: new Set<string>() };
  const functions = new Set([...blocks.values()].map(({ name }) => name));
  for (const command of lines.flatMap(({ commands }) => commands)) {
    const name = functions.size > 0 ? calledBy(textOf(command)) : undefined;
    if (name === undefined || !functions.has(name)) continue;
    if (command.substituted) outputs.values.add(name);
    if (command.substituted ? command.within !== undefined && RUNS_TEXT.test(textOf(command.within)) : isUsed(command)) outputs.run.add(name);
  }
  return outputs;
}

function isReporting(text: string): boolean {
  return REPORTING.has(calledBy(text) ?? '') || REPORTING_SYNTAX.test(text) || HEAD.test(text);
}
