import { createHash } from 'crypto';
import { FakeFleet, RUN } from './fake-fleet';
import type { InstanceRecord, TargetRecord } from '../../src/fleet/handlers/records';
import { report } from '../../src/fleet/report.lambda';

jest.setTimeout(60_000);

const ACCOUNT = '111111111111';
const [HERE, THERE] = ['us-east-1', 'eu-west-1'];

let fleet: FakeFleet;
beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: HERE });
  fleet = new FakeFleet();
});

const put = (name: string, body: unknown) => fleet.objects.set(`runs/run/${name}`, typeof body === 'string' ? body : JSON.stringify(body));
const asked = (...regions: string[]) => put('asked.json', regions.map((region) => ({ account: ACCOUNT, region })));
const outcome = (region: string, record: Partial<TargetRecord>) => put(`outcomes/${ACCOUNT}/${region}.json`, { account: ACCOUNT, region, ...record });
const part = (region: string, number: number, records: readonly object[], kind = 'instances') =>
  put(`${kind}/${ACCOUNT}/${region}/0000${number}.jsonl`, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const record = (instance: string, rest: Partial<InstanceRecord> = {}, state: InstanceRecord['readiness']['state'] = 'ready'): InstanceRecord => ({
  account: ACCOUNT,
  region: HERE,
  instance,
  state: 'running',
  tokens: 'optional',
  endpoint: 'enabled',
  roleAccess: 'scoped',
  exempt: false,
  ...rest,
  readiness: { state, calls: state === 'not-ready' ? 3 : 0, daysWithData: 35 },
});
const make = () => report({ bucket: 'reports', run: RUN, stateMachine: 'fleet' });
const page = () => fleet.objects.get('runs/run/report.html')!;
const title = () => /<title>(.*)<\/title>/.exec(page())![1];
const rows = (id: string) => [...new RegExp(`id="${id}">[^]*?</table>`).exec(page())![0].matchAll(/<tr role="row">([^]*?)<\/tr>/g)].slice(1)
  .map(([, row]) => [...row.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, cell]) => cell.replace(/<\/(strong|span)>\s*/g, ' ').replace(/<[^>]*>/g, '').trim()));
/** The first words of what is to be done about an instance. */
const nextSteps = () => Object.fromEntries(rows('instances-table').map((row) => [row[0].split(' ')[0], row.at(-1)!.split(/[,:]/)[0]]));
const metric = (MetricName: string, Value: number) => ({ MetricName, Value, Unit: 'Count', Dimensions: [{ Name: 'StateMachine', Value: 'fleet' }] });

test('says of every table how much of it the page does not hold', async () => {
  const each = <T>(of: (number: number) => T) => Array.from({ length: 501 }, (_, number) => of(number));
  asked(HERE, ...each((number) => `eu-west-${number}`));
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, each((number) => record(`i-${number}`, {
    owner: `owner ${number}`, application: `application ${number}`, role: `role ${number}`, exempt: true, exemptUntil: '2027-01-01',
  })));
  part(HERE, 0, each((number) => ({ account: ACCOUNT, region: HERE, kind: 'launch-template', id: `lt-${number}`, version: '1', tokens: 'silent' })), 'sources');
  await make();
  const tables = [...page().matchAll(/<p class="intro">([^<]*)<\/p>\s*<div class="scroll" role="region" aria-label="([^"]*), table"/g)].map(([, note, name]) => [name, note.split('. ').pop()]);
  const files = 'are in the files of the run.';
  expect(tables).toEqual([
    ['Not inspected', '1 more are in targets.csv.'], ['Owner', `1 more ${files}`], ['Application', `1 more ${files}`], ['Role, by what an attacker would gain', `1 more ${files}`],
    ['Instances', `1 more ${files}`], ['Launch sources', '1 more are in sources.csv.'], ['Exemptions', `1 more ${files}`], ['Accounts and regions', '2 more are in targets.csv.'],
  ]);
  expect(page()).toContain('<span>Exemptions</span> <strong>501</strong>');
});

test('counts what is open, by readiness, owner, application and role', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 2, defaults: { HttpTokens: 'required' }, managedBy: 'account' });
  part(HERE, 0, [
    record('i-1', { owner: 'a', application: 'shop', role: 'web', roleAccess: 'wildcard' }),
    record('i-2', { owner: 'a', role: 'root', roleAccess: 'administrator', exempt: true, exemptUntil: '2027-01-01', exemptReason: 'the vendor' }, 'not-ready'),
  ]);
  part(HERE, 1, [record('i-3', {}, 'unknown'), record('i-4', { endpoint: 'disabled' }), record('i-5', { exemptUntil: '2026-01-01' })]);
  part(HERE, 0, [{ account: ACCOUNT, region: HERE, kind: 'launch-template', id: 'lt-1', version: '1', tokens: 'silent' }], 'sources');
  part(HERE, 1, [{ account: ACCOUNT, region: HERE, kind: 'launch-template', id: 'lt-1', version: '1', tokens: 'silent' }], 'sources');
  const { metrics, complete, open } = await make();
  expect({ complete, open, metrics }).toEqual({ complete: true, open: 4, metrics: [metric('InstancesAllowingImdsV1', 4), metric('TargetsNotInspected', 0)] });
  expect(fleet.json('manifest.json')).toEqual(expect.objectContaining({
    schemaVersion: 1,
    run: RUN,
    complete: true,
    totals: { open: 4, ready: 2, notReady: 1, unknown: 1, exempt: 1 },
    endpointDisabled: 1,
  }));
  expect(title()).toBe('4 instances allow IMDSv1');
  expect(rows('owners-table')).toEqual([['a', '2', '1', '1', '0', '1'], ['no owner', '2', '1', '0', '1', '0']]);
  expect(rows('applications-table').map(([name, open_]) => `${name} ${open_}`)).toEqual(['no application 3', 'shop 1']);
  expect(rows('roles-table').map(([name]) => name)).toEqual([`${ACCOUNT}/root administrator`, `${ACCOUNT}/web wildcard`, 'no role scoped']);
  expect(rows('instances-table').map(([name]) => name.split(' ')[0])).toEqual(['i-2', 'i-1', 'i-3', 'i-5']);
  expect(rows('sources-table')).toHaveLength(1);
  expect([.../<ul class="facts">([^]*?)<\/ul>/.exec(page())![1].matchAll(/<li>(.*?)<\/li>/g)].map(([, fact]) => fact)).toEqual([
    '1 of 1 account and region inspected', '2 ready, 1 not ready, 1 unknown over 35 days', '1 exempt', '1 more with the metadata endpoint off', RUN.startedAt,
  ]);
  expect(rows('exemptions-table').map((cells) => cells.join('|').replace(/\s+/g, ' '))).toEqual([
    expect.stringMatching(/^i-5 .*\|2026-01-01ended before 2026-11-24\|$/), expect.stringMatching(/^i-2 .*\|2027-01-01\|the vendor$/),
  ]);
  expect(rows('targets-table')).toEqual([[ACCOUNT, HERE, 'inspected', 'HttpTokens=required', 'account']]);
});

test('is incomplete unless everything was inspected, lists the rest, and does not put the count as a metric', async () => {
  asked(HERE, THERE, 'af-south-1', 'me-south-1', 'ap-east-1');
  outcome(HERE, { status: 'inspected', parts: 1 });
  outcome(THERE, { status: 'denied', reason: 'an SCP <says> so' });
  outcome('af-south-1', { status: 'disabled', reason: 'not opted in' });
  outcome('me-south-1', { status: 'failed', reason: 'it died' });
  part(HERE, 0, [record('i-1')]);
  // What was written before it died is known, though not all of it.
  part('me-south-1', 0, [record('i-2', { region: 'me-south-1' })]);
  const { metrics, complete, open } = await make();
  expect({ complete, open, metrics }).toEqual({ complete: false, open: 2, metrics: [metric('TargetsNotInspected', 4)] });
  expect(title()).toBe('Incomplete: 2 known instances allow IMDSv1');
  expect(page()).toContain('an SCP &lt;says&gt; so');
  expect(fleet.lines(/targets.jsonl/).map(({ region, status, reason }) => [region, status, reason])).toEqual([
    ['af-south-1', 'disabled', 'not opted in'],
    ['ap-east-1', 'failed', expect.stringContaining('nothing was recorded')],
    [THERE, 'denied', 'an SCP <says> so'],
    ['me-south-1', 'failed', 'it died'],
    [HERE, 'inspected', undefined],
  ]);
});

test('says all clear only where everything was inspected and nothing is open', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, []);
  await make();
  expect(title()).toBe('All clear: 0 instances allow IMDSv1');
  asked(HERE, THERE);
  await make();
  expect(title()).toBe('Incomplete: 0 known instances allow IMDSv1');
});

test('nothing asked for is not all clear', async () => {
  asked();
  expect(await make()).toEqual(expect.objectContaining({ complete: false, open: 0 }));
});

test('leaves out parts of a call that died and was repeated with fewer', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, [record('i-1')]);
  part(HERE, 1, [record('i-1')]);
  expect((await make()).open).toBe(1);
});

test('is sealed by a manifest of every object, and repeated it is the same', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, [record('i-1')]);
  put(`instances/${ACCOUNT}/${HERE}/00000.csv`, 'account\r\n');
  const { manifest } = await make();
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const objects = [...fleet.objects].filter(([key]) => !key.endsWith('manifest.json'))
    .map(([key, body]) => ({ name: key.replace('runs/run/', ''), sha256: sha(body) })).sort((one, other) => one.name < other.name ? -1 : 1);
  expect(objects.length).toBe(9);
  expect(fleet.json('manifest.json').objects).toEqual(objects);
  expect(manifest).toBe(sha(fleet.objects.get('runs/run/manifest.json')!));
  expect((await make()).manifest).toBe(manifest);
});

test('shows those an attacker would gain most from of very many, and counts all', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, Array.from({ length: 3000 }, (_, i) => record(`i-${i}`, i === 2999 ? { roleAccess: 'administrator', exemptUntil: '2027-01-01' } : {})));
  expect((await make()).open).toBe(3000);
  expect(page().match(/<strong class="name">i-\d+/g)![0]).toContain('i-2999');
  expect(page()).toContain('2500 more are in the files of the run.');
});

test('reads each object of very many accounts and regions once, and shows as many as one looks at', async () => {
  asked(...Array.from({ length: 1200 }, (_, i) => `region-${i}`));
  for (let i = 0; i < 1200; i++) outcome(`region-${i}`, i < 600 ? { status: 'inspected', parts: 1 } : { status: 'denied', reason: 'no' });
  for (let i = 0; i < 600; i++) part(`region-${i}`, 0, [record(`i-${i}`)]);
  const objects = fleet.objects.size;
  expect((await make()).open).toBe(600);
  const gets = fleet.calls.filter(({ operation }) => operation === 's3:GetObject').map(({ input }) => input.Key);
  expect([gets.length, new Set(gets).size]).toEqual([objects, objects]);
  expect(fleet.calls.filter(({ operation, input }) => operation === 's3:ListObjects' && !input.ContinuationToken)).toHaveLength(1);
  expect(fleet.peak).toBe(50);
  expect(fleet.lines(/targets.jsonl/)).toHaveLength(1200);
  const count = (id: string) => new RegExp(`id="${id}">[^]*?</table>`).exec(page())![0].match(/<tr role="row">/g)!.length - 1;
  expect(['missing-table', 'targets-table'].map(count)).toEqual([500, 500]);
  expect(page()).toContain('what runs there. 100 more are in targets.csv.');
  expect(page()).toContain('of new instances. 700 more are in targets.csv.');
});

test('says what comes next for what was told to require tokens, and does not yet', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, [record('i-1', { tokens: 'required' }), record('i-2')]);
  expect((await make()).open).toBe(2);
  expect(nextSteps()).toEqual({ 'i-1': 'EC2 was told to require tokens and does not say that it does', 'i-2': 'no call without a token in the whole window' });
});

test('the page runs and loads nothing, and no tag is markup', async () => {
  asked(HERE);
  outcome(HERE, { status: 'inspected', parts: 1 });
  part(HERE, 0, [record('i-1', { owner: '<img src=x onerror=alert(1)>', exempt: true, exemptUntil: '2027-01-01', exemptReason: '<script>alert(1)</script>' })]);
  await make();
  expect(page()).toContain('default-src &#39;none&#39;; style-src');
  expect(page()).not.toMatch(/<script|<img|script-src|https?:/);
  expect(page()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

describe('of a run that changed the fleet', () => {
  const END = { state: 'done', reason: 'every wave was changed' };
  const common = { account: ACCOUNT, region: HERE, run: 'run', approver: 'ana', time: '2026-11-24T16:00:00Z' };
  const options = (tokens: string) => ({ tokens, hopLimit: 1, endpoint: 'enabled' });
  const lines = (...all: object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');
  const made = (end = END) => report({ bucket: 'reports', run: RUN, stateMachine: 'fleet', end });
  const results = () => Object.fromEntries(fleet.lines(/results\/.*jsonl$/).map(({ instance, state, wave, reason }) => [instance, [state, wave, reason]]));
  const inventory = (...records: any[]) => {
    asked(HERE);
    outcome(HERE, { status: 'inspected', parts: 1 });
    part(HERE, 0, records);
  };
  const wave = (number: number, ...instances: string[]) => put(`waves/0${number}/${ACCOUNT}/${HERE}.json`, instances.map((instance) => ({ instance })));
  const intent = (instance: string, number = 1) => ({ ...common, instance, wave: number, before: options('optional'), after: options('required') });

  test('says of every instance how it ended, and why', async () => {
    inventory(
      record('i-changed'), record('i-stopped'), record('i-pending'), record('i-already'), record('i-already-pending'), record('i-gone'), record('i-exempt-since'), record('i-off-since'), record('i-calls-since'), record('i-failed'), record('i-lost'), record('i-restored'),
      record('i-stuck'), record('i-later'), record('i-left-over'), record('i-told', { tokens: 'required' }), record('i-exempt', { exempt: true, exemptUntil: '2027-01-01' }), record('i-off', { endpoint: 'disabled' }), record('i-calls', {}, 'not-ready'), record('i-new', {}, 'unknown'),
    );
    wave(1, 'i-changed', 'i-stopped', 'i-pending', 'i-already', 'i-already-pending', 'i-gone', 'i-exempt-since', 'i-off-since', 'i-calls-since', 'i-failed', 'i-lost', 'i-restored', 'i-stuck');
    wave(2, 'i-later');
    put(`changes/01/${ACCOUNT}/${HERE}/00000.before.jsonl`, lines(...['i-changed', 'i-lost'].map((id) => intent(id))));
    put(`changes/01/${ACCOUNT}/${HERE}/00000.jsonl`, lines(
      { ...intent('i-changed'), outcome: 'changed', applied: true }, { ...intent('i-stopped'), outcome: 'changed', applied: false, stopped: true }, { ...intent('i-already'), outcome: 'already', applied: true },
      { ...intent('i-pending'), outcome: 'changed', applied: false }, { ...intent('i-already-pending'), outcome: 'already', applied: false }, { ...intent('i-gone'), outcome: 'gone' },
      { ...intent('i-exempt-since'), outcome: 'exempt' }, { ...intent('i-off-since'), outcome: 'endpoint-disabled' }, { ...intent('i-calls-since'), outcome: 'not-ready', reason: 'calls without a token after the inventory: 3' }, { ...intent('i-failed'), outcome: 'failed', reason: 'denied' },
      { ...intent('i-restored'), outcome: 'changed', applied: true }, { ...intent('i-stuck'), outcome: 'changed', applied: true },
    ));
    put(`restored/01/${ACCOUNT}/${HERE}/00000.jsonl`, lines({ ...common, instance: 'i-restored', wave: 1, outcome: 'already' }, { ...common, instance: 'i-stuck', wave: 1, outcome: 'failed', reason: 'enforced' }));
    const { open, failures, metrics } = await made({ state: 'rejected', reason: 'calls were <rejected>' });
    expect(results()).toEqual({
      'i-changed': ['required', 1, undefined],
      'i-stopped': ['required', 1, expect.stringContaining('when it starts')],
      'i-pending': ['unconfirmed', 1, expect.stringContaining('counts as open')],
      'i-already': ['required', 1, undefined],
      'i-already-pending': ['unconfirmed', 1, expect.stringContaining('counts as open')],
      'i-gone': ['gone', 1, undefined],
      'i-exempt-since': ['exempt', 1, undefined],
      'i-off-since': ['endpoint-disabled', 1, undefined],
      'i-calls-since': ['not-ready', 1, 'calls without a token after the inventory: 3'],
      'i-failed': ['failed', 1, 'denied'],
      'i-lost': ['failed', 1, expect.stringContaining('is not known: what it had is written down')],
      'i-restored': ['restored', 1, undefined],
      'i-stuck': ['failed', 1, 'it did not get its options back: enforced'],
      'i-later': ['not-reached', 2, undefined],
      'i-left-over': ['in-no-wave', undefined, undefined],
      'i-told': ['unconfirmed', undefined, expect.stringContaining('counts as open')],
      'i-exempt': ['exempt', undefined, undefined],
      'i-off': ['endpoint-disabled', undefined, undefined],
      'i-calls': ['not-ready', undefined, undefined],
      'i-new': ['unknown', undefined, undefined],
    });
    // All but what is known to require tokens, is gone or has its endpoint disabled.
    expect({ open, failures, metrics: metrics[0] }).toEqual({ open: 14, failures: 3, metrics: metric('InstancesAllowingImdsV1', 14) });
    // What called after the inventory is not ready any more.
    expect(fleet.json('manifest.json').totals).toMatchObject({ open: 14, notReady: 2 });
    expect(fleet.json('manifest.json').waves).toEqual([
      { wave: 1, approver: 'ana', instances: 13, required: 3, stopped: 1, unconfirmed: 2, restored: 1, failed: 3, others: 4 }, { wave: 2, instances: 1, required: 0, stopped: 0, unconfirmed: 0, restored: 0, failed: 0, others: 1 },
    ]);
    expect(title()).toBe('14 instances allow IMDSv1');
    const row = [.../id="waves-table">[^]*?<\/table>/.exec(page())![0].matchAll(/<t[dh][^>]*>([^]*?)<\/t[dh]>/g)].map(([, cell]) => cell.replace(/<[^>]*>/g, '').trim());
    expect(row.slice(0, 16)).toEqual(['Wave', 'Instances', 'Required now', 'Not confirmed', 'Restored', 'Failed', 'Left alone', 'Let begin by', '1', '13', '3', '2', '1', '3', '4', 'ana']);
    expect(page()).toContain('Of those that require tokens now, 1 instance was stopped: what is rejected after a start is watched only while the wave bakes.');
    expect(page()).toContain('Calls were &lt;rejected&gt;.');
    // What was tried is not told to be tried, though the metric says that it is ready.
    const [ready, notInForce, failed] = ['no call without a token in the whole window', 'EC2 was told to require tokens and does not say that it does', 'see why under Failed'];
    expect(nextSteps()).toEqual({
      'i-pending': notInForce,
      'i-already-pending': notInForce,
      'i-exempt-since': 'it was exempted after the inventory',
      'i-calls-since': 'find the process with the IMDS Packet Analyzer (github.com/aws/aws-imds-packet-analyzer)',
      'i-failed': failed,
      'i-lost': failed,
      'i-restored': 'it got its previous options back',
      'i-stuck': failed,
      'i-later': ready,
      'i-left-over': ready,
      'i-told': notInForce,
      'i-exempt': 'exempt until 2027-01-01',
      'i-calls': 'find the process with the IMDS Packet Analyzer (github.com/aws/aws-imds-packet-analyzer)',
      'i-new': 'not seen for the whole window',
    });
    expect([...fleet.objects.get('runs/run/report.html')!.matchAll(/id="failed-table">[^]*?<\/table>/g)][0][0].match(/i-[a-z]+/g)!.sort()).toEqual(['i-failed', 'i-lost', 'i-stuck']);
  });

  test('says how many failures, launch templates and groups the page does not hold', async () => {
    const ids = Array.from({ length: 501 }, (_, number) => `i-${number}`);
    inventory(...ids.map((id) => record(id)));
    wave(1, ...ids);
    put(`failures/change/1/${ACCOUNT}/${HERE}.json`, { account: ACCOUNT, region: HERE, status: 'failed', reason: 'it died' });
    for (const id of ids) put(`changes/sources/${ACCOUNT}/${HERE}/launch-template/${id}.json`, { account: ACCOUNT, region: HERE, kind: 'launch-template', id, run: 'run', time: common.time, outcome: 'left' });
    await made();
    expect(page()).toMatch(/<h3 class="after">Failed<\/h3><p class="intro">1 more are in results\/ of the run\.</);
    expect(page()).toMatch(/<h3 class="after">Launch templates and groups<\/h3><p class="intro">1 more are in changes\/sources\/ of the run\.</);
  });

  test('says of what has its options back whether they are in force, as far as EC2 says it', async () => {
    inventory(record('i-1'), record('i-2'), record('i-3'), record('i-4'));
    wave(1, 'i-1', 'i-2', 'i-3', 'i-4');
    const restored = (instance: string, rest: object) => ({ ...common, instance, wave: 1, outcome: 'restored', ...rest });
    put(`restored/01/${ACCOUNT}/${HERE}/00000.jsonl`, lines(
      restored('i-1', { applied: true }), restored('i-2', { applied: false }), restored('i-3', { applied: false, stopped: true }), restored('i-4', {}),
    ));
    await made({ state: 'rejected', reason: 'calls were rejected' });
    expect(results()).toEqual({
      'i-1': ['restored', 1, undefined], 'i-2': ['restored', 1, 'EC2 has not said that it is in force'], 'i-3': ['restored', 1, undefined], 'i-4': ['restored', 1, undefined],
    });
    expect(page()).not.toContain('stopped: what is rejected');
  });

  test('says that a wave was given up in an account and region, though not of other waves', async () => {
    inventory(record('i-1'), record('i-2'), record('i-3'));
    wave(1, 'i-1', 'i-2');
    wave(2, 'i-3');
    put(`failures/change/1/${ACCOUNT}/${HERE}.json`, { account: ACCOUNT, region: HERE, status: 'failed', reason: 'it died' });
    put(`changes/01/${ACCOUNT}/${HERE}/00000.before.jsonl`, lines(intent('i-2')));
    expect((await made({ state: 'rejected', reason: 'calls were rejected' })).failures).toBe(2);
    expect(results()).toEqual({ 'i-1': ['failed', 1, 'it died'], 'i-2': ['failed', 1, expect.stringContaining('(it died)')], 'i-3': ['not-reached', 2, undefined] });
  });

  test('is no success where it says that all is done, and something has no end', async () => {
    inventory(record('i-1'));
    wave(1, 'i-1');
    put(`changes/sources/${ACCOUNT}/${HERE}/auto-scaling-group/web.json`, { account: ACCOUNT, region: HERE, kind: 'auto-scaling-group', id: 'web', run: 'run', time: common.time, refresh: 'r-1' });
    expect((await made()).failures).toBe(2);
    expect((await made({ state: 'rejected', reason: 'calls were rejected' })).failures).toBe(0);
  });

  test('counts what was replaced in a group, and what was not', async () => {
    const change = (kind: string, id: string, rest: object) => put(`changes/sources/${ACCOUNT}/${HERE}/${kind}/${id}.json`, { account: ACCOUNT, region: HERE, kind, id, run: 'run', time: common.time, ...rest });
    inventory(record('i-1', { group: 'web' }), record('i-2', { group: 'batch' }), record('i-3', { group: 'batch' }, 'not-ready'), record('i-4', { group: 'else' }));
    change('auto-scaling-group', 'web', { outcome: 'changed' });
    change('auto-scaling-group', 'batch', { outcome: 'left', reason: 'an instance calls IMDSv1' });
    change('launch-template', 'lt-1', { outcome: 'failed', reason: 'denied', before: '1', after: '2', next: 'ask its owner' });
    put(`failures/sources/${ACCOUNT}/${HERE}.json`, { reason: 'it died' });
    expect(await made()).toEqual(expect.objectContaining({ open: 4, failures: 2 }));
    expect(results()).toEqual({ 'i-1': ['replaced', undefined, undefined], 'i-2': ['in-its-group', undefined, 'an instance calls IMDSv1'], 'i-3': ['not-ready', undefined, undefined], 'i-4': ['in-no-wave', undefined, undefined] });
    expect(nextSteps()['i-1']).toBe('its group was refreshed');
    expect(page()).toMatch(/lt-1[^]*default version 1 to 2[^]*failed[^]*denied[^]*ask its owner/);
  });

  test('that undid another one fails where something did not get its options back', async () => {
    inventory(record('i-1'));
    put(`restored/01/${ACCOUNT}/${HERE}/00000.jsonl`, lines({ ...common, instance: 'i-1', wave: 1, from: 'old', outcome: 'restored' }, { ...common, instance: 'i-2', wave: 1, from: 'old', outcome: 'failed', reason: 'no' }));
    put(`failures/restore/${ACCOUNT}/${THERE}.json`, { reason: 'it died' });
    put(`failures/restore-sources/${ACCOUNT}/${THERE}.json`, { reason: 'it died' });
    expect(await make()).toEqual(expect.objectContaining({ open: 1, failures: 3 }));
    expect(results()).toEqual({});
    // Still under way, and nobody looks at it any more.
    put(`restored/sources/${ACCOUNT}/${HERE}/auto-scaling-group/web.json`, { account: ACCOUNT, region: HERE, kind: 'auto-scaling-group', id: 'web', run: 'run', time: common.time, undoes: 'old' });
    expect(await make()).toEqual(expect.objectContaining({ failures: 4 }));
  });
});
