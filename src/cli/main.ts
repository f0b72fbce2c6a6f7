#!/usr/bin/env node
import * as fs from 'fs';
import { run } from './command';
import { traceOf } from './failure';

// A reader such as `head` may leave early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = run(process.argv.slice(2), {
    cwd: process.cwd(),
    stdin: () => fs.readFileSync(0),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
  });
} catch (error) {
  // Node would leave with 1, which says that there are findings.
  process.stderr.write(`error: ${traceOf(error)}\n`);
  process.exitCode = 2;
}
