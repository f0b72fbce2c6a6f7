/** What went wrong with a file, without the full path that Node adds: reports are shared. */
export function reasonOf(error: unknown): string {
  const { message = String(error) } = error as Partial<Error>;
  return message.replace(/, \w+ '[^]*'$/, '');
}

/** Where an error comes from, with files named by themselves. */
export function traceOf(error: unknown): string {
  const trace = error instanceof Error ? error.stack ?? error.message : String(error);
  return trace.replace(/(?:file:\/\/|\b[A-Za-z]:(?=\\)|(?<![\w:/.]))(?:[\\/][^\\/:*?"'<>|\n()]+)*[\\/](?=[^\\/\s:()'"]+)/g, '');
}
