import { Aspects } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { CONTAINERS } from './hops';
import { Rule } from './rules';

/** The props of `RequireImdsv2`, as plain values. */
export interface Settings {
  readonly hopLimit?: number;
  readonly containerHostHopLimit?: number;
  readonly replaceResources?: boolean;
  readonly updateDefaultVersion?: boolean;
  readonly reportOnly?: boolean;
  readonly launchConfigurations?: string;
  readonly instanceRefresh?: boolean;
  readonly help?: string;
}

/** The settings that hold in a scope, and where an inner scope loosens what an outer one asks for. */
export interface Effective extends Settings {
  /** The nearest scope that carries an aspect. */
  readonly scope: IConstruct;
  /** The scope that each prop comes from. */
  readonly from: { readonly [prop: string]: IConstruct };
  readonly loosened: readonly Loosening[];
}

export interface Loosening {
  readonly scope: IConstruct;
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

/** The settings that hold for a construct. */
export function settingsFor(construct: IConstruct): Effective | undefined {
  return settingsWithin(construct, construct.node.scope && settingsFor(construct.node.scope));
}

/** Prop by prop the nearest scope wins, and what that loosens is kept. */
export function settingsWithin(scope: IConstruct, above: Effective | undefined): Effective | undefined {
  const here = settingsAt(scope);
  if (!here) return above;
  const effective: { [prop: string]: unknown } = { ...above };
  const from = { ...above?.from };
  const loosened = [...above?.loosened ?? []];
  for (const [prop, value] of Object.entries(here)) {
    if (value === undefined) continue;
    const outer = effective[prop] ?? (above ? defaultOf(prop, effective) : undefined);
    if (loosens(prop, value, outer)) {
      loosened.push({
        scope,
        rule: prop.endsWith('HopLimit') || prop === 'hopLimit' ? Rule.HOP_LIMIT : Rule.TOKENS,
        sentence: `${prop} is ${value} here and ${outer} on ${nameOf(from[prop] ?? above!.scope)}`,
      });
    }
    effective[prop] = value;
    from[prop] = scope;
  }
  return { ...effective, scope, from, loosened };
}

/** A scope as messages name it. */
export function nameOf(scope: IConstruct): string {
  return scope.node.path ? `'${scope.node.path}'` : 'the app';
}

/** What holds where an outer scope does not say. */
function defaultOf(prop: string, outer: Settings): unknown {
  if (prop === 'containerHostHopLimit') return outer.hopLimit === undefined ? undefined : CONTAINERS;
  return prop === 'reportOnly' || prop === 'replaceResources' ? false : undefined;
}

function loosens(prop: string, inner: unknown, outer: unknown): boolean {
  if (typeof inner === 'number') return typeof outer === 'number' && inner > outer;
  return (prop === 'reportOnly' || prop === 'replaceResources') && inner === true && outer === false;
}
