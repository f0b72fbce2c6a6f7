import type { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What the aspect did to the launch sources of one app, for the proof over its written templates. */
export class Ledger {
  /** The ledger of the tree that `construct` is part of. */
  public static of(construct: IConstruct): Ledger {
    const { root } = construct.node;
    let ledger = LEDGERS.get(root);
    if (!ledger) LEDGERS.set(root, ledger = new Ledger());
    return ledger;
  }

  /** Every launch source that an aspect has visited. */
  public readonly visited = new WeakSet<IConstruct>();

  /** Launch templates that were left alone because of who follows them, and the sentence that says so. */
  public readonly heldBack = new WeakMap<CfnResource, string>();

  /** Launch sources whose tokens were written as required. */
  public readonly required = new WeakSet<CfnResource>();

  /** The edits that report only mode did not make, in a sentence each. */
  public readonly wouldDo = new WeakMap<CfnResource, string>();

  /** The largest hop limit allowed for a launch source, where one was asked for. */
  public readonly hopLimits = new WeakMap<CfnResource, number>();

  /** The smallest hop limit that any scope asks for: what is written with no more needs no second look. */
  public smallestHopLimit = Infinity;
}

const LEDGERS = new WeakMap<IConstruct, Ledger>();
