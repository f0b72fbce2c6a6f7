import type { CheckSubject } from './rules/check-rule';
import { requireTokens } from '../remedies/require-tokens';
import { fixInWords, linesOf } from '../remedies/words';

/** What to write so that a launch source requires tokens, and where, for whoever has its code before them. */
export function lineFor(subject: CheckSubject): string {
  const { source, resource } = subject;
  const remedy = requireTokens(subject);
  if (remedy.kind !== 'edit') return fixInWords(remedy, resource.logicalId);
  const inTheL1 = source.spelling === undefined ? ' (httpTokens in the L1)' : '';
  return `write ${linesOf(remedy, resource.logicalId).replaceAll('Properties.', '')}${inTheL1} where this ${source.name} is defined`;
}
