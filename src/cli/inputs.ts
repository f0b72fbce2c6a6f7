import * as fs from 'fs';
import * as path from 'path';
import type { Frame } from './creation-stack';
import { reasonOf } from './failure';
import { locateInJson, locateInYaml, type Locate } from './locate';
import { readAssembly } from './read-assembly';
import type { Place, ReportedProblem } from './report';
import type { Position } from '../checks/positions';
import { isTemplate, judgedParts, readPlaced, readText, templateIn, textOf, UnreadableTemplate, type ReadText } from '../checks/read-template';
import type { TemplateDocument } from '../posture/template-world';
import type { ChangeRecord } from '../private/change-record';
import { isStruct, type Json, type Struct } from '../private/json';

/** A template, and what the assembly around it knows; a template by itself has no paths. */
export interface InputDocument extends TemplateDocument {
  /** The full path of its file. */
  readonly file: string;
  readonly stack: string;
  /** Where it stands in that file, if it is the text of a property there. */
  readonly inside?: Place['inside'];
  /** The construct path of its stack; several, where products share the template. */
  readonly scopes: readonly string[];
  /** The folder of the app's assembly, the construct path of the stage, and where the stack goes, where that is known: `aws://111122223333/eu-west-1`. */
  readonly app?: string;
  readonly stage?: string;
  /** The construct path of the stack that this one is, or is nested in. */
  readonly stackPath?: string;
  readonly target?: string;
  /** Construct paths by logical id. */
  readonly paths: ReadonlyMap<string, string>;
  /** The line of the app's code that made a construct. */
  readonly madeAt?: (constructPath: string) => Frame | undefined;
  /** Construct paths of what the synthesis exempted, where nothing else tells. */
  readonly exempt?: ReadonlyMap<string, string>;
  /** Acknowledged rule ids with their reasons, by construct path. */
  readonly acknowledged: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Whether the synthesis let expired exemptions pass. */
  readonly letPass?: boolean;
  /** What RequireImdsv2 recorded, by logical id. */
  readonly changes: ReadonlyArray<readonly [logicalId: string, record: ChangeRecord]>;
  /** Where a property of a resource stands, or the closest of its parents that is written down; undefined where the file is gone. */
  positionOf(logicalId: string, path: string): Position | undefined;
}

type Judged = Pick<InputDocument, 'body' | 'positionOf'>;

/** What was read, and what could not be. */
export class Inputs {
  public readonly documents: InputDocument[] = [];
  public readonly problems: ReportedProblem[] = [];
  /** What was read, and may be read otherwise than it was meant. */
  public readonly remarks: ReportedProblem[] = [];
  /** Templates by themselves, by where their files really are. */
  public readonly byFile = new Map<string, InputDocument>();
  private readonly seen = new Set<string>();
  private readonly ids = new Set<string>();
  private found = 0;
  /** Of the JSON file that was asked for last: of a large assembly no more is kept. */
  private located: { readonly file: string; readonly locate?: Locate } | undefined;

  /** @param onFile called before each file that is read. */
  constructor(private readonly onFile: (file: string) => void) {}

  /** Reads a cloud assembly, a folder of templates or a template. */
  public add(input: string): void {
    const kind = statOf(input);
    if (!kind) return this.problem(input, 'no such file or folder; expected a cloud assembly, a folder of templates or a template: run cdk synth first, or name one');
    const directory = kind.isDirectory() ? input : path.dirname(input);
    if (!kind.isDirectory() && !(path.basename(input) === 'manifest.json' && isAssembly(directory))) return this.named(input);
    const before = this.found + this.problems.length;
    this.folder(directory, new Set());
    if (this.found + this.problems.length === before) {
      this.problem(input, 'no template in this folder; expected a cloud assembly, or *.json, *.yaml, *.yml or *.template files with Resources: name the folder that holds them');
    }
  }

  /** Reads a template that is no file; the name is for the report. */
  public addText(name: string, read: () => Buffer): void {
    this.named(name, () => textOf(read()));
  }

  /** What was read already, as a part of another input, counts once. */
  public addDocument(document: InputDocument): void {
    this.found++;
    if (this.ids.size === this.ids.add(document.id).size) return;
    this.documents.push(document);
  }

  /** The same for a document of an assembly, which knows more than the file by itself. */
  public addAssembled(document: InputDocument): void {
    const file = realOf(document.file);
    const plain = this.byFile.get(file);
    if (plain) {
      this.byFile.delete(file);
      this.ids.delete(plain.id);
      this.documents.splice(this.documents.indexOf(plain), 1);
    }
    this.seen.add(file);
    this.addDocument(document);
  }

  public problem(file: string, message: string, line?: number, column?: number): void {
    if (this.problems.some((known) => known.message === message && realOf(known.file) === realOf(file))) return;
    this.problems.push({ file, line, column, message });
  }

  /** The object that a file of an assembly holds; what is none becomes a problem. */
  public readStruct(file: string): Struct | undefined {
    return this.readTemplate(file)?.template;
  }

  /** The same, and the parts of it that are judged. */
  public readTemplate(file: string): { readonly template: Struct; readonly judged: () => Judged } | undefined {
    const problems = this.problems.length;
    const text = this.read(file);
    const template = text?.value;
    if (text && isStruct(template)) return { template, judged: () => this.judged(file, text, template) };
    if (this.problems.length === problems) this.problem(file, `got ${inWords(template)}, expected an object: run cdk synth again`);
    return undefined;
  }

  /** What the text of a file stands for; what is not readable becomes a problem. */
  private read(file: string): ReadText | undefined {
    this.onFile(file);
    try {
      return readPlaced(readText(file));
    } catch (error) {
      this.unreadable(file, error);
      return undefined;
    }
  }

  private unreadable(file: string, error: unknown): void {
    if (error instanceof UnreadableTemplate) this.problem(file, error.message, error.line, error.column);
    else this.problem(file, `could not be read: ${reasonOf(error)}; expected a file or folder that is there and may be read`);
  }

  /** @param walked folders that need not be walked again, because links lead around. */
  private folder(directory: string, walked: Set<string>): void {
    if (walked.size === walked.add(realOf(directory)).size) return;
    if (isAssembly(directory)) {
      if (this.isNew(directory)) return readAssembly(directory, this);
      this.found++;
      return;
    }
    for (const entry of this.entriesOf(directory)) {
      const file = path.join(directory, entry.name);
      if (statOf(file)?.isDirectory()) {
        if (!entry.name.startsWith('.') && entry.name !== 'node_modules' && !leadsBack(file, directory)) this.folder(file, walked);
      } else if (/\.(json|ya?ml|template)$/i.test(entry.name) && statOf(file)?.isFile()) {
        this.candidate(file);
      }
    }
  }

  private entriesOf(directory: string): fs.Dirent[] {
    try {
      return fs.readdirSync(directory, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1);
    } catch (error) {
      this.unreadable(directory, error);
      return [];
    }
  }

  /** Its text is kept for positions: what is no file cannot be read again. */
  private named(file: string, textIn = readText): void {
    this.onFile(file);
    try {
      const source = textIn(file);
      const text = readPlaced(source);
      const body = templateIn(text.value);
      if (isTemplate(body)) this.plain(file, text, body, source);
      else this.problem(file, `not a CloudFormation template: got ${inWords(body)}, expected an object with Resources; name a template, or a folder that holds some`);
    } catch (error) {
      this.unreadable(file, error);
    }
  }

  /** A file of a folder: it may be anything. */
  private candidate(file: string): void {
    this.onFile(file);
    let text = '';
    try {
      text = readText(file);
      if (!/AWSTemplateFormatVersion|AWS::|::MODULE|Transform/.test(text)) return;
      const read = readPlaced(text);
      const body = templateIn(read.value);
      if (isTemplate(body)) this.plain(file, read, body);
    } catch (error) {
      if (text === '' || /AWSTemplateFormatVersion|\bResources["']?\s*:/.test(text)) this.unreadable(file, error);
    }
  }

  private plain(file: string, text: ReadText, template: Struct, source?: string): void {
    this.found++;
    if (!this.isNew(file)) return;
    for (const { key, line, column } of text.repeated ?? []) {
      const message = `the key '${key}' stands in this map again, and what it said before does not count; remove one of them`;
      this.remarks.push({ file, line, column, message });
    }
    const document: InputDocument = {
      id: file,
      file,
      ...this.judged(file, text, template, source),
      // Templates of one folder are taken for one environment, as those of an assembly are.
      environment: path.dirname(file),
      shows: (named) => typeof named === 'string' && this.byFile.has(realOf(path.resolve(path.dirname(file), named))),
      stack: path.basename(file),
      scopes: [''],
      paths: new Map(),
      acknowledged: new Map(),
      changes: [],
    };
    this.byFile.set(realOf(file), document);
    this.addDocument(document);
  }

  private judged(file: string, { value, places }: ReadText, template: Struct, source?: string): Judged {
    const body = judgedParts(template);
    const locate = places && locateInYaml(places, value, template, body);
    return { body, positionOf: locate ?? ((logicalId, at) => this.locateInJson(file, source)?.(logicalId, at)) };
  }

  private locateInJson(file: string, source?: string): Locate | undefined {
    if (this.located?.file !== file) {
      const text = source ?? (fs.existsSync(file) ? readText(file) : undefined);
      this.located = { file, locate: text === undefined ? undefined : locateInJson(text) };
    }
    return this.located.locate;
  }

  private isNew(file: string): boolean {
    return this.seen.size < this.seen.add(realOf(file)).size;
  }
}

/** Undefined where a path leads nowhere, be it a link to itself. */
function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch {
    return undefined;
  }
}

/** Where a path leads to through links; the path itself where that is nowhere. */
export function realOf(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}

/** Whether what stands in a folder is a link to a folder around it. */
function leadsBack(file: string, directory: string): boolean {
  const way = path.relative(realOf(file), realOf(directory));
  return !way.startsWith('..') && !path.isAbsolute(way);
}

/** A folder that CDK wrote, rather than one that has some manifest.json. */
function isAssembly(directory: string): boolean {
  try {
    const manifest = JSON.parse(fs.readFileSync(path.join(directory, 'manifest.json'), 'utf8'));
    return typeof manifest.version === 'string' && typeof manifest.artifacts === 'object';
  } catch {
    return false;
  }
}

function inWords(body: Json): string {
  if (body === null || body === undefined) return 'nothing';
  if (Array.isArray(body)) return 'a list';
  return typeof body === 'object' ? `an object with ${Object.keys(body).slice(0, 3).join(', ') || 'nothing in it'}` : `a ${typeof body}`;
}
