import type { Json } from '../support';

/**
 * Whether EventBridge would match an event, for the operators that are used here: a value, `prefix`, `exists: false` and `$or`.
 * Any other one throws. Written from its documentation, and sharing nothing with the patterns that are tested.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matches(pattern: Json, event: Json): boolean {
  return Object.entries<Json>(pattern).every(([field, wanted]) => {
    if (field === '$or') {
      if (!Array.isArray(wanted) || wanted.length < 2) throw new Error('$or is a list of at least two patterns');
      return wanted.some((alternative) => matches(alternative, event));
    }
    // An array stands for each of its members, however deep.
    const values = [event].flat().filter((value) => typeof value === 'object' && value !== null).flatMap((value) => value[field] ?? []);
    if (!Array.isArray(wanted)) {
      const inside = values.filter((value: Json) => typeof value === 'object');
      return matches(wanted, inside.length > 0 ? inside : {});
    }
    const leaves = values.filter((value: Json) => typeof value !== 'object');
    return wanted.some((operator: Json) => (isAbsence(operator) ? leaves.length === 0 : leaves.some((leaf: Json) => hasValue(operator, leaf))));
  });
}

function isAbsence(operator: Json): boolean {
  return JSON.stringify(operator) === '{"exists":false}';
}

function hasValue(operator: Json, leaf: unknown): boolean {
  if (typeof operator === 'string') return operator === leaf;
  const [name, ...more] = Object.keys(operator);
  if (name !== 'prefix' || more.length > 0) throw new Error(`an operator that this does not know: ${JSON.stringify(operator)}`);
  return typeof leaf === 'string' && leaf.startsWith(operator.prefix);
}
