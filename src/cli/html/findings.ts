import { isBootCall } from './boot-calls';
import { place } from './place';
import { Severity } from '../../checks/rules/check-rule';
import { counted } from '../../html/document';
import { breakable, html, type Markup } from '../../html/markup';
import { table } from '../../html/table';
import { entriesOf } from '../entries';
import type { Report, ReportedFinding } from '../report';
import { environmentOf, lineOf } from '../words';

const SEVERITIES: readonly Severity[] = [Severity.ERROR, Severity.WARNING, Severity.INFO];

/** Shapes differ, so that colour is not what tells them apart. */
const SHAPES: { readonly [severity in Severity]: string } = { error: '◆', warning: '▲', info: '●' };

/** Every finding, the heaviest first, with a filter that stays hidden until the script that drives it has run. */
export function findings(report: Report): Markup {
  const all = SEVERITIES.flatMap((severity) => entriesOf(report.findings.filter((finding) => finding.severity === severity)));
  return html`
<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${all.length === 0 ? html`<p>No findings.</p>` : html`${filter(all.map(([finding]) => finding))}
${table('findings-table', 'Findings', ['Rule', 'Launch source', 'Reason', 'Fix'], all.map(([finding, ...others]) => ({
  attributes: html` data-severity="${finding.severity}" data-rule="${finding.rule}"`,
  cells: [rule(finding), where(finding, others), reason(finding), fix(finding)],
})))}`}
</section>`;
}

function filter(all: readonly ReportedFinding[]): Markup {
  const severities = SEVERITIES.filter((severity) => all.some((finding) => finding.severity === severity));
  const rules = [...new Set(all.map((finding) => finding.rule))].sort();
  return html`
<form id="filter" role="search" aria-label="Filter findings" hidden>
<label class="wide">Text <input id="filter-text" type="search" autocomplete="off" spellcheck="false" placeholder="name, stack, path, words"></label>
<label>Severity <select id="filter-severity"><option value="">all severities</option>${severities.map((severity) => html`<option>${severity}</option>`)}</select></label>
<label>Rule <select id="filter-rule"><option value="">all rules</option>${rules.map((id) => html`<option>${id}</option>`)}</select></label>
<button type="reset">Reset</button>
</form>
<p id="shown" class="muted" role="status" aria-live="polite">${counted(all.length, 'finding')}</p>`;
}

function rule({ severity, rule: id, controls = [] }: ReportedFinding): Markup {
  return html`<div><span class="severity ${severity}"><span aria-hidden="true">${SHAPES[severity]}</span> ${severity}</span>
<code>${breakable(id)}</code>${controls.map((control) => html` <span class="control">${control}</span>`)}</div>`;
}

/** The same in other environments is named, and asked for once. */
function where(finding: ReportedFinding, others: readonly ReportedFinding[]): Markup {
  if (others.length === 0) return place(finding);
  return html`<div>${place(finding)}<p class="also">the same in ${others.length + 1} stacks:</p>
<ul class="also">${[finding, ...others].map((other) => html`<li class="detail">${breakable(environmentOf(other))} · ${breakable(lineOf(other))}</li>`)}</ul></div>`;
}

function reason({ problem, path }: ReportedFinding): Markup {
  return html`<div><p class="prose">${breakable(problem)}</p><code class="detail">${breakable(path)}</code></div>`;
}

function fix(finding: ReportedFinding): Markup {
  return isBootCall(finding) ? html`<pre><code>${finding.fix}</code></pre>` : html`<p class="prose">${breakable(finding.fix)}</p>`;
}
