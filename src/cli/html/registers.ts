import { postureLabel } from './bars';
import { place } from './place';
import { counted } from '../../html/document';
import { breakable, html, type Markup } from '../../html/markup';
import { table } from '../../html/table';
import { whoseOf } from '../../private/exemption';
import type { Report, ReportedProblem } from '../report';

/** Who is exempt from what, why, and where that was said. */
export function exemptions({ exemptions: all }: Report): Markup {
  return html`
<section id="exemptions" aria-labelledby="exemptions-title">
<h2 id="exemptions-title">Exemption register</h2>
${all.length === 0 ? html`<p>Nothing is exempt.</p>` : table('exemptions-table', 'Exemptions', ['Launch source', 'Until', 'Rule', 'Reason', 'Acknowledged at'], all.map((exemption) => ({
  cells: [
    place(exemption),
    exemption.until ? html`<span>${exemption.until}</span>` : html`<span class="muted">no end</span>`,
    html`<code>${breakable(exemption.rule)}</code>`,
    html`<div><p class="prose"><strong>${exemption.reason}</strong></p><p class="prose">${whoseOf(exemption)}</p><p class="prose muted">${exemption.problem}</p></div>`,
    html`<code>${breakable(exemption.acknowledgedAt)}</code>`,
  ],
})))}
</section>`;
}

/** What RequireImdsv2 changed, and what CloudFormation does with that. */
export function changes({ changes: all }: Report): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`
<section id="changes" aria-labelledby="changes-title">
<h2 id="changes-title">Recorded changes</h2>
${table('changes-table', 'Recorded changes', ['Launch source', 'Tokens', 'Hop limit', 'Effect on deploy'], all.map((change) => ({
  cells: [
    place(change),
    transition(change.before, change.after),
    transition(change.hopLimitBefore, change.hopLimitAfter),
    html`<div><p class="prose">${change.effect}</p><p class="prose muted">${change.reason}</p></div>`,
  ],
})))}
</section>`;
}

function transition(before: string, after: string): Markup {
  if (before === after) return html`<span class="muted">${before}</span>`;
  return html`<span class="transition"><del>${before}</del> → <ins>${after}</ins></span>`;
}

/** What could not be read: nothing is known about it. */
export function problems({ problems: all }: Report): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`
<section id="problems" aria-labelledby="problems-title">
<h2 id="problems-title">What could not be read</h2>
<p class="intro">Nothing is known about what stands in ${all.length === 1 ? 'this file' : 'these files'}.</p>
<ul class="problems">${all.map((problem) => html`
<li><code>${positionOf(problem)}</code><p class="prose">${problem.message}</p></li>`)}
</ul>
</section>`;
}

function positionOf({ file, line, column }: ReportedProblem): string {
  return [file, line, line && column].filter((part) => part !== undefined).join(':');
}

/** The inventory, folded away: every launch source and why it has its posture. */
export function inventory({ launchSources: all }: Report): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`
<section id="sources" aria-labelledby="sources-title">
<h2 id="sources-title">Every launch source</h2>
<details><summary>Show ${counted(all.length, 'launch source')}</summary>
${table('sources-table', 'Launch sources', ['Launch source', 'Posture', 'Reason'], all.map((source) => ({
  cells: [
    place(source),
    postureLabel(source.posture),
    html`<div>${source.reason && html`<p class="prose">${source.reason}</p>`}${source.path && html`<code class="detail">${breakable(source.path)}</code>`}</div>`,
  ],
})))}
</details>
</section>`;
}
