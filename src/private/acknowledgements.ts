import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Who acknowledged a rule, and why. */
export interface Acknowledged {
  readonly reason: string;
  readonly at: IConstruct;
}

/** The acknowledgement of a rule id on the construct or the closest of its parents. */
export function acknowledgementOf(construct: IConstruct, id: string): Acknowledged | undefined {
  for (let scope: IConstruct | undefined = construct; scope; scope = scope.node.scope) {
    const reason = ownAcknowledgement(scope, id);
    if (reason !== undefined) return { reason, at: scope };
  }
  return undefined;
}

/** The ids that exactly this construct acknowledges, with their reasons. */
export function acknowledgedAt(construct: IConstruct): ReadonlyArray<readonly [id: string, reason: string]> {
  let found: Array<readonly [string, string]> | undefined;
  for (const { type, data } of construct.node.metadata) {
    if (type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY) (found ??= []).push(...Object.entries<string>(data ?? {}));
  }
  return found ?? [];
}

/** Every rule id that any construct of the tree acknowledges. */
export function acknowledgedAnywhere(root: IConstruct): ReadonlySet<string> {
  return new Set(root.node.findAll().flatMap((construct) => acknowledgedAt(construct).map(([id]) => id)));
}

function ownAcknowledgement(construct: IConstruct, id: string): string | undefined {
  return acknowledgedAt(construct).find(([acknowledged]) => acknowledged === id)?.[1];
}
