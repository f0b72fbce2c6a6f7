/** A column: its heading, and the width at which its cells wrap. */
export interface Column {
  readonly heading: string;
  readonly width?: number;
  readonly right?: boolean;
}

/** Lines of a table, padded with blanks: nothing to draw, nothing to install. */
export function table(columns: readonly Column[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string[] {
  const cells = [columns.map(({ heading }) => heading), ...rows]
    .map((row) => row.map((cell, i) => wrap(String(cell), columns[i].width ?? Infinity)));
  const widths = columns.map((_, i) => Math.max(...cells.flatMap((row) => row[i].map(({ length }) => length))));
  const [headings, ...body] = cells.map((row) => {
    const height = Math.max(...row.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => row
      .map((cell, i) => columns[i].right ? (cell[line] ?? '').padStart(widths[i]) : (cell[line] ?? '').padEnd(widths[i]))
      .join('  ').trimEnd());
  });
  return [...headings, widths.map((width) => '-'.repeat(width)).join('  '), ...body.flat()];
}

/** Text in lines of at most `width`, broken at line ends and blanks; a longer word stands as it is. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const [first, ...words] = paragraph.split(' ');
    const lines = [first];
    for (const word of words) {
      const last = lines[lines.length - 1];
      if (last.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
  });
}
