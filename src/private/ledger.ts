import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Exemption } from './exemption';
import type { Rule } from './rules';
import type { Effective } from './settings';

/** An exemption, and what it covers. */
export interface ScopedExemption extends Exemption {
  readonly scope: IConstruct;
}

/** On the root itself, where every copy of the library in the tree finds it. */
const LEDGER = Symbol.for('cdk-imdsv2.ledger');

/** A launch configuration that was migrated. */
export interface Migrated {
  readonly template: CfnResource;
  /** The logical id that the configuration had. */
  readonly logicalId: string;
  /** What the launch template lacks of what the configuration says by now, in sentences. */
  lacks(): readonly string[];
}

/** What the aspect did to the launch sources of one app, for the proof over its written templates. */
export class Ledger {
  /** The ledger of the tree that `construct` is part of. */
  public static of(construct: IConstruct): Ledger {
    const root = construct.node.root as IConstruct & { [LEDGER]?: Ledger };
    if (!root[LEDGER]) Object.defineProperty(root, LEDGER, { value: new Ledger() });
    return root[LEDGER]!;
  }

  /** Every launch source that an aspect has visited. */
  public readonly visited = new Set<IConstruct>();

  /** What of them is exempt from tokens. */
  public readonly exempt = new Set<IConstruct>();

  /** Launch templates that were left alone because of who follows them, and the sentence that says so. */
  public readonly heldBack = new Map<CfnResource, string>();

  /** Launch templates and the like that were edited, and everything that was then known to move with them. */
  public readonly foreseen = new Map<IConstruct, Set<IConstruct>>();

  /** Launch sources that were left alone because of what the edit does when it is deployed. */
  public readonly costly = new Set<CfnResource>();

  /** Launch sources whose tokens were written as required. */
  public readonly required = new Set<CfnResource>();

  /** Launch configurations that a launch template took the place of. */
  public readonly migrated = new Map<CfnResource, Migrated>();

  /** Launch configurations that could not be migrated, and why, in sentences. */
  public readonly leftAlone = new Map<CfnResource, readonly string[]>();

  /** The edits that report only mode did not make, in a sentence each. */
  public readonly wouldDo = new Map<CfnResource, string>();

  /** The largest hop limit allowed for a launch source, where one was asked for. */
  public readonly hopLimits = new Map<CfnResource, number>();

  /** The smallest hop limit that anything asks for: what is written with no more needs no second look. */
  public smallestHopLimit = Infinity;

  /** Settings of launch sources in no scope that carries an aspect: one was made to visit them all the same. */
  public readonly lent = new Map<CfnResource, Effective>();

  /** The rules that a warning on the construct speaks of. */
  public readonly warned = new Map<IConstruct, Set<Rule>>();

  /** Every exemption, in the order in which they were added. */
  public readonly exemptions: ScopedExemption[] = [];

  /** Whether the validation plugin is registered with the app. */
  public registered = false;

  public warn(construct: IConstruct, rule: Rule): void {
    this.warned.set(construct, (this.warned.get(construct) ?? new Set()).add(rule));
  }

  public foresee(edited: CfnResource, followers: readonly CfnResource[]): void {
    this.foreseen.set(edited, new Set([...this.foreseen.get(edited) ?? [], ...followers]));
  }

  public boundHops(resource: CfnResource, limit: number): void {
    this.hopLimits.set(resource, limit);
    this.smallestHopLimit = Math.min(this.smallestHopLimit, limit);
  }

  public lend(resource: CfnResource, settings: Effective): Effective {
    this.lent.set(resource, settings);
    return settings;
  }
}
