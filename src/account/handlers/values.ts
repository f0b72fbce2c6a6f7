/** The account defaults, as `ModifyInstanceMetadataDefaults` names them. */
export const OPTIONS = ['HttpTokens', 'HttpPutResponseHopLimit', 'HttpEndpoint', 'InstanceMetadataTags', 'HttpTokensEnforced'] as const;

export type Option = typeof OPTIONS[number];

/** Some of the defaults; the hop limit is text too, as everything is that CloudFormation passes on. */
export type Values = { readonly [option in Option]?: string };

/** What is set for no option; EC2 leaves it out of its reply, and calls it -1 for the hop limit. */
export const NO_PREFERENCE = 'no-preference';

export function optionsOf(values: Values): Option[] {
  return OPTIONS.filter((option) => values[option] !== undefined);
}

export function pick(values: Values, options: readonly Option[]): Values {
  return Object.fromEntries(options.filter((option) => values[option] !== undefined).map((option) => [option, values[option]]));
}

export function without(values: Values, options: readonly Option[]): Values {
  return pick(values, OPTIONS.filter((option) => !options.includes(option)));
}

/** Whether the account, which says something of every option, says everything that is asked for. */
export function satisfies(account: Values, wanted: Values): boolean {
  return optionsOf(wanted).every((option) => account[option] === wanted[option]);
}

/** With enforcement on, every launch fails that no one else makes require tokens. */
export function locksOut(account: Values): boolean {
  return account.HttpTokensEnforced === 'enabled' && account.HttpTokens !== 'required';
}

/** Such as `HttpTokens=required,HttpPutResponseHopLimit=2`, or `no preference`. */
export function inWords(values: Values): string {
  const named = optionsOf(values).filter((option) => values[option] !== NO_PREFERENCE);
  return named.map((option) => `${option}=${values[option]}`).join(',') || 'no preference';
}
