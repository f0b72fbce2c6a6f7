import { entriesOf } from './read-resources';
import { NESTED_STACK, section, type TemplateDocument, type TemplateResource } from './template-document';
import { isStruct, valueAt, type Json } from '../private/json';

/** Content that a template brings in and does not show. */
export interface Unseen {
  /** What brings it in; a transform of the whole template goes by a name that no resource can have. */
  readonly resource: TemplateResource;
  /** What a user calls it. */
  readonly name: string;
  /** The property path that leads to it, from the resource's root. */
  readonly path: string;
  readonly reason: string;
}

type Content = Pick<Unseen, 'name' | 'path' | 'reason'> & { readonly type: string };

const TRANSFORM = 'Fn::Transform';
const INCLUDE = 'AWS::Include';

/** Types whose resources stand in another template: what a user calls them, and where they name it. */
const ELSEWHERE: ReadonlyMap<string, readonly [name: string, path: string]> = new Map([
  [NESTED_STACK, ['nested stack', 'Properties.TemplateURL']],
  ['AWS::Serverless::Application', ['serverless application', 'Properties.Location']],
  ['AWS::CloudFormation::StackSet', ['stack set', 'Properties']],
  ['AWS::ServiceCatalog::CloudFormationProvisionedProduct', ['provisioned product', 'Properties']],
]);

/** @param isRead whether the template of a nested stack is among those that are judged. */
export function unseenIn(document: TemplateDocument, isRead: (logicalId: string) => boolean): Unseen[] {
  const unseen = transformsOf(document);
  for (const { logicalId, body, loop } of entriesOf(section(document, 'Resources'))) {
    const content = contentOf(logicalId, body);
    if (!content || isRead(logicalId) || isBeside(document, body, content)) continue;
    unseen.push({ ...content, resource: { document, logicalId, body: { Type: content.type }, loop } });
  }
  return unseen;
}

/** Whether an entry among the resources is the call of a transform that writes it, or several in its place. */
export function isTransform(name: string, body: Json): boolean {
  return name === TRANSFORM || (isStruct(body) && body.Type === undefined && TRANSFORM in body);
}

/** What an entry among the resources brings in, if anything. */
export function contentOf(name: string, body: Json): Content | undefined {
  if (isTransform(name, body)) return madeBy(valueAt(body, [TRANSFORM]) ?? body, TRANSFORM);
  const type = valueAt(body, ['Type']);
  if (typeof type !== 'string') return undefined;
  if (type.endsWith('::MODULE')) return { type, name: 'module', path: 'Type', reason: 'what it is made of is kept in the registry' };
  if (/[$&]\{/.test(type)) return { type, name: `type ${type}`, path: 'Type', reason: 'a loop decides what it is' };
  const [elsewhere, path] = ELSEWHERE.get(type) ?? [];
  return elsewhere && path ? { type, name: elsewhere, path, reason: 'its template is not among those that were read' } : undefined;
}

/** Macros see all of a template; of those of AWS, only `AWS::Include` can bring in an instance. */
function transformsOf(document: TemplateDocument): Unseen[] {
  const names = [valueAt(document.body, ['Transform']) ?? []].flat().map(nameOf);
  return [...new Set(names)].filter((type) => type === INCLUDE || !type.startsWith('AWS::')).map((type) => ({
    ...madeBy(type, 'Transform'),
    resource: { document, logicalId: `Transform ${type}`, body: { Type: type } },
  }));
}

function madeBy(transform: Json, path: string): Content {
  const type = nameOf([transform].flat()[0]);
  return { type, name: `transform ${type}`, path, reason: 'it is known only at deployment' };
}

function nameOf(transform: Json): string {
  const name = typeof transform === 'string' ? transform : valueAt(transform, ['Name']);
  return typeof name === 'string' ? name : TRANSFORM;
}

function isBeside(document: TemplateDocument, body: Json, { path }: Content): boolean {
  const file = valueAt(body, path.split('.'));
  return file !== undefined && document.isBeside?.(typeof file === 'string' ? file : JSON.stringify(file)) === true;
}
