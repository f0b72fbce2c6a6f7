import type { Member } from './locate';
import { lineStartsOf, positionAt, type LineStarts, type Position } from '../checks/positions';

/**
 * The text of JSON as a tree of offsets.
 *
 * `JSON.parse` keeps no positions: members are found by skipping over what stands between them, however deep it is.
 */
export class JsonText {
  public readonly root: number;
  private readonly members = new Map<number, ReadonlyArray<Member<number>>>();
  private starts: LineStarts | undefined;

  constructor(private readonly text: string) {
    this.root = this.afterSpace(0);
  }

  public positionAt(offset: number): Position {
    this.starts ??= lineStartsOf(this.text);
    return positionAt(this.starts, offset);
  }

  /** The members of the object or list that begins at an offset; of several with one name the last. */
  public membersOf(at: number): ReadonlyArray<Member<number>> {
    let members = this.members.get(at);
    if (!members) this.members.set(at, members = [...this.read(at).values()]);
    return members;
  }

  private read(at: number): Map<string, Member<number>> {
    const members = new Map<string, Member<number>>();
    const isObject = this.text[at] === '{';
    if (!isObject && this.text[at] !== '[') return members;
    for (let i = this.afterSpace(at + 1); i < this.text.length && !/[\]}]/.test(this.text[i]);) {
      let value = i;
      let name = String(members.size);
      if (isObject) {
        const end = this.afterString(i);
        name = nameIn(this.text.slice(i, end));
        value = this.afterSpace(this.afterSpace(end) + 1);
      }
      members.set(name, { name, at: i, value });
      const end = this.afterSpace(this.afterValue(value));
      if (this.text[end] !== ',') break;
      i = this.afterSpace(end + 1);
    }
    return members;
  }

  private afterSpace(at: number): number {
    let i = at;
    while (' \n\r\t\uFEFF'.includes(this.text[i] ?? '-')) i++;
    return i;
  }

  private afterValue(at: number): number {
    if (this.text[at] === '"') return this.afterString(at);
    const stop = this.text[at] === '{' || this.text[at] === '[' ? /["[\]{}]/g : /[,\]}\s]/g;
    let depth = 0;
    stop.lastIndex = at;
    for (let found = stop.exec(this.text); found; found = stop.exec(this.text)) {
      const [sign] = found;
      if (sign === '"') stop.lastIndex = this.afterString(found.index);
      else if (sign === '{' || sign === '[') depth++;
      else if (--depth <= 0) return depth < 0 ? found.index : found.index + 1;
    }
    return this.text.length;
  }

  private afterString(at: number): number {
    const end = /["\\]/g;
    end.lastIndex = at + 1;
    for (let found = end.exec(this.text); found; found = end.exec(this.text)) {
      if (found[0] === '"') return found.index + 1;
      end.lastIndex = found.index + 2;
    }
    return this.text.length;
  }
}

/** A name without its quotes; the text may have become no JSON since it was read. */
function nameIn(written: string): string {
  if (!written.includes('\\')) return written.slice(1, -1);
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}
