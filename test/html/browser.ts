import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findChromium } from './chromium';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const DESKTOP = { width: 1200, height: 900 };
export const PHONE = { width: 360, height: 740 };

export interface Visit {
  readonly page: Page;
  /** Whatever the browser complained about. */
  readonly complaints: readonly string[];
  /** Everything the page asked for besides itself. */
  readonly requests: readonly string[];
}

/** Opens a page as its reader would: from a file. */
export type Open = (html: string, options?: BrowserContextOptions) => Promise<Visit>;

/** A browser for the tests of a file, which ends with them. */
export function browserForTests(): Open {
  jest.setTimeout(60_000);
  const directory = mkdtempSync(join(tmpdir(), 'cdk-imdsv2-html-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: ARGS });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  return async (html, options = {}) => {
    const file = join(directory, 'report.html');
    writeFileSync(file, html);
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    const url = pathToFileURL(file).href;
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(url);
    return { page, complaints, requests };
  };
}

/** What the keyboard reaches, by id, label or text, in the order of its first visit. */
export async function reachedByTab(page: Page, presses: number): Promise<string[]> {
  const reached = new Set<string>();
  for (let press = 0; press < presses; press++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"));
  }
  return [...reached];
}

/** How wide the page is; on a phone wider than the phone means to scroll sideways. */
export async function widthOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth');
}

/** What a page is looked at in. */
export const LOOKS: ReadonlyArray<readonly [string, BrowserContextOptions]> = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone, light', { colorScheme: 'light', viewport: PHONE }],
  ['phone, dark', { colorScheme: 'dark', viewport: PHONE }],
];

/** Fails for whatever axe finds. */
export async function expectAccessible(open: Open, html: string, options: BrowserContextOptions): Promise<void> {
  // The page's own policy would keep axe from being added to it.
  const { page } = await open(html, { ...options, bypassCSP: true });
  await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations, passes }: AxeResults = await page.evaluate('axe.run()');
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
}
