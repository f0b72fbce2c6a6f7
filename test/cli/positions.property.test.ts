import * as fc from 'fast-check';
import { isScalar, LineCounter, parseDocument, stringify, type Document } from 'yaml';
import { readPlaced } from '../../src/checks/read-template';
import { locateInJson, locateInYaml } from '../../src/cli/locate';
import type { Struct } from '../../src/private/json';

// Names without dots, so that a path says what it means; words of all kinds in the values.
const name = fc.stringMatching(/^[A-Za-z\u00e9"'\\ #:-]{1,8}$/).filter((text) => text.trim() !== '' && text !== '__proto__');
const word = fc.oneof(fc.string(), fc.constantFrom('a\n  b\n', '{"', "it's [", '}, ]', '# no', 'yes', '"'), fc.integer(), fc.boolean(), fc.constant(null));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, word, fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(name, tie('value'), { maxKeys: 4 })),
}));
const template = fc.dictionary(name, fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }), { minKeys: 1, maxKeys: 4 }).map((Resources): Struct => ({ Description: 'a', Resources }));

/** Every path in a value, by its steps. */
function pathsIn(node: unknown): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([step, child]) => [[step], ...pathsIn(child).map((rest) => [step, ...rest])]);
}

/** Where the yaml library says that it stands. */
function expectedAt(document: Document, lines: LineCounter, steps: readonly string[]): object {
  const parent = document.getIn(steps.slice(0, -1), true) as { items: Array<{ key?: unknown; range?: number[] }> };
  const last = steps[steps.length - 1];
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
  const { line, col } = lines.linePos(((pair?.key ?? parent.items[Number(last)]) as { range: number[] }).range[0]);
  return { line, column: col };
}

const WRITERS: ReadonlyArray<[string, (body: Struct) => string]> = [
  ['JSON in a line', (body) => JSON.stringify(body)],
  ['JSON in lines', (body) => JSON.stringify(body, undefined, 2)],
  ['JSON in lines of Windows', (body) => JSON.stringify(body, undefined, '\t').replace(/\n/g, '\r\n')],
  ['YAML in blocks', (body) => stringify(body, { version: '1.1', lineWidth: 40 })],
  ['YAML in quotes', (body) => stringify(body, { version: '1.1', defaultStringType: 'QUOTE_DOUBLE', lineWidth: 30 })],
  ['YAML in brackets', (body) => stringify(body, { version: '1.1', collectionStyle: 'flow' })],
];

test.each(WRITERS)('values and positions are those of the yaml library: %s', (_, write) => {
  fc.assert(fc.property(template, (body) => {
    const text = write(body);
    const read = readPlaced(text);
    expect(read.value).toEqual(JSON.parse(JSON.stringify(body)));
    const locate = read.places ? locateInYaml(read.places, read.value, read.value as Struct, read.value as Struct) : locateInJson(text);
    const lines = new LineCounter();
    const document = parseDocument(text, { version: '1.1', lineCounter: lines, uniqueKeys: false });
    for (const [resource, ...rest] of pathsIn(body.Resources)) {
      expect(locate(resource, rest.join('.'))).toEqual(expectedAt(document, lines, ['Resources', resource, ...rest]));
    }
  }), { numRuns: 60 });
});
