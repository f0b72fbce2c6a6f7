/** Text that is markup already; everything else is escaped on its way into `html`. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | undefined | readonly Content[];

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Control characters, and those that turn the direction of writing: a name must not read as another one. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** For element content and for quoted attribute values. */
export function escape(text: string): string {
  return text
    .replace(UNSEEN, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** A tagged template whose values are escaped; lists are joined, and undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(textOf)));
}

/** A path, type or file name that may break after its separators. */
export function breakable(text: string): Markup {
  return html`${text.split(/(?<=[.:/])(?=[^.:/])/).map((part, index) => (index === 0 ? part : html`<wbr>${part}`))}`;
}

function textOf(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  return Array.isArray(value) ? value.map(textOf).join('') : escape(String(value));
}
