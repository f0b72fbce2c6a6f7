import { CallingLine, Client } from './metadata-calls';
import { CodeLine } from './script-lines';

const HEADER = 'X-aws-ec2-metadata-token';
const TTL_HEADER = 'X-aws-ec2-metadata-token-ttl-seconds';

/** Shell lines that are no statement, or whose request may run again later: nothing can be put before them. */
const NO_SHELL_STATEMENT =
  /^(?:(?:elif|then|else|do|done|fi|esac|in|while|until|function|RUN|CMD|ENTRYPOINT)\b|[-*@)}\]|&;"'[{\d]|[\w./-]+\)|[\w-]+\s*\(\)|[\w.-]+:(?:\s|$))/;
const NO_POWERSHELL_STATEMENT = /^(?:(?:while|until|do|else|elseif|function|powershell|pwsh|cmd|catch|finally)\b|[|)}\]&"'*@-])/i;
/** Formats in which a comment cannot follow on the same line. */
const NO_COMMENT = /^(?:["{}\]]|Exec\w*=|GET\s+\/)/;
/** Assignments of Perl and Ruby. */
const FOREIGN_ASSIGNMENT = /^(?:my\s|our\s|[$@]?\w+\s+=\s)/;
/** Python takes a backslash before `$` as it is. */
const PYTHON_PROCESS = /\b(?:os\.(?:popen|system)|subprocess\.\w+)\(/;
const PYTHON_SHELL = /\bos\.|\bshell\s?=\s?True\b|["'](?:\/bin\/)?(?:ba)?sh["']/;
const JAVASCRIPT = /^(?:const|let|var)\s|\brequire\(|\bfetch\(|\bhttps?\.get\(/;

const WEB_CLIENT =
  /(?:\(\s*New-Object\s+(?:-TypeName\s+)?(?:System\.)?Net\.WebClient\s*\)|\$\w+)\.DownloadString\(\s*("[^"]{0,500}"|'[^']{0,500}')\s*\)/gi;
const PYTHON_GET = /\b(requests\.get\(\s*[fru]?(\\?["'])[^"'\\\s]{0,500}\2)(?=\s*[,)])/gi;
const PYTHON_URLOPEN = /\b((?:urllib\.)?request\.)urlopen\(\s*([fru]?(\\?["'])[^"'\\\s]{0,500}\3)(?=\s*[,)])/gi;

interface Edit {
  readonly at: number;
  readonly insert: string;
}

/** The line with a token in each of its calls; where no rule fits, the line with advice. */
export function withToken(calling: CallingLine): string {
  const { line, calls } = calling;
  const url = `http://${calls[0].host}/latest/api/token`;
  const rewritten = line.dialect === 'powershell' ? powershell(calling, url)
    : line.dialect === 'shell' ? shell(calling, url) ?? python(calling, url) : undefined;
  return rewritten ?? advice(line, url);
}

function shell({ line, calls, tokenTaken, interpreter }: CallingLine, url: string): string | undefined {
  const clients = clientsOf(calls);
  if (!clients || /(?:^|\\n)Exec\w*=/.test(line.text)) return undefined;
  const byPython = PYTHON_PROCESS.test(line.text);
  if (byPython && !PYTHON_SHELL.test(line.text)) return undefined;
  const foreign = interpreter !== undefined || FOREIGN_ASSIGNMENT.test(line.text) || JAVASCRIPT.test(line.text);
  // In the backticks of Perl, `$(` is a variable, and those of JavaScript are no shell's.
  if (foreign && interpreter !== 'ruby' && calls.some(({ substituted }) => substituted)) return undefined;
  const statement = !tokenTaken && !foreign && line.heredoc !== 'expanded' && !line.midStatement && !NO_SHELL_STATEMENT.test(line.text)
    && clients.every(client => client.quote === '' && !client.printed);
  if (statement) {
    const header = `"${HEADER}: $TOKEN"`;
    return shellToken(url) + '; ' + edited(line.text, clients.map(client => ({ at: client.end, insert: ` ${shellOption(client)}${header}` })));
  }
  // Without quotes and blanks the header fits in any quotes, in YAML and in JSON. What is written out to run later must fetch its own token.
  const data = /^(?:-\s|"?[\w.-]+"?:\s|[{[]\s*["{[])/.test(line.text);
  return edited(line.text, calls.map(({ client, substituted }) => {
    // What is printed for a variable may be run as it is.
    const quoted = client!.quote === '"' && !data && !byPython && !(substituted && client!.printed);
    const later = quoted || (!substituted && line.heredoc === 'expanded');
    const fetch = `$(curl -sX PUT ${url} -H ${TTL_HEADER}:300)`;
    const token = client!.printed && client!.quote === '' ? `'${fetch}'` : `${later ? '\\' : ''}${fetch}`;
    return { at: client!.end, insert: ` ${shellOption(client!)}${HEADER}:${token}` };
  }));
}

function shellToken(url: string): string {
  return `TOKEN=$(curl -sX PUT ${url} -H '${TTL_HEADER}: 300')`;
}

function shellOption(client: Client): string {
  return client.name.startsWith('wget') ? '--header=' : '-H ';
}

function powershell({ line, calls, tokenTaken }: CallingLine, url: string): string | undefined {
  const statement = !tokenTaken && !line.midStatement && !NO_POWERSHELL_STATEMENT.test(line.text);
  const fetch = `Invoke-RestMethod -Method Put -Uri ${url} -Headers @{'${TTL_HEADER}'='300'}`;
  const token = statement ? '$token' : `(${fetch})`;
  const headers = `-Headers @{'${HEADER}'=${token}}`;
  const before = statement ? `$token = ${fetch}; ` : '';
  const clients = clientsOf(calls);
  if (!clients) {
    const request = (uri: string) => `(Invoke-WebRequest -UseBasicParsing ${headers} -Uri ${uri}).Content`;
    const text = calls.some(call => call.client) ? line.text
      : line.text.replace(WEB_CLIENT, (other, uri: string) => uri.includes(calls[0].host) ? request(uri) : other);
    return text === line.text ? undefined : before + text;
  }
  // The options may have a header table of their own, or come in a string that ours would end.
  const program = ({ name }: Client) => /\.exe$/i.test(name);
  if (/-Headers\b/i.test(line.text) || clients.some(client => client.quote === "'" || (client.quote === '"' && program(client)))) return undefined;
  return before + edited(line.text, clients.map(client => ({
    at: client.end,
    insert: program(client) ? ` ${shellOption(client)}"${HEADER}: $${statement ? 'token' : `(${fetch})`}"` : ` ${headers}`,
  })));
}

function python({ line, calls }: CallingLine, url: string): string | undefined {
  if (calls.some(call => call.client) || /\bheaders\s?=/.test(line.text)) return undefined;
  const text = line.text
    .replace(PYTHON_GET, (other, get: string, q: string) => {
      if (!get.includes(calls[0].host)) return other;
      const token = `requests.put(${q}${url}${q}, headers={${q}${TTL_HEADER}${q}: ${q}300${q}}).text`;
      return `${get}, headers={${q}${HEADER}${q}: ${token}}`;
    })
    .replace(PYTHON_URLOPEN, (other, module: string, uri: string, q: string) => {
      if (!uri.includes(calls[0].host)) return other;
      const put = `${module}Request(${q}${url}${q}, headers={${q}${TTL_HEADER}${q}: ${q}300${q}}, method=${q}PUT${q})`;
      return `${module}urlopen(${module}Request(${uri}, headers={${q}${HEADER}${q}: ${module}urlopen(${put}).read().decode()})`;
    });
  return text === line.text ? undefined : text;
}

/** The original line, and in a comment what every request to the address needs. */
function advice(line: CodeLine, url: string): string {
  if (line.openEnd || NO_COMMENT.test(line.text)) return line.text;
  const needs = (token: string, fetch: string) => `send the header ${HEADER}: ${token} with every request to it (${fetch})`;
  if (line.dialect === 'powershell') {
    return `${line.text} # ${needs('$token', `$token = Invoke-RestMethod -Method Put -Uri ${url} -Headers @{'${TTL_HEADER}'='300'}`)}`;
  }
  const comment = needs('$TOKEN', shellToken(url));
  // A blank before it would become part of what `set` takes.
  if (line.dialect === 'batch') return `${line.text}& REM ${comment}`;
  // A here-document would run the substitution while it is written out.
  return `${line.text} ${JAVASCRIPT.test(line.text) ? '//' : '#'} ${line.heredoc === 'expanded' ? comment.replace(/\$/g, '\\$') : comment}`;
}

/** The clients of all calls; undefined where one is made by other means. */
function clientsOf(calls: CallingLine['calls']): Client[] | undefined {
  const clients = calls.flatMap(call => call.client ?? []);
  return clients.length === calls.length ? clients : undefined;
}

function edited(text: string, edits: readonly Edit[]): string {
  let from = 0;
  const parts = [...edits].sort((a, b) => a.at - b.at).map(({ at, insert }) => {
    const part = text.slice(from, at) + insert;
    from = at;
    return part;
  });
  return parts.join('') + text.slice(from);
}
