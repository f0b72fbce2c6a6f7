import { breakable, html, type Markup } from '../../html/markup';
import type { Place, ReportedFinding } from '../report';
import { lineOf } from '../words';

/** A launch source: its name, and under it what and where it is, in the app as well where that is known. */
export function place(at: Place & Partial<Pick<ReportedFinding, 'line'>>): Markup {
  const { name, logicalId, type, stack, template, environment, source } = at;
  return html`<div><strong class="name">${breakable(name)}</strong>
<span class="detail">${breakable(type)}</span>
${name === logicalId ? undefined : html`<span class="detail">${breakable(logicalId)}</span> `}<span class="detail">${breakable(stack === template ? lineOf(at) : `${stack} · ${lineOf(at)}`)}</span>${environment && html`
<span class="detail">${breakable(environment)}</span>`}${source && html`
<span class="detail">made at <code>${breakable(`${source.file}:${source.line}`)}</code></span>`}</div>`;
}
