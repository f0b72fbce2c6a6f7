import { Posture, type Judgement } from './posture';
import { isSafe } from './weigh';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { Stance, stancesOf, type Outcomes } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import { hasFunction, isNoValue, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

/** What nearly every launch source of an app that complies says, recognized before anything is weighed. */
export function isPlainlyRequired(properties: Struct, path: readonly string[], { spelling = METADATA_OPTIONS }: LaunchSourceType): boolean {
  let value: Json = properties;
  for (let i = 0; i < path.length; i++) {
    if (!isStruct(value) || hasFunction(value)) return false;
    value = value[path[i]];
  }
  const { tokens, endpoint } = spelling;
  return isStruct(value) && value[tokens] === spelling.required && (endpoint === undefined || value[endpoint] === undefined) && !hasFunction(value);
}

const PLAINLY_REQUIRED = new Map<LaunchSourceType, Judgement>();

export function plainlyRequired(source: LaunchSourceType): Judgement {
  let judgement = PLAINLY_REQUIRED.get(source);
  if (!judgement) PLAINLY_REQUIRED.set(source, judgement = required(source, source.optionsPath!));
  return judgement;
}

/** A launch source's own options, in the blocks at `path`, over what it inherits from its launch template; `inherits` if that had a say, `bySilence` where silence requires tokens. */
export function judgeOptions(
  source: LaunchSourceType, path: readonly string[], blocks: readonly Json[], outcomes: Outcomes, inherited: Judgement | undefined,
  bySilence?: string,
): { judgement: Judgement; inherits: boolean } {
  const stances = new Set(blocks.flatMap((block) => [...stancesOf(block, outcomes, source.spelling)]));
  if (bySilence !== undefined && stances.delete(Stance.SILENT)) {
    if (stances.size === 0) return { judgement: { ...required(source, path), reason: bySilence }, inherits: false };
    stances.add(Stance.REQUIRED);
  }
  if (!inherited || !stances.delete(Stance.SILENT)) return { judgement: judgeStances(stances, source, path), inherits: false };
  const merges = isPartlySilent(blocks, outcomes, source);
  if (stances.size === 0 && !merges) return { judgement: inherited, inherits: true };
  if (inherited.posture === Posture.OPTIONAL) stances.add(Stance.OPTIONAL);
  else if (merges || !isSafe(inherited.posture)) stances.add(Stance.UNKNOWN);
  const { chain, dependsOn } = inherited;
  const judgement = judgeStances(stances, source, path);
  return { judgement: { ...judgement, ...(chain && { chain }), ...(dependsOn && { dependsOn }) }, inherits: true };
}

function judgeStances(stances: ReadonlySet<Stance>, source: LaunchSourceType, optionsPath: readonly string[]): Judgement {
  const path = ['Properties', ...optionsPath].join('.');
  const open = stances.has(Stance.OPTIONAL) || stances.has(Stance.SILENT);
  const safe = stances.has(Stance.REQUIRED) || stances.has(Stance.DISABLED);
  if (stances.has(Stance.UNKNOWN)) {
    return { posture: Posture.CONDITIONAL, path, reason: 'its value is not known before deployment' };
  }
  if (open && safe) return { posture: Posture.CONDITIONAL, path, reason: 'a condition decides whether tokens are required' };
  if (open) {
    return stances.has(Stance.OPTIONAL)
      ? { posture: Posture.OPTIONAL, path: tokensPath(source, optionsPath), reason: 'tokens are optional' }
      : { posture: Posture.OPTIONAL, path, reason: `the ${source.name} says nothing about tokens` };
  }
  return stances.has(Stance.REQUIRED)
    ? required(source, optionsPath)
    : { posture: Posture.DISABLED, path: `${path}.${source.spelling?.endpoint ?? METADATA_OPTIONS.endpoint}`, reason: 'the metadata endpoint is disabled' };
}

/** Whether a block, under one of its conditions, leaves tokens to the launch template and says something else: how they merge is not documented. */
function isPartlySilent(blocks: readonly Json[], outcomes: Outcomes, { spelling = METADATA_OPTIONS }: LaunchSourceType): boolean {
  return blocks.flatMap(outcomesOf).some((block) => {
    if (!isStruct(block) || isNoValue(block)) return false;
    const stances = stancesOf(block, outcomes, spelling);
    const members = Object.keys(block);
    // Tokens that a condition leaves out leave an empty block.
    return stances.has(Stance.SILENT) && (stances.size === 1 ? members.length > 0 : members.some((member) => member !== spelling.tokens));
  });
}

function required(source: LaunchSourceType, optionsPath: readonly string[]): Judgement {
  return { posture: Posture.REQUIRED, path: tokensPath(source, optionsPath), reason: 'tokens are required' };
}

/** Which entry of a list it is differs from template to template. */
function tokensPath({ spelling = METADATA_OPTIONS }: LaunchSourceType, path: readonly string[]): string {
  return ['Properties', ...path, ...spelling.entry ? [] : [spelling.tokens]].join('.');
}
