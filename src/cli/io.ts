/** Where text goes: a stream of the process, or what a test put in its place. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Everything of the process that the command may touch. */
export interface Io {
  readonly cwd: string;
  /** All of standard input. */
  readonly stdin: () => Buffer;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The time of the run, where it is not the system's. */
  readonly now?: () => Date;
  readonly env: { readonly [name: string]: string | undefined };
}
