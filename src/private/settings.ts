import { Aspects } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Rule } from './rules';

/** The props of `RequireImdsv2`, as plain values. */
export interface Settings {
  readonly hopLimit?: number;
  readonly containerHostHopLimit?: number;
  readonly replaceResources?: boolean;
  readonly reportOnly?: boolean;
  readonly help?: string;
}

/** The settings that hold for a resource, and where an inner scope loosens what an outer one asks for. */
export interface Effective extends Settings {
  readonly loosened: readonly Loosening[];
}

export interface Loosening {
  readonly scope: IConstruct;
  readonly outer: IConstruct;
  readonly rule: Rule;
  readonly sentence: string;
}

const CARRIED = Symbol.for('cdk-imdsv2.settings');

/** Marks an aspect with its settings, so that it is known whichever copy of the library made it. */
export function carry(aspect: object, settings: Settings): void {
  Object.defineProperty(aspect, CARRIED, { value: settings });
}

/** The settings that were added to exactly this scope; the last one added wins. */
export function settingsAt(scope: IConstruct): Settings | undefined {
  let found: Settings | undefined;
  for (const aspect of Aspects.of(scope).all) found = (aspect as { [CARRIED]?: Settings })[CARRIED] ?? found;
  return found;
}

/** The settings that reach a construct from its own scope outwards: prop by prop, the nearest wins. */
export function settingsFor(construct: IConstruct): Effective | undefined {
  let effective: { -readonly [K in keyof Settings]: Settings[K] } | undefined;
  const loosened: Loosening[] = [];
  const from: { [prop: string]: IConstruct } = {};
  for (let scope: IConstruct | undefined = construct; scope; scope = scope.node.scope) {
    const here = settingsAt(scope);
    if (!here) continue;
    effective ??= {};
    for (const prop of ['hopLimit', 'containerHostHopLimit'] as const) {
      const [inner, outer] = [effective[prop], here[prop]];
      if (inner !== undefined && outer !== undefined && inner > outer) {
        loosened.push({ scope: from[prop], outer: scope, rule: Rule.HOP_LIMIT, sentence: `${prop} is ${inner} here and ${outer}` });
      }
    }
    for (const prop of ['replaceResources', 'reportOnly'] as const) {
      if (effective[prop] === true && here[prop] === false) {
        loosened.push({ scope: from[prop], outer: scope, rule: Rule.TOKENS, sentence: `${prop} is true here and false` });
      }
    }
    for (const prop of Object.keys(here) as Array<keyof Settings>) {
      if (effective[prop] !== undefined || here[prop] === undefined) continue;
      Object.assign(effective, { [prop]: here[prop] });
      from[prop] = scope;
    }
  }
  return effective && { ...effective, loosened };
}
