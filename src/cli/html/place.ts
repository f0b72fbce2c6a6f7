import { breakable, html, type Markup } from '../../html/markup';
import type { Place } from '../report';

/** A launch source: its name, and under it what and where it is. */
export function place({ name, logicalId, type, stack, template }: Place): Markup {
  return html`<div><strong class="name">${breakable(name)}</strong>
<span class="detail">${breakable(type)}</span>
${name === logicalId ? undefined : html`<span class="detail">${logicalId}</span> `}<span class="detail">${breakable(stack === template ? template : `${stack} · ${template}`)}</span></div>`;
}
