/** How long is waited between attempts, in milliseconds. */
const PAUSES = [2000, 4000, 8000];

/** Calls again where something, such as a permission, was made a moment ago and need not be everywhere yet. */
export async function patiently<T>(call: () => Promise<T>, passes: (error: Error) => boolean, wait: typeof sleep): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await call();
    } catch (error) {
      if (!passes(error as Error)) throw error;
      await wait(pause);
    }
  }
  return call();
}

export async function sleep(milliseconds: number): Promise<void> {
  await new Promise((wake) => setTimeout(wake, milliseconds));
}
