import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** On the construct itself, where every copy of the library in the tree finds it. */
const WITHDRAWN = Symbol.for('cdk-imdsv2.withdrawn');

interface Withdrawn { [WITHDRAWN]?: boolean }

/**
 * Leaves a resource in the tree and out of its template.
 *
 * Taking it out of the tree would take what stands below it along, and the settings and acknowledgements that hold there.
 * `shouldSynthesize` is the hook that CDK has for this; it is answered here because nobody derives a class any more.
 */
export function withdraw(resource: CfnResource & Withdrawn): void {
  resource[WITHDRAWN] = true;
  Object.defineProperty(resource, 'shouldSynthesize', { value: () => resource[WITHDRAWN] !== true });
}

export function isWithdrawn(construct: IConstruct & Withdrawn): boolean {
  return construct[WITHDRAWN] !== undefined;
}

/** What `read` sees while a withdrawn resource is as it would be written. */
export function asIfWritten<T>(resource: CfnResource & Withdrawn, read: () => T): T {
  const before = resource[WITHDRAWN];
  if (before === undefined) return read();
  resource[WITHDRAWN] = false;
  try {
    return read();
  } finally {
    resource[WITHDRAWN] = before;
  }
}
