import type { BrowserContextOptions, Page } from 'playwright-core';
import { CLEAN, EMPTY, RICH } from './html-report';
import { formatHtml } from '../../src/cli/format-html';
import type { Report } from '../../src/cli/report';
import { browserForTests, expectAccessible, LOOKS, PHONE, reachedByTab, widthOf } from '../html/browser';

const openHtml = browserForTests();
const open = async (report: Report, options?: BrowserContextOptions) => openHtml(formatHtml(report), options);

const shownRows = async (page: Page) => page.locator('#findings-table > tbody > tr:visible').count();

test('renders and runs under its own policy, without a complaint and without a request', async () => {
  const { page, complaints, requests } = await open(RICH);
  expect(await page.locator('h1').innerText()).toContain('15');
  await page.locator('#filter-text').fill('Bastion');
  await page.locator('summary').last().click();
  expect(await page.locator('#sources-table > tbody > tr:visible').count()).toBe(RICH.launchSources.length);
  expect(await page.evaluate("getComputedStyle(document.querySelector('.overall .bar')).height")).toBe('28px');
  expect(complaints).toEqual([]);
  expect(requests).toEqual([]);
});

test('runs no script of a template', async () => {
  const attack = '<script>document.title = "attacked"</script><img src="http://localhost:9/x" onerror="document.title = \'attacked\'">';
  const { page, complaints, requests } = await open({ ...RICH, findings: [{ ...RICH.findings[0], name: attack, problem: attack, fix: attack }] });
  expect(await page.title()).toContain('Incomplete');
  expect(await page.locator('#findings-table').innerText()).toContain(attack);
  expect([...complaints, ...requests]).toEqual([]);
});

test('the filters narrow the table and announce how much is left', async () => {
  const { page } = await open(RICH);
  const status = page.getByRole('status');
  expect(await status.getAttribute('aria-live')).toBe('polite');
  expect(await status.innerText()).toBe('9 findings');

  await page.getByLabel('Text').fill('shop nowhere');
  expect(await status.innerText()).toBe('0 of 9 findings shown');
  await page.getByLabel('Text').fill('SHOP/web');
  expect(await status.innerText()).toBe('2 of 9 findings shown');
  await page.getByLabel('Severity').selectOption('warning');
  expect(await status.innerText()).toBe('1 of 9 findings shown');
  expect(await shownRows(page)).toBe(1);

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('9 of 9 findings shown').waitFor();
  await page.getByLabel('Rule').selectOption('cdk-imdsv2::boot-call');
  expect(await status.innerText()).toBe('3 of 9 findings shown');
  expect(await shownRows(page)).toBe(3);
});

test('the rewritten line can be copied as it is', async () => {
  const { page } = await open(RICH, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('button', { name: 'Copy' }).first().click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(RICH.findings[4].fix);
});

test('the keyboard reaches every control and the table', async () => {
  const { page } = await open(RICH);
  const reached = await reachedByTab(page, 25);
  const expected = ['Skip to the findings', 'Copy', 'filter-text', 'filter-severity', 'filter-rule', 'Reset', 'Findings, table', 'Exemptions, table', 'Recorded changes, table'];
  expect(reached.filter((name) => expected.includes(name))).toEqual(expected);
});

test('without JavaScript every row is there, and no control that would not work', async () => {
  const { page } = await open(RICH, { javaScriptEnabled: false });
  expect(await shownRows(page)).toBe(RICH.findings.length);
  expect(await page.locator('#filter').isVisible()).toBe(false);
  expect(await page.locator('button:visible').count()).toBe(0);
});

test('prints tables, in the colours of paper, on a page that is narrower than a screen', async () => {
  const { page } = await open(RICH, { viewport: { width: 718, height: 1000 }, colorScheme: 'dark' });
  const seen = async () => page.evaluate("['.figure', '#findings-table td'].map((at) => { const { color, display } = getComputedStyle(document.querySelector(at)); return [color, display]; })");
  expect(await seen()).toEqual([['rgb(241, 187, 84)', 'block'], ['rgb(236, 234, 230)', 'grid']]);
  await page.emulateMedia({ media: 'print' });
  expect(await seen()).toEqual([['rgb(138, 83, 0)', 'block'], ['rgb(0, 0, 0)', 'table-cell']]);
  expect(await widthOf(page)).toBe(718);
});

test.each([['rich', RICH], ['clean', CLEAN], ['empty', EMPTY]])('fits a phone: %s', async (_, report) => {
  const { page } = await open(report, { viewport: PHONE });
  await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
  expect(await widthOf(page)).toBe(PHONE.width);
});

test('no word breaks inside on a phone, but what is longer than a line', async () => {
  const { page } = await open(RICH, { viewport: { width: 375, height: 800 } });
  await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
  const broken = await page.evaluate(`(() => {
    const broken = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.parentElement.closest('script, style')) continue;
      for (const word of text.data.matchAll(/\\w+/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top))).size > 1) broken.push(word[0]);
      }
    }
    return broken;
  })()`);
  expect((broken as string[]).filter((word) => word.length < 40)).toEqual([]);
});

test('fits a phone with names that have no place to break', async () => {
  const long = 'x'.repeat(200);
  const place = { name: long, stack: long, template: long, type: long, path: long };
  const findings = RICH.findings.map((finding) => ({ ...finding, ...place, fix: long, problem: long, controls: [long] }));
  const launchSources = RICH.launchSources.map((source) => ({ ...source, ...place }));
  const { page } = await open({ ...RICH, findings, launchSources }, { viewport: PHONE });
  expect(await widthOf(page)).toBe(PHONE.width);
});

test.each<[string, Report, BrowserContextOptions]>([
  ...LOOKS.map(([look, options]): [string, Report, BrowserContextOptions] => [look, RICH, options]),
  ['clean', CLEAN, {}],
  ['empty', EMPTY, {}],
])('axe finds nothing: %s', async (_, report, options) => expectAccessible(openHtml, formatHtml(report), options));
