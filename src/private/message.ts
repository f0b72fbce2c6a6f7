import { ruleId, type Rule } from './rules';

/** The parts of everything the library says, so that no message leaves one out. */
export interface Message {
  readonly rule: Rule;
  /** What is wrong, and what was got. */
  readonly problem: string;
  /** The line to write, and where. */
  readonly fix: string;
  /** The construct path on which an acknowledgement exempts exactly this. */
  readonly path: string;
  /** The platform team's own sentence. */
  readonly help?: string;
}

/** How to mend it, how to exempt it unless nobody can, and whom to ask. */
export function fixOf({ rule, fix, path, help }: Message, exemptible = true): string {
  const exempt = exemptible && `to exempt it: Validations.of(<${path}>).acknowledge({ id: '${ruleId(rule)}', reason: '…' })`;
  return [fix, exempt, help].filter(Boolean).join('\n');
}

/** The whole message as one text. */
export function textOf(message: Message): string {
  return `${message.problem}\n${fixOf(message)}`;
}
