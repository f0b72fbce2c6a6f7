import * as path from 'path';
import { realOf, type InputDocument, type Inputs } from './inputs';
import { readResources } from '../posture/read-resources';
import { isNestedStack } from '../posture/template-document';
import { templatesNamedBy } from '../posture/unseen';

/** Templates that name each other several times each make more of it than anybody deploys. */
const MAX_USES = 10_000;

/** A nested stack, and the template beside its own that it names. */
interface Use {
  readonly logicalId: string;
  readonly template: InputDocument;
}

/**
 * Everything that was read, with a template that others name by its file nested in them, once for each use.
 *
 * So it is deployed, and only its parents give its parameters.
 */
export function withNestedFiles(inputs: Inputs): InputDocument[] {
  const { documents, byFile } = inputs;
  const uses = new Map([...byFile.values()].map((document) => [document, usesIn(document, byFile)]));
  const nested = new Set([...uses.values()].flat().map(({ template }) => template));
  if (nested.size === 0) return [...documents];
  const found: InputDocument[] = [];
  const reached = new Set<InputDocument>();

  function add(document: InputDocument, template: InputDocument, around: readonly InputDocument[]): void {
    reached.add(template);
    found.push(document);
    for (const [index, use] of (uses.get(template) ?? []).entries()) {
      // What is nested in itself could not be deployed.
      if (use.template === template || around.includes(use.template)) continue;
      if (found.length > MAX_USES) return;
      add(nestedAt(use, index, document), use.template, [...around, template]);
    }
  }

  for (const document of documents) if (!nested.has(document)) add(document, document, []);
  // Those of a circle are nested in nothing else.
  for (const document of documents) if (!reached.has(document)) add(document, document, []);
  if (found.length > MAX_USES) inputs.problem(found[0].file, `templates are nested in each other more than ${MAX_USES} times; check them one by one`);
  return found;
}

function usesIn(document: InputDocument, byFile: Inputs['byFile']): Use[] {
  return [...readResources(document)].filter(([, { body }]) => isNestedStack(body.Type)).flatMap(([logicalId, { body }]) =>
    [...new Set(templatesNamedBy(body))].flatMap((named) => {
      const template = typeof named === 'string' ? byFile.get(realOf(path.resolve(path.dirname(document.file), named))) : undefined;
      return template ? { logicalId, template } : [];
    }));
}

function nestedAt({ logicalId, template }: Use, index: number, parent: InputDocument): InputDocument {
  return {
    ...template,
    id: `${parent.id}/${index}/${logicalId}`,
    environment: parent.environment,
    nestedIn: { document: parent.id, logicalId },
    stack: `${parent.stack}/${logicalId}`,
  };
}
