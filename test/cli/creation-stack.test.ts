import * as path from 'path';
import { appFrameOf } from '../../src/cli/creation-stack';

const NOT_KNOWN = undefined;
const at = (file: string, line: number, column: number) => ({ file, line, column });

test.each<[title: string, stack: unknown, expected: object | undefined]>([
  ['a function of a script', ['make (/app/bin/app.js:4:24)', '<anonymous> (/app/bin/app.js:6:1)'], at('/app/bin/app.js', 4, 24)],
  ['a line without a function', ['/app/bin/app.js:4:24'], at('/app/bin/app.js', 4, 24)],
  ['a method', ['at Object.<anonymous> (/app/app.ts:1:2)'], at('/app/app.ts', 1, 2)],
  ['a folder with spaces and brackets', ['make (/my app (1)/app.js:4:24)'], at('/my app (1)/app.js', 4, 24)],
  ['a module', ['new Web (file:///my%20app/web.mjs:1:2)'], at('/my app/web.mjs', 1, 2)],
  ['what is installed is passed over', ['...new Instance2 in aws-cdk-lib...', 'x (/app/node_modules/a/b.js:1:1)', 'y (/app/.yarn/cache/a.js:1:1)', 'z (/app/lib/web.ts:9:8)'], at('/app/lib/web.ts', 9, 8)],
  ['this library is passed over', [`x (${path.resolve(__dirname, '../../src/cli/check.ts')}:1:1)`, 'z (/app/lib/web.ts:9:8)'], at('/app/lib/web.ts', 9, 8)],
  ['an app in another language', ['...jsii runtime, node internals...', '(no user code in 10 frames, use --stack-trace-limit to capture more)'], NOT_KNOWN],
  ['the runtime of jsii in a folder of the app', ['x (/app/env/lib/jsii/_embedded/jsii/lib/program.js:1:1)'], NOT_KNOWN],
  ['the kernel of jsii', ['x (/var/cache/jsii-kernel-x/a.js:1:1)', 'y (/app/a.js:1:1)'], NOT_KNOWN],
  ['what Node runs', ['x (node:internal/main:1:1)', 'y (app.js:1:1)'], NOT_KNOWN],
  ['a URL that names no file', ['x (file://host:bad/a:1:1)'], NOT_KNOWN],
  ['nothing', [], NOT_KNOWN],
  ['no list', 'x (/app/a.js:1:1)', NOT_KNOWN],
])('%s', (_, stack, expected) => expect(appFrameOf(stack as string[])).toEqual(expected));
