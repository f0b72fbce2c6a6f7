import { breakdown, TEXTURES } from './bars';
import { bootCalls, isBootCall } from './boot-calls';
import { findings } from './findings';
import { headline, headlineOf } from './headline';
import { changes, exemptions, inventory, problems } from './registers';
import { SCRIPT } from './script';
import { totalOf } from './words';
import { contents, document } from '../../html/document';
import { html, type Markup } from '../../html/markup';
import { entriesOf } from '../entries';
import type { Scan } from '../formats';
import type { Report } from '../report';

/** The whole document: the answer first, then what to do about it, then the records. */
export function page(report: Report, scan?: Scan): Markup {
  const { lead, figure, rest } = headlineOf(report);
  const { name, version } = report.tool;
  return document({
    title: `${lead ? `${lead}: ` : ''}${figure} ${rest}`,
    skipTo: { id: 'findings', name: 'the findings' },
    footer: [`${name} ${version}`, ...scan ? [scan.date.toISOString()] : []].join(' · '),
    script: SCRIPT,
    body: html`${TEXTURES}
${headline(report, scan)}
${contentsOf(report)}
<main>
${problems(report)}
${totalOf(report.summary.postures) > 0 ? breakdown(report.launchSources) : undefined}
${bootCalls(report)}
${findings(report)}
${exemptions(report)}
${changes(report)}
${inventory(report)}
</main>`,
  });
}

function contentsOf(report: Report): Markup {
  const entries: readonly (readonly [id: string, title: string, count: number, always: boolean])[] = [
    ['problems', 'Not read', report.problems.length, false],
    ['boot-calls', 'Boot calls', entriesOf(report.findings.filter(isBootCall)).length, true],
    ['findings', 'Findings', entriesOf(report.findings).length, true],
    ['exemptions', 'Exemptions', report.exemptions.length, true],
    ['changes', 'Changes', report.changes.length, false],
    ['sources', 'Launch sources', report.launchSources.length, false],
  ];
  return contents(entries.filter(([, , count, always]) => always || count > 0).map(([id, title, count]) => [id, title, count] as const));
}
