import {
  isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, Scalar,
  type Alias, type Document, type Node, type ParsedNode, type YAMLMap,
} from 'yaml';
import { UnreadableTemplate } from './read-template';
import type { Json } from '../private/json';

/** Aliases may repeat what they stand for; nobody writes a template in which they do so this often. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 500;

export interface ParsedYaml {
  readonly document: Document.Parsed<ParsedNode>;
  readonly lines: LineCounter;
}

/** Parses YAML or JSON and keeps positions; throws where it cannot be read. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  // A carriage return alone ends a line as well, which the parser does not know.
  const withLineFeeds = text.replace(/\r(?!\n)/g, '\n');
  // The core schema has no dates, and leaves yes and no the words that people wrote. Duplicate keys are for CloudFormation to judge.
  const document = parseDocument(withLineFeeds, { schema: 'core', uniqueKeys: false, lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new UnreadableTemplate(`not valid YAML or JSON: ${lowerCase(error.message)}; correct the line`, line, col);
  }
  return { document, lines };
}

/** YAML with every short form of an intrinsic function written out. */
export function readYaml(text: string): Json {
  const { document, lines } = parseYaml(text);
  const isJson = /^\s*\{\s*"/.test(text);
  const resolved = new Map<Alias, Node>();
  let nodes = 0;
  return valueOf(document.contents, 0);

  function valueOf(node: unknown, depth: number): Json {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw unreadable(node as Node, 'aliases or nesting without end; write the template without them');
    if (isAlias(node)) return valueOf(target(node), depth + 1);
    if (isScalar(node)) {
      // Where JSON lacks a comma or colon, YAML reads on as if it were one long word.
      if (isJson && node.type === Scalar.PLAIN && node.source?.includes('"')) throw unreadable(node, 'not valid JSON: a comma or colon is missing; correct the line');
      return called(node, node.value);
    }
    if (isSeq(node)) return called(node, node.items.map((item) => isPair(item) ? null : valueOf(item, depth + 1)));
    if (isMap(node)) return called(node, Object.fromEntries(entriesOf(node, depth)));
    return null;
  }

  function entriesOf(map: YAMLMap, depth: number): Array<[string, Json]> {
    const merged: Array<[string, Json]> = [];
    const own: Array<[string, Json]> = [];
    for (const { key, value } of map.items) {
      if (!isMergeKey(key)) own.push([keyOf(key), valueOf(value, depth + 1)]);
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
    if (!node) throw unreadable(alias, `not valid YAML: there is no anchor ${alias.source} before this alias; correct the line`);
    resolved.set(alias, node);
    return node;
  }

  function unreadable(node: Node, message: string): UnreadableTemplate {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    return new UnreadableTemplate(message, line, col);
  }
}

/** A key as it is written: `on` and `1` are names. */
export function keyOf(key: unknown): string {
  return isScalar(key) ? key.source ?? String(key.value) : String(key);
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;
}

/** `!Name value` is the call of a function, unless the tag is one of YAML's own. */
function called(node: Node, value: Json): Json {
  const name = /^!([^!].*)$/.exec(node.tag ?? '')?.[1];
  if (name === undefined) return value;
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  const dot = name === 'GetAtt' && typeof value === 'string' ? value.indexOf('.') : -1;
  return { [`Fn::${name}`]: dot > 0 ? [(value as string).slice(0, dot), (value as string).slice(dot + 1)] : value };
}

function lowerCase(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/[.\s]+$/, '');
}
