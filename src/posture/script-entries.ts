import type { CodeLine } from './script-lines';
import { carriesToken, type Names } from './script-names';

/** An entry of a mapping in YAML or JSON, or an argument on a line of its own. */
const ENTRY = /^(?:-\s+)?(?:["']?[\w.-]{1,60}["']?:\s|["'][^"']*["'],?$)/;
const MAX_ENTRIES = 12;

/** Whether an entry beside this one, in the same mapping or list, brings the token: `headers` beside `url`. */
export function hasTokenBeside(lines: readonly CodeLine[], index: number, names: Names): boolean {
  const { indent, text } = lines[index];
  if (indent === 0 || !ENTRY.test(text)) return false;
  const isBeside = (line: CodeLine) => line.indent > indent || (line.indent === indent && !line.text.startsWith('-'));
  const below = lines.slice(index + 1, index + 1 + MAX_ENTRIES);
  const above = text.startsWith('-') ? [] : lines.slice(Math.max(0, index - MAX_ENTRIES), index).reverse();
  return [below, above].some(side => {
    const end = side.findIndex(line => !isBeside(line));
    const entries = side.slice(0, end < 0 ? side.length : end);
    // The first entry of an item stands behind its dash.
    const first = side === above && end >= 0 && side[end].text.startsWith('-') ? [side[end]] : [];
    return [...entries, ...first].some(line => carriesToken(line.text, names));
  });
}
