import type { IConstruct } from 'constructs';
import { acknowledgedAt } from '../private/acknowledgements';
import { settingsWithin, type Effective } from '../private/settings';

/** What the scopes around a construct say: the settings that hold, and the rule ids that are acknowledged. */
export interface Facts {
  readonly settings: Effective | undefined;
  readonly acknowledged: ReadonlySet<string>;
}

const NONE: Facts = { settings: undefined, acknowledged: new Set() };

/** The facts of every scope, gathered once in a pass: thousands of resources share the few scopes above them. */
export class ScopeFacts {
  private readonly known = new Map<IConstruct, Facts>();

  public of(construct: IConstruct): Facts {
    const { scope } = construct.node;
    return this.within(construct, scope ? this.remembered(scope) : NONE);
  }

  private remembered(scope: IConstruct): Facts {
    let facts = this.known.get(scope);
    if (!facts) this.known.set(scope, facts = this.of(scope));
    return facts;
  }

  private within(construct: IConstruct, above: Facts): Facts {
    const settings = settingsWithin(construct, above.settings);
    const acknowledged = acknowledgedAt(construct);
    if (settings === above.settings && acknowledged.length === 0) return above;
    return { settings, acknowledged: new Set([...above.acknowledged, ...acknowledged.map(([id]) => id)]) };
  }
}
