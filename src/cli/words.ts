import { entriesOf } from './entries';
import type { Report, ReportedExemption, ReportedFinding } from './report';
import { whoseOf } from '../private/exemption';

/** `1 template`, `2 templates`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

export interface SummaryLines {
  /** What was read, by posture. */
  readonly sources: string;
  /** How many are not known to be safe, and what has to be edited for them. */
  readonly open: string;
  /** How many findings there are. */
  readonly outcome: string;
}

/** What a report comes to, in lines that every format for people begins with. */
export function summaryLines({ summary, findings: all }: Report): SummaryLines {
  const { templates, launchSources, postures, open, places, findings, exempt, accepted, unmatched: unmatchedEntries, unreadable } = summary;
  const entries = entriesOf(all).length;
  const aside = [
    ...exempt > 0 ? [`${exempt} exempt`] : [],
    ...accepted > 0 ? [`${accepted} accepted by the baseline`] : [],
    ...unmatchedEntries ? [unmatched(unmatchedEntries)] : [],
    ...unreadable > 0 ? [`${unreadable} unreadable`] : [],
  ];
  return {
    sources: `${counted(templates, 'template')}, ${counted(launchSources, 'launch source')}: ${Object.entries(postures).map(([posture, count]) => `${count} ${posture}`).join(', ')}`,
    open: `${open} of ${counted(launchSources, 'launch source')} ${open === 1 ? 'is' : 'are'} open, through ${counted(places, 'place')} to edit`,
    outcome: [counted(findings.error, 'error'), counted(findings.warning, 'warning'), counted(findings.info, 'note'), ...aside].join(', ')
      + (entries < all.length ? `; ${counted(entries, 'entry', 'entries')}, as what is the same in several environments is said once` : ''),
  };
}

/** What is to be taken out of a baseline, or was looked for in too few templates. */
export function unmatched(entries: number): string {
  return `${counted(entries, 'entry', 'entries')} of the baseline matched nothing`;
}

/** `template.yaml:12`, as editors and terminals turn into a link; the file alone where the line is not known. */
export function lineOf({ template, line }: Pick<ReportedFinding, 'template' | 'line'>): string {
  return line === undefined ? template : `${template}:${line}`;
}

/** One of several environments that a finding is in. */
export function environmentOf({ name, logicalId, stack, environment }: ReportedFinding): string {
  return `${name === logicalId ? `${stack} ${name}` : name}${environment === undefined ? '' : ` (${environment})`}`;
}

/** ` (until 2027-03-31, owner team-billing, ticket OPS-1207)`; nothing for a plain acknowledgement. */
export function termsOf(exemption: ReportedExemption): string {
  const terms = [exemption.until && `until ${exemption.until}`, whoseOf(exemption)].filter(Boolean);
  return terms.length > 0 ? ` (${terms.join(', ')})` : '';
}

/** `file:3:7: message`, as editors and terminals turn into a link. */
export function problemLine({ file, line, column, message }: Report['problems'][number]): string {
  return `${[file, ...line === undefined ? [] : [line, column]].join(':')}: ${message}`;
}

/** Templates may hold anything; a terminal obeys control characters. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '�').replace(/\n/g, ' ');
}
