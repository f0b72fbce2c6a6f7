import { createHash } from 'node:crypto';
import { html, Markup } from './markup';
import { STYLES } from './styles';

/** What stands on a page. */
export interface Page {
  readonly title: string;
  /** Where the link for keyboards leads that skips everything above, and what it is called. */
  readonly skipTo: { readonly id: string; readonly name: string };
  readonly body: Markup;
  readonly footer: string;
  /** The one script that may run. */
  readonly script?: string;
}

/** One self-contained document: it asks no network for anything, and only the script and the styles of this very page may run. */
export function document({ title, skipTo, body, footer, script }: Page): Markup {
  const policy = [
    "default-src 'none'",
    ...script === undefined ? [] : [`script-src ${hashOf(script)}`],
    `style-src ${hashOf(STYLES)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLES)}</style>
</head>
<body>
<a class="skip" href="#${skipTo.id}">Skip to ${skipTo.name}</a>
${body}
<footer><p>${footer}</p></footer>
${script === undefined ? undefined : html`<script>${new Markup(script)}</script>
`}</body>
</html>
`;
}

/** Links to the parts of the page, with how many each has. */
export function contents(entries: ReadonlyArray<readonly [id: string, title: string, count: number]>): Markup {
  return html`<nav aria-label="On this page"><ul>${entries.map(([id, title, count]) =>
    html`<li><a href="#${id}"><span>${title}</span> <strong>${count}</strong></a></li>`)}</ul></nav>`;
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

function hashOf(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}
