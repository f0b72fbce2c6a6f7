import type { Report } from './report';

export interface FormatContext {
  /** Files are named from here. */
  readonly cwd: string;
  readonly colour: boolean;
}

type Format = (report: Report, context: FormatContext) => string;

/** Every value of `--format`; each is loaded when it is asked for. */
export const FORMATS: { readonly [name: string]: () => Promise<Format> } = {
  table: async () => (await import('./format-table')).formatTable,
  json: async () => (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  markdown: async () => (await import('./format-markdown')).formatMarkdown,
  sarif: async () => (await import('./format-sarif')).formatSarif,
};
