import { Posture } from '../../posture/posture';

/** From what is open to what is safe: the order of every bar, legend and list of counts. */
export const POSTURES: readonly Posture[] = [
  Posture.OPTIONAL, Posture.UNSETTABLE, Posture.CONDITIONAL, Posture.EXTERNAL, Posture.REQUIRED, Posture.DISABLED,
];

export const MEANINGS: { readonly [posture in Posture]: string } = {
  [Posture.OPTIONAL]: 'allows IMDSv1, said or by silence',
  [Posture.UNSETTABLE]: 'no property could require tokens',
  [Posture.CONDITIONAL]: 'a parameter, a condition or a dynamic reference decides',
  [Posture.EXTERNAL]: 'a launch template elsewhere, or an earlier version, decides',
  [Posture.REQUIRED]: 'IMDSv2 only',
  [Posture.DISABLED]: 'the metadata endpoint is off',
};

const OPEN: ReadonlySet<Posture> = new Set([Posture.OPTIONAL, Posture.UNSETTABLE, Posture.CONDITIONAL, Posture.EXTERNAL]);

export type Counts = { readonly [posture in Posture]: number };

export function totalOf(counts: Counts): number {
  return POSTURES.reduce((sum, posture) => sum + counts[posture], 0);
}

/** How many are not known to be safe. */
export function openOf(counts: Counts): number {
  return POSTURES.reduce((sum, posture) => sum + (OPEN.has(posture) ? counts[posture] : 0), 0);
}
