import { Progress } from '../../src/cli/progress';

const CLEAR = '\r\u001b[K';

/** What is written while files are read, one every so many milliseconds. */
function written(isTTY: boolean, every: number, files: number): string[] {
  jest.useFakeTimers({ now: 0 });
  const lines: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => lines.push(text) });
  for (let i = 1; i <= files; i++) {
    jest.setSystemTime(i * every);
    progress.at(`/cdk.out/Stack${i}.template.json`);
  }
  progress.done();
  jest.useRealTimers();
  return lines;
}

test('nothing is said of what takes no longer than a second', () => {
  expect(written(true, 99, 10)).toEqual([]);
});

test('after a second it is said on a terminal, and taken away at the end', () => {
  expect(written(true, 600, 3)).toEqual([
    `${CLEAR}reading file 2: Stack2.template.json`, `${CLEAR}reading file 3: Stack3.template.json`, CLEAR,
  ]);
});

test('no more often than ten times a second', () => {
  expect(written(true, 50, 40)).toHaveLength((2000 - 1000) / 100 + 1 + 1);
});

test('nothing is said where no terminal is', () => {
  expect(written(false, 600, 3)).toEqual([]);
});
