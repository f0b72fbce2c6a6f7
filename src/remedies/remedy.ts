import type { DeployEffect } from '../launch-sources/launch-source';
import type { Json } from '../private/json';

/** A resource, by the template that holds it. */
export interface Address {
  /** The id of the template's document. */
  readonly document: string;
  readonly logicalId: string;
}

/** A value that is to stand in a resource. */
export interface Edit extends Address {
  /** From the resource's root: `Properties`, `MetadataOptions`, `HttpTokens`. A number leads into a list, and one past its end appends. */
  readonly path: readonly string[];
  readonly value: Json;
}

/** What becomes of a resource when the edits are deployed. */
export interface EditEffect extends Address {
  /** What a user calls a resource of its type. */
  readonly name: string;
  readonly effect: DeployEffect;
}

/** Edits of templates that mend a finding. */
export interface EditRemedy {
  readonly kind: 'edit';
  readonly edits: readonly Edit[];
  /** Of the edited resources first, then of those that follow them. */
  readonly effects: readonly EditEffect[];
  /** What has to be true before the edits are deployed, beyond what the effects say. */
  readonly caution?: string;
  /** What has to be known before anybody makes the edits. */
  readonly before?: string;
  /** The props of `RequireImdsv2` that make it write the edits; absent where it would not write them. */
  readonly aspect?: {
    readonly replaceResources: boolean;
    /** Whether only `RequireImdsv2.addTo` reaches the resource, because it is in a stage. */
    readonly inStage: boolean;
  };
}

/** A line of a boot script, and the one that takes its place. */
export interface ScriptRemedy extends Address {
  readonly kind: 'script';
  /** The property path of the script, from the resource's root. */
  readonly path: string;
  /** From 1, within the script, or within a file that the script holds encoded. */
  readonly line: number;
  readonly encoded: boolean;
  readonly text: string;
  readonly replacement: string;
}

/** What no edit of a line can do. */
export interface AdviceRemedy {
  readonly kind: 'advice';
  readonly text: string;
}

/** How a finding is mended: made once, for rules, reports and whatever makes the edit. */
export type Remedy = EditRemedy | ScriptRemedy | AdviceRemedy;

export function advice(text: string): AdviceRemedy {
  return { kind: 'advice', text };
}
