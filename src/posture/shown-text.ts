import { addressPart, clientsIn } from './metadata-address';
import { calledBy, isUsed, printedText, prints, textOf } from './printed-commands';
import type { Block } from './script-blocks';
import type { FunctionOutputs } from './script-functions';
import type { CodeLine, Command } from './script-lines';
import { expand, type Names } from './script-names';

/** What a script tells of itself. */
export interface Script {
  readonly names: Names;
  readonly blocks: ReadonlyMap<CodeLine, Block>;
  /** Functions that do no more than print what they are given. */
  readonly printers: ReadonlySet<string>;
  readonly outputs: FunctionOutputs;
  /** What some group prints is used. */
  readonly groupOutput: boolean;
}

/** Whether a command or a here-document is only for somebody to read: nothing runs or keeps what it prints. */
export function isShown(command: Command, line: CodeLine, script: Script): boolean {
  const text = textOf(command);
  if (!line.shown && !(isPlain(text, line) && isPrinting(text, script))) return false;
  if (isUsed(command)) return false;
  // Among what a group or function prints for others may be messages as well, which name no client.
  const runnable = clientsIn(text, 'powershell').length > 0;
  if (script.groupOutput && (runnable || prints(text))) return false;
  const block = script.blocks.get(line)?.name ?? '';
  return runnable ? !script.outputs.run.has(block) : !(script.outputs.values.has(block) && isAddressText(text, script.names));
}

export function isPrinting(text: string, { printers }: Script): boolean {
  return prints(text) || printers.has(calledBy(text) ?? '');
}

/** PowerShell requests in brackets what it hands on. */
export function isPlain(text: string, { dialect }: CodeLine): boolean {
  return dialect !== 'powershell' || !text.includes('(');
}

/** Whether a text, or what it prints, begins with the address. */
export function isAddressText(text: string, names: Names): boolean {
  return names.parts.has(calledBy(text) ?? '') || addressPart(expand(printedText(text) ?? text.trim(), names)) !== undefined;
}
