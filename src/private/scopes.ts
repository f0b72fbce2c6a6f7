import type { IConstruct } from 'constructs';

/** Whether a construct is a scope, or stands below it. */
export function isWithin(construct: IConstruct, scope: IConstruct): boolean {
  for (let at: IConstruct | undefined = construct; at; at = at.node.scope) if (at === scope) return true;
  return false;
}
