import { bar, legend } from './bars';
import { openOf, totalOf } from './words';
import { counted } from '../../html/document';
import { breakable, html, type Markup } from '../../html/markup';
import { placesOf } from '../entries';
import type { Scan } from '../formats';
import type { Report } from '../report';
import { unmatched } from '../words';

export interface Headline {
  /** Decides the colour only; the words say the same. */
  readonly tone: 'open' | 'incomplete' | 'clear';
  /** Stands before the figure: that not everything was read, or that nothing is left to do. */
  readonly lead?: string;
  readonly figure: string;
  readonly rest: string;
}

/** The one sentence to read: how many launch sources are open, out of how many. */
export function headlineOf({ summary, problems }: Report): Headline {
  const total = totalOf(summary.postures);
  const open = openOf(summary.postures);
  const incomplete = problems.length > 0;
  const wanted = summary.findings.error + summary.findings.warning;
  const tone = incomplete ? 'incomplete' : open + wanted > 0 ? 'open' : 'clear';
  if (total === 0) {
    return { tone, lead: incomplete ? 'Incomplete' : undefined, figure: '0', rest: `launch sources in ${counted(summary.templates, 'template')}` };
  }
  const lead = incomplete ? 'Incomplete' : tone === 'clear' ? 'All clear' : undefined;
  return { tone, lead, figure: String(open), rest: `of ${counted(total, 'launch source')} ${verbOf(open, summary.postures.optional)} IMDSv1` };
}

function verbOf(open: number, optional: number): string {
  const allow = open === 1 ? 'allows' : 'allow';
  if (optional === open) return allow;
  return optional === 0 ? 'may allow' : `${allow}, or may allow,`;
}

export function headline(report: Report, scan?: Scan): Markup {
  const { summary, problems } = report;
  const { tone, lead, figure, rest } = headlineOf(report);
  const total = totalOf(summary.postures);
  const facts = [
    total > 0 ? `${counted(placesOf(report.findings), 'place')} to edit` : undefined,
    `${counted(summary.templates, 'template')} read`,
    counted(summary.findings.error, 'error'),
    counted(summary.findings.warning, 'warning'),
    summary.findings.info > 0 ? `${summary.findings.info} for information` : undefined,
    summary.exempt > 0 ? `${summary.exempt} exempt` : undefined,
    summary.accepted > 0 ? `${summary.accepted} accepted by the baseline` : undefined,
    summary.unmatched ? unmatched(summary.unmatched) : undefined,
  ].filter((fact) => fact !== undefined);
  return html`
<header class="hero ${tone}">
<p class="eyebrow">EC2 instance metadata</p>
<h1>${lead && html`<span class="lead">${lead}:</span> `}<span class="sentence"><span class="figure">${figure}</span> <span>${rest}</span></span></h1>
${problems.length > 0 ? html`<p class="caution"><a href="#problems">${counted(problems.length, 'problem')}</a> while reading. What could not be read is not counted here.</p>` : undefined}
${total > 0 ? html`<div class="overall">${bar(summary.postures)}</div>${legend(summary.postures)}` : undefined}
<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
${scan && scanned(scan)}
</header>`;
}

/** When, of what and of which commit: a page is kept, and read later. */
function scanned({ date, inputs, commit }: Scan): Markup {
  const day = date.toISOString();
  return html`<dl class="scan">
<div><dt>Scanned</dt><dd>${inputs.map((input, index) => html`${index > 0 ? ', ' : ''}<code>${breakable(input)}</code>`)}</dd></div>
<div><dt>On</dt><dd><time datetime="${day}">${day.slice(0, 16).replace('T', ' ')} UTC</time></dd></div>
${commit && html`<div><dt>Commit</dt><dd><code>${commit}</code></dd></div>
`}</dl>`;
}
