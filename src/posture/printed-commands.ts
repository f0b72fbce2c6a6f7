import type { Command } from './script-lines';

/** What may stand before a command that is one all the same. */
export const LEAD = String.raw`^\s*(?:(?:-|!|\{|if|elif|while|until|then|do|else|sudo|function\s+[\w-]+(?:\s?\(\))?\s*\{|[\w-]+\s?\(\)\s*\{)\s+){0,4}`;
const PRINT = new RegExp(String.raw`${LEAD}(?:echo|printf(?!\s+-v)|Write-\w+)\s`, 'i');
/** A message of Perl, Python, Ruby, JavaScript or PowerShell, as long as no call stands in it. */
const MESSAGE = new RegExp(
  String.raw`${LEAD}(?:print(?:\s+STD(?:ERR|OUT))?|puts|warn|die|abort|raise|throw|console\.\w+|log(?:ger|ging)?\.\w+|sys\.std(?:err|out)\.write)(?:\s|\()`
  + String.raw`(?:\s?new\s)?\s?(?:[A-Z]\w{0,40}\()?[fru]?["'][^(]*$`);
/** Commands that only look for the address, compare something with it, or write it down. */
const MENTION = new RegExp(String.raw`${LEAD}(?:(?:[efz]?grep|logger)\s|(?:\[\[?|test)\s[^,]{0,500}\s(?:[!=]?=|=~)\s)`);
/** What something else is compared with. */
const COMPARED = /(?:[!=]==?|-(?:eq|ne|like|notlike|match|notmatch))\s{0,9}(?:"[^"$`]{1,500}"|'[^']{1,500}')/gi;
const CALLED = new RegExp(String.raw`${LEAD}(?:[\w./-]{0,80}\/)?([\w-]+)(?=\s|$)`);
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

const texts = new WeakMap<Command, string>();

export function textOf(command: Command): string {
  const text = texts.get(command) ?? command.pieces.map(piece => piece.text).join('');
  texts.set(command, text);
  return text;
}

/** Whether what a command prints goes where it may be run: further than to a terminal or a log. */
export function isUsed(command: Command): boolean {
  const chain = [command];
  for (let next = command.into; next && chain.length < MAX_PIPES; next = next.into) chain.push(next);
  return chain.some((each, index) => each.substituted || TO_FILE.test(unquoted(each)) || (index > 0 && !TO_LOG.test(textOf(each))));
}

/** The words of a command outside quotes, and what it redirects to. */
export function unquoted({ pieces }: Command): string {
  return pieces.filter((piece, index) => piece.quote === '' || />\s*$/.test(pieces[index - 1]?.text ?? '')).map(piece => piece.text).join(' ');
}

export function prints(text: string): boolean {
  return PRINT.test(text) || MESSAGE.test(text);
}

/** What a command prints, from its first word on. */
export function printedText(text: string): string | undefined {
  const found = PRINT.exec(text);
  return found ? text.slice(found[0].length).replace(/^\s*(?:-\w+\s+){0,3}/, '') : undefined;
}

/** The program that a command runs, or the function. */
export function calledBy(text: string): string | undefined {
  return CALLED.exec(text)?.[1];
}

export function isNetworkTool(text: string): boolean {
  return NETWORK_TOOL.test(text);
}

export function onlyMentions(text: string): boolean {
  return MENTION.test(text);
}

/** A command without what it only looks for or compares with, every position kept. */
export function withoutSearches(text: string): string {
  const blank = (found: string) => ' '.repeat(found.length);
  return (SED.test(text) ? text.replace(SED_PATTERN, blank) : text).replace(COMPARED, blank);
}

/** Whether what a group or loop of a script prints may be run. */
export function usesGroupOutput(script: string): boolean {
  return GROUP_OUTPUT.test(script);
}
