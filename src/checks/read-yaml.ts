import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, Scalar, type Alias, type Document, type Node, type YAMLMap } from 'yaml';
import { lineStartsOf, positionAt, type Offsets } from './positions';
import { UnreadableTemplate, type ReadText } from './read-template';
import type { Json } from '../private/json';

/** Aliases may repeat what they stand for; nobody writes a template in which they do so this often. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 500;

/** YAML with every short form of an intrinsic function written out, and where everything in it stands. */
export function readYaml(source: string): ReadText {
  // A carriage return alone ends a line as well, which the parser does not know.
  const text = source.replace(/\r(?!\n)/g, '\n');
  const starts = lineStartsOf(text);
  const offsets = new WeakMap<object, Offsets>();
  const document = parsed();
  const isJson = /^\s*\{\s*"/.test(text);
  const resolved = new Map<Alias, Node>();
  let nodes = 0;
  return { value: valueOf(document.contents, 0), places: { starts, offsets } };

  function parsed(): Document {
    // The core schema has no dates, and leaves yes and no the words that people wrote. Duplicate keys are for CloudFormation to judge.
    const read = parseDocument(text, { schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
    const [error] = read.errors;
    if (error) throw unreadable(error.pos[0], `not valid YAML or JSON: ${lowerCase(error.message)}; correct the line`);
    return read;
  }

  function valueOf(node: unknown, depth: number): Json {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw unreadable(startOf(node), 'aliases or nesting without end; write the template without them');
    if (isAlias(node)) return valueOf(target(node), depth + 1);
    if (isScalar(node)) {
      // Where JSON lacks a comma or colon, YAML reads on as if it were one long word.
      if (isJson && node.type === Scalar.PLAIN && node.source?.includes('"')) throw unreadable(startOf(node), 'not valid JSON: a comma or colon is missing; correct the line');
      return called(node, node.value);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => isPair(item) ? null : valueOf(item, depth + 1));
      return called(node, placed(items, node.items.map((item, i) => [String(i), startOf(item)])));
    }
    if (isMap(node)) {
      const entries = entriesOf(node, depth);
      return called(node, placed(Object.fromEntries(entries), entries.map(([name, , at]) => [name, at])));
    }
    return null;
  }

  function entriesOf(map: YAMLMap, depth: number): Entry[] {
    const merged: Entry[] = [];
    const own: Entry[] = [];
    for (const { key, value } of map.items) {
      if (!isMergeKey(key)) own.push([keyOf(key), valueOf(value, depth + 1), startOf(isScalar(key) ? key : value)]);
      else for (const source of mergeSources(value)) if (isMap(source)) merged.unshift(...entriesOf(source, depth + 1));
    }
    return [...merged, ...own];
  }

  function mergeSources(value: unknown): unknown[] {
    const source = isAlias(value) ? target(value) : value;
    return isSeq(source) ? source.items.map((item) => isAlias(item) ? target(item) : item) : [source];
  }

  /** What an alias stands for: looked up once, because each lookup reads the document. */
  function target(alias: Alias): Node {
    const node = resolved.get(alias) ?? alias.resolve(document);
    if (!node) throw unreadable(startOf(alias), `not valid YAML: there is no anchor ${alias.source} before this alias; correct the line`);
    resolved.set(alias, node);
    return node;
  }

  /** `!Name value` is the call of a function, unless the tag is one of YAML's own. */
  function called(node: Node, value: Json): Json {
    const name = /^!([^!].*)$/.exec(node.tag ?? '')?.[1];
    if (name === undefined) return value;
    const isPlain = name === 'Ref' || name === 'Condition';
    const dot = name === 'GetAtt' && typeof value === 'string' ? value.indexOf('.') : -1;
    const argument = dot > 0 ? [(value as string).slice(0, dot), (value as string).slice(dot + 1)] : value;
    const written = isPlain ? name : `Fn::${name}`;
    return placed({ [written]: argument }, [[written, startOf(node)]]);
  }

  function placed<T extends object>(value: T, members: ReadonlyArray<readonly [string, number]>): T {
    offsets.set(value, new Map(members));
    return value;
  }

  function unreadable(offset: number, message: string): UnreadableTemplate {
    const { line, column } = positionAt(starts, offset);
    return new UnreadableTemplate(message, line, column);
  }
}

type Entry = readonly [name: string, value: Json, at: number];

function startOf(node: unknown): number {
  return (node as Node | undefined)?.range?.[0] ?? 0;
}

/** A key as it is written: `on` and `1` are names. */
function keyOf(key: unknown): string {
  return isScalar(key) ? key.source ?? String(key.value) : String(key);
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;
}

function lowerCase(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/[.\s]+$/, '');
}
