import type { Spelling } from './options-spelling';
import type { Place } from './places';
import { hasFunction, ifBranches, isNoValue, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

type Entry = NonNullable<Spelling['entry']>;

/** What cannot be read may be the entry. */
const UNREAD: Struct = { 'Fn::Transform': 'unread' };

/** The entries of a list that decide, and undefined among them where the list may have none. */
export function entriesIn({ path, value }: Place, entry: Entry, outcomes: (value: Json) => readonly Json[]): Place[] {
  return outcomesOf(value).flatMap((list): Place[] => {
    if (list === undefined || list === null || isNoValue(list)) return [{ path, value: undefined }];
    if (!Array.isArray(list)) return [{ path, value: UNREAD }];
    const found: Place[] = [];
    let certain = false;
    const twice = contradiction(list, entry, outcomes);
    if (twice) return [{ path, value: twice }];
    list.forEach((item, i) => {
      const matches = outcomesOf(item).map((outcome) => ({ outcome, match: matchOf(outcome, entry, outcomes) }));
      certain ||= matches.every(({ match }) => match === true);
      for (const { outcome, match } of matches) {
        if (match !== false) found.push({ path: [...path, String(i)], value: match ? outcome : UNREAD });
      }
    });
    return certain ? found : [...found, { path, value: undefined }];
  });
}

/** Two such entries under no condition that say different things, as one that says so: which of them counts is not documented. */
function contradiction(list: readonly Json[], entry: Entry, outcomes: (value: Json) => readonly Json[]): Struct | undefined {
  const same = list.filter((item): item is Struct => isStruct(item) && !ifBranches(item) && matchOf(item, entry, outcomes) === true);
  const [first, ...others] = same;
  const differs = Object.keys(first ?? {}).filter((member) => !(member in entry)
    && others.some((other) => String(other[member]) !== String(first[member])));
  return differs.length === 0 ? undefined : { ...entry, ...Object.fromEntries(differs.map((member) => [member, 'said twice, and differently'])) };
}

/** The list with `wanted` as its only such entry, in the place of the first that stands there under no condition; undefined where it cannot be read. */
export function withEntry(list: readonly Json[], entry: Entry, wanted: (block: Struct) => Struct): Json[] | undefined {
  let placed = false;
  const kept: Json[] = [];
  for (const item of list) {
    const without = withoutEntry(item, entry);
    if (without === undefined) return undefined;
    if (without === item) {
      kept.push(item);
    } else if (isStruct(item) && !ifBranches(item)) {
      if (!placed) kept.push(wanted(item));
      placed = true;
    } else if (!isNoValue(without)) {
      kept.push(without);
    }
  }
  return placed ? kept : [...kept, wanted(entry)];
}

/** An item with no value where it is the entry, itself where it is another, and undefined where it cannot be read. */
function withoutEntry(item: Json, entry: Entry): Json | undefined {
  const choice = ifBranches(item);
  if (!choice) {
    const match = matchOf(item, entry, outcomesOf);
    return match === undefined ? undefined : match ? { Ref: 'AWS::NoValue' } : item;
  }
  const branches = choice.branches.map((branch) => withoutEntry(branch, entry));
  if (branches.includes(undefined)) return undefined;
  if (branches.every((branch, i) => branch === choice.branches[i])) return item;
  return branches.every(isNoValue) ? branches[0] : { 'Fn::If': [choice.condition, ...branches] };
}

/** Whether an item is the entry; undefined where that is not known. */
function matchOf(item: Json, entry: Entry, outcomes: (value: Json) => readonly Json[]): boolean | undefined {
  if (item === undefined || item === null || isNoValue(item)) return false;
  if (!isStruct(item) || hasFunction(item)) return undefined;
  let match: boolean | undefined = true;
  for (const [member, wanted] of Object.entries(entry)) {
    const values = outcomes(item[member]);
    if (values.every((value) => value !== wanted && (typeof value !== 'object' || value === null))) return false;
    if (!values.every((value) => value === wanted)) match = undefined;
  }
  return match;
}
