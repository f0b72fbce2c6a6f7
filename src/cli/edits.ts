import { createHash } from 'crypto';
import type { InputDocument } from './inputs';
import type { Place } from './report';
import { isStruct, valueAt } from '../private/json';

/**
 * Tells which resources one edit mends: those of one line of an app's code, or of one template's file.
 *
 * Two resources are never taken for one without evidence, as a place that nobody edits would stay open.
 */
export class Edits {
  private readonly shapes = new Map<InputDocument, string>();
  private readonly contents = new Map<InputDocument, string>();
  /** Templates with the same resources, by what they have and the environment they go to. */
  private readonly twins = new Map<string, InputDocument[]>();

  /** The same for what one edit mends. */
  public of({ logicalId, type, template, source }: Place, document: InputDocument): string {
    const [stack] = document.scopes;
    const at = document.paths.get(logicalId);
    const below = at?.slice(stack.length + 1);
    return hashOf([logicalId, type, ...this.evidence(document, below, logicalId, at, source) ?? ['file', template]]);
  }

  private evidence(document: InputDocument, below: string | undefined, logicalId: string, at = '', source: Place['source']): unknown[] | undefined {
    const { app, stage, target } = document;
    if (below === undefined) return undefined;
    const frame = source ?? document.madeAt?.(at);
    // One line includes many templates, whose resources keep their logical ids.
    const isIncluded = below.endsWith(`/${logicalId}`);
    if (frame) return ['line', below, frame.file, frame.line, frame.column, ...isIncluded ? [this.content(document)] : []];
    if (stage) return ['stage', app, at.slice(stage.length + 1), isIncluded ? this.content(document) : this.shape(document)];
    if (target) return ['environment', app, below, this.content(document), this.twin(document, target)];
    return undefined;
  }

  /** Which resources a template has, and of which types. */
  private shape(document: InputDocument): string {
    return cached(this.shapes, document, () => {
      const resources = valueAt(document.body, ['Resources']);
      return Object.entries(isStruct(resources) ? resources : {}).map(([id, body]) => [id, valueAt(body, ['Type'])]).sort(([a], [b]) => String(a) < String(b) ? -1 : 1);
    });
  }

  private content(document: InputDocument): string {
    return cached(this.contents, document, () => valueAt(document.body, ['Resources']));
  }

  /** Two stacks of one environment are two, however much they look alike. */
  private twin(document: InputDocument, target: string): number {
    const key = JSON.stringify([document.app, target, this.content(document)]);
    const twins = this.twins.get(key) ?? [];
    if (!twins.includes(document)) this.twins.set(key, [...twins, document]);
    return this.twins.get(key)!.indexOf(document);
  }
}

function cached(hashes: Map<InputDocument, string>, document: InputDocument, make: () => unknown): string {
  const hash = hashes.get(document) ?? hashOf(make());
  hashes.set(document, hash);
  return hash;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value) ?? '').digest('hex').slice(0, 16);
}
