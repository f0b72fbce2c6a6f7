import { createHash } from 'node:crypto';
import { CLEAN, EMPTY, RICH } from './html-report';
import { BOOT_CALL } from '../../src/checks/rules/boot-call';
import { Severity } from '../../src/checks/rules/check-rule';
import { formatHtml } from '../../src/cli/format-html';
import type { Report } from '../../src/cli/report';
import { escape, html } from '../../src/html/markup';
import { INSTANCE } from '../../src/launch-sources/instance';
import { Posture } from '../../src/posture/posture';
import { TemplateWorld } from '../../src/posture/template-world';
import { fixInWords } from '../../src/remedies/words';

const inside = (page: string, element: string) => new RegExp(`<${element}\\b[^>]*>([\\s\\S]*?)</${element}>`).exec(page)?.[1] ?? '';
const textOf = (markup: string) => markup.replace(/<wbr>/g, '').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim();
const headlineOf = (report: Report) => textOf(inside(formatHtml(report), 'h1'));
const section = (page: string, id: string) => page.split(`<section id="${id}"`)[1]?.split('</section>')[0] ?? '';

/** A report with these postures and nothing else. */
const counting = (postures: Partial<Report['summary']['postures']>, rest: Partial<Report> = {}): Report =>
  ({ ...EMPTY, summary: { ...EMPTY.summary, postures: { ...EMPTY.summary.postures, ...postures } }, ...rest });

describe('escaping', () => {
  test('escapes whatever could end text or an attribute', () => {
    expect(escape('<a b="c" d=\'e\'>&amp;')).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;');
  });

  test('shows what cannot be seen, and keeps line breaks', () => {
    expect(escape('a\u202eb\u0000\n\tc')).toBe('a\\u{202e}b\\u{0}\n\tc');
  });

  test('a template joins lists, leaves nothing for undefined, and does not escape markup twice', () => {
    expect(html`<p>${[html`<b>${'<'}</b>`, 1]}${undefined}</p>`.text).toBe('<p><b>&lt;</b>1</p>');
  });

  test('no string of a report becomes markup', () => {
    const attack = '"\'><script>alert(1)</script><img src=x onerror=alert(1)>';
    const poison = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(poison);
      if (typeof value !== 'object' || value === null) return typeof value === 'string' ? attack : value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ['severity', 'posture'].includes(key) ? item : poison(item)]));
    };
    const page = formatHtml(poison(RICH) as Report);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });
});

describe('headline', () => {
  test.each<[string, Report, string]>([
    ['clean', CLEAN, 'All clear: 0 of 2 launch sources allow IMDSv1'],
    ['open', counting({ optional: 12, required: 8 }), '12 of 20 launch sources allow IMDSv1'],
    ['one of one', counting({ optional: 1 }), '1 of 1 launch source allows IMDSv1'],
    ['what cannot be known', counting({ external: 2, conditional: 1 }), '3 of 3 launch sources may allow IMDSv1'],
    ['both', counting({ optional: 1, conditional: 1, disabled: 1 }), '2 of 3 launch sources allow, or may allow, IMDSv1'],
    ['incomplete and open', RICH, 'Incomplete: 15 of 22 launch sources allow, or may allow, IMDSv1'],
    ['incomplete, and nothing open', { ...CLEAN, problems: RICH.problems }, 'Incomplete: 0 of 2 launch sources allow IMDSv1'],
    ['empty', EMPTY, '0 launch sources in 1 template'],
    ['nothing could be read', { ...EMPTY, problems: RICH.problems }, 'Incomplete: 0 launch sources in 1 template'],
  ])('%s', (_, report, expected) => expect(headlineOf(report)).toBe(expected));

  test('nothing is clear while a finding wants a change', () => {
    const { summary } = CLEAN;
    const report = { ...CLEAN, summary: { ...summary, findings: { ...summary.findings, warning: 1 } } };
    expect(headlineOf(report)).toBe('0 of 2 launch sources allow IMDSv1');
    expect(formatHtml(report)).toContain('<header class="hero open">');
  });

  test('the title says the same', () => {
    expect(inside(formatHtml(RICH), 'title')).toBe(headlineOf(RICH));
  });
});

describe('contents', () => {
  const page = formatHtml(RICH);

  test('every finding with its reason, place and fix', () => {
    const table = textOf(section(page, 'findings'));
    for (const { name, rule, path, problem, fix } of RICH.findings) {
      for (const part of [name, rule, path, problem, fix]) expect(table).toContain(textOf(escape(part)));
    }
    expect(section(page, 'findings').match(/<tr role="row" data-severity/g)).toHaveLength(RICH.findings.length);
    expect(table).toContain('EC2.8');
  });

  test('the heaviest findings come first', () => {
    const severities = [...page.matchAll(/data-severity="(\w+)"/g)].map(([, severity]) => severity);
    expect([...new Set(severities)]).toEqual(['error', 'warning', 'info']);
    expect(severities.lastIndexOf('error')).toBeLessThan(severities.indexOf('warning'));
  });

  test('boot calls with their line, as it is and as it is to be', () => {
    const calls = section(page, 'boot-calls');
    expect(textOf(calls)).toContain('Shop/Web line 3');
    expect(calls).toContain('<pre><code>INSTANCE_ID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)</code></pre>');
    expect(calls).toContain(`<pre><code>${escape(RICH.findings[4].fix)}</code></pre>`);
    expect(textOf(calls)).toContain('1 more boot script could not be looked into');
  });

  test('a call in a file that a script holds encoded', () => {
    const problem = RICH.findings[4].problem.replace('of the boot script', 'of a file encoded in the boot script');
    const calls = textOf(section(formatHtml({ ...RICH, findings: [{ ...RICH.findings[4], problem }] }), 'boot-calls'));
    expect(calls).toContain('Shop/Web line 3');
    expect(calls).toContain('A file encoded in the script asks the metadata service without a token');
  });

  test('finds the line in the words of the rule itself', () => {
    const body = { Type: INSTANCE.type, Properties: { UserData: { 'Fn::Base64': 'date\ncurl http://169.254.169.254/latest/meta-data/' } } };
    const document = { file: 'a.json', json: { Resources: { A: body } } };
    const [verdict] = BOOT_CALL.check({
      resource: { document, logicalId: 'A', body } as never,
      source: INSTANCE,
      properties: body.Properties,
      judgement: { posture: Posture.OPTIONAL, path: '', reason: '' },
      world: {} as TemplateWorld,
    });
    const { severity, location: path, problem, remedy } = verdict;
    const fix = fixInWords(remedy, 'A');
    const finding = { ...RICH.findings[4], name: 'A', severity, path, problem, fix };
    const calls = section(formatHtml({ ...EMPTY, findings: [finding] }), 'boot-calls');
    expect(textOf(calls)).toContain('A line 2');
    expect(calls).toContain('<pre><code>curl http://169.254.169.254/latest/meta-data/</code></pre>');
  });

  test('a boot call in other words is shown in those', () => {
    const finding = { ...RICH.findings[4], severity: Severity.ERROR, problem: 'it asks without a token' };
    expect(textOf(section(formatHtml({ ...EMPTY, findings: [finding] }), 'boot-calls'))).toContain('it asks without a token');
  });

  test('bars by type and by stack have their counts as text', () => {
    const text = textOf(section(page, 'postures'));
    expect(text).toContain('AWS::EC2::Instance8 of 15 open');
    expect(text).toContain('Network1 of 3 open 1 optional 2 required');
    expect(section(page, 'postures')).toContain('<rect class="fill-required" x="33.333%" width="66.667%" height="100%"/>');
  });

  test('stacks beyond the worst ten are folded away', () => {
    const launchSources = Array.from({ length: 12 }, (_, index) => ({ ...CLEAN.launchSources[0], stack: `Stack${index}` }));
    expect(textOf(section(formatHtml({ ...CLEAN, launchSources }), 'postures'))).toContain('2 more stacks');
  });

  test('exemptions: who, from what, why, and where that was said', () => {
    const register = textOf(section(page, 'exemptions'));
    for (const { name, rule, reason, acknowledgedAt } of RICH.exemptions) {
      for (const part of [name, rule, reason, acknowledgedAt, '2027-03-31', 'owner team-billing, ticket OPS-1207']) expect(register).toContain(escape(part));
    }
  });

  test('changes: before, after, and the effect on deploy', () => {
    const register = textOf(section(page, 'changes'));
    expect(register).toContain('optional → required');
    for (const { name, effect, reason } of RICH.changes) {
      for (const part of [name, effect, reason]) expect(register).toContain(escape(part));
    }
  });

  test('problems, with their position', () => {
    expect(textOf(section(page, 'problems'))).toContain(`cdk.out/Data.template.json:41:7${escape(RICH.problems[0].message)}`);
  });

  test('every launch source, and its posture', () => {
    const inventory = textOf(section(page, 'sources'));
    for (const { name } of RICH.launchSources) expect(inventory).toContain(name);
    expect(inventory).toContain('unsettable');
  });

  test('says of what is not there that it is not there', () => {
    const text = textOf(inside(formatHtml(EMPTY), 'main'));
    for (const part of ['No findings.', 'Nothing is exempt.', 'No boot script was seen']) expect(text).toContain(part);
    for (const id of ['problems', 'changes', 'postures', 'sources']) expect(section(formatHtml(EMPTY), id)).toBe('');
  });
});

describe('one file', () => {
  const page = formatHtml(RICH);

  test('names nothing to fetch', () => {
    const targets = [...page.matchAll(/\s(?:src|href|action|srcset|poster|data)="([^"]*)"/g)].map(([, target]) => target);
    expect(targets.filter((target) => !target.startsWith('#'))).toEqual(['data:,']);
    expect(inside(page, 'style')).not.toMatch(/@import|url\((?!#)/);
    expect(inside(page, 'script')).not.toMatch(/fetch|XMLHttpRequest|import|https?:/);
  });

  test('the policy allows exactly its own script and styles', () => {
    const hash = (source: string) => `&#39;sha256-${createHash('sha256').update(source).digest('base64')}&#39;`;
    expect(page).toContain(`script-src ${hash(inside(page, 'script'))};`);
    expect(page).toContain(`style-src ${hash(inside(page, 'style'))};`);
    expect(page).toContain('default-src &#39;none&#39;;');
    expect(page).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  test('the same report gives the same page', () => expect(formatHtml(structuredClone(RICH))).toBe(page));
});

test('says when, of what and of which commit it is', () => {
  const page = formatHtml(CLEAN, { date: new Date('2026-12-01T02:03:04Z'), inputs: ['cdk.out', 'a&b.yaml'], commit: '0123456789' });
  expect(textOf(page.split('<dl class="scan">')[1].split('</dl>')[0])).toBe('Scannedcdk.out, a&amp;b.yaml On2026-12-01 02:03 UTC Commit0123456789');
  expect(formatHtml(CLEAN, { date: new Date(0), inputs: ['x'] })).not.toContain('Commit');
});
