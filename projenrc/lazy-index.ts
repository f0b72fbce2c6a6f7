import { readFileSync, writeFileSync } from 'fs';
import { resolve } from 'path';

/**
 * Turns the compiled `lib/index.js` into getters that load a module when one of its exports is first used, as
 * aws-cdk-lib's own index does: importing the library stays cheap however large it grows, and cdk-nag is asked for only
 * by who uses a pack.
 */
const source = readFileSync(resolve(__dirname, '../src/index.ts'), 'utf8');
const modules = [...source.matchAll(/^export \* from '(\.\/[^']+)';$/gm)].map((match) => match[1]);
if (modules.length === 0) throw new Error("src/index.ts exports no module: expected lines such as export * from './hop-limit'");

const lines = modules.flatMap((path) => Object.keys(require(resolve(__dirname, '../lib', path))).map((name) => (
  // Node finds the names for `import { … }` by looking for assignments, and forgets those whose getter it does not understand.
  `exports.${name} = void 0; lazy('${name}', () => require('${path}').${name});`
)));
writeFileSync(resolve(__dirname, '../lib/index.js'), [
  '"use strict";',
  "Object.defineProperty(exports, '__esModule', { value: true });",
  'const lazy = (name, load) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => {',
  '  try {',
  '    return load();',
  '  } catch (error) {',
  "    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes(\"'cdk-nag/\")) throw error;",
  '    throw new Error(`got no cdk-nag, which ${name} needs, expected version 3: npm install cdk-nag@^3`);',
  '  }',
  '} });',
  ...lines,
  '',
].join('\n'));
