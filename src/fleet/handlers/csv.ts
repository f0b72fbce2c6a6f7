import type { InstanceRecord, SourceRecord, TargetRecord } from './records';

export type Columns<T> = ReadonlyArray<readonly [heading: string, cell: (record: T) => string | number | boolean | undefined]>;

export const INSTANCE_COLUMNS: Columns<InstanceRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['instance', ({ instance }) => instance],
  ['state', ({ state }) => state],
  ['launchedAt', ({ launchedAt }) => launchedAt],
  ['image', ({ image }) => image],
  ['hopLimit', ({ hopLimit }) => hopLimit],
  ['endpoint', ({ endpoint }) => endpoint],
  ['group', ({ group }) => group],
  ['launchTemplate', ({ launchTemplate }) => launchTemplate],
  ['launchTemplateVersion', ({ launchTemplateVersion }) => launchTemplateVersion],
  ['profile', ({ profile }) => profile],
  ['role', ({ role }) => role],
  ['roleAccess', ({ roleAccess }) => roleAccess],
  ['owner', ({ owner }) => owner],
  ['application', ({ application }) => application],
  ['containerHost', ({ containerHost }) => containerHost],
  ['readiness', ({ readiness }) => readiness.state],
  ['calls', ({ readiness }) => readiness.calls],
  ['lastCall', ({ readiness }) => readiness.lastCall],
  ['daysWithData', ({ readiness }) => readiness.daysWithData],
  ['exempt', ({ exempt }) => exempt],
  ['exemptUntil', ({ exemptUntil }) => exemptUntil],
  ['exemptReason', ({ exemptReason }) => exemptReason],
];

export const SOURCE_COLUMNS: Columns<SourceRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['kind', ({ kind }) => kind],
  ['id', ({ id }) => id],
  ['version', ({ version }) => version],
  ['group', ({ group }) => group],
  ['tokens', ({ tokens }) => tokens],
  ['hopLimit', ({ hopLimit }) => hopLimit],
];

export const TARGET_COLUMNS: Columns<TargetRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['status', ({ status }) => status],
  ['reason', ({ reason }) => reason],
  ['managedBy', ({ managedBy }) => managedBy],
  ...['HttpTokens', 'HttpPutResponseHopLimit', 'HttpEndpoint', 'InstanceMetadataTags', 'HttpTokensEnforced'].map((option) => (
    [option, ({ defaults }: TargetRecord) => defaults?.[option]] as const
  )),
];

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
export function csv<T>(columns: Columns<T>, records: readonly T[]): string {
  const rows = [columns.map(([heading]) => heading), ...records.map((record) => columns.map(([, cell]) => cell(record)))];
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** Tags are anybody's text: none may be a formula in a spreadsheet. */
function quoted(value: string | number | boolean | undefined): string {
  const text = String(value ?? '').replace(/^(?=[=+\-@\t\r])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
