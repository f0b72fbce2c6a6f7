import { readFileSync, writeFileSync } from 'fs';
import { resolve } from 'path';

/**
 * Turns the compiled `lib/index.js` into getters that load a module when one of its exports is first used, as
 * aws-cdk-lib's own index does: importing the library stays cheap however large it grows.
 */
const source = readFileSync(resolve(__dirname, '../src/index.ts'), 'utf8');
const modules = [...source.matchAll(/^export \* from '(\.\/[^']+)';$/gm)].map((match) => match[1]);
if (modules.length === 0) throw new Error("src/index.ts exports no module: expected lines such as export * from './hop-limit'");

const lines = modules.flatMap((path) => Object.keys(require(resolve(__dirname, '../lib', path))).map((name) => [
  // Node finds the names of a CommonJS module's exports for `import { … }` by looking for assignments.
  `exports.${name} = void 0;`,
  `Object.defineProperty(exports, '${name}', { enumerable: true, configurable: true, get: () => require('${path}').${name} });`,
].join('\n')));
writeFileSync(resolve(__dirname, '../lib/index.js'), ['"use strict";', 'Object.defineProperty(exports, \'__esModule\', { value: true });', ...lines, ''].join('\n'));
