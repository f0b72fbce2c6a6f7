import { place } from './place';
import { Severity } from '../../checks/rules/check-rule';
import { counted } from '../../html/document';
import { breakable, html, type Markup } from '../../html/markup';
import { Rule, ruleId } from '../../private/rules';
import { entriesOf } from '../entries';
import type { Report, ReportedFinding } from '../report';

/** How the rule puts a call: `line 3 of the boot script asks …, so it gets 401: curl …`, or `line 3 of a file encoded in the boot script asks …`. */
const SENTENCE = /^line (\d+) of (a file encoded in )?the boot script ([^:]+): ([\s\S]+)$/;

/** A call that would be refused, with the line to write; scripts that could not be looked into are information. */
export function isBootCall({ rule, severity }: ReportedFinding): boolean {
  return rule === ruleId(Rule.BOOT_CALL) && severity !== Severity.INFO;
}

/** What would not come back up at its next launch, and what to write instead. */
export function bootCalls({ findings }: Report): Markup {
  const calls = entriesOf(findings.filter(isBootCall)).map(([finding]) => finding);
  const unseen = findings.filter((finding) => finding.rule === ruleId(Rule.BOOT_CALL) && !isBootCall(finding)).length;
  return html`
<section id="boot-calls" aria-labelledby="boot-calls-title">
<h2 id="boot-calls-title">What would not come back up</h2>
${calls.length === 0
  ? html`<p>No boot script was seen to ask the metadata service without a token.</p>`
  : html`<p class="intro">These boot scripts ask the metadata service without a token. Where tokens are required they get 401 at the next launch.</p>
<ol class="calls">${calls.map((finding, index) => html`<li>${call(finding, `call-${index + 1}`)}</li>`)}</ol>`}
${unseen > 0 ? html`<p class="muted after">${counted(unseen, 'more boot script')} could not be looked into before deployment; see the findings.</p>` : undefined}
</section>`;
}

function call(finding: ReportedFinding, id: string): Markup {
  const [, line, encoded, what, text] = SENTENCE.exec(finding.problem) ?? [];
  return html`<article aria-labelledby="${id}">
<h3 id="${id}" class="name">${breakable(finding.name)}${line && html`<span class="line"> line ${line}</span>`}</h3>
<p class="prose muted">${line ? `${encoded ? 'A file encoded in the' : 'The'} script ${what}.` : finding.problem}</p>
<div class="where">${place(finding)}<code class="detail">${breakable(finding.path)}</code></div>
${text && html`<div class="code is"><p class="code-head">Is</p><pre><code>${text}</code></pre></div>`}
<div class="code write"><div class="code-head"><p>Write</p><button type="button" class="copy" aria-describedby="${id}" hidden>Copy</button></div><pre><code>${finding.fix}</code></pre></div>
</article>`;
}
