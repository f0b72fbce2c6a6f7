import { Version } from './launch-template-reference';

/** Which way the named conditions go, as far as they were asked. */
export type Assumptions = ReadonlyMap<string, boolean>;

export const NO_ASSUMPTIONS: Assumptions = new Map();

export function assume(under: Assumptions, condition: string, holds: boolean): Assumptions {
  return new Map(under).set(condition, holds);
}

/** More outcomes of a value than these are not told apart by the conditions under which they hold. */
export const MAX_CASES = 64;

/** What a value is under some assumptions. */
export interface Under<T> {
  readonly outcome: T;
  readonly under: Assumptions;
}

/** A version that a reference may ask for. */
export interface AskedVersion<R> {
  readonly version: Version;
  /** The launch template whose number it is; undefined for what is no number of a template, such as `$Latest`. */
  readonly numberOf: R | undefined;
}

/** More pairs of an id and a version than this are not looked at one by one. */
const MAX_PAIRS = 4096;

/**
 * Which version of its launch template a reference asks for, where conditions choose both.
 *
 * The latest number of one template may be any version of another, so each id is looked at with the versions that can
 * stand beside it: one condition decides about both at once.
 *
 * @param templates the launch templates that each id stands for; none for one outside the app.
 */
export function versionOfPairs<R>(templates: ReadonlyArray<Under<readonly R[]>>, versions: ReadonlyArray<Under<AskedVersion<R>>>): Version {
  const said = new Set(versions.map(({ outcome }) => outcome.version));
  if (said.size !== 1) return Version.UNKNOWN;
  const [version] = said;
  const numbered = versions.filter(({ outcome }) => outcome.numberOf !== undefined);
  if (version !== Version.LATEST || numbered.length === 0) return version;
  if (templates.length * numbered.length > MAX_PAIRS) return Version.UNKNOWN;
  const asked = new Set(templates.flatMap((one) =>
    versions.filter(({ under }) => isConsistent(one.under, under)).map(({ outcome }) => versionBeside(one.outcome, outcome))));
  return asked.size === 1 ? [...asked][0] : Version.UNKNOWN;
}

function versionBeside<R>(templates: readonly R[], { numberOf }: AskedVersion<R>): Version {
  if (numberOf === undefined || templates.every((template) => template === numberOf)) return Version.LATEST;
  return templates.includes(numberOf) ? Version.UNKNOWN : Version.PINNED;
}

/** Whether no condition would have to go both ways. */
function isConsistent(one: Assumptions, other: Assumptions): boolean {
  for (const [condition, holds] of one) if (other.get(condition) === !holds) return false;
  return true;
}
