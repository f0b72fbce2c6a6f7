import { Posture, type Dependency, type Judgement } from './posture';

/** From the worst to the best: a group is as safe as the least safe of what it launches from. */
const WORST_FIRST = [Posture.OPTIONAL, Posture.UNSETTABLE, Posture.CONDITIONAL, Posture.EXTERNAL, Posture.REQUIRED, Posture.DISABLED];

export function isSafe(posture: Posture): boolean {
  return posture === Posture.REQUIRED || posture === Posture.DISABLED;
}

/** The least safe of what is launched from together. */
export function worst(judgements: readonly Judgement[]): Judgement | undefined {
  return furthest(judgements, (rank, than) => rank < than);
}

/** Alternatives of which a condition chooses one, at least one of them: alike, or conditional. */
export function combine(outcomes: readonly Judgement[]): Judgement {
  const first = worst(outcomes)!;
  const last = furthest(outcomes, (rank, than) => rank >= than)!;
  if (first.posture === Posture.CONDITIONAL) return { ...first, dependsOn: dependenciesOf(outcomes) };
  return first.posture === last.posture || (isSafe(first.posture) && isSafe(last.posture)) || first.posture === Posture.EXTERNAL
    ? first
    : {
      ...first,
      posture: Posture.CONDITIONAL,
      reason: `a condition decides: ${first.reason}, or ${last.reason}`,
      dependsOn: dependenciesOf(outcomes),
    };
}

function dependenciesOf(outcomes: readonly Judgement[]): Dependency[] {
  return outcomes.flatMap(({ dependsOn }) => dependsOn ?? []);
}

function furthest(judgements: readonly Judgement[], isFurther: (rank: number, than: number) => boolean): Judgement | undefined {
  let found: Judgement | undefined;
  for (const judgement of judgements) {
    if (!found || isFurther(WORST_FIRST.indexOf(judgement.posture), WORST_FIRST.indexOf(found.posture))) found = judgement;
  }
  return found;
}
