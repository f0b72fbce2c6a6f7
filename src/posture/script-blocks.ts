import type { CodeLine } from './script-lines';

/** A function, or a table of several lines that is put in a variable. */
export interface Block {
  readonly name: string;
  readonly table: boolean;
}

const BLOCK = /^(?:(?:const|let|var)\s+)?(?:function\s+([\w-]+)|def\s+(\w+)|([\w-]+)\s*\(\)|\$?(\w+)\s*=\s*@?[{([]$)/i;

/** The block that each line stands in, from its head to its end. */
export function blocksOf(lines: readonly CodeLine[]): Map<CodeLine, Block> {
  const blocks = new Map<CodeLine, Block>();
  let block: Block & { indent: number; python: boolean } | undefined;
  for (const line of lines) {
    const head = BLOCK.exec(line.text);
    if (head) {
      const name = head.slice(1).find(each => each !== undefined)!;
      block = { name, indent: line.indent, python: head[2] !== undefined, table: head[4] !== undefined };
    }
    if (!block) continue;
    blocks.set(line, block);
    if (line.indent > block.indent) continue;
    if (head ? line.text.endsWith('}') : block.python || /^[}\])]/.test(line.text)) block = undefined;
  }
  return blocks;
}
