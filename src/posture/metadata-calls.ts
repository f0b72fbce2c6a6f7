import { clientsIn, connectedHost, mentionsHost, requestedHost } from './metadata-address';
import { isNetworkTool, isUsed, onlyMentions, prints, textOf, usesGroupOutput, withoutSearches } from './printed-commands';
import { CodeLine, Command, codeLines } from './script-lines';
import { assigned, carriesToken, expand, identifiers, namesOf, printsHeader, type Names } from './script-names';

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

/** What stands before a token that is fetched in place. */
const INLINE_TOKEN = /x-aws-ec2-metadata-token['"]?\s?[:=]\s?\\?\$?\($/i;

const TOKEN_URL = /[\\/]latest[\\/]+api[\\/]+token\b/i;

const PROXY_LIST = /^(?:no_?proxy|proxy_?bypass)/i;

export function metadataCalls(script: string): CallingLine[] {
  if (!mentionsHost(script)) return [];
  const lines = codeLines(script);
  const fetchesToken = TOKEN_URL.test(script);
  const tokenTaken = !fetchesToken && /^[ \t]*(?:export[ \t]+|\$)?token[ \t]*=/im.test(script);
  const names = namesOf(lines, fetchesToken);
  const groupOutput = usesGroupOutput(script);
  const requests = lines.map(line => requestsOf(line, groupOutput));
  const covered = coveredAddresses(requests.flat(), names);
  const connected = requests.flat().map(({ text }) => connectedHost(expand(text, names))).find(host => host !== undefined);
  return lines.flatMap((line, index) => {
    const found = requests[index].flatMap(request => {
      const host = requestedHost(expand(request.text, names), request.client !== undefined, connected);
      const name = assigned(request.text)?.name ?? '';
      if (host === undefined || carriesToken(request.text, names) || covered.has(name) || isBesideToken(request, line, names)) return [];
      return [{ host, client: request.client, substituted: request.substituted, sets: names.parts.has(name) }];
    });
    // Beside the request that uses it, a variable that takes the address needs nothing.
    const requesting = found.filter(call => !call.sets);
    const calls = requesting.length > 0 ? requesting : found;
    return calls.length > 0 ? [{ line, calls, tokenTaken }] : [];
  });
}

/** The parts of a line that run as requests would, each with the client that makes it. `groupOutput`: what a group prints is used. */
function requestsOf(line: CodeLine, groupOutput: boolean): Request[] {
  const sending = new Set(line.commands.filter(printsHeader).map(({ within }) => within));
  return line.commands.flatMap(command => {
    const written = textOf(command);
    // PowerShell requests in brackets what it hands on.
    const plain = line.dialect !== 'powershell' || !written.includes('(');
    const shown = line.shown || (plain && prints(written) && !groupOutput);
    if (shown && !isUsed(command)) return [];
    if (isNetworkTool(written) || (plain && onlyMentions(written))) return [];
    const text = withoutSearches(written);
    const clients = clientsIn(text, line.dialect)
      .filter(({ index }) => !INLINE_TOKEN.test(text.slice(Math.max(0, index - 60), index)));
    if (clients.length < 2 && sending.has(command)) return [];
    // What comes before the first client (`NO_PROXY=... curl ...`) is a part of its own.
    const parts: Request[] = [{ text: text.slice(0, clients[0]?.index), substituted: command.substituted }];
    const place = placesIn(command);
    const printed = prints(text);
    clients.forEach((client, index) => parts.push({
      text: text.slice(client.index, clients[index + 1]?.index),
      client: { name: client[0], ...place(client.index + client[0].length), printed },
      substituted: command.substituted,
    }));
    return parts.filter(part => !PROXY_LIST.test(assigned(part.text)?.name ?? ''));
  });
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

/** An address in a table that brings the token as well: `@{ Uri = …; Headers = … }` over several lines. */
function isBesideToken({ client }: Request, line: CodeLine, names: Names): boolean {
  return !client && names.carriers.has(names.tables.get(line) ?? '');
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
    if (carriesToken(request.text, names)) used.forEach(name => covered.add(name));
    else if (request.client || request.text.includes('(')) used.forEach(name => bare.add(name));
  }
  bare.forEach(name => covered.delete(name));
  return covered;
}
