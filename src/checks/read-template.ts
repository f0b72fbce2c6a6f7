import * as fs from 'fs';
import type { Places, Position } from './positions';
import { isIdle } from '../launch-sources/catalog';
import { problemsOf } from '../posture/problems';
import { FOR_EACH, isOfInterest } from '../posture/read-resources';
import { contentOf } from '../posture/unseen';
import { intrinsicOf, isStruct, valueAt, type Json, type Struct } from '../private/json';

/** Text that could not be read, and where it stops making sense, from 1. */
export class UnreadableTemplate extends Error {
  constructor(message: string, public readonly line?: number, public readonly column?: number) {
    super(message);
  }
}

/** The text of a file, in UTF-8 or in the UTF-16 that `cdk synth > template.yaml` makes of it in Windows PowerShell. */
export function readText(file: string): string {
  return textOf(fs.readFileSync(file));
}

export function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xFE && bytes[1] === 0xFF) return new TextDecoder('utf-16be', { ignoreBOM: true }).decode(bytes);
  return bytes.toString(bytes[0] === 0xFF && bytes[1] === 0xFE ? 'utf16le' : 'utf8');
}

/** What a text stands for, and where it says so. */
export interface ReadText {
  readonly value: Json;
  /** Undefined for plain JSON, in whose text they are looked for when somebody asks. */
  readonly places?: Places;
  /** Keys that stand in one map again, of which the last counts. */
  readonly repeated?: readonly RepeatedKey[];
}

/** A key of YAML that stood before it in the same map. */
export interface RepeatedKey extends Position {
  readonly key: string;
}

/** The JSON that a template's text stands for. */
export function readTemplate(source: string): Json {
  return readPlaced(source).value;
}

/** The same with positions, from one parse. */
export function readPlaced(source: string): ReadText {
  const text = source.charCodeAt(0) === 0xFEFF ? source.slice(1) : source;
  if (/^\s*\{/.test(text)) {
    try {
      return { value: JSON.parse(text) };
    } catch {
      // YAML is a superset: it reads comments and trailing commas, or says where the text is broken.
    }
  }
  if (text.includes('\0')) throw new UnreadableTemplate('a binary file, expected a template in JSON or YAML: name a template, or a folder that holds some');
  // Where all is JSON, as in an assembly, the parser is not worth its loading.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { readYaml }: typeof import('./read-yaml') = require('./read-yaml');
  return readYaml(text);
}

/** The template in what `aws cloudformation get-template` prints; anything else as it is. */
export function templateIn(body: Json): Json {
  const template = valueAt(body, ['TemplateBody']);
  if (template === undefined || isTemplate(body)) return body;
  return typeof template === 'string' ? readTemplate(template) : template;
}

export function isTemplate(body: Json): body is Struct {
  return isStruct(body) && (isStruct(body.Resources) || 'AWSTemplateFormatVersion' in body || 'Transform' in body);
}

/** The parts of a template that are judged; the rest of a large assembly would only fill memory. */
export function judgedParts({ Transform, Parameters, Mappings, Conditions, Outputs, Resources }: Struct): Struct {
  const parts = { Transform, Parameters, Mappings, Conditions, Outputs };
  // A macro may take anything for resources, CloudFormation an object alone.
  if (!isStruct(Resources)) return { ...parts, Resources: Transform === undefined ? Resources ?? {} : {} };
  const judged = Object.entries(Resources).filter(([name, body]) => isJudged(name, body, Transform !== undefined));
  return { ...parts, Resources: Object.fromEntries(judged) };
}

/** The same of a template that somebody else wrote; undefined where it cannot be judged. */
export function judgedTemplate(body: Json): Struct | undefined {
  return isTemplate(body) && problemsOf(body).length === 0 ? judgedParts(body) : undefined;
}

function isJudged(name: string, body: Json, isTransformed: boolean): boolean {
  if (name.startsWith(FOR_EACH) || contentOf(name, body)) return true;
  // A function in the place of resources is for another tool, which is still to write them.
  if (!isTransformed && (name.startsWith('Fn::') || intrinsicOf(body) !== undefined)) return true;
  if (!isStruct(body)) return false;
  // What is broken stays, so that it is said to be unreadable; a type that a macro or module brings is no mistake.
  return body.Type !== undefined && !isStruct(body.Type) && (typeof body.Type !== 'string' || (isOfInterest(body.Type) && !isIdle(body)));
}
