import { judgedTemplate, readTemplate } from './read-template';
import { documentOf, piecesIn } from '../launch-sources/embedded-text';
import { entriesOf } from '../posture/read-resources';
import { section, STACK_SET, type TemplateDocument } from '../posture/template-document';
import { hasFunction, isStruct, outcomesOf, valueAt, type Json, type Struct } from '../private/json';

/** A template that stands in another, as the text of a property. */
export interface InlineTemplate {
  readonly logicalId: string;
  /** Where it stands, from the resource's root. */
  readonly path: string;
  readonly body: Struct;
}

const PROPERTY = 'TemplateBody';

/** What the template around it puts into the text: no name of that template means anything inside. */
const FROM_OUTSIDE: Struct = { 'Fn::Outside': 'given by the template around it' };

/** The templates of a document's stack sets; of one whose text cannot be read whatever a condition chooses, none. */
export function inlineTemplates(document: TemplateDocument): InlineTemplate[] {
  const templates: InlineTemplate[] = [];
  for (const { logicalId, body, loop } of entriesOf(section(document, 'Resources'))) {
    if (loop || valueAt(body, ['Type']) !== STACK_SET) continue;
    const bodies = outcomesOf(valueAt(body, ['Properties', PROPERTY])).map(bodyOf);
    const read = bodies.filter((one) => one !== undefined);
    if (read.length === bodies.length) templates.push(...read.map((one) => ({ logicalId, path: `Properties.${PROPERTY}`, body: one })));
  }
  return templates;
}

function bodyOf(value: Json): Struct | undefined {
  if (isStruct(value) && !hasFunction(value)) return judgedTemplate(value);
  const pieces = piecesIn(value)?.map((piece) => 'text' in piece ? piece : { value: FROM_OUTSIDE });
  return pieces && judgedTemplate(documentOf(pieces, readTemplate));
}
