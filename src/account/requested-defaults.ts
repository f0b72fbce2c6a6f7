import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccountRegions } from './account-regions';
import { HttpTokensDefault, MetadataDefault, type AccountDefaultsOptions, type MetadataDefaultsOptions } from './defaults-props';

/** What the props ask for, as the template and the permissions need it. */
export interface RequestedDefaults {
  /** The named options, as the EC2 API spells them. */
  readonly defaults: { readonly [option: string]: string };
  /** Undefined for all regions that are enabled. */
  readonly regions?: readonly string[];
}

/** @throws if the props contradict each other */
export function requestedDefaults(scope: Construct, props: AccountDefaultsOptions): RequestedDefaults {
  return { defaults: namedDefaults(scope, props), regions: AccountRegions._askedBy(scope, props.regions) };
}

/**
 * The named options, as the EC2 API spells them.
 *
 * @throws if they contradict each other
 */
export function namedDefaults(scope: Construct, props: MetadataDefaultsOptions): { readonly [option: string]: string } {
  const { httpTokens = HttpTokensDefault.REQUIRED, httpTokensEnforced, hopLimit } = props;
  if (httpTokensEnforced === MetadataDefault.ENABLED && httpTokens !== HttpTokensDefault.REQUIRED) {
    throw new Error(`'${scope.node.path}' enforces tokens that it does not require, so that every launch would fail: got httpTokens ${httpTokens}, `
      + 'expected HttpTokensDefault.REQUIRED; remove httpTokens or httpTokensEnforced');
  }
  if (hopLimit !== undefined && typeof hopLimit.hops !== 'number') {
    throw new Error(`'${scope.node.path}' has a hopLimit that is not a HopLimit: got ${String(hopLimit)}, `
      + 'expected HopLimit.HOST (1), HopLimit.CONTAINERS (2) or HopLimit.of(n)');
  }
  const named = {
    HttpTokens: httpTokens,
    HttpPutResponseHopLimit: hopLimit && String(hopLimit.hops),
    HttpEndpoint: props.httpEndpoint,
    InstanceMetadataTags: props.instanceMetadataTags,
    HttpTokensEnforced: httpTokensEnforced,
  };
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The constructs of an app that set account defaults; on the root, whichever copy of the library made them. */
const CLAIMED = Symbol.for('cdk-imdsv2.account-defaults');

/**
 * Remembers who sets the defaults of an account and region.
 *
 * @throws if somebody does already, as far as that is known at synthesis
 */
export function claimRegions(scope: Construct, regions: readonly string[] | undefined): void {
  const root = scope.node.root as { [CLAIMED]?: Array<{ scope: Construct; regions?: readonly string[] }> };
  const claimed = root[CLAIMED] ??= [];
  const { account } = Stack.of(scope);
  for (const other of claimed) {
    const sameStack = Stack.of(other.scope) === Stack.of(scope);
    const sameAccount = sameStack || (Stack.of(other.scope).account === account && !Token.isUnresolved(account));
    const shared = regions && other.regions ? regions.find((region) => other.regions!.includes(region) && (sameStack || !Token.isUnresolved(region)))
      : regions?.[0] ?? other.regions?.[0] ?? 'every region';
    if (!sameAccount || shared === undefined) continue;
    const inWords = Token.isUnresolved(shared) ? "the stack's region" : shared;
    throw new Error(`the account defaults of ${inWords}${Token.isUnresolved(account) ? '' : ` in account ${account}`} are set twice: `
      + `got '${other.scope.node.path}' and '${scope.node.path}', expected one; keep one of them, or give them different regions`);
  }
  claimed.push({ scope, regions });
}
