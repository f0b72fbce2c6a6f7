/** The language whose quoting and comments a line follows; other languages (Python, YAML, ...) are near enough to shell. */
export type Dialect = 'shell' | 'powershell' | 'batch';

/** A stretch of a command: where it starts in the line, and the quotes around it. */
export interface Piece {
  readonly at: number;
  readonly text: string;
  readonly quote: string;
}

/** A simple command, without the substitutions in it: those are commands of their own. */
export interface Command {
  readonly pieces: Piece[];
  /** Runs inside `$(...)`, `<(...)` or backticks: what it prints is used. */
  readonly substituted: boolean;
  /** The command that it is a substitution or a subshell of. */
  within?: Command;
  /** What stands behind the pipe that follows: it uses what is printed. */
  into?: Command;
  /** Ended by a parenthesis that nothing opened, as patterns of `case` are. */
  shut?: boolean;
}

/** A logical line: continuations joined. */
export interface CodeLine {
  /** Of its first physical line, from 1. */
  readonly line: number;
  readonly indent: number;
  readonly text: string;
  readonly dialect: Dialect;
  readonly commands: readonly Command[];
  /** The line is in a here-document: taken as it is, or with its substitutions done as it is written out. */
  readonly heredoc?: 'literal' | 'expanded';
  /** The here-document is only shown (`cat <<EOF`), not written to a file or run. */
  readonly shown: boolean;
  /** The line goes on with a statement or a quoted string of the line before. */
  readonly midStatement: boolean;
  /** A quote opened in the line is closed further down. */
  readonly openEnd: boolean;
}

/** Files of these languages and batch files have comments that take a whole line. */
const COMMENT_LINE = /^(?:\/\/|\/\*|::|;(?!;)|@?rem(?:\s|$))/i;

const POWERSHELL_LINE = /\[System\.Net\.|\bInvoke-(?:RestMethod|WebRequest)\b|\bNew-Object\b|\bDownloadString\b|(?<![\w-])(?:irm|iwr)\s/i;

/** A request of another language whose arguments may take several lines. */
const SPREAD_CALL = /(?:\brequests\.\w{1,20}|\burlopen|\bRequest|\bfetch|\baxios\.\w{1,20}|\bhttps?\.get|\.request)\s?\(/;
const MAX_SPREAD = 12;

const CASE = /(?:^|[\s;&|])case\s[^;]{1,200}?\sin(?=\s|$)/;
const ESAC = /(?:^|[\s;])esac\b/;

interface Heredoc {
  readonly end: string;
  readonly kind: 'literal' | 'expanded';
  readonly comment: boolean;
  readonly shown: boolean;
}

export function codeLines(script: string): CodeLine[] {
  const physical = withoutBlockComments(script).split(/\r\n|\n|\r/);
  const lastAt = new Map(physical.map((text, index) => [text.trim(), index]));
  const powershellScript = !/^\s*#!/.test(script) && /^[ \t]*\$[A-Za-z_]\w*[ \t]*=/m.test(script);
  const lines: CodeLine[] = [];
  let region: Dialect | undefined;
  let heredoc: Heredoc | undefined;
  let quote = '';
  let operator = false;
  let cases = 0;
  for (let index = 0; index < physical.length;) {
    const bare = physical[index].trim();
    if (heredoc && bare === heredoc.end) {
      heredoc = undefined;
      index++;
      continue;
    }
    const tag = /^<(\/?)(powershell|script)>/i.exec(bare);
    if (tag) region = tag[1] ? undefined : tag[2].toLowerCase() === 'script' ? 'batch' : 'powershell';
    const dialect = region ?? (powershellScript || POWERSHELL_LINE.test(bare) ? 'powershell' : 'shell');
    const { text, length } = joined(physical, index, dialect);
    const line = index + 1;
    const indent = physical[index].length - physical[index].trimStart().length;
    index += length;
    if (text === '' || heredoc?.comment || COMMENT_LINE.test(text)) continue;
    const scan = commandsOf(text, dialect, heredoc?.kind === 'expanded');
    if (CASE.test(scan.code)) cases++;
    const commands = cases > 0 ? withoutPatterns(scan.commands) : scan.commands;
    if (ESAC.test(scan.code)) cases = Math.max(0, cases - 1);
    lines.push({
      line,
      indent,
      text,
      dialect,
      commands,
      heredoc: heredoc?.kind,
      shown: heredoc?.shown ?? false,
      midStatement: quote !== '' || operator,
      openEnd: scan.quote !== '',
    });
    operator = /(?:\||&&|,|\()$/.test(scan.code);
    if (heredoc) continue;
    // Inside a string that began on an earlier line, an odd number of its quotes ends it.
    if (quote === '') quote = scan.quote;
    else if (text.split(quote).length % 2 === 0) quote = '';
    const opened = dialect === 'shell' ? heredocOf(scan.code) : undefined;
    if (opened && (lastAt.get(opened.end) ?? -1) >= index) [heredoc, quote, operator] = [opened, '', false];
  }
  return lines;
}

/** `<# ... #>` blanked, with its line breaks kept. */
function withoutBlockComments(script: string): string {
  const out: string[] = [];
  let from = 0;
  for (let start = script.indexOf('<#'); start >= 0; start = script.indexOf('<#', from)) {
    const end = script.indexOf('#>', start + 2);
    if (end < 0) break;
    out.push(script.slice(from, start), script.slice(start, end).replace(/[^\r\n]+/g, ''));
    from = end + 2;
  }
  return out.join('') + script.slice(from);
}

/** The logical line that starts at an index, and the number of physical lines it takes. */
function joined(physical: readonly string[], start: number, dialect: Dialect): { text: string; length: number } {
  const parts: string[] = [];
  let index = start;
  let depth = 0;
  for (; index < physical.length; index++) {
    const part = physical[index].trim();
    const comment = part.startsWith('#');
    if (!comment && continues(part, dialect)) {
      parts.push(part.slice(0, -1).trimEnd());
      continue;
    }
    parts.push(part);
    depth += part.split('(').length - part.split(')').length;
    const spread = dialect === 'shell' && !comment && depth > 0 && index - start < MAX_SPREAD && SPREAD_CALL.test(parts[0]);
    if (!spread) break;
  }
  const text = parts.join(' ').trim();
  // A request whose headers take several lines.
  if (dialect === 'powershell' && text.endsWith('@{') && POWERSHELL_LINE.test(text)) {
    const below = physical.slice(index + 1, index + MAX_SPREAD).map(each => each.trim());
    const end = below.findIndex(each => each.startsWith('}'));
    const entries = below.slice(0, end).filter(each => !each.startsWith('#')).join('; ');
    if (end >= 0) return { text: `${text} ${entries} ${below[end]}`, length: index + end + 2 - start };
  }
  return { text, length: Math.min(index, physical.length - 1) - start + 1 };
}

function continues(part: string, dialect: Dialect): boolean {
  // A backtick after a blank may also close a shell command substitution.
  if (/\s`$/.test(part)) return dialect === 'powershell' || part.split('`').length % 2 === 0;
  return dialect === 'shell' && part.endsWith('\\') && !/(?<!\\)(?:\\\\){1,20}$/.test(part.slice(-41));
}

function heredocOf(code: string): Heredoc | undefined {
  const found = /(?<!<)<<-?[ \t]?(["'\\]?)([A-Za-z_]\w*)/.exec(code);
  if (!found) return undefined;
  return {
    end: found[2],
    kind: found[1] ? 'literal' : 'expanded',
    comment: code.startsWith(':'),
    shown: /^cat\s?<<-?\s?["'\\]?\w+["']?$/.test(code),
  };
}

/** What `case` compares with is not run; it is one word, or several with `|` between them. */
function withoutPatterns(commands: readonly Command[]): Command[] {
  const patterns = new Set<Command | undefined>();
  for (const command of [...commands].reverse()) {
    const words = command.pieces.map(piece => piece.quote === '' ? piece.text : 'x').join('').replace(/^\s*case\s.*\sin\s/, '').trim();
    if ((command.shut || patterns.has(command.into)) && !/\s/.test(words)) patterns.add(command);
  }
  return commands.filter(command => !patterns.has(command));
}

/** A substitution, a subshell, or the line itself. */
interface Frame {
  command: Command;
  readonly opener: string;
  /** Quote to go back to at the end of the frame. */
  readonly outer: string;
  /** Ends of the calls and hash tables that are open, where `;` and `|` end no command. */
  readonly brackets: string[];
}

/** Splits a line into its simple commands, in one pass. `unquoted`: outside substitutions quotes mean nothing. */
function commandsOf(line: string, dialect: Dialect, unquoted: boolean): { commands: Command[]; code: string; quote: string } {
  const commands: Command[] = [];
  const frames: Frame[] = [];
  const escape = dialect === 'powershell' ? '`' : '\\';
  let quote = '';
  let from = 0;
  let at = 0;
  const start = (substituted: boolean) => {
    const command: Command = { pieces: [], substituted };
    commands.push(command);
    return command;
  };
  const top = () => frames[frames.length - 1];
  const cut = (skip: number) => {
    if (at > from) top().command.pieces.push({ at: from, text: line.slice(from, at), quote });
    from = at + skip;
  };
  const turn = (to: string) => {
    cut(0);
    quote = to;
  };
  const open = (opener: string) => {
    cut(opener.length);
    at += opener.length - 1;
    const { command } = top();
    frames.push({ command: start(opener !== '(' || line[at - 1] === '<' || command.substituted), opener, outer: quote, brackets: [] });
    top().command.within = command;
    quote = '';
  };
  const shut = () => {
    cut(1);
    quote = frames.pop()!.outer;
  };
  const next = (piped: boolean) => {
    cut(1);
    const { command } = top();
    top().command = start(command.substituted);
    if (piped) command.into = top().command;
  };
  frames.push({ command: start(false), opener: '', outer: '', brackets: [] });
  for (; at < line.length; at++) {
    const c = line[at];
    const frame = top();
    const before = line[at - 1] ?? ' ';
    if (quote === "'") {
      if (c === quote) turn('');
    } else if (c === escape) {
      at++;
    } else if (c === '$' && line[at + 1] === '(' && dialect !== 'powershell') {
      open('$(');
    } else if (c === '`') {
      if (frame.opener === c) shut(); else open(c);
    } else if (c === '"' || c === "'") {
      if (unquoted && frames.length === 1) continue;
      if (quote === '' || quote === c) turn(quote === '' ? c : '');
    } else if (quote === '') {
      const bracket = frame.brackets[frame.brackets.length - 1];
      if (isComment(line, at, before)) break;
      if (c === '(' && dialect === 'shell' && !bracket && /[\s;|&(!<>]/.test(before)) {
        open(c);
      } else if (c === '(' || (c === '{' && before === '@')) {
        frame.brackets.push(c === '(' ? ')' : '}');
      } else if (c === bracket) {
        frame.brackets.pop();
      } else if (c === ')' && !bracket && frame.opener.endsWith('(')) {
        shut();
      } else if (!bracket && (/[;|)]/.test(c) || (c === '&' && before !== '>' && line[at + 1] !== '>'))) {
        frame.command.shut = c === ')';
        next(c === '|' && before !== c && line[at + 1] !== c);
      }
    }
  }
  at = Math.min(at, line.length);
  const code = line.slice(0, at).trimEnd();
  cut(0);
  return {
    commands: commands.filter(command => command.pieces.length > 0),
    code,
    quote: quote || (frames.find(frame => frame.outer !== '')?.outer ?? ''),
  };
}

/** `#` at the start of a word, or `//` after the end of a statement. */
function isComment(line: string, at: number, before: string): boolean {
  if (line[at] === '#') return /[\s;(|&]/.test(before);
  return line[at] === '/' && line[at + 1] === '/' && /[;,{})]$/.test(line.slice(Math.max(0, at - 8), at).trimEnd());
}
