import * as path from 'path';
import { fileURLToPath } from 'url';
import type { Json } from '../private/json';

/** A line of an app's own code; the file by its full path, line and column from 1. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The runtime that makes constructs for apps in other languages: its frames say nothing of the app. */
const JSII = /jsii.(?:runtime|kernel)|_embedded\/jsii|lib(?:\/|__)program\.js/;
/** `new Web (/app/lib/web.ts:12:5)`, or without a function's name. */
const NAMED = /^[^(]*\((.+):(\d+):(\d+)\)$/;
const NAMELESS = /^(?:at )?([^()]+):(\d+):(\d+)$/;
const INSTALLED: ReadonlySet<string> = new Set(['node_modules', 'site-packages']);
const LIBRARY = path.resolve(__dirname, '..') + path.sep;

/** The innermost line of the app's own code that a construct was made at, as aws-cdk-lib records it; undefined where none is known. */
export function appFrameOf(stack: Json): Frame | undefined {
  const lines = Array.isArray(stack) ? stack.filter((line) => typeof line === 'string') : [];
  if (lines.some((line) => JSII.test(line))) return undefined;
  for (const line of lines) {
    const [, where, row, column] = NAMED.exec(line) ?? NAMELESS.exec(line) ?? [];
    const file = where && pathOf(where);
    if (file && isOfTheApp(file)) return { file, line: Number(row), column: Number(column) };
  }
  return undefined;
}

/** Modules are named by URL, scripts by path; what Node itself runs has neither. */
function pathOf(where: string): string | undefined {
  try {
    const file = where.startsWith('file:') ? fileURLToPath(where) : where;
    return path.isAbsolute(file) ? path.normalize(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Folders such as .yarn and .venv hold what was installed. */
function isOfTheApp(file: string): boolean {
  return !file.startsWith(LIBRARY) && !file.split(path.sep).some((part) => INSTALLED.has(part) || part.startsWith('.'));
}
