import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Chromium to test in; without one the tests fail, because a page that was never opened is not tested. */
export function findChromium(): string {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const candidates = process.env.CHROMIUM_PATH
    ? [process.env.CHROMIUM_PATH]
    : ['/usr/bin/chromium', ...directories.map((directory) => join(directory, 'chromium'))];
  const found = candidates.find(isExecutable);
  if (!found) throw new Error('no Chromium to open the HTML report in: run projenrc/install-chromium.sh, or set CHROMIUM_PATH to one');
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
