/** What exempts a scope from every rule until a day. */
export interface Exemption {
  readonly reason: string;
  /** The last day of it, in UTC: `2027-03-31`. */
  readonly until: string;
  readonly owner?: string;
  readonly ticket?: string;
}

/** The context key that lets expired exemptions pass with a warning: `cdk deploy -c cdk-imdsv2:expired-exemptions=warn`. */
export const LET_PASS = 'cdk-imdsv2:expired-exemptions';

const DAY = 24 * 60 * 60 * 1000;

/** Days before the end at which synthesis begins to warn. */
export const NOTICE_DAYS = 30;

/** Whether a text is a day of the calendar, as `2027-03-31`. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** How many days are to come before the last one: 0 on that day, negative once it has passed. */
export function daysLeft({ until }: Pick<Exemption, 'until'>, now: Date): number {
  const end = Date.parse(`${until}T00:00:00Z`) + DAY;
  return Math.ceil((end - now.getTime()) / DAY) - 1;
}

/** `owner team-billing, ticket OPS-1207`, as far as they are known. */
export function whoseOf({ owner, ticket }: Pick<Exemption, 'owner' | 'ticket'>): string {
  return [...owner ? [`owner ${owner}`] : [], ...ticket ? [`ticket ${ticket}`] : []].join(', ');
}

/** An exemption as the reason of an acknowledgement, the one thing that travels wherever acknowledgements go. */
export function reasonOf({ reason, until, owner, ticket }: Exemption): string {
  const parts = [`exempt until ${until}`, ...owner ? [`owner ${owner}`] : [], ...ticket ? [`ticket ${ticket}`] : []];
  return `${reason} [${parts.join('; ')}]`;
}

/** The exemption that a reason tells of, if it does. */
export function exemptionOf(reason: string): Exemption | undefined {
  const found = /^([^]*) \[exempt until (\d{4}-\d\d-\d\d)(?:; owner ([^;\]]*))?(?:; ticket ([^;\]]*))?\]$/.exec(reason);
  return found && isDay(found[2]) ? { reason: found[1], until: found[2], owner: found[3], ticket: found[4] } : undefined;
}

/** What the names of the tags begin with by which an exemption travels to running instances. */
export const TAG_PREFIX = 'imdsv2:';
export const UNTIL_TAG = `${TAG_PREFIX}exempt-until`;
const REASON_TAG = `${TAG_PREFIX}exempt-reason`;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const LONGEST_TAG = 256;

/** An exemption as tags. */
export function tagsOf({ until, reason }: Pick<Exemption, 'until' | 'reason'>): { readonly [key: string]: string } {
  return { [UNTIL_TAG]: tagText(until), [REASON_TAG]: tagText(reason) };
}

/** The exemption that tags tell of: without a day as its end there is none. */
export function exemptionOfTags(tags: { readonly [key: string]: string }): Pick<Exemption, 'until' | 'reason'> | undefined {
  const until = tags[UNTIL_TAG] ?? '';
  return isDay(until) ? { until, reason: tags[REASON_TAG] ?? '' } : undefined;
}

/** Without control characters, which Auto Scaling does not take, and without half of a character at its end, which is no JSON. */
function tagText(value: string): string {
  return value.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, LONGEST_TAG).replace(/[\uD800-\uDBFF]$/, '');
}
