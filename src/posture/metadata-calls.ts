import { CodeLine, Command, codeLines } from './script-lines';

/** A line that requests metadata without a token. */
export interface CallingLine {
  readonly line: CodeLine;
  readonly calls: MetadataCall[];
  /** The script keeps some other token in the variable ours would go to. */
  readonly tokenTaken: boolean;
}

export interface MetadataCall {
  readonly host: string;
  /** The program that makes it, and where its name ends in the line. */
  readonly client?: Client;
  /** Runs inside `$(...)` or backticks. */
  readonly substituted: boolean;
}

export interface Client {
  readonly name: string;
  readonly end: number;
  readonly quote: string;
  /** Printed, to be run by somebody else. */
  readonly printed: boolean;
}

/** A command, or the part of a quoted command line that belongs to one client. */
interface Request {
  readonly text: string;
  readonly client?: Client;
  readonly substituted: boolean;
}

/** The address in every form that clients take it in (dotted, decimal, hexadecimal, octal, IPv6), and its names. */
const HOST = [
  String.raw`169\.254\.169\.254|2852039166|0xa9fea9fe|0xa9\.0xfe\.0xa9\.0xfe|025177524776|0251\.0376\.0251\.0376`,
  String.raw`\[fd00:0?ec2:(?::|(?:0{1,4}:){5})0?254\]|\[::ffff:169\.254\.169\.254\]`,
  String.raw`instance-data(?:\.ec2\.internal|\.[a-z\d-]{4,30}\.compute\.internal)?`,
].join('|');
/** Where it is not found, nothing is called. */
export const HOST_MENTION = new RegExp(HOST, 'i');
const VERSION = String.raw`(?:latest|\d{4}-\d\d-\d\d|1\.0)`;
const ANY_VERSION = String.raw`(?:${VERSION}|\$\w{1,60}|[$#]?\{[^\s/\\]{1,60}\}|\{\{[^{}/\\]{1,60}\}\})`;
const KIND = String.raw`(?:meta-data|user-data|dynamic)(?![\w-])`;
const ADDRESS = String.raw`(?<![\w./-])(?:(?:https?:)?[\\/]{2,4})?(${HOST})(?::80)?["']?`;
const METADATA_URL = new RegExp(String.raw`${ADDRESS}[\\/]+${ANY_VERSION}[\\/]+${KIND}`, 'i');
/** The address, and a path that only a caller knows. */
const ANY_URL = new RegExp(String.raw`${ADDRESS}(?:[\\/]+${VERSION})?[\\/]*(?:\$[\w(@*]|[$#]?\{\w*\}|%s|["']\s?[+.]\s?[$\w])`, 'i');
/** A value that begins with the address, or with a path of the service; only its beginning tells what it is. */
const PART_VALUE = new RegExp(
  String.raw`^[fru]?["']?((?:(?:https?:[\\/]{2,4})?(?:${HOST})|[\\/]{0,2}(?:${VERSION}(?![\w.-])|${KIND}))[^\s"';)]{0,60})`, 'i');
/** No more than a version, which only a client asks for. */
const VERSION_URL = new RegExp(String.raw`${ADDRESS}[\\/]+${VERSION}[\\/]*(?=["'\s)]|$)`, 'i');
/** The host alone, as a raw connection or a client library takes it. */
const CONNECTION = new RegExp(
  String.raw`(?:/dev/tcp/|\b(?:nc|ncat|netcat|socat|telnet)\s(?!-\w{0,8}z)[^|;&]{0,80}?)(${HOST})[\s:/]80|(["'])(?:https?://)?(${HOST})(?::80)?/?\2`, 'i');
/** The path alone, or after a host that is put in later. */
const METADATA_PATH = new RegExp(
  String.raw`(?:^|[\s"'=(]|(?://|["'])(?:%s|\$\w{1,60}|[$#]?\{[^\s/\\"']{0,60}\}))[\\/]{1,4}${ANY_VERSION}[\\/]+${KIND}`, 'i');

const TOKEN_HEADER = /x-aws-ec2-metadata-token(?!-ttl)/i;
/** A request that fetches a token, as far as it says what it asks for. */
const TOKEN_REQUEST = /(?:\b|X)PUT\b|[\\/]api[\\/]+token\b|metadata-token-ttl/i;
const TOKEN_URL = /[\\/]latest[\\/]+api[\\/]+token\b/i;
/** A header option whose value is, by its name, the token. */
const TOKEN_OPTION = /(?:-H|--header|headers?)[\s=("'@{:]{0,4}[^"']{0,60}token(?!-ttl)/i;
/** What stands before a token that is fetched in place. */
const INLINE_TOKEN = /x-aws-ec2-metadata-token['"]?\s?[:=]\s?\\?\$?\($/i;

const CLIENT = /(?<![\w.$-])(?:curl|wget)(?:\.exe)?(?=\s)/g;
const POWERSHELL_CLIENT = /(?<![\w.$-])(?:Invoke-RestMethod|Invoke-WebRequest|irm|iwr|curl|wget)(?:\.exe)?(?=\s)/gi;

/** What may stand before a command that is one all the same. */
const LEAD = String.raw`^\s*(?:(?:-|!|\{|if|elif|while|until|then|do|else|sudo)\s+){0,4}`;
const PRINT = new RegExp(String.raw`${LEAD}(?:echo|printf(?!\s+-v)|Write-(?:Host|Output|Verbose))\s`, 'i');
/** Commands that only look for the address, or write it down. */
const MENTION = new RegExp(String.raw`${LEAD}(?:[efz]?grep|logger)\s`);
const SED = new RegExp(String.raw`${LEAD}sed\s`);
/** What a sed command replaces. */
const SED_PATTERN = /\bs([#|,@!/])(?:\\.|(?!\1).){1,500}/g;
const LOG = String.raw`["']?(?:[^\s;|&"']{0,80}(?:/var/log/|\.log\b)|\$\{?\w{0,20}log(?:_?file)?\}?(?![\w/]))`;
/** Into a file that is no log, or a connection. */
const TO_FILE = new RegExp(String.raw`>(?!>)(?:&\s?[3-9$]|\s*(?![\s&]|/dev/(?!tcp)|${LOG}))`, 'i');
const TO_LOG = new RegExp(String.raw`${LEAD}(?:logger|systemd-cat|tee\s+(?:-\w+\s+)?${LOG}[^\s;|&]{0,80}\s*\d?(?:>|$))`, 'i');
const MAX_PIPES = 10;
/** The end of a group or loop whose output goes into a file or a pipe. */
const GROUP_OUTPUT = new RegExp(
  String.raw`(?:(?:^|;)[ \t]*(?:done|\})|^[ \t]*[()](?:.*\))?)[ \t]*(?:>{1,2}[ \t]*(?![\s>&]|/dev/|${LOG})|\|(?!\|))`, 'im');
/** Tools that take the address for a packet filter, a route or a probe. */
const NETWORK_TOOL = /^\s*(?:sudo\s+)?(?:\/\S{1,40}\/)?(?:ip6?tables|ip|nft|ufw|firewall-cmd|netsh|route|ping)\s/i;
const PROXY_LIST = /^(?:no_?proxy|proxy_?bypass)/i;

/** As shells, PowerShell, batch, Python and Ruby write it in a text, or joined to one. */
const VARIABLE =
  /\$\{?(?:(?:env|script|global):|this\.)?(\w+)\}?(?:\s?[+.]\s?["'])?|%(\w+)%|#?\{(?:self\.|@)?(\w+)\}|\b(\w+)\s?\+\s?[fru]?["']|["']\s?[+.]\s?\$?(\w+)(?:\s?[+.]\s?["'])?/gi;
const ASSIGNMENT =
  /^\s*(?:(?:export|local|readonly|declare|set|let|const|var|my)\s+(?:-\w+\s+)?)*\$?(?:(?:env|script|global):|self\.|this\.|@)?([A-Za-z_]\w*)\s*[:+]?=(?!=)\s*(.*)$/i;
/** What a variable becomes if nothing else was said: `"${NAME:-value}"`. */
const DEFAULT = /^(["']?)\$\{\w{1,60}:?[-=]([^{}]{0,200})\}/;
/** An object that is given a header. */
const RECEIVER = /^\$?(?:self\.)?([A-Za-z_]\w*)(?:\.(?:headers?\b|\w*(?:add|set|update))|\[)/i;
/** The name a block is known by: a function, or a table of several lines that is put in a variable. */
const BLOCK = /^(?:(?:const|let|var)\s+)?(?:function\s+([\w-]+)|def\s+(\w+)|([\w-]+)\s*\(\)|\$?(\w+)\s*=\s*@?[{([]$)/i;

/** What a script defines in one place and uses in another. */
interface Names {
  /** Variables whose value begins with the address of the service, or with a path of it. */
  readonly parts: Map<string, string>;
  /** Variables and functions that bring the token header. */
  readonly carriers: Set<string>;
  /** The table of several lines that a line stands in. */
  readonly tables: Map<CodeLine, string>;
  readonly fetchesToken: boolean;
}

export function metadataCalls(script: string): CallingLine[] {
  if (!HOST_MENTION.test(script)) return [];
  const lines = codeLines(script);
  const fetchesToken = TOKEN_URL.test(script);
  const tokenTaken = !fetchesToken && /^[ \t]*(?:export[ \t]+|\$)?token[ \t]*=/im.test(script);
  const names = namesOf(lines, fetchesToken);
  const groupOutput = GROUP_OUTPUT.test(script);
  const requests = lines.map(line => requestsOf(line, groupOutput));
  const covered = coveredAddresses(requests.flat(), names);
  const connected = connectedHost(requests.flat(), names);
  return lines.flatMap((line, index) => {
    const found = requests[index].flatMap(request => {
      const host = requested(expand(request.text, names), request.client, connected);
      const name = assigned(request.text)?.name ?? '';
      if (host === undefined || carriesToken(request, names) || covered.has(name) || isBesideToken(request, line, names)) return [];
      return [{ host, client: request.client, substituted: request.substituted, sets: names.parts.has(name) }];
    });
    // Beside the request that uses it, a variable that takes the address needs nothing.
    const requesting = found.filter(call => !call.sets);
    const calls = requesting.length > 0 ? requesting : found;
    return calls.length > 0 ? [{ line, calls, tokenTaken }] : [];
  });
}

function connectedHost(requests: readonly Request[], names: Names): string | undefined {
  for (const { text } of requests) {
    const found = CONNECTION.exec(expand(text, names));
    if (found) return found[1] ?? found[3];
  }
  return undefined;
}

/** The host that a text asks for metadata; `connected`: the one that a bare path goes to. */
function requested(text: string, client: Client | undefined, connected: string | undefined): string | undefined {
  const url = METADATA_URL.exec(text) ?? (TOKEN_REQUEST.test(text) ? null : ANY_URL.exec(text) ?? (client ? VERSION_URL.exec(text) : null));
  return url?.[1] ?? (METADATA_PATH.test(text) ? connected : undefined);
}

/** The parts of a line that run as requests would, each with the client that makes it. `groupOutput`: what a group prints is used. */
function requestsOf(line: CodeLine, groupOutput: boolean): Request[] {
  const sending = new Set(line.commands.filter(printsHeader).map(({ within }) => within));
  return line.commands.flatMap(command => {
    const written = textOf(command);
    // PowerShell requests in brackets what it hands on.
    const plain = line.dialect !== 'powershell' || !written.includes('(');
    const shown = line.shown || (plain && PRINT.test(written) && !groupOutput);
    if (shown && !isUsed(command)) return [];
    if (NETWORK_TOOL.test(written) || (plain && MENTION.test(written))) return [];
    const text = SED.test(written) ? written.replace(SED_PATTERN, pattern => ' '.repeat(pattern.length)) : written;
    const clients = [...text.matchAll(line.dialect === 'powershell' ? POWERSHELL_CLIENT : CLIENT)]
      .filter(({ index }) => !INLINE_TOKEN.test(text.slice(Math.max(0, index - 60), index)));
    if (clients.length < 2 && sending.has(command)) return [];
    // What comes before the first client (`NO_PROXY=... curl ...`) is a part of its own.
    const parts: Request[] = [{ text: text.slice(0, clients[0]?.index), substituted: command.substituted }];
    const place = placesIn(command);
    const printed = PRINT.test(text);
    clients.forEach((client, index) => parts.push({
      text: text.slice(client.index, clients[index + 1]?.index),
      client: { name: client[0], ...place(client.index + client[0].length), printed },
      substituted: command.substituted,
    }));
    return parts.filter(part => !PROXY_LIST.test(assigned(part.text)?.name ?? ''));
  });
}

function textOf(command: Command): string {
  return command.pieces.map(piece => piece.text).join('');
}

/** `$(printf 'X-aws-ec2-metadata-token: %s' "$TOKEN")`. */
function printsHeader(command: Command): boolean {
  const text = textOf(command);
  return command.substituted && PRINT.test(text) && TOKEN_HEADER.test(text);
}

/** Whether what a command prints goes where it may be run: further than to a terminal or a log. */
function isUsed(command: Command): boolean {
  const chain = [command];
  for (let next = command.into; next && chain.length < MAX_PIPES; next = next.into) chain.push(next);
  return chain.some((each, index) => each.substituted || TO_FILE.test(unquoted(each)) || (index > 0 && !TO_LOG.test(textOf(each))));
}

/** The words of a command outside quotes, and what it redirects to. */
function unquoted({ pieces }: Command): string {
  return pieces.filter((piece, index) => piece.quote === '' || />\s*$/.test(pieces[index - 1]?.text ?? '')).map(piece => piece.text).join(' ');
}

/** Maps ends of words in the text of a command, asked for in order, to the line. */
function placesIn(command: Command): (end: number) => { end: number; quote: string } {
  let index = 0;
  let before = 0;
  return end => {
    while (before + command.pieces[index].text.length < end) before += command.pieces[index++].text.length;
    return { end: command.pieces[index].at + end - before, quote: command.pieces[index].quote };
  };
}

function assigned(text: string): { name: string; value: string } | undefined {
  const found = ASSIGNMENT.exec(text);
  return found ? { name: found[1], value: found[2] } : undefined;
}

function expand(text: string, names: Names): string {
  if (names.parts.size === 0) return text;
  return text.replace(VARIABLE, (variable, ...found: string[]) =>
    names.parts.get(found.slice(0, 5).find(name => name !== undefined)!) ?? variable);
}

function identifiers(text: string): string[] {
  return (text.match(/[A-Za-z_][\w-]*/g) ?? []).flatMap(name => name.includes('-') ? [name, ...name.split('-')] : [name]);
}

function carriesToken({ text }: Request, names: Names): boolean {
  return TOKEN_HEADER.test(text)
    || (names.fetchesToken && TOKEN_OPTION.test(text))
    || (names.carriers.size > 0 && identifiers(text).some(name => names.carriers.has(name)));
}

/** An address in a table that brings the token as well: `@{ Uri = …; Headers = … }` over several lines. */
function isBesideToken({ client }: Request, line: CodeLine, names: Names): boolean {
  return !client && names.carriers.has(names.tables.get(line) ?? '');
}

function namesOf(lines: readonly CodeLine[], fetchesToken: boolean): Names {
  const names: Names = { parts: new Map(), carriers: new Set(), tables: new Map(), fetchesToken };
  let block: { name: string; indent: number; python: boolean; table: boolean } | undefined;
  for (const line of lines) {
    const head = BLOCK.exec(line.text);
    if (head) {
      const name = head.slice(1).find(each => each !== undefined)!;
      block = { name, indent: line.indent, python: head[2] !== undefined, table: head[4] !== undefined };
    }
    if (block?.table) names.tables.set(line, block.name);
    for (const command of line.commands) {
      const text = textOf(command);
      const assignment = assigned(command.within && printsHeader(command) ? textOf(command.within) : text);
      const part = assignment && PART_VALUE.exec(expand(assignment.value.replace(DEFAULT, '$1$2'), names))?.[1];
      if (part) names.parts.set(assignment.name, part);
      if (!TOKEN_HEADER.test(text)) continue;
      if (block) names.carriers.add(block.name);
      // A variable that takes the answer of a request brings no header.
      if (METADATA_URL.test(text) || unquoted(command).search(POWERSHELL_CLIENT) >= 0) continue;
      const name = assignment?.name ?? RECEIVER.exec(text.trim())?.[1];
      if (name !== undefined) names.carriers.add(name);
    }
    if (!block || line.indent > block.indent) continue;
    if (head ? line.text.endsWith('}') : block.python || /^[}\])]/.test(line.text)) block = undefined;
  }
  return names;
}

/** Variables with the address of which every use sends the token: to assign them is no call. */
function coveredAddresses(requests: readonly Request[], names: Names): Set<string> {
  const covered = new Set<string>();
  const bare = new Set<string>();
  if (names.parts.size === 0) return covered;
  for (const request of requests) {
    const own = assigned(request.text)?.name;
    const used = identifiers(request.text).filter(name => name !== own && names.parts.has(name));
    if (used.length === 0) continue;
    if (carriesToken(request, names)) used.forEach(name => covered.add(name));
    else if (request.client || request.text.includes('(')) used.forEach(name => bare.add(name));
  }
  bare.forEach(name => covered.delete(name));
  return covered;
}
