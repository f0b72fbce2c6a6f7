import type { EndState } from './ends';
import { MOST_SHOWN, type Group, type Seen, type Summary } from './summary';
import { contents, counted, document } from '../../html/document';
import { breakable, html, type Markup } from '../../html/markup';
import { table } from '../../html/table';
import type { SourceChange } from '../handlers/ledger';
import type { InstanceRecord, ReadinessState, SourceRecord, TargetRecord } from '../handlers/records';

/** One page for people: the number first, then what is not known, then who has to do something. */
export function fleetPage(summary: Summary): string {
  const { lead, tone, rest } = headlineOf(summary);
  const { run, totals, targets, sources, exemptionCount, waves, end } = summary;
  const missing = targets.filter(({ status }) => status !== 'inspected');
  return document({
    title: `${lead ? `${lead}: ` : ''}${totals.open} ${rest}`,
    skipTo: { id: 'instances', name: 'the instances' },
    footer: `cdk-imdsv2 ${run.version}, run ${run.id}`,
    body: html`
<header class="hero ${tone}">
<p class="eyebrow">EC2 instance metadata in the running fleet</p>
<h1>${lead && html`<span class="lead">${lead}:</span> `}<span class="sentence"><span class="figure">${totals.open}</span> <span>${rest}</span></span></h1>
${missing.length > 0 ? html`<p class="caution"><a href="#missing">${missing.length} of ${counted(targets.length, 'account and region', 'accounts and regions')}</a> not inspected. What runs there is not counted here.</p>` : undefined}
<ul class="facts">${factsOf(summary).map((fact) => html`<li>${fact}</li>`)}</ul>
</header>
${contents([
  ['missing', 'Not inspected', missing.length] as const,
  ...end ? [['changes', 'Waves', waves.length] as const] : [],
  ['who', 'Owners', summary.owners.length] as const,
  ['instances', 'Instances', totals.open] as const,
  ['sources', 'Launch sources', sources.length] as const,
  ['exemptions', 'Exemptions', exemptionCount] as const,
  ['targets', 'Accounts and regions', targets.length] as const,
])}
<main>
${missing.length > 0 ? notInspected(missing) : undefined}
${end ? changes(summary) : undefined}
${who(summary)}
${instances(summary)}
${sourcesSection(sources)}
${exemptionsSection(summary)}
${targetsSection(targets)}
</main>`,
  }).text;
}

/** Unless all was inspected, the number is what is known at least, and the headline says so. */
export function headlineOf({ complete, totals }: Pick<Summary, 'complete' | 'totals'>): { readonly lead?: string; readonly tone: string; readonly rest: string } {
  const rest = `${totals.open === 1 ? 'instance allows' : 'instances allow'} IMDSv1`;
  if (!complete) return { lead: 'Incomplete', tone: 'incomplete', rest: `known ${rest}` };
  return totals.open === 0 ? { lead: 'All clear', tone: 'clear', rest } : { tone: 'open', rest };
}

function factsOf({ run, totals, statuses, targets, endpointDisabled }: Summary): string[] {
  return [
    `${statuses.inspected} of ${counted(targets.length, 'account and region', 'accounts and regions')} inspected`,
    `${totals.ready} ready, ${totals.notReady} not ready, ${totals.unknown} unknown over ${counted(run.lookBackDays, 'day')}`,
    `${totals.exempt} exempt`,
    ...endpointDisabled > 0 ? [`${endpointDisabled} more with the metadata endpoint off`] : [],
    run.startedAt,
  ];
}

function notInspected(missing: readonly TargetRecord[]): Markup {
  return section('missing', 'What was not inspected', html`
<p class="intro">Nothing is known about what runs there.${beyond(missing.length, 'targets.csv')}</p>
${table('missing-table', 'Not inspected', ['Account', 'Region', 'Status', 'Reason'], missing.slice(0, MOST_SHOWN).map(({ account, region, status, reason }) => ({
  cells: [account, region, html`<strong>${status}</strong>`, html`<p class="prose">${reason}</p>`],
})))}`);
}

function changes({ waves, end, failed, sourceChanges }: Summary): Markup {
  const stopped = waves.reduce((sum, wave) => sum + wave.stopped, 0);
  return section('changes', 'What was changed', html`
<p class="intro">${end!.reason[0].toUpperCase()}${end!.reason.slice(1)}.</p>
${table('waves-table', 'Waves', ['Wave', 'Instances', 'Required now', 'Not confirmed', 'Restored', 'Failed', 'Left alone', 'Let begin by'], waves.map((wave) => ({
  cells: [wave.wave, wave.instances, wave.required, wave.unconfirmed, wave.restored, wave.failed, wave.others, wave.approver ?? ''],
})))}
${stopped === 0 ? undefined : html`<p class="after">Of those that require tokens now, ${counted(stopped, 'instance was', 'instances were')} stopped: what is rejected after a start is watched only while the wave bakes.</p>`}
${failed.length === 0 ? undefined : html`<h3 class="after">Failed</h3>${note(waves.reduce((sum, wave) => sum + wave.failed, 0), 'results/ of the run')}
${table('failed-table', 'Failed', ['Instance', 'Wave', 'Reason'], failed.map(([record, { wave, reason }]) => ({ cells: [identity(record), wave ?? '', html`<p class="prose">${reason}</p>`] })))}`}
${sourceChanges.length === 0 ? undefined : html`<h3 class="after">Launch templates and groups</h3>${note(sourceChanges.length, 'changes/sources/ of the run')}
${table('source-changes-table', 'Launch templates and groups', ['What', 'Outcome', 'Reason', 'Next step'], sourceChanges.slice(0, MOST_SHOWN).map(sourceChange))}`}`);
}

function sourceChange({ account, region, kind, id, before, after, outcome, reason, next }: SourceChange) {
  const versions = before && after ? `, default version ${before} to ${after}` : '';
  return {
    cells: [
      html`<div><strong class="name">${breakable(id)}</strong><span class="detail">${kind.replace(/-/g, ' ')}${versions} · ${account} · ${region}</span></div>`,
      html`<strong>${outcome ?? 'under way'}</strong>`, html`<p class="prose">${reason}</p>`, html`<p class="prose">${next}</p>`,
    ],
  };
}

function who({ owners, applications, roles }: Summary): Markup {
  return section('who', 'Whose they are', html`
${groups('owners-table', 'Owner', owners)}
${groups('applications-table', 'Application', applications)}
${groups('roles-table', 'Role, by what an attacker would gain', roles)}`);
}

function groups(id: string, heading: string, all: readonly Group[]): Markup {
  return html`<h3 class="after">${heading}</h3>${note(all.length, 'the files of the run')}
${table(id, heading, [heading, 'Open', 'Ready', 'Not ready', 'Unknown', 'Exempt'], all.slice(0, MOST_SHOWN).map(({ name, access, open, ready, notReady, unknown, exempt }) => ({
  cells: [html`<div><strong class="name">${breakable(name)}</strong>${access && html`<span class="detail">${access}</span>`}</div>`, open, ready, notReady, unknown, exempt],
})))}`;
}

const NEXT_STEPS: { readonly [state in ReadinessState]: string } = {
  'ready': 'no call without a token in the whole window: it can be flipped',
  'not-ready': 'find the process with the IMDS Packet Analyzer (github.com/aws/aws-imds-packet-analyzer), then update its SDK or agent; an old SSM agent counts as well',
  'unknown': 'not seen for the whole window: wait, or find out by other means whether it calls without a token',
};

/** What comes next where somebody has tried, whatever the metric said before. */
const AFTER: { readonly [state in EndState]?: string } = {
  'unconfirmed': 'EC2 was told to require tokens and does not say that it does: the next inventory looks again',
  'replaced': 'its group was refreshed: the next inventory tells whether this instance was replaced',
  'exempt': 'it was exempted after the inventory, and left alone',
  'restored': 'it got its previous options back: read why in the run, and mend that before it is flipped again',
  'failed': 'see why under Failed',
  'not-ready': NEXT_STEPS['not-ready'],
};

function instances({ worst, totals }: Summary): Markup {
  return section('instances', 'Instances that allow IMDSv1', worst.length === 0 ? html`<p>None is known.</p>` : html`
<p class="intro">What an attacker would gain most from comes first.${beyond(totals.open, 'the files of the run')}</p>
${table('instances-table', 'Instances', ['Instance', 'Role', 'Readiness', 'Launched by', 'Next step'], worst.map((seen) => {
  const [record] = seen;
  return { cells: [identity(record), role(record), readiness(record), launchedBy(record), html`<p class="prose">${nextStep(seen)}</p>`] };
}))}`);
}

function nextStep([{ exempt, exemptUntil, readiness: { state } }, end]: Seen): string {
  if (exempt) return `exempt until ${exemptUntil}`;
  return (end && AFTER[end.state]) ?? NEXT_STEPS[state];
}

function identity({ instance, account, region, state, owner, application }: InstanceRecord): Markup {
  return html`<div><strong class="name">${instance}</strong><span class="detail">${account} · ${region} · ${state}</span>
<span class="detail">${[owner, application].filter(Boolean).join(' · ')}</span></div>`;
}

function role({ role: name, roleAccess }: InstanceRecord): Markup {
  return html`<div><strong>${roleAccess}</strong>${name && html`<span class="detail">${breakable(name)}</span>`}</div>`;
}

function readiness({ readiness: { state, calls, lastCall, daysWithData }, hopLimit, containerHost }: InstanceRecord): Markup {
  return html`<div><strong>${state}</strong>
<span class="detail">${lastCall ? `${counted(calls, 'call')}, the last one ${lastCall}` : `data on ${counted(daysWithData, 'day')}`}</span>
<span class="detail">hop limit ${hopLimit ?? 'not known'}${containerHost === undefined ? '' : `, container host: ${containerHost}`}</span></div>`;
}

function launchedBy({ group, launchTemplate, launchTemplateVersion, image }: InstanceRecord): Markup {
  const lines = [group && `group ${group}`, launchTemplate && `${launchTemplate}, version ${launchTemplateVersion}`, image];
  return html`<div>${lines.filter((line) => line !== undefined).map((line) => html`<span class="detail">${breakable(line)}</span>`)}</div>`;
}

function sourcesSection(sources: readonly SourceRecord[]): Markup {
  return section('sources', 'What launches the next ones', sources.length === 0 ? html`<p>No launch template, launch configuration or group is behind them.</p>`
    : html`${note(sources.length, 'sources.csv')}${table('sources-table', 'Launch sources', ['Source', 'Tokens', 'Group', 'Where'], sources.slice(0, MOST_SHOWN).map(({ id, kind, version, tokens, hopLimit, group, account, region }) => ({
      cells: [
        html`<div><strong class="name">${breakable(id)}</strong><span class="detail">${kind.replace('-', ' ')}${version === undefined ? '' : `, version ${version}`}</span></div>`,
        html`<div><strong>${tokens}</strong>${hopLimit && html`<span class="detail">hop limit ${hopLimit}</span>`}</div>`,
        group ?? '', `${account} · ${region}`,
      ],
    })))}`);
}

function exemptionsSection({ exemptions, exemptionCount, run }: Summary): Markup {
  const today = run.startedAt.slice(0, 10);
  return section('exemptions', 'Exemption register', exemptions.length === 0 ? html`<p>Nothing is exempt.</p>`
    : html`${note(exemptionCount, 'the files of the run')}${table('exemptions-table', 'Exemptions', ['Instance', 'Until', 'Reason'], exemptions.map((record) => ({
      cells: [identity(record), html`<div>${record.exemptUntil}${record.exempt ? undefined : html`<span class="detail">ended before ${today}</span>`}</div>`, record.exemptReason ?? ''],
    })))}`);
}

function targetsSection(targets: readonly TargetRecord[]): Markup {
  return section('targets', 'Every account and region', html`
<p class="intro">What each was found to be, and what it says of new instances.${beyond(targets.length, 'targets.csv')}</p>
${table('targets-table', 'Accounts and regions', ['Account', 'Region', 'Status', 'Defaults', 'Managed by'], targets.slice(0, MOST_SHOWN).map((target) => ({
  cells: [target.account, target.region, target.status, defaultsOf(target), target.managedBy ?? ''],
})))}`);
}

/** What a page does not hold is in the files. */
function beyond(count: number, where: string): string {
  return count > MOST_SHOWN ? ` ${count - MOST_SHOWN} more are in ${where}.` : '';
}

/** The same where nothing else is said of a table. */
function note(count: number, where: string): Markup | undefined {
  const text = beyond(count, where);
  return text === '' ? undefined : html`<p class="intro">${text.trim()}</p>`;
}

function defaultsOf({ defaults }: TargetRecord): Markup {
  const set = Object.entries(defaults ?? {}).map(([option, value]) => `${option}=${value}`);
  return html`<code>${defaults && (set.join(', ') || 'no preference')}</code>`;
}

function section(id: string, title: string, body: Markup): Markup {
  return html`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>`;
}
