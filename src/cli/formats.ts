import { formatHtml } from './format-html';
import { formatMarkdown } from './format-markdown';
import { formatSarif } from './format-sarif';
import { formatTable } from './format-table';
import type { Report } from './report';

export interface FormatContext {
  readonly colour: boolean;
  /** Asked for by a page that is read later, and elsewhere. */
  scan(): Scan;
}

/** When and of what a report was made. */
export interface Scan {
  readonly date: Date;
  /** From the working directory. */
  readonly inputs: readonly string[];
  /** What is checked out there. */
  readonly commit?: string;
}

type Format = (report: Report, context: FormatContext) => string;

/** Every value of `--format`. */
export const FORMATS: { readonly [name: string]: Format } = {
  table: formatTable,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  markdown: formatMarkdown,
  html: (report, { scan }) => formatHtml(report, scan()),
  sarif: formatSarif,
};
