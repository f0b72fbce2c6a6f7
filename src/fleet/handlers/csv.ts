import type { ChangeRecord, RestoreRecord } from './change-records';
import type { InstanceRecord, SourceRecord, TargetRecord } from './records';

export type Columns<T> = ReadonlyArray<readonly [heading: string, cell: (record: T) => string | number | boolean | undefined]>;

export const INSTANCE_COLUMNS: Columns<InstanceRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['instance', ({ instance }) => instance],
  ['state', ({ state }) => state],
  ['launchedAt', ({ launchedAt }) => launchedAt],
  ['image', ({ image }) => image],
  ['tokens', ({ tokens }) => tokens],
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

const OPTIONS: Columns<ChangeRecord | RestoreRecord> = (['before', 'after'] as const).flatMap((when) => ([
  [`${when}Tokens`, (record) => record[when]?.tokens],
  [`${when}HopLimit`, (record) => record[when]?.hopLimit],
] satisfies Columns<ChangeRecord | RestoreRecord>));

export const CHANGE_COLUMNS: Columns<ChangeRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['instance', ({ instance }) => instance],
  ['run', ({ run }) => run],
  ['wave', ({ wave }) => wave],
  ['approver', ({ approver }) => approver],
  ['time', ({ time }) => time],
  ...OPTIONS,
  ['outcome', ({ outcome }) => outcome],
  ['applied', ({ applied }) => applied],
  ['stopped', ({ stopped }) => stopped],
  ['reason', ({ reason }) => reason],
];

export const RESTORE_COLUMNS: Columns<RestoreRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['instance', ({ instance }) => instance],
  ['run', ({ run }) => run],
  ['from', ({ from }) => from],
  ['wave', ({ wave }) => wave],
  ['time', ({ time }) => time],
  ...OPTIONS,
  ['outcome', ({ outcome }) => outcome],
  ['applied', ({ applied }) => applied],
  ['stopped', ({ stopped }) => stopped],
  ['reason', ({ reason }) => reason],
];

/** How an instance of the inventory ended. */
export interface ResultRecord {
  readonly account: string;
  readonly region: string;
  readonly instance: string;
  readonly run: string;
  readonly state: string;
  readonly wave?: number;
  readonly reason?: string;
}

export const RESULT_COLUMNS: Columns<ResultRecord> = [
  ['account', ({ account }) => account],
  ['region', ({ region }) => region],
  ['instance', ({ instance }) => instance],
  ['run', ({ run }) => run],
  ['state', ({ state }) => state],
  ['wave', ({ wave }) => wave],
  ['reason', ({ reason }) => reason],
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
