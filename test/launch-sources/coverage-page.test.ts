import { readFileSync } from 'fs';
import { resolve } from 'path';
import { coveragePage, coverageTable, withCoverage } from '../../projenrc/coverage-page';
import { CATALOG } from '../../src/launch-sources/catalog';
import { effectInWords } from '../../src/launch-sources/effects';

const read = (file: string) => readFileSync(resolve(__dirname, '../..', file), 'utf8');
const page = coveragePage();

test('the committed pages are the generated ones', () => {
  expect(read('docs/coverage.md')).toBe(page);
  expect(withCoverage(read('README.md'))).toBe(read('README.md'));
});

test.each([...CATALOG.values()])('$type has one row of five cells, and one place in the table', ({ type, name, documentation, caution, onEdit }) => {
  const rows = page.split('\n').filter((line) => line.startsWith(`| \`${type}\` |`));
  expect(rows).toHaveLength(1);
  expect(rows[0].split('|')).toHaveLength(7);
  for (const text of [name, documentation, caution ?? '', onEdit ? effectInWords(onEdit({}, [])) : '']) expect(rows[0]).toContain(text);
  expect(coverageTable().split(`\`${type}\``)).toHaveLength(2);
});

/** The types below a heading of the page. */
function typesUnder(heading: string): string[] {
  const [, section] = page.split(`## ${heading}\n`);
  return [...section.split('\n## ')[0].matchAll(/^\| `(AWS::[\w:]+)`/gm)].map(([, type]) => type);
}

test('what replaces resources is not said to be fixed in place', () => {
  expect(typesUnder('Fixed only with `replaceResources: true`')).toEqual([
    'AWS::EC2::EC2Fleet', 'AWS::EMR::SecurityConfiguration', 'AWS::WorkspacesInstances::WorkspaceInstance',
  ]);
  expect(typesUnder('Fixed in place')).toEqual(expect.arrayContaining(['AWS::EC2::Instance', 'AWS::AppStream::Fleet']));
  expect(typesUnder('Reported, never edited')).toEqual(expect.arrayContaining(['AWS::Cloud9::EnvironmentEC2', 'AWS::Lightsail::Instance']));
});
