import { createHash } from 'crypto';
import * as path from 'path';
import type { InputDocument } from './inputs';

/**
 * Names findings by stack, logical id, rule and number.
 *
 * So they keep their names wherever the command runs, whatever the output folder is called and wherever lines move.
 */
export class Fingerprints {
  private readonly stacks: ReadonlyMap<InputDocument, string>;
  private readonly times = new Map<string, number>();

  constructor(documents: readonly InputDocument[]) {
    const namesakes = new Map<string, InputDocument[]>();
    for (const document of documents) namesakes.set(stackOf(document), [...namesakes.get(stackOf(document)) ?? [], document]);
    this.stacks = new Map([...namesakes].flatMap(([stack, all]) => {
      const apart = toldApart(all.map(({ file }) => file));
      return all.map((document): [InputDocument, string] => [document, [stack, ...all.length > 1 ? [apart(document.file)] : []].join('\0')]);
    }));
  }

  /** The next one of a rule at a resource. */
  public next(document: InputDocument, logicalId: string, rule: string): string {
    const hash = createHash('sha256').update([this.stacks.get(document), logicalId, rule].join('\0')).digest('hex').slice(0, 32);
    const time = (this.times.get(hash) ?? 0) + 1;
    this.times.set(hash, time);
    return `${hash}:${time}`;
  }
}

/** The construct path of the stack, as names may be the same in several accounts, and the logical ids below it; a plain template has the name of its file. */
function stackOf({ stack, stackPath }: InputDocument): string {
  const below = stack.indexOf('/');
  return stackPath === undefined ? stack : stackPath + (below === -1 ? '' : stack.slice(below));
}

/** What tells the files of several templates apart that have one name: as few folders as do, without those below that all have. */
function toldApart(files: readonly string[]): (file: string) => string {
  const parts = (file: string) => file.split(path.sep).reverse();
  const different = new Set(files).size > 1;
  const all = [...new Set(files)].map(parts);
  let common = 0;
  while (different && all.every((each) => each[common] === all[0][common])) common++;
  let end = common;
  do end++; while (new Set(all.map((each) => each.slice(common, end).join('/'))).size < all.length);
  return (file) => parts(file).slice(common, end).reverse().join('/');
}
