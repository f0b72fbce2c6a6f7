import type { CodeLine } from './script-lines';

/** A function, or a table of several lines that is put in a variable. */
export interface Block {
  readonly name: string;
  readonly table: boolean;
}

const BLOCK = /^(?:(?:const|let|var)\s+)?(?:function\s+([\w-]+)|def\s+(\w+)|([\w-]+)\s*\(\)|\$?(\w+)\s*=\s*@?[{([]$)/i;

/** The end of a function on one line, and what may stand behind it. */
const ENDS = /\}\s{0,9}(?:#[^}]*|\d?>[^}]*)?$/;

/** The block that each line stands in, from its head to its end. */
export function blocksOf(lines: readonly CodeLine[]): Map<CodeLine, Block> {
  const blocks = new Map<CodeLine, Block>();
  const open: Array<Block & { indent: number; python: boolean }> = [];
  for (const line of lines) {
    const head = BLOCK.exec(line.text);
    if (head) {
      while (open.length > 0 && open[open.length - 1].indent >= line.indent) open.pop();
      const name = head.slice(1).find(each => each !== undefined)!;
      open.push({ name, indent: line.indent, python: head[2] !== undefined, table: head[4] !== undefined });
    }
    const block = open[open.length - 1];
    if (!block) continue;
    blocks.set(line, block);
    if (line.indent > block.indent) continue;
    if (head ? ENDS.test(line.text) : block.python || /^[}\])]/.test(line.text)) open.pop();
  }
  return blocks;
}
