import { Posture, type Judgement } from './posture';
import { combine, isSafe } from './weigh';
import type { LaunchSourceType } from '../launch-sources/launch-source';
import { invalidIn, Stance, stancesOf, type Outcomes } from '../launch-sources/metadata-options';
import { METADATA_OPTIONS } from '../launch-sources/options-spelling';
import { hasFunction, isStruct, type Json, type Struct } from '../private/json';

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

/** What a launch source has from its launch template where it says nothing itself, and where it turns the endpoint on and says nothing of tokens. */
export interface Inherited {
  readonly all: Judgement;
  readonly tokens: () => Judgement;
}

/**
 * A launch source's own options, in the blocks at `path`, over what it inherits from its launch template; `inherits` if that had a say.
 *
 * `bySilence` says why silence requires tokens, where it does.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html each metadata option is evaluated separately
 */
export function judgeOptions(
  source: LaunchSourceType, path: readonly string[], blocks: readonly Json[], outcomes: Outcomes, inherited: Inherited | undefined,
  bySilence?: string,
): { judgement: Judgement; inherits: boolean } {
  const stances = new Set(blocks.flatMap((block) => [...stancesOf(block, outcomes, source.spelling)]));
  if (bySilence !== undefined && stances.delete(Stance.SILENT)) {
    if (stances.size === 0) return { judgement: { ...required(source, path), reason: bySilence }, inherits: false };
    stances.add(Stance.REQUIRED);
  }
  const invalid = () => [...new Set(blocks.flatMap((block) => invalidIn(block, outcomes, source.spelling)))].join('; ');
  const silent = stances.has(Stance.SILENT);
  const enabled = stances.has(Stance.ENABLED);
  if (!inherited || (!silent && !enabled)) return { judgement: judgeStances(stances, source, path, invalid), inherits: false };
  stances.delete(Stance.SILENT);
  stances.delete(Stance.ENABLED);
  const left = combine([...silent ? [inherited.all] : [], ...enabled ? [inherited.tokens()] : []]);
  if (stances.size === 0) return { judgement: left, inherits: true };
  if (left.posture === Posture.OPTIONAL) stances.add(Stance.OPTIONAL);
  else if (!isSafe(left.posture)) stances.add(Stance.UNKNOWN);
  const { chain, dependsOn } = left;
  const judgement = judgeStances(stances, source, path, invalid);
  return { judgement: { ...judgement, ...(chain && { chain }), ...(dependsOn && { dependsOn }) }, inherits: true };
}

function judgeStances(stances: ReadonlySet<Stance>, source: LaunchSourceType, optionsPath: readonly string[], invalid: () => string): Judgement {
  const path = ['Properties', ...optionsPath].join('.');
  const open = [Stance.OPTIONAL, Stance.SILENT, Stance.ENABLED, Stance.INVALID].some((stance) => stances.has(stance));
  const safe = stances.has(Stance.REQUIRED) || stances.has(Stance.DISABLED);
  if (stances.has(Stance.UNKNOWN)) {
    return { posture: Posture.CONDITIONAL, path, reason: 'its value is not known before deployment' };
  }
  const wrong = stances.has(Stance.INVALID) ? invalid() : '';
  if (open && safe) {
    return { posture: Posture.CONDITIONAL, path, reason: `a condition decides whether tokens are required${wrong ? `: under one, ${wrong}` : ''}` };
  }
  if (wrong) return { posture: Posture.OPTIONAL, path, reason: `it says what is not valid: ${wrong}` };
  if (open) {
    return stances.has(Stance.OPTIONAL)
      ? { posture: Posture.OPTIONAL, path: tokensPath(source, optionsPath), reason: 'tokens are optional' }
      : { posture: Posture.OPTIONAL, path, reason: `the ${source.name} says nothing about tokens` };
  }
  return stances.has(Stance.REQUIRED)
    ? required(source, optionsPath)
    : { posture: Posture.DISABLED, path: `${path}.${source.spelling?.endpoint ?? METADATA_OPTIONS.endpoint}`, reason: 'the metadata endpoint is disabled' };
}

function required(source: LaunchSourceType, optionsPath: readonly string[]): Judgement {
  return { posture: Posture.REQUIRED, path: tokensPath(source, optionsPath), reason: 'tokens are required' };
}

/** Which entry of a list it is differs from template to template. */
function tokensPath({ spelling = METADATA_OPTIONS }: LaunchSourceType, path: readonly string[]): string {
  return ['Properties', ...path, ...spelling.entry ? [] : [spelling.tokens]].join('.');
}
