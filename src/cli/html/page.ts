import { createHash } from 'node:crypto';
import { breakdown, TEXTURES } from './bars';
import { bootCalls, isBootCall } from './boot-calls';
import { findings } from './findings';
import { headline, headlineOf } from './headline';
import { html, Markup } from './markup';
import { changes, exemptions, inventory, problems } from './registers';
import { SCRIPT } from './script';
import { STYLES } from './styles';
import { totalOf } from './words';
import type { Report } from '../report';

/** Nothing may be loaded, and only the script and the styles of this very page may run. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLES)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The whole document: the answer first, then what to do about it, then the records. */
export function page(report: Report): Markup {
  const { lead, figure, rest } = headlineOf(report);
  const { name, version } = report.tool;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${lead && `${lead}: `}${figure} ${rest}</title>
<link rel="icon" href="data:,">
<style>${new Markup(STYLES)}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${TEXTURES}
${headline(report)}
${contents(report)}
<main>
${problems(report)}
${totalOf(report.summary.postures) > 0 ? breakdown(report.launchSources) : undefined}
${bootCalls(report)}
${findings(report)}
${exemptions(report)}
${changes(report)}
${inventory(report)}
</main>
<footer><p>${name} ${version}</p></footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
}

function contents(report: Report): Markup {
  const entries: readonly (readonly [id: string, title: string, count: number, always: boolean])[] = [
    ['problems', 'Not read', report.problems.length, false],
    ['boot-calls', 'Boot calls', report.findings.filter(isBootCall).length, true],
    ['findings', 'Findings', report.findings.length, true],
    ['exemptions', 'Exemptions', report.exemptions.length, true],
    ['changes', 'Changes', report.changes.length, false],
    ['sources', 'Launch sources', report.launchSources.length, false],
  ];
  const shown = entries.filter(([, , count, always]) => always || count > 0);
  return html`<nav aria-label="On this page"><ul>${shown.map(([id, title, count]) =>
    html`<li><a href="#${id}"><span>${title}</span> <strong>${count}</strong></a></li>`)}</ul></nav>`;
}

function hashOf(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
}
