import type { InputDocument } from './inputs';
import { inlineTemplates } from '../checks/inline-templates';

/** Every document, with those that stand in a text of it after it. */
export function withInlineTemplates(documents: readonly InputDocument[]): InputDocument[] {
  return documents.flatMap(withItsOwn);
}

function withItsOwn(document: InputDocument): InputDocument[] {
  const inline = inlineTemplates(document).flatMap(({ logicalId, path, body }, index) => {
    const id = `${document.id}/${index}/${logicalId}`;
    const at = document.paths.get(logicalId);
    return withItsOwn({
      ...document,
      id,
      body,
      inlineIn: { document: document.id, logicalId },
      inside: document.inside ?? { logicalId, path },
      // It is deployed to other accounts and regions, under a name and with parameters of its own.
      environment: id,
      nestedIn: undefined,
      stackName: undefined,
      shows: undefined,
      stack: `${document.stack}/${logicalId}`,
      scopes: at === undefined ? document.scopes : [at],
      paths: new Map(),
      changes: [],
    });
  });
  return [document, ...inline];
}
