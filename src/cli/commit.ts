import * as fs from 'fs';
import * as path from 'path';

const HASH = /^[0-9a-f]{40,64}$/;
const SHOWN = 10;

/** The commit that is checked out where a folder stands, in short; undefined outside of a repository and before its first commit. No process is started. */
export function commitAt(folder: string): string | undefined {
  const found = path.join(folder, '.git');
  const stat = fs.statSync(found, { throwIfNoEntry: false });
  if (!stat) return path.dirname(folder) === folder ? undefined : commitAt(path.dirname(folder));
  try {
    // A worktree and a submodule name the folder that is theirs in a file.
    const own = stat.isDirectory() ? found : path.resolve(folder, textOf(found)?.replace(/^gitdir:\s*/, '') ?? '');
    const common = textOf(path.join(own, 'commondir'));
    const folders = [own, ...common === undefined ? [] : [path.resolve(own, common)]];
    return resolve(textOf(path.join(own, 'HEAD')), folders)?.slice(0, SHOWN);
  } catch {
    return undefined;
  }
}

function resolve(head: string | undefined, folders: readonly string[], depth = 0): string | undefined {
  const ref = /^ref:\s*(refs\/.+)$/.exec(head ?? '')?.[1];
  if (ref === undefined) return head !== undefined && HASH.test(head) ? head : undefined;
  // Refs of refs are rare, and never go round in a sound repository.
  if (depth > 5) return undefined;
  for (const folder of folders) {
    const loose = textOf(path.join(folder, ref));
    const packed = textOf(path.join(folder, 'packed-refs'))?.split('\n').find((line) => line.endsWith(` ${ref}`))?.split(' ')[0];
    if (loose ?? packed) return resolve(loose ?? packed, folders, depth + 1);
  }
  return undefined;
}

function textOf(file: string): string | undefined {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file, 'utf8').trim() : undefined;
}
