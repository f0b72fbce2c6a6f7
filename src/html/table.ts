import { html, type Content, type Markup } from './markup';

export interface Row {
  readonly cells: readonly Content[];
  /** Attributes of the row. */
  readonly attributes?: Markup;
}

/**
 * A table that becomes a list of cards on a phone.
 *
 * The roles are spelled out because browsers drop a table's own when its `display` changes, and each cell repeats its
 * column's name for the card to show.
 */
export function table(id: string, label: string, columns: readonly string[], rows: readonly Row[]): Markup {
  return html`
<div class="scroll" role="region" aria-label="${label}, table" tabindex="0">
<table role="table" id="${id}">
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(({ cells, attributes }) => html`
<tr role="row"${attributes}>${cells.map((cell, index) => html`
<td role="cell" data-label="${columns[index]}">${cell}</td>`)}
</tr>`)}
</tbody>
</table>
</div>`;
}
