import { formatHtml } from './format-html';
import { formatMarkdown } from './format-markdown';
import { formatSarif } from './format-sarif';
import { formatTable } from './format-table';
import type { Report } from './report';

export interface FormatContext {
  readonly colour: boolean;
}

type Format = (report: Report, context: FormatContext) => string;

/** Every value of `--format`. */
export const FORMATS: { readonly [name: string]: Format } = {
  table: formatTable,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  markdown: formatMarkdown,
  html: formatHtml,
  sarif: formatSarif,
};
