import { decodeBase64, embeddedScripts, mayBeEncoded } from './encoded-text';
import { mentionsHost } from './metadata-address';
import { metadataCalls } from './metadata-calls';
import { scriptText, type ScriptText } from './script-text';
import { withToken } from './token-rewrite';
import { EACH } from '../launch-sources/places';
import { callOf, isNoValue, isStruct } from '../private/json';

/** A request to the instance metadata service, without the session token that IMDSv2 requires. */
export interface BootCall {
  /** Path of the script within the resource, e.g. `Properties.UserData`. */
  readonly path: string;
  /** Line within the script, or within the file that it holds encoded, from 1. */
  readonly line: number;
  /** The line is one of a file that the script holds encoded. */
  readonly encoded: boolean;
  /** The line as written, trimmed, with its continuation lines. */
  readonly text: string;
  /** The same line, rewritten with a token, ready to paste; the line as it is where nothing can be written in its place. */
  readonly rewritten: string;
}

export interface BootReading {
  readonly calls: BootCall[];
  /** Paths whose script is only known at deploy. */
  readonly unread: string[];
}

const INIT = 'AWS::CloudFormation::Init';
/** Sections of a config that hold no script. */
const PLAIN_SECTIONS = new Set(['groups', 'packages', 'services', 'users']);
const SCRIPT_KEYS = new Set(['command', 'content', 'test']);
const MAX_DEPTH = 100;

/** Whether a part of what an instance boots with is worth reading: it names the service, or hides what it holds. */
export function mayHoldBootCalls(text: string): boolean {
  return mentionsHost(text) || mayBeEncoded(text);
}

/**
 * Reads a synthesized resource: user data and Init metadata.
 *
 * @param userDataPaths where below its properties the type keeps user data.
 */
export function bootCalls(resource: unknown, userDataPaths: ReadonlyArray<readonly string[]>): BootReading {
  const calls = new Map<string, BootCall>();
  const unread = new Set<string>();

  const readScript = (path: readonly string[], script: ScriptText) => {
    const name = path.join('.');
    const embedded = embeddedScripts(script.text);
    if (script.unread || embedded.unread) unread.add(name);
    const read = (text: string, encoded: boolean) => {
      for (const call of findBootCalls(text)) calls.set(JSON.stringify([name, encoded, call.line, call.text]), { path: name, ...call, encoded });
    };
    read(script.text, false);
    for (const text of embedded.texts) read(text, true);
  };

  const readUserData = (value: unknown, path: readonly string[], rest: readonly string[], depth: number): void => {
    if (value === undefined || value === null || isNoValue(value)) return;
    if (rest.length === 0) return readScript(path, scriptText(value));
    const [key, ...further] = rest;
    if (key === EACH && Array.isArray(value)) return value.forEach((item, index) => readUserData(item, [...path, `${index}`], further, depth));
    const branches = branchesOf(value);
    if (branches && depth < MAX_DEPTH) return branches.forEach(branch => readUserData(branch, path, rest, depth + 1));
    if (callOf(value) || branches) return void unread.add(path.join('.'));
    if (!isStruct(value)) return;
    if (Object.hasOwn(value, key)) return readUserData(value[key], [...path, key], further, depth);
    // A macro may add the property that is not there yet.
    if (Object.hasOwn(value, 'Fn::Transform')) unread.add(path.join('.'));
  };

  const readInit = (value: unknown, path: readonly string[], encoded: boolean, depth: number): void => {
    const [config, section, , key] = path.slice(2);
    if (config === 'configSets' || PLAIN_SECTIONS.has(section) || isNoValue(value)) return;
    const branches = branchesOf(value);
    if (typeof value === 'string' || (callOf(value) && (!branches || key !== undefined))) {
      const script = scriptText(value);
      const text = encoded ? decodeBase64(script.text) ?? script.text : script.text;
      // Other settings (owner, mode, environment, ...) are no scripts, whatever their value turns out to be.
      return readScript(path, { text, unread: script.unread && (key === undefined || (path.length === 6 && SCRIPT_KEYS.has(key))) });
    }
    if (depth > MAX_DEPTH) return void unread.add(path.join('.'));
    if (branches) return branches.forEach(branch => readInit(branch, path, false, depth + 1));
    if (Array.isArray(value)) {
      if (key === 'command' && path.length === 6) return readScript(path, commandLine(value));
      return value.forEach((item, index) => readInit(item, [...path, `${index}`], false, depth + 1));
    }
    if (!isStruct(value)) return;
    for (const [name, item] of Object.entries(value)) {
      readInit(item, [...path, name], name === 'content' && value.encoding === 'base64', depth + 1);
    }
  };

  for (const path of userDataPaths) readUserData(resource, [], ['Properties', ...path], 0);
  const metadata = isStruct(resource) ? resource.Metadata : undefined;
  if (isStruct(metadata) && Object.hasOwn(metadata, INIT)) readInit(metadata[INIT], ['Metadata', INIT], false, 0);
  return { calls: [...calls.values()], unread: [...unread] };
}

/** What to do where no line can take the place of the one that calls: in a unit of systemd, in JSON, in a request written out. */
export function adviceFor({ text, rewritten }: BootCall): string | undefined {
  return rewritten !== text ? undefined : 'run a script there that sends the header X-aws-ec2-metadata-token: $TOKEN with every request to it, after '
    + "TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')";
}

/** Both branches of an `Fn::If`. */
function branchesOf(value: unknown): unknown[] | undefined {
  const call = callOf(value);
  return call?.name === 'Fn::If' && Array.isArray(call.argument) ? call.argument.slice(1) : undefined;
}

/** The shell line that runs a list of arguments. */
function commandLine(argv: readonly unknown[]): ScriptText {
  const words = argv.map(scriptText);
  const quoted = words.map(({ text }) => /^[\w@%+=:,./[\]${}-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
  return { text: quoted.join(' '), unread: words.length === 1 && words[0].unread };
}

/** The detector on plain text. */
export function findBootCalls(script: string): Array<{ line: number; text: string; rewritten: string }> {
  return metadataCalls(script).map(calling => ({ line: calling.line.line, text: calling.line.text, rewritten: withToken(calling) }));
}
