import { MEANINGS, openOf, POSTURES, totalOf, type Counts } from './words';
import { counted } from '../../html/document';
import { breakable, html, type Markup } from '../../html/markup';
import type { Posture } from '../../posture/posture';
import type { ReportedSource } from '../report';

/** As many stacks as one looks at; the rest is one click away. */
const VISIBLE = 10;

/** Each posture has a texture besides its colour. They are defined once, and bars refer to them. */
export const TEXTURES: Markup = html`
<svg class="textures" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="texture-optional" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="tone-optional" width="7" height="7"/><rect class="mark" width="2" height="7"/></pattern>
<pattern id="texture-unsettable" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="tone-unsettable" width="8" height="8"/><rect class="mark" width="3" height="8"/></pattern>
<pattern id="texture-conditional" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="tone-conditional" width="6" height="6"/><circle class="mark" cx="3" cy="3" r="1.2"/></pattern>
<pattern id="texture-external" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="tone-external" width="5" height="5"/><rect class="mark" width="1.4" height="5"/></pattern>
<pattern id="texture-disabled" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="tone-disabled" width="5" height="5"/><rect class="mark" width="5" height="1.4"/></pattern>
</defs></svg>`;

/** A stacked bar; it is hidden from screen readers because the counts always stand beside it. */
export function bar(counts: Counts): Markup {
  const total = totalOf(counts);
  let start = 0;
  const segments = POSTURES.filter((posture) => counts[posture] > 0).map((posture) => {
    const width = (100 * counts[posture]) / total;
    const segment = html`<rect class="fill-${posture}" x="${percent(start)}" width="${percent(width)}" height="100%"/>`;
    start += width;
    return segment;
  });
  return html`<svg class="bar" aria-hidden="true" focusable="false">${segments}</svg>`;
}

function percent(value: number): string {
  return `${Number(value.toFixed(3))}%`;
}

function swatch(posture: Posture): Markup {
  return html`<svg class="swatch" aria-hidden="true" focusable="false"><rect class="fill-${posture}" width="100%" height="100%"/></svg>`;
}

export function legend(counts: Counts): Markup {
  const shown = POSTURES.filter((posture) => counts[posture] > 0);
  return html`<ul class="legend">${shown.map((posture) =>
    html`<li>${swatch(posture)}<span><strong>${counts[posture]} ${posture}</strong> <span class="muted">${MEANINGS[posture]}</span></span></li>`)}</ul>`;
}

/** A posture by its name, with its texture before it. */
export function postureLabel(posture: Posture): Markup {
  return html`<span class="posture">${swatch(posture)}${posture}</span>`;
}

/** Where the open ones are: by type and by stack, the worst first. */
export function breakdown(sources: readonly ReportedSource[]): Markup {
  const types = countBy(sources, (source) => source.type);
  const stacks = countBy(sources, (source) => source.stack);
  return html`
<section id="postures" aria-labelledby="postures-title">
<h2 id="postures-title">Where they are</h2>
<div class="pair">
<div><h3>By type</h3>${bars(types)}</div>
<div><h3>By stack</h3>${bars(stacks.slice(0, VISIBLE))}${stacks.length > VISIBLE ? html`
<details><summary>${counted(stacks.length - VISIBLE, 'more stack')}</summary>${bars(stacks.slice(VISIBLE))}</details>` : undefined}</div>
</div>
</section>`;
}

type Row = readonly [name: string, counts: Counts];

function bars(rows: readonly Row[]): Markup {
  return html`<ul class="bars">${rows.map(([name, counts]) => html`
<li><div class="bar-head"><span class="name">${breakable(name)}</span><span class="muted">${openOf(counts)} of ${totalOf(counts)} open</span></div>${bar(counts)}
<p class="counts">${POSTURES.filter((posture) => counts[posture] > 0).map((posture) =>
  html`<span>${swatch(posture)}${counts[posture]} ${posture}</span> `)}</p></li>`)}</ul>`;
}

function countBy(sources: readonly ReportedSource[], keyOf: (source: ReportedSource) => string): Row[] {
  const rows = new Map<string, { [posture in Posture]: number }>();
  for (const source of sources) {
    const counts = rows.get(keyOf(source)) ?? { required: 0, disabled: 0, optional: 0, conditional: 0, external: 0, unsettable: 0 };
    counts[source.posture]++;
    rows.set(keyOf(source), counts);
  }
  return [...rows].sort(([a, left], [b, right]) => openOf(right) - openOf(left) || (a < b ? -1 : 1));
}
