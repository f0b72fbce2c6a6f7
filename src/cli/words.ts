import type { Report, ReportedExemption } from './report';
import { whoseOf } from '../private/exemption';

/** `1 template`, `2 templates`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a report comes to, in lines that every format for people begins with. */
export function summaryLines({ summary }: Report): string[] {
  const { templates, launchSources, postures, findings, exempt, accepted, unreadable } = summary;
  const aside = [
    ...exempt > 0 ? [`${exempt} exempt`] : [],
    ...accepted > 0 ? [`${accepted} accepted by the baseline`] : [],
    ...unreadable > 0 ? [`${unreadable} unreadable`] : [],
  ];
  return [
    `${counted(templates, 'template')}, ${counted(launchSources, 'launch source')}: ${Object.entries(postures).map(([posture, count]) => `${count} ${posture}`).join(', ')}`,
    [counted(findings.error, 'error'), counted(findings.warning, 'warning'), counted(findings.info, 'note'), ...aside].join(', '),
  ];
}

/** ` (until 2027-03-31, owner team-billing, ticket OPS-1207)`; nothing for a plain acknowledgement. */
export function termsOf(exemption: ReportedExemption): string {
  const terms = [exemption.until && `until ${exemption.until}`, whoseOf(exemption)].filter(Boolean);
  return terms.length > 0 ? ` (${terms.join(', ')})` : '';
}

/** Entries that share a key, in the order in which the keys first come. */
export function grouped<T>(entries: readonly T[], key: (entry: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(key(entry));
    if (group) group.push(entry);
    else groups.set(key(entry), [entry]);
  }
  return groups;
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
