import type { Lexer } from 'yaml';

/** A piece of YAML's text, in the order of the text and with nothing left out. */
interface Token {
  readonly token: string;
  readonly isBracket: boolean;
}

/** What the lexer says between the pieces of the text: that a document begins, a bracket was not closed, or a scalar follows. */
const SCALAR = '\u001f';
const SIGNALS: ReadonlySet<string> = new Set(['\u0002', '\u0018', SCALAR]);

/** @param chunk the next of the text; more may follow. */
export function* tokensOf(lexer: Lexer, chunk: string): Iterable<Token> {
  let isScalar = false;
  for (const token of lexer.lex(chunk, true)) {
    if (!SIGNALS.has(token)) yield { token, isBracket: !isScalar && /^[[\]{}]$/.test(token) };
    isScalar = token === SCALAR;
  }
}
