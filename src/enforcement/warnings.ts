import { Annotations, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { acknowledgementOf } from '../private/acknowledgements';
import { Ledger } from '../private/ledger';
import { textOf, type Message } from '../private/message';
import { ruleId } from '../private/rules';

/**
 * Warns on a construct, unless the rule is acknowledged on it or above it.
 *
 * The oldest supported aws-cdk-lib overlooks an acknowledgement on the construct itself that came before the warning.
 */
export function warn(construct: IConstruct, message: Omit<Message, 'path'>): void {
  const id = ruleId(message.rule);
  if (acknowledgementOf(construct, id)) return;
  Ledger.of(construct).warn(construct, message.rule);
  Validations.of(construct).addWarning(id, textOf({ ...message, path: construct.node.path }));
}

/** Says what nobody has to look at, unless the rule is acknowledged there: such a message is there at every synthesis. */
export function inform(construct: IConstruct, message: Omit<Message, 'path'>): void {
  const id = ruleId(message.rule);
  if (!acknowledgementOf(construct, id)) Annotations.of(construct).addInfoV2(id, textOf({ ...message, path: construct.node.path }));
}
