import type { Dialect } from './script-lines';

/** The address in every form that clients take it in (dotted, decimal, hexadecimal, octal, IPv6), and its names. */
const HOST = [
  String.raw`169\.254\.169\.254|2852039166|0xa9fea9fe|0xa9\.0xfe\.0xa9\.0xfe|025177524776|0251\.0376\.0251\.0376`,
  String.raw`\[fd00:0?ec2:(?::|(?:0{1,4}:){5})0?254\]|\[::ffff:169\.254\.169\.254\]`,
  String.raw`instance-data(?:\.ec2\.internal|\.[a-z\d-]{4,30}\.compute\.internal)?`,
].join('|');
const HOST_MENTION = new RegExp(HOST, 'i');
const VERSION = String.raw`(?:latest|\d{4}-\d\d-\d\d|1\.0)`;
const ANY_VERSION = String.raw`(?:${VERSION}|\$\w{1,60}|[$#]?\{[^\s/\\]{1,60}\}|\{\{[^{}/\\]{1,60}\}\})`;
const KIND = String.raw`(?:meta-data|user-data|dynamic)(?![\w-])`;
const ADDRESS = String.raw`(?<![\w./-])(?:(?:https?:)?[\\/]{2,4})?(${HOST})(?::(?:80|\$\w{1,60}|[$#]?\{\w{1,60}\}))?["']?`;
const METADATA_URL = new RegExp(String.raw`${ADDRESS}[\\/]+${ANY_VERSION}[\\/]+${KIND}`, 'i');
/** The address, and a path that only a caller knows. */
const ANY_URL = new RegExp(String.raw`${ADDRESS}(?:[\\/]+${VERSION})?[\\/]*(?:\$[\w(@*]|[$#]?\{\w*\}|%s|["']\s?[+.]\s?[$\w])`, 'i');
/** A value that begins with the address, or with a path of the service; only its beginning tells what it is. */
const PART_VALUE = new RegExp(
  String.raw`^(?:URI(?:\.parse)?\(|new URL\()?[fru]?["']?((?:(?:https?:[\\/]{2,4})?(?:${HOST})|[\\/]{0,2}(?:${VERSION}(?![\w.-])|${KIND}))[^\s"';)]{0,60})`, 'i');
/** No more than a version, which only a client asks for. */
const VERSION_URL = new RegExp(String.raw`${ADDRESS}[\\/]+${VERSION}[\\/]*(?=["'\s)]|$)`, 'i');
/** No path at all, as the argument of a client: under IMDSv2 that gets 401 like any other. What options or headers name is no address to ask. */
const BARE_URL = new RegExp(String.raw`(?<=\s["']?)(?<!(?:proxy|-x|:)\s["']?)(?:http:[\\/]{2,4}|(?!instance-data))(${HOST})(?::80)?[\\/]*(?=["'\s)>]|$)`, 'i');
/** Another host that a client is sent to the address for. */
const REDIRECTED = new RegExp(String.raw`--(?:resolve\s{1,9}["']?[^\s:]{1,200}:\d{1,5}|connect-to\s{1,9}["']?[^\s:]{0,200}:\d{0,5}):(${HOST})`, 'i');
const ANY_METADATA = new RegExp(String.raw`[\\/]+${ANY_VERSION}[\\/]+${KIND}`, 'i');
/** The host alone, as a raw connection or a client library takes it. */
const CONNECTION = new RegExp(
  String.raw`(?:/dev/tcp/|\b(?:nc|ncat|netcat|socat|telnet)\s(?!-\w{0,8}z)[^|;&]{0,80}?)(${HOST})[\s:/]80|(["'])(?:https?://)?(${HOST})(?::80)?/?\2`, 'i');
/** The path alone, or after a host that is put in later. */
const METADATA_PATH = new RegExp(
  String.raw`(?:^|[\s"'=(]|(?://|["'])(?:%s|\$\w{1,60}|[$#]?\{[^\s/\\"']{0,60}\}))[\\/]{1,4}${ANY_VERSION}[\\/]+${KIND}`, 'i');

/** A request that fetches a token, as far as it says what it asks for. */
const TOKEN_REQUEST = /(?:\b|X)PUT\b|[\\/]api[\\/]+token\b|metadata-token-ttl/i;

const CLIENT = /(?<![\w.$-])(?:curl|wget)(?:\.exe)?(?=\s)/g;
const POWERSHELL_CLIENT = /(?<![\w.$-])(?:Invoke-RestMethod|Invoke-WebRequest|irm|iwr|curl|wget)(?:\.exe)?(?=\s)/gi;

/** Where it is not mentioned, nothing is called. */
export function mentionsHost(text: string): boolean {
  return HOST_MENTION.test(text);
}

/** Whether a text holds the whole address of some metadata. */
export function namesMetadata(text: string): boolean {
  return METADATA_URL.test(text);
}

/** The host that a text asks for metadata; `connected`: the one that a bare path goes to. */
export function requestedHost(text: string, byClient: boolean, connected: string | undefined): string | undefined {
  const url = METADATA_URL.exec(text) ?? (TOKEN_REQUEST.test(text) ? null : ANY_URL.exec(text) ?? (byClient ? askedByClient(text) : null));
  return url?.[1] ?? (METADATA_PATH.test(text) ? connected : undefined);
}

function askedByClient(text: string): RegExpExecArray | null {
  return VERSION_URL.exec(text) ?? BARE_URL.exec(text) ?? (ANY_METADATA.test(text) ? REDIRECTED.exec(text) : null);
}

/** The host that a text connects to, to ask it for a path given elsewhere. */
export function connectedHost(text: string): string | undefined {
  const found = CONNECTION.exec(text);
  return found?.[1] ?? found?.[3];
}

/** The part of the address or of a path that a value begins with. */
export function addressPart(value: string): string | undefined {
  return PART_VALUE.exec(value)?.[1];
}

/** The programs that make requests in a text, where their names stand. */
export function clientsIn(text: string, dialect: Dialect): RegExpExecArray[] {
  return [...text.matchAll(dialect === 'powershell' ? POWERSHELL_CLIENT : CLIENT)];
}
