import { Command, CommanderError, Option } from 'commander';
import { check, EXIT, type CheckOptions } from './check';
import { FORMATS } from './formats';
import type { Io } from './io';
import { UsageError } from './usage-error';
import { VERSION } from '../private/version';

/** Runs the command line `argv`, without the program's name; what it returns is the exit code. */
export function run(argv: readonly string[], io: Io): number {
  let code: number = EXIT.CLEAN;
  const program = new Command('cdk-imdsv2')
    .description('says which EC2 launch sources of a CDK app or of CloudFormation templates allow IMDSv1, and how to fix them')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('expected a command and its options, as in cdk-imdsv2 check cdk.out; cdk-imdsv2 check --help lists them')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  program.command('check')
    .description('judges a synthesized cloud assembly, or plain JSON and YAML templates')
    .argument('[inputs...]', 'cloud assemblies, folders of templates, or templates, - for one from standard input (default: cdk.out)')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(Object.keys(FORMATS)).default('table'))
    .option('-o, --output <file>', 'print to a file')
    .addOption(new Option('--fail-on <severity>', 'what makes the exit code 1').choices(['error', 'warning', 'never']).default('error'))
    .option('--strict', 'take for an error what only the deployment decides')
    .option('--framework <name>', 'judge by a framework and perhaps an edition of it, such as cis@5.0, instead of by the rules; may be repeated', collect)
    .option('--control <id>', 'judge by a control, such as EC2.8; may be repeated', collect)
    .option('--list-controls', 'say which controls there are, and do nothing else')
    .option('--baseline <file>', 'accept the findings that this file lists')
    .option('--write-baseline <file>', "write today's findings to a baseline file")
    .addHelpText('after', '\nexit codes: 0 clean, 1 findings, 2 bad usage or something that could not be read')
    .action((inputs: string[], options: CheckOptions) => {
      code = check(inputs, options, io);
    });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.CLEAN : EXIT.UNREADABLE;
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`error: ${error.message}\n`);
    return EXIT.UNREADABLE;
  }
  return code;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
