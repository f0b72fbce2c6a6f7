/** What became of one region. */
export interface Outcome<T> {
  readonly region: string;
  readonly value?: T;
  readonly error?: Error;
}

/** Runs the same in all regions at once; the account's limits are for each region. */
export async function inEach<R extends { readonly name: string }, T>(regions: readonly R[], run: (region: R) => Promise<T>): Promise<Outcome<T>[]> {
  return Promise.all(regions.map(async (region) => {
    try {
      return { region: region.name, value: await run(region) };
    } catch (error) {
      return { region: region.name, error: error as Error };
    }
  }));
}

/** Every region's outcome in one message; failures come first, and what is said of several regions is said once. */
export function summary<T>(outcomes: readonly Outcome<T>[], inWords: (value: T) => string): string {
  const regions = new Map<string, string[]>();
  const ordered = [...outcomes.filter(({ error }) => error), ...outcomes.filter(({ error }) => !error)];
  for (const { region, value, error } of ordered) {
    const text = error ? `failed: ${reason(error)}` : inWords(value as T);
    regions.set(text, [...regions.get(text) ?? [], region]);
  }
  return [...regions].map(([text, names]) => `${names.join(', ')}: ${text}`).join('; ');
}

/** What EC2 and SSM answer, and what a resolver does, where the account has not opted in to a region. */
const NOT_ENABLED = ['AuthFailure', 'OptInRequired', 'UnrecognizedClientException', 'InvalidClientTokenId', 'ENOTFOUND'];
const DENIED = ['UnauthorizedOperation', 'AccessDeniedException'];

export function isNotEnabled({ name, code }: Error & { readonly code?: string }): boolean {
  return NOT_ENABLED.includes(name) || NOT_ENABLED.includes(code ?? '');
}

function reason(error: Error): string {
  const { name, message } = error;
  if (isNotEnabled(error)) {
    return `the region is probably not enabled for the account (${name}): opt in to it, or leave it out of regions`;
  }
  if (name === 'AbortError') return 'the time of the function ran out, most likely because the account is throttled: deploy again';
  if (DENIED.includes(name)) return `${message} (${name}): look for a service control policy or permissions boundary that denies it`;
  return name === 'Error' ? message : `${message} (${name})`;
}
