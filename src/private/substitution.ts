import { isStruct, type Json } from './json';

/** A piece of an `Fn::Sub`: text, or a variable's value, which may be a reference. */
export type Piece = { readonly text: string } | { readonly value: Json };

/** Reads the argument of an `Fn::Sub` in either of its forms; undefined where it is in neither. */
export function piecesOf(argument: Json): Piece[] | undefined {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, undefined];
  if (typeof template !== 'string') return undefined;
  const pieces: Piece[] = [];
  let from = 0;
  for (const { index, 0: written, 1: literal, 2: name } of template.matchAll(/\$\{(!?)([^${}]+)\}/g)) {
    if (index > from) pieces.push({ text: template.slice(from, index) });
    pieces.push(literal ? { text: `\${${name}}` } : { value: valueOf(name, variables) });
    from = index + written.length;
  }
  return from < template.length ? [...pieces, { text: template.slice(from) }] : pieces;
}

function valueOf(name: string, variables: Json): Json {
  if (isStruct(variables) && Object.hasOwn(variables, name)) return variables[name];
  return name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name };
}
