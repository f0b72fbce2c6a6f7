import { RUN } from './fake-fleet';
import type { InstanceRecord, TargetRecord } from '../../src/fleet/handlers/records';
import { fleetPage } from '../../src/fleet/report/page';
import { Summing } from '../../src/fleet/report/summary';
import { browserForTests, expectAccessible, LOOKS, PHONE, reachedByTab, widthOf } from '../html/browser';

const [account, region] = ['111111111111', 'eu-west-1'];
const INSTANCE: InstanceRecord = {
  account, region, instance: 'i-1', state: 'running', tokens: 'optional', endpoint: 'enabled', roleAccess: 'none', exempt: false, readiness: { state: 'ready', calls: 0, daysWithData: 35 },
};
const INSPECTED: TargetRecord = { account, region, status: 'inspected', parts: 1, defaults: { HttpTokens: 'required', HttpTokensEnforced: 'enabled' }, managedBy: 'account' };
const ATTACK = '<script>document.title = "attacked"</script><img src="http://localhost:9/x" onerror="document.title = \'attacked\'">';
const LONG = 'x'.repeat(200);

/** In a run with waves, which somebody let begin; the first instance failed. */
function pageOf(instances: readonly InstanceRecord[], targets: readonly TargetRecord[], approver?: string): string {
  const summing = new Summing();
  for (const [at, instance] of instances.entries()) summing.addInstance(instance, approver === undefined || at > 0 ? undefined : { state: 'failed', wave: 1, reason: approver });
  if (instances.length > 0) summing.addSource({ account, region, kind: 'launch-template', id: LONG, version: '$Latest', group: 'web', tokens: 'silent', hopLimit: 2 });
  const counts = { instances: 5, required: 3, stopped: 1, unconfirmed: 0, restored: 0, failed: 1, others: 1 };
  const waves = approver === undefined ? [] : [{ wave: 1, approver, ...counts }];
  const sourceChanges = approver === undefined ? [] : [{
    account, region, kind: 'launch-template' as const, id: approver, run: 'run', time: '2026-11-24T15:07:00Z', before: '1', after: '2', outcome: 'left' as const, reason: approver, next: approver,
  }];
  return fleetPage(summing.summary(RUN, targets, { waves, sourceChanges, end: approver === undefined ? undefined : { state: 'rejected', reason: 'calls were rejected' } }));
}

/** Something of everything that a page can hold, names without a place to break among it. */
const RICH = pageOf([
  { ...INSTANCE, instance: 'i-root', role: LONG, roleAccess: 'administrator', owner: ATTACK, application: LONG, group: LONG, launchTemplate: 'lt-1', launchTemplateVersion: '3', image: 'ami-1' },
  { ...INSTANCE, instance: 'i-busy', role: 'web', roleAccess: 'wildcard', hopLimit: 2, containerHost: `the tag kubernetes.io/cluster/${LONG}`, readiness: { state: 'not-ready', calls: 3, lastCall: '2026-11-20T04:05:00.000Z', daysWithData: 35 } },
  { ...INSTANCE, instance: 'i-new', roleAccess: 'unknown', exempt: true, exemptUntil: '2027-01-01', exemptReason: LONG, readiness: { state: 'unknown', calls: 0, daysWithData: 2 } },
  { ...INSTANCE, instance: 'i-off', endpoint: 'disabled' },
], [
  INSPECTED,
  { account, region: 'us-east-1', status: 'denied', reason: `User is not authorized: ${LONG} (AccessDenied)` },
  { account: '222222222222', region: 'all', status: 'disabled', reason: 'the organization says that the account is SUSPENDED' },
], `${ATTACK} ${LONG}`);
const CLEAR = pageOf([], [INSPECTED]);
const EMPTY = pageOf([], []);

const open = browserForTests();

test('shows itself under its own policy, without a complaint, a request or a script', async () => {
  const { page, complaints, requests } = await open(RICH);
  expect(await page.title()).toBe('Incomplete: 3 known instances allow IMDSv1');
  expect(await page.locator('#owners-table').innerText()).toContain(ATTACK);
  expect(await page.locator('#instances-table > tbody > tr:visible').count()).toBe(3);
  // Its styles are let in by their hash.
  expect(await page.evaluate("getComputedStyle(document.querySelector('.skip')).position")).toBe('absolute');
  expect([...complaints, ...requests]).toEqual([]);
});

test('the keyboard skips to the instances and reaches every part and table', async () => {
  const { page } = await open(RICH);
  const expected = [
    'Skip to the instances', '2 of 3 accounts and regions', 'Not inspected 2', 'Waves 1', 'Owners 2', 'Instances 3', 'Launch sources 1', 'Exemptions 1', 'Accounts and regions 3',
    'Not inspected, table', 'Waves, table', 'Failed, table', 'Launch templates and groups, table', 'Owner, table', 'Application, table', 'Role, by what an attacker would gain, table', 'Instances, table', 'Launch sources, table',
    'Exemptions, table', 'Accounts and regions, table',
  ];
  expect((await reachedByTab(page, expected.length)).map((name) => name.trim())).toEqual(expected);
});

test('every link of the page leads somewhere', async () => {
  const { page } = await open(RICH);
  expect(await page.evaluate("[...document.querySelectorAll('a')].filter((link) => !document.querySelector(link.getAttribute('href'))).length")).toBe(0);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(page.url()).toMatch(/#instances$/);
});

test.each([['rich', RICH], ['clear', CLEAR], ['empty', EMPTY]])('fits a phone: %s', async (_, html) => {
  const { page } = await open(html, { viewport: PHONE });
  expect(await widthOf(page)).toBe(PHONE.width);
});

test.each([...LOOKS.map(([look, options]) => [look, RICH, options] as const), ['clear', CLEAR, {}] as const, ['empty', EMPTY, {}] as const])(
  'axe finds nothing: %s', async (_, html, options) => expectAccessible(open, html, options));
