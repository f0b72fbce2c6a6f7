import { deleteClaim, putClaim, readClaims, type Claim } from './claims';
import { isManaged, readDefaults, writeDefaults, type Region } from './region';
import { inWords, locksOut, OPTIONS, optionsOf, pick, satisfies, without, type Option, type Values } from './values';

/** The resource that holds, and the request in which it does. */
export interface Holder {
  readonly owner: string;
  readonly resource: string;
  readonly run: string;
  readonly isCreate: boolean;
}

/** What became of one region. */
export interface Held {
  readonly previous: Values;
  readonly effective: Values;
  readonly managedBy: string;
  readonly outcome: string;
}

/** What a resource named before and does not name now. */
export interface Dropped {
  readonly options: readonly Option[];
  readonly restore: boolean;
}

/**
 * Makes a region say what is wanted, and remembers what it said before. What is dropped is put back in the same call, but
 * stays remembered until `release` lets go of it: a run that fails or is killed must find it.
 */
export async function hold(region: Region, holder: Holder, wanted: Values, dropped: Dropped): Promise<Held> {
  const before = await readDefaults(region);
  if (isManaged(before)) {
    const { values, managedBy, policyMessage } = before;
    if (satisfies(values, wanted)) return { previous: values, effective: values, managedBy, outcome: 'already so by a declarative policy' };
    throw new Error(`a declarative policy manages the defaults and says ${inWords(values)}${policyMessage ? `: "${policyMessage}"` : ''}; `
      + `set ${inWords(wanted)} in the policy of the organization, or leave the region out`);
  }

  // The defaults are read first: whoever changed them before had written its claim by then.
  const claims = await readClaims(region);
  const others = claims.filter(({ owner }) => owner !== holder.owner);
  const mine = claims.find(({ owner, run }) => owner === holder.owner && (!holder.isCreate || run === holder.run));
  const back = mine && dropped.restore ? toPutBack(mine, others, dropped.options, before.values) : {};
  const target = { ...back, ...wanted };
  if (locksOut({ ...before.values, ...target })) {
    throw new Error('with HttpTokensEnforced=enabled and tokens that are not required every launch fails: '
      + 'ask for required tokens, or for httpTokensEnforced DISABLED');
  }

  const claim: Claim = {
    owner: holder.owner,
    resource: holder.resource,
    run: mine?.run ?? holder.run,
    at: mine?.at ?? Date.now(),
    first: { ...pick(firstOf(before.values, others), optionsOf(wanted)), ...mine?.first },
    written: { ...mine?.written, ...wanted },
  };
  if (JSON.stringify(claim) !== JSON.stringify(mine)) await putClaim(region, claim);

  const isSo = satisfies(before.values, target);
  const { values: effective, managedBy } = isSo ? before : await writeDefaults(region, target);
  return { previous: pick(claim.first, optionsOf(wanted)), effective, managedBy, outcome: isSo ? 'already so' : 'set' };
}

/** What was there first: what another resource found, where the account still says what that one wrote. */
function firstOf(account: Values, others: readonly Claim[]): Values {
  return Object.fromEntries(OPTIONS.map((option) => [
    option, others.find(({ written }) => written[option] === account[option])?.first[option] ?? account[option],
  ]));
}

/**
 * Lets go of options in a region.
 *
 * @param restore whether to put back what was there first, or what another resource still asks for
 * @returns what became of the region, in words
 */
export async function release(region: Region, owner: string, { options, restore }: Dropped): Promise<string> {
  const claims = await readClaims(region);
  const mine = claims.find((claim) => claim.owner === owner);
  const released = mine && optionsOf(pick(mine.written, options));
  if (!mine || !released?.length) return 'nothing to put back';
  const outcome = restore ? await putBack(region, mine, claims.filter((claim) => claim !== mine), released) : 'left as it is';
  const written = without(mine.written, released);
  if (optionsOf(written).length === 0) await deleteClaim(region, owner);
  else await putClaim(region, { ...mine, written, first: without(mine.first, released) });
  return outcome;
}

async function putBack(region: Region, mine: Claim, others: readonly Claim[], released: readonly Option[]): Promise<string> {
  const level = await readDefaults(region);
  if (isManaged(level)) return 'left as it is: a declarative policy manages it';
  let back = toPutBack(mine, others, released, level.values);
  const notes = optionsOf(back).length < released.length ? ['what was changed since is left'] : [];
  if (locksOut({ ...level.values, ...back })) {
    back = without(back, ['HttpTokens', 'HttpTokensEnforced']);
    notes.push('tokens and their enforcement are left, because with the one and without the other every launch would fail');
  }
  const changes = !satisfies(level.values, back);
  if (changes) await writeDefaults(region, back);
  return [changes ? 'put back' : 'left as it is', ...notes].join('; ');
}

/** Only where the account still says what the resource wrote. */
function toPutBack(mine: Claim, others: readonly Claim[], options: readonly Option[], account: Values): Values {
  const still = options.filter((option) => mine.written[option] !== undefined && account[option] === mine.written[option]);
  return Object.fromEntries(still.map((option) => [option, wantedBy(others, option, account) ?? mine.first[option]]));
}

/** What the other resources want of an option: what the account says if one of them does, else what the latest does. */
function wantedBy(others: readonly Claim[], option: Option, account: Values): string | undefined {
  const wanted = others.map(({ written }) => written[option]).filter((value) => value !== undefined);
  return wanted.find((value) => value === account[option]) ?? wanted[wanted.length - 1];
}
