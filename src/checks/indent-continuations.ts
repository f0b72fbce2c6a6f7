import { Lexer } from 'yaml';
import { lineStartsOf, type LineStarts } from './positions';
import { tokensOf } from './yaml-tokens';

/** YAML, and where its lines began before some of them were indented. */
export interface Indented {
  readonly text: string;
  readonly starts: LineStarts;
}

/**
 * Indents lines that go on inside brackets or quotes as far as what they belong to.
 *
 * Between brackets and quotes the parser of CloudFormation ignores indentation, as YAML 1.1 parsers do; the specification and our parser
 * ask for some. It changes no value: in both, white space at the beginning of such a line is nothing.
 */
export function indentContinuations(text: string): Indented {
  const lexer = new Lexer();
  const moved: number[] = [];
  let indented = '';
  let read = 0;
  let depth = 0;
  let outermost = 0;
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const column = depth > 0 ? outermost : isUnfinishedQuote(indented.slice(read)) ? columnOf(indented, read) : -1;
    const by = line.trim() === '' || /^(?:---|\.\.\.)\s/.test(line) ? 0 : Math.max(0, column + 1 - line.search(/[^ ]/));
    moved.push(by);
    const chunk = ' '.repeat(by) + line;
    indented += chunk;
    for (const { token, isBracket } of tokensOf(lexer, chunk)) {
      if (isBracket && /[[{]/.test(token) && depth++ === 0) outermost = columnOf(indented, read);
      if (isBracket && /[\]}]/.test(token)) depth--;
      read += token.length;
    }
  }
  return { text: indented, starts: lineStartsOf(indented).map((start, i) => start + (moved[i] ?? 0)) };
}

function isUnfinishedQuote(rest: string): boolean {
  return /^(?:"(?:[^"\\]|\\[^])*|'(?:[^']|'')*)$/.test(rest);
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}
