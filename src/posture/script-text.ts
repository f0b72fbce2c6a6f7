import { decodeBase64, GZIP } from './encoded-text';
import { decodeMimeParts } from './mime-parts';
import { callOf, isNoValue, isStruct } from '../private/json';

/** Text of a CloudFormation value as far as it can be known before deploy. */
export interface ScriptText {
  readonly text: string;
  /** Some part, known only at deploy, could hide whole lines of script. */
  readonly unread: boolean;
}

/** A value on its way to text. `opaque`: nothing but placeholders, whose values are known only at deploy. */
interface Reading extends ScriptText {
  readonly opaque: boolean;
}

/** Deeper values are left unread: CloudFormation itself refuses them long before. */
const MAX_DEPTH = 100;

/** Substituted text is bounded, since variables that repeat variables would grow it without end. */
const MAX_SUBSTITUTED = 65_536;

/** Intrinsics that stand for a value within a line. */
const VALUE_FUNCTIONS = new Set([
  'Ref', 'Fn::GetAtt', 'Fn::FindInMap', 'Fn::Select', 'Fn::ImportValue', 'Fn::Split',
  'Fn::GetAZs', 'Fn::Cidr', 'Fn::Length', 'Fn::ToJsonString', 'Fn::GetStackOutput',
]);

const NOTHING: Reading = { text: '', unread: false, opaque: false };
const UNREAD: Reading = { text: '', unread: true, opaque: false };

export function scriptText(value: unknown): ScriptText {
  const { text: written, unread, opaque } = read(value, 0, 'whole');
  // What is joined of pieces may be base64 as a whole.
  const { text, unread: compressed } = literal(written);
  const mime = decodeMimeParts(text);
  return { text: mime.text, unread: unread || opaque || compressed || mime.unread };
}

/** Where a value stands: alone, or in a larger string, at the start of a line of it or further on. */
type Place = 'whole' | 'lineStart' | 'midLine';

function read(value: unknown, depth: number, place: Place): Reading {
  if (depth > MAX_DEPTH) return UNREAD;
  if (typeof value === 'string') return place === 'whole' ? literal(value) : known(value);
  if (typeof value === 'number' || typeof value === 'boolean') return known(String(value));
  if (value === null || value === undefined || isNoValue(value)) return NOTHING;
  const call = callOf(value);
  if (!call) return UNREAD;
  switch (call.name) {
    case 'Fn::Base64': return readBase64(call.argument, depth + 1, place);
    case 'Fn::Sub': return readSub(call.argument, depth + 1);
    case 'Fn::Join': return readJoin(call.argument, depth + 1, place);
    case 'Fn::If': return readIf(call.argument, depth + 1, place);
    default: return VALUE_FUNCTIONS.has(call.name) ? standIn(call.name, call.argument) : UNREAD;
  }
}

function known(text: string): Reading {
  return { text, unread: false, opaque: false };
}

/** A string as given, or the script it encodes. */
function literal(text: string): Reading {
  const decoded = decodeBase64(text);
  if (decoded === undefined) return { ...known(text), unread: GZIP.test(text) };
  return known(/^\s*(?:#!|#cloud-config|<powershell|<script|content-type:|mime-version)/i.test(decoded) ? decoded : text);
}

/** The encoding of the whole is undone where it is read; within a larger string it stays, because what stands around it says what decodes it. */
function readBase64(argument: unknown, depth: number, place: Place): Reading {
  const plain = read(argument, depth, place === 'whole' ? place : 'lineStart');
  return place === 'whole' || plain.opaque ? plain : { ...plain, text: Buffer.from(plain.text).toString('base64') };
}

function readSub(argument: unknown, depth: number): Reading {
  const [template, map] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof template !== 'string') return UNREAD;
  let unread = false;
  let unknown = false;
  let substituted = 0;
  const values = new Map<string, Reading>();
  if (isStruct(map)) for (const [name, value] of Object.entries(map)) values.set(name, read(value, depth, 'midLine'));
  const text = template.replace(/\$\{([^${}]*)\}/g, (variable, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const value = values.get(name.trim());
    if (value && !value.opaque && !value.unread && (substituted += value.text.length) <= MAX_SUBSTITUTED) return value.text;
    unknown = true;
    unread ||= value !== undefined && !value.opaque;
    return variable;
  });
  const bare = template.replace(/\$\{[^${}]*\}/g, '').trim() === '';
  return { text, unread, opaque: bare && unknown };
}

function readJoin(argument: unknown, depth: number, place: Place): Reading {
  const [delimiter, list] = Array.isArray(argument) ? argument : [];
  if (typeof delimiter !== 'string') return UNREAD;
  if (!Array.isArray(list)) {
    const call = callOf(list);
    return call && VALUE_FUNCTIONS.has(call.name) && !delimiter.includes('\n') ? standIn(call.name, call.argument) : UNREAD;
  }
  let next: Place = place === 'midLine' ? 'midLine' : 'lineStart';
  const parts = list.map(item => {
    const part = read(item, depth, next);
    const written = part.text + delimiter;
    if (written !== '') next = written.endsWith('\n') ? 'lineStart' : 'midLine';
    return part;
  });
  const written = parts.filter(part => part.text.trim() !== '');
  return {
    text: parts.map(part => part.text).join(delimiter),
    unread: parts.some(part => part.unread),
    opaque: written.length > 0 && written.every(part => part.opaque),
  };
}

/** Both branches, on lines of their own unless they are values within a line. */
function readIf(argument: unknown, depth: number, place: Place): Reading {
  if (!Array.isArray(argument) || argument.length !== 3) return UNREAD;
  const branches = argument.slice(1).map(branch => read(branch, depth, place));
  const written = branches.filter(branch => branch.text !== '');
  const inLine = place === 'midLine' && written.every(branch => !branch.text.includes('\n'));
  return {
    text: written.map(branch => branch.text).join(inLine ? ' ' : '\n'),
    unread: branches.some(branch => branch.unread || (place === 'whole' && branch.opaque)),
    opaque: written.length > 0 && written.every(branch => branch.opaque),
  };
}

/** `${Name}`, short and on one line, in place of a value known at deploy. */
function standIn(name: string, argument: unknown): Reading {
  const words = (Array.isArray(argument) ? argument : [argument]).filter(word => typeof word === 'string');
  const label = name === 'Ref' || name === 'Fn::GetAtt' ? words.join('.') : '';
  const text = `\${${(label || name.replace('Fn::', '')).replace(/[^\w:.-]/g, '').slice(0, 80)}}`;
  return { text, unread: false, opaque: true };
}
