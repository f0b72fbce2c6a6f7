import * as path from 'path';
import { folder, removeFolders } from './support';
import { commitAt } from '../../src/cli/commit';

afterAll(removeFolders);

const HASH = '0123456789abcdef0123456789abcdef01234567';
const OTHER = 'f'.repeat(40);

test.each<[title: string, files: { readonly [name: string]: string }, below: string, expected: string | undefined]>([
  ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${HASH}\n` }, '.', '0123456789'],
  ['a folder below', { '.git/HEAD': `${HASH}\n`, 'a/b/c.txt': '' }, 'a/b', '0123456789'],
  ['a packed branch', { '.git/HEAD': 'ref: refs/heads/a/b\n', '.git/packed-refs': `# pack-refs with: peeled\n${OTHER} refs/heads/x/refs/heads/a\n${HASH} refs/heads/a/b\n` }, '.', '0123456789'],
  ['a branch that moved since it was packed', { '.git/HEAD': 'ref: refs/heads/m', '.git/refs/heads/m': HASH, '.git/packed-refs': `${OTHER} refs/heads/m\n` }, '.', '0123456789'],
  ['a worktree', {
    'w/.git': 'gitdir: ../main/.git/worktrees/w\n',
    'main/.git/worktrees/w/HEAD': 'ref: refs/heads/w\n',
    'main/.git/worktrees/w/commondir': '../..\n',
    'main/.git/refs/heads/w': HASH,
    'main/.git/HEAD': OTHER,
  }, 'w', '0123456789'],
  ['no commit yet', { '.git/HEAD': 'ref: refs/heads/main\n' }, '.', undefined],
  ['a file that leads nowhere', { '.git': 'gitdir: ../gone\n' }, '.', undefined],
  ['refs that go round', { '.git/HEAD': 'ref: refs/a', '.git/refs/a': 'ref: refs/a' }, '.', undefined],
  ['something else', { '.git/HEAD': 'what' }, '.', undefined],
  ['no repository', {}, '.', undefined],
])('%s', (_, files, below, expected) => expect(commitAt(path.join(folder(files), below))).toBe(expected));
