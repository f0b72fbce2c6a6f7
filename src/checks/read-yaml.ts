import { isAlias, isMap, isPair, isScalar, isSeq, Lexer, parseDocument, Scalar, type Alias, type Document, type DocumentOptions, type Node, type ParseOptions, type SchemaOptions, type YAMLMap } from 'yaml';
import { indentContinuations } from './indent-continuations';
import { lineStartsOf, positionAt, type LineStarts, type Offsets } from './positions';
import { UnreadableTemplate, type ReadText } from './read-template';
import { cloudFormationTags } from './yaml-schema';
import { tokensOf } from './yaml-tokens';
import type { Json } from '../private/json';

/** Aliases may repeat what they stand for; nobody writes a template in which they do so this often. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 500;
const TOO_DEEP = 'aliases or nesting without end; write the template without them';

const OPTIONS: ParseOptions & DocumentOptions & SchemaOptions =
  { schema: 'yaml-1.1', customTags: cloudFormationTags, uniqueKeys: false, prettyErrors: false, logLevel: 'error' };

/** YAML with every short form of an intrinsic function written out, and where everything in it stands. */
export function readYaml(source: string): ReadText {
  const { document, starts } = parse(source);
  const offsets = new WeakMap<object, Offsets>();
  const isJson = /^\s*\{\s*"/.test(source);
  const resolved = new Map<Alias, Node>();
  const repeated = new Map<number, string>();
  let nodes = 0;
  const read = valueOf(document.contents, 0);
  return { value: read, places: { starts, offsets }, repeated: [...repeated].map(([offset, key]) => ({ key, ...positionAt(starts, offset) })) };

  function valueOf(node: unknown, depth: number): Json {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw unreadable(startOf(node), TOO_DEEP);
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
    const known = new Set<string>();
    for (const { key, value } of map.items) {
      if (!isMergeKey(key)) {
        const [name, at] = [keyOf(key), startOf(isScalar(key) ? key : value)];
        if (known.size === known.add(name).size) repeated.set(at, name);
        own.push([name, valueOf(value, depth + 1), at]);
      } else {
        for (const each of mergeSources(value)) if (isMap(each)) merged.unshift(...entriesOf(each, depth + 1));
      }
    }
    return [...merged, ...own];
  }

  function mergeSources(value: unknown): unknown[] {
    const merged = isAlias(value) ? target(value) : value;
    return isSeq(merged) ? merged.items.map((item) => isAlias(item) ? target(item) : item) : [merged];
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
    return unreadableAt(starts, offset, message);
  }
}

function parse(source: string): { readonly document: Document; readonly starts: LineStarts } {
  // A carriage return alone ends a line as well, which the parser does not know.
  const text = source.replace(/\r(?!\n)/g, '\n');
  refuseDepth(text);
  const document = parseDocument(text, OPTIONS);
  const [error] = document.errors;
  if (!error) return { document, starts: lineStartsOf(text) };
  const indented = indentContinuations(text);
  const again = parseDocument(indented.text, OPTIONS);
  if (again.errors.length === 0) return { document: again, starts: indented.starts };
  const starts = lineStartsOf(text);
  if (error.code === 'RESOURCE_EXHAUSTION') throw unreadableAt(starts, error.pos[0], TOO_DEEP);
  throw unreadableAt(starts, error.pos[0], `not valid YAML or JSON: ${lowerCase(error.message)}; correct the line`);
}

/** So deep in brackets the parser runs out of memory before it fails. */
function refuseDepth(text: string): void {
  if ((text.match(/[[{]/g)?.length ?? 0) <= MAX_DEPTH) return;
  let depth = 0;
  let offset = 0;
  for (const { token, isBracket } of tokensOf(new Lexer(), text)) {
    if (isBracket) depth += /[[{]/.test(token) ? 1 : -1;
    if (depth > MAX_DEPTH) throw unreadableAt(lineStartsOf(text), offset, TOO_DEEP);
    offset += token.length;
  }
}

function unreadableAt(starts: LineStarts, offset: number, message: string): UnreadableTemplate {
  const { line, column } = positionAt(starts, offset);
  return new UnreadableTemplate(message, line, column);
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
