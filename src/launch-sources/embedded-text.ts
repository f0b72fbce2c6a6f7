import { callOf, hasFunction, ifBranches, isStruct, type Json } from '../private/json';
import { piecesOf, type Piece } from '../private/substitution';

/** Stands in a text for a value that the deployment puts there; nobody writes these characters. */
const MARK = /\uE000(\d+)\uE001/g;
const markOf = (index: number) => `\uE000${index}\uE001`;

/**
 * The document that a text of JSON holds, with the values that functions put into it where they stand.
 *
 * The value itself where it is no text; under a condition one for each branch.
 */
export function openText(value: Json, variables?: Json): Json {
  const choice = ifBranches(value);
  if (choice) return { 'Fn::If': [choice.condition, ...choice.branches.map((branch) => openText(branch, variables))] };
  const pieces = piecesIn(value);
  if (!pieces) return isStruct(value) && !hasFunction(value) && isStruct(variables) ? openText(JSON.stringify(value), variables) : value;
  return documentOf(isStruct(variables) ? pieces.flatMap((piece) => substituted(piece, variables)) : pieces, quoted) ?? value;
}

/** The document that `parse` makes of a text; undefined where it makes none, or where the text is known only at deployment. */
export function documentOf(pieces: readonly Piece[], parse: (text: string, isMark: (at: number) => boolean) => Json): Json {
  const values: Json[] = [];
  const marks = new Set<number>();
  let text = '';
  for (const piece of pieces) {
    if (!('text' in piece)) marks.add(text.length);
    text += 'text' in piece ? piece.text : markOf(values.push(piece.value) - 1);
  }
  try {
    return withValues(parse(text, (at) => marks.has(at)), values);
  } catch {
    return undefined;
  }
}

/** Text and values in their order, of a string or of a function that makes one. */
export function piecesIn(value: Json): Piece[] | undefined {
  if (typeof value === 'string') return [{ text: value }];
  const call = callOf(value);
  if (call?.name === 'Fn::Sub') return piecesOf(call.argument);
  const [separator, items] = call?.name === 'Fn::Join' && Array.isArray(call.argument) ? call.argument : [];
  if (typeof separator !== 'string' || !Array.isArray(items)) return undefined;
  return items.flatMap((item, i) => [...i > 0 ? [{ text: separator }] : [], ...piecesIn(item) ?? [{ value: item }]]);
}

/** Reads JSON in which a value may stand for a string, a part of one, or anything else. */
function quoted(text: string, isMark: (at: number) => boolean): Json {
  let json = '';
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    if (isMark(i) && !isInString) {
      const end = text.indexOf('\uE001', i) + 1;
      json += `"${text.slice(i, end)}"`;
      i = end - 1;
      continue;
    }
    json += text[i];
    if (isInString && text[i] === '\\') json += text[++i] ?? '';
    else if (text[i] === '"') isInString = !isInString;
  }
  return JSON.parse(json);
}

/** A document in which every mark is the value that it stands for. */
function withValues(document: Json, values: readonly Json[]): Json {
  if (values.length === 0) return document;
  if (typeof document === 'string') return withValuesInText(document, values);
  if (Array.isArray(document)) return document.map((item) => withValues(item, values));
  return isStruct(document) ? Object.fromEntries(Object.entries(document).map(([key, item]) => [key, withValues(item, values)])) : document;
}

function withValuesInText(text: string, values: readonly Json[]): Json {
  const parts: Json[] = text.split(MARK).map((part, i) => i % 2 === 1 ? values[Number(part)] : part).filter((part) => part !== '');
  if (parts.length === 1) return parts[0];
  return parts.length === 0 ? text : { 'Fn::Join': ['', parts] };
}

/** Variables that a service replaces by itself, written `${name}`. */
function substituted(piece: Piece, variables: { readonly [name: string]: Json }): Piece[] {
  if (!('text' in piece)) return [piece];
  return piece.text.split(/\$\{([\w-]+)\}/).map((part, i): Piece =>
    i % 2 === 0 ? { text: part } : Object.hasOwn(variables, part) ? { value: variables[part] } : { text: `\${${part}}` });
}
