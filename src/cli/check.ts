import * as fs from 'fs';
import * as path from 'path';
import { baselineOf, readBaseline, withoutAccepted } from './baseline';
import { buildReport, nameOf } from './build-report';
import { commitAt } from './commit';
import { controlsNamed, listControls } from './controls-named';
import { reasonOf } from './failure';
import { FORMATS } from './formats';
import { Inputs } from './inputs';
import type { Io } from './io';
import { Progress } from './progress';
import type { Report } from './report';
import { UsageError } from './usage-error';
import { printable, problemLine } from './words';

export interface CheckOptions {
  readonly format: string;
  readonly failOn: 'error' | 'warning' | 'never';
  readonly strict?: boolean;
  readonly framework?: readonly string[];
  readonly control?: readonly string[];
  readonly listControls?: boolean;
  readonly output?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

export const EXIT = { CLEAN: 0, FINDINGS: 1, UNREADABLE: 2 } as const;

const DEFAULT_INPUT = 'cdk.out';

/** What most commands call it. */
const STANDARD_INPUT = '-';

/** Reads, judges and prints; what it returns is the exit code. */
export function check(names: readonly string[], options: CheckOptions, io: Io): number {
  if (options.listControls) {
    io.stdout.write(listControls());
    return EXIT.CLEAN;
  }
  const controls = controlsNamed(options.framework, options.control);
  const at = (name: string) => {
    // It would be the folder that one is in, and perhaps clean.
    if (name === '') throw new UsageError('got an empty name, expected that of a file or folder: is a variable of the shell not set?');
    return path.resolve(io.cwd, name);
  };
  const baseline = options.baseline;
  const accepted = baseline === undefined ? undefined : readBaseline(at(baseline), baseline);

  const progress = new Progress(io.stderr);
  const inputs = new Inputs((file) => progress.at(file));
  const given = names.length > 0 ? names : [DEFAULT_INPUT];
  for (const name of given) {
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) {
      throw new UsageError(`got the URL ${name}, expected a file or folder: download it, or pipe it in, as in curl --fail URL | cdk-imdsv2 check -`);
    }
    if (name === STANDARD_INPUT) inputs.addText(at(name), io.stdin);
    else inputs.add(at(name));
  }
  const everything = buildReport(inputs, { cwd: io.cwd, strict: options.strict ?? false, controls });
  const report = accepted && baseline !== undefined ? withoutAccepted(everything, accepted, at(baseline), io.cwd) : everything;
  progress.done();

  if (options.writeBaseline !== undefined) {
    const file = at(options.writeBaseline);
    write(file, options.writeBaseline, baselineOf(everything, file, io.cwd));
  }
  const toTerminal = options.output === undefined && io.stdout.isTTY === true;
  const text = FORMATS[options.format](report, {
    colour: toTerminal && !io.env.NO_COLOR && io.env.TERM !== 'dumb',
    scan: () => ({ date: io.now?.() ?? new Date(), inputs: given.map((name) => nameOf(at(name), io.cwd)), commit: commitAt(io.cwd) }),
  });
  if (options.output === undefined) io.stdout.write(text);
  else write(at(options.output), options.output, text);

  // The table on the screen has them already.
  if (options.output !== undefined || options.format !== 'table') {
    for (const problem of report.problems) io.stderr.write(`${printable(problemLine(problem))}\n`);
  }
  for (const remark of report.remarks) io.stderr.write(`note: ${printable(problemLine(remark))}\n`);
  if (report.problems.length > 0) return EXIT.UNREADABLE;
  // Whoever writes a baseline accepts what is there.
  return options.writeBaseline === undefined && fails(report, options.failOn) ? EXIT.FINDINGS : EXIT.CLEAN;
}

function fails({ summary: { findings } }: Report, failOn: CheckOptions['failOn']): boolean {
  if (failOn === 'never') return false;
  return findings.error > 0 || (failOn === 'warning' && findings.warning > 0);
}

function write(file: string, shown: string, text: string): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`${shown} could not be written: ${reasonOf(error)}; name a file in a folder that you may write to`);
  }
}
