import { execFileSync } from 'child_process';
import * as fs from 'fs';
import { tmpdir } from 'os';
import * as path from 'path';

const ROOT = path.resolve(__dirname, '..');
const LANGUAGES = ['python', 'java', 'csharp', 'go'];

/** What is TypeScript alone, so that it was not translated where it is still there. */
const LEFT_OVER = /=>|===|\bdeclare \w+ \w|\bconst \{|\b(for|var|let|Object)\b *\(?[^(\n]*\{ *\w+(, *\w+)* *\} *(:|in|of|=)|<\w+(Expression|Declaration|Statement) /;

interface Tablet {
  readonly snippets: Record<string, {
    readonly translations: Record<string, { readonly source: string } | undefined>;
    readonly didCompile?: boolean;
  }>;
}

const assembly = readJson('.jsii');

const api = (JSON.stringify(assembly.types).match(/"example":/g) ?? []).length;
check('README and API', readJson('.jsii.tabl.json'), fencesIn(assembly.readme.markdown) + api);

// As the README of an assembly without types, so that the same fixtures hold, and the same strictness.
const pages = fs.readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md')).map((file) => fs.readFileSync(path.join(ROOT, 'docs', file), 'utf8'));
const markdown = pages.join('\n');
const scratch = fs.mkdtempSync(path.join(tmpdir(), 'snippets-'));
try {
  for (const entry of ['lib', 'node_modules', 'rosetta']) fs.symlinkSync(path.join(ROOT, entry), path.join(scratch, entry));
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(scratch, 'package.json'));
  const withoutExample = ([fqn, type]: [string, { docs?: object }]) => [fqn, { ...type, docs: { ...type.docs, example: undefined } }];
  const types = Object.fromEntries(Object.entries<{ docs?: object }>(assembly.types).map(withoutExample));
  fs.writeFileSync(path.join(scratch, '.jsii'), JSON.stringify({ ...assembly, types, readme: { markdown } }));
  execFileSync(path.join(ROOT, 'node_modules/.bin/jsii-rosetta'), ['extract', '--strict', scratch], { stdio: ['ignore', 'ignore', 'inherit'] });
  check('docs', JSON.parse(fs.readFileSync(path.join(scratch, '.jsii.tabl.json'), 'utf8')), fencesIn(markdown));
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

/** Fails where a block is missing, or is not in every language. */
function check(where: string, { snippets }: Tablet, expected: number): void {
  const all = Object.values(snippets);
  if (all.length !== expected) {
    throw new Error(`${where} has blocks that were not compiled: got ${all.length} of ${expected}; mark TypeScript as \`\`\`ts, and repeat no block`);
  }
  const bad = all.flatMap(({ didCompile, translations }) => LANGUAGES
    .filter((language) => !didCompile || !translations[language]?.source.trim() || LEFT_OVER.test(translations[language].source))
    .map((language) => `${language} of:\n${translations.$?.source}\ngot:\n${translations[language]?.source}`));
  if (bad.length > 0) throw new Error(`${where} has blocks that were not translated, expected every one; say it more simply\n\n${bad.join('\n\n')}`);
  console.log(`${where}: ${all.length} blocks, each compiled and in ${LANGUAGES.length + 1} languages`);
}

function fencesIn(text: string): number {
  return [...text.matchAll(/^ *```(ts|typescript)\b/gm)].length;
}

function readJson(file: string) {
  return JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'));
}
