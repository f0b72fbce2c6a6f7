import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { run } from '../../src/cli/command';
import type { Report } from '../../src/cli/report';

/** What one run of the command came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly env?: { readonly [name: string]: string };
  /** What is piped in. */
  readonly stdin?: string;
}

const made: string[] = [];

/** A new folder that holds these files. */
export function folder(files: { readonly [name: string]: string | object } = {}): string {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cli-')));
  made.push(directory);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

export function removeFolders(): void {
  for (const directory of made.splice(0)) fs.rmSync(directory, { recursive: true });
}

/** Runs `cdk-imdsv2 …` in a folder. */
export function cli(cwd: string, argv: readonly string[], { isTTY, env = {}, stdin = '' }: Terminal = {}): Outcome {
  const written = { stdout: '', stderr: '' };
  const code = run(argv, {
    cwd,
    env,
    stdin: () => Buffer.from(stdin),
    stdout: { isTTY, write: (text) => written.stdout += text },
    stderr: { isTTY, write: (text) => written.stderr += text },
  });
  return { code, ...written };
}

/** What `check --format json` reports. */
export function report(cwd: string, ...argv: string[]): Report {
  return JSON.parse(cli(cwd, ['check', '--format', 'json', ...argv]).stdout);
}

/** A template with one instance. */
export function instance(options?: object, others?: object): { readonly Resources: { readonly Host: object } } {
  return { Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: options ? { MetadataOptions: options, ...others } : {} } } };
}

export const SAFE = instance({ HttpTokens: 'required' });
export const OPEN = instance();
export const UNDECIDED = instance({ HttpTokens: { Ref: 'Tokens' } });
