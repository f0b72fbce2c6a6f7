import { clientsIn, connectedHost, mentionsHost, requestedHost } from './metadata-address';
import { isNetworkTool, onlyMentions, textOf, usesGroupOutput, withoutSearches } from './printed-commands';
import { blocksOf, type Block } from './script-blocks';
import { hasTokenBeside } from './script-entries';
import { outputsOf, printersOf } from './script-functions';
import { CodeLine, Command, codeLines } from './script-lines';
import { assigned, carriesToken, expand, headerReceiver, identifiers, namesOf, printedBy, type Names } from './script-names';
import { isAddressText, isPlain, isPrinting, isShown, type Script } from './shown-text';

/** A line that requests metadata without a token. */
export interface CallingLine {
  readonly line: CodeLine;
  readonly calls: MetadataCall[];
  /** The script keeps some other token in the variable ours would go to. */
  readonly tokenTaken: boolean;
  /** What runs the script, where it is no shell. */
  readonly interpreter?: string;
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
  /** The command that this one is put into sends the token. */
  readonly sent: boolean;
  /** The variable that takes the text, or the function that prints it. */
  readonly defines?: string;
}

/** What stands before a token that is fetched in place. */
const INLINE_TOKEN = /x-aws-ec2-metadata-token['"]?\s?[:=]\s?\\?\$?\($/i;

/** A client that asks for the status alone. */
const STATUS = /%\{(?:http_code|response_code)\}/;

const INTERPRETER = /^\s*#!.{0,80}\b(ruby|perl|python|node|php)/;

const TOKEN_URL = /[\\/]latest[\\/]+api[\\/]+token\b/i;

/** To connect to the host of an address asks for nothing yet, nor does the head of a function. */
const NO_USE = /\b\w{1,60}\.(?:host|hostname|port|scheme)\b|[\w-]{1,60}\s?\(\)/g;

const PROXY_LIST = /^(?:no_?proxy|proxy_?bypass)/i;

export function metadataCalls(script: string): CallingLine[] {
  if (!mentionsHost(script)) return [];
  const lines = codeLines(script);
  const fetchesToken = TOKEN_URL.test(script);
  const tokenTaken = !fetchesToken && /^[ \t]*(?:export[ \t]+|\$)?token[ \t]*=/im.test(script);
  const blocks = blocksOf(lines);
  const names = namesOf(lines, blocks, fetchesToken);
  const [printers, outputs, groupOutput] = [printersOf(lines, blocks), outputsOf(lines, blocks), usesGroupOutput(script)];
  const requests = lines.map(line => requestsOf(line, { names, blocks, printers, outputs, groupOutput }));
  const covered = coveredAddresses(requests.flat(), names);
  const connected = requests.flat().map(({ text }) => connectedHost(expand(text, names))).find(host => host !== undefined);
  const interpreter = INTERPRETER.exec(script)?.[1];
  // To find out whether tokens are required, a script asks without one.
  const expects401 = /\b401\b/.test(script);
  const isSent = (request: Request, index: number) => sendsToken(request, names)
    || (!request.client && (isInTable(blocks.get(lines[index]), names) || hasTokenBeside(lines, index, names)));
  return lines.flatMap((line, index) => {
    const found = requests[index].flatMap(request => {
      const host = requestedHost(expand(request.text, names), request.client !== undefined, connected);
      const { defines = '' } = request;
      if (host === undefined || isSent(request, index) || covered.has(defines) || (expects401 && STATUS.test(request.text))) return [];
      return [{ host, client: request.client, substituted: request.substituted, sets: names.parts.has(defines) }];
    });
    // Beside the request that uses it, a variable that takes the address needs nothing.
    const requesting = found.filter(call => !call.sets);
    const calls = requesting.length > 0 ? requesting : found;
    return calls.length > 0 ? [{ line, calls, tokenTaken, interpreter }] : [];
  });
}

/** The parts of a line that run as requests would, each with the client that makes it. */
function requestsOf(line: CodeLine, script: Script): Request[] {
  const { names } = script;
  const block = script.blocks.get(line);
  const sending = new Set(line.commands.map(command => headerReceiver(command, names)));
  const carrying = new Map<Command | undefined, boolean>();
  const carriesAround = ({ within }: Command) => {
    const known = carrying.get(within) ?? (within !== undefined && (sending.has(within) || carriesToken(textOf(within), names)));
    carrying.set(within, known);
    return known;
  };
  return line.commands.flatMap(command => {
    const written = textOf(command);
    if (isShown(command, line, script) || isNetworkTool(written) || (isPlain(written, line) && onlyMentions(written))) return [];
    const text = withoutSearches(written);
    const clients = clientsIn(text, line.dialect)
      .filter(({ index }) => !INLINE_TOKEN.test(text.slice(Math.max(0, index - 60), index)));
    if (clients.length < 2 && sending.has(command)) return [];
    // What comes before the first client (`NO_PROXY=... curl ...`) is a part of its own.
    const first = text.slice(0, clients[0]?.index);
    const { substituted } = command;
    const sent = substituted && isAddressText(first, names) && carriesAround(command);
    const parts: Request[] = [{ text: first, substituted, sent, defines: assigned(first)?.name ?? (block && printedBy(block, first)?.name) }];
    const place = placesIn(command);
    const printed = isPrinting(text, script);
    clients.forEach((client, index) => parts.push({
      text: text.slice(client.index, clients[index + 1]?.index),
      client: { name: client[0], ...place(client.index + client[0].length), printed },
      substituted,
      sent: false,
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

function sendsToken({ text, sent }: Request, names: Names): boolean {
  return sent || carriesToken(text, names);
}

/** An address in a table that brings the token as well: `@{ Uri = …; Headers = … }` over several lines. */
function isInTable(block: Block | undefined, names: Names): boolean {
  return block?.table === true && names.carriers.has(block.name);
}

/** Variables with the address of which every use sends the token: to assign them is no call. */
function coveredAddresses(requests: readonly Request[], names: Names): Set<string> {
  const covered = new Set<string>();
  const bare = new Set<string>();
  if (names.parts.size === 0) return covered;
  for (const request of requests) {
    const used = identifiers(request.text.replace(NO_USE, '')).filter(name => name !== request.defines && names.parts.has(name));
    if (used.length === 0) continue;
    if (sendsToken(request, names)) used.forEach(name => covered.add(name));
    else if (request.client || request.substituted || request.text.includes('(')) used.forEach(name => bare.add(name));
  }
  bare.forEach(name => covered.delete(name));
  return covered;
}
