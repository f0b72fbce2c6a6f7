/** Where something stands in a text, both from 1; columns count UTF-16 code units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The offsets at which the lines of a text begin; a carriage return alone ends a line as well. */
export type LineStarts = readonly number[];

export function lineStartsOf(text: string): LineStarts {
  const starts = [0];
  for (const end of text.matchAll(/\r\n?|\n/g)) starts.push(end.index + end[0].length);
  return starts;
}

export function positionAt(starts: LineStarts, offset: number): Position {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (starts[middle] <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - starts[low] + 1 };
}

/** Where the members of a value that was read from YAML stand, by name or index: all that is kept of the parse. */
export type Offsets = ReadonlyMap<string, number>;

export interface Places {
  readonly starts: LineStarts;
  /** By object and list. */
  readonly offsets: WeakMap<object, Offsets>;
}
