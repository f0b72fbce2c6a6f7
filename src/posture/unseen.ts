import { entriesOf } from './read-resources';
import { isNestedStack, isShown, PRODUCT, section, STACK_SET, type TemplateDocument, type TemplateResource } from './template-document';
import { EACH, placesAt } from '../launch-sources/places';
import { isStruct, outcomesOf, valueAt, type Json } from '../private/json';

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

type Content = Pick<Unseen, 'name' | 'path' | 'reason'> & { readonly type: string; readonly named?: readonly string[] };

const TRANSFORM = 'Fn::Transform';
const INCLUDE = 'AWS::Include';

/** Types whose resources stand in other templates: what a user calls them, and where below their properties they name one that can be judged. */
const ELSEWHERE: ReadonlyMap<string, readonly [name: string, named?: readonly string[]]> = new Map<string, [string, string[]?]>([
  ['AWS::CloudFormation::Stack', ['nested stack', ['TemplateURL']]],
  ['AWS::Serverless::Application', ['serverless application', ['Location']]],
  [STACK_SET, ['stack set', ['TemplateURL']]],
  [PRODUCT, ['product', ['ProvisioningArtifactParameters', EACH, 'Info', 'LoadTemplateFromURL']]],
  ['AWS::ServiceCatalog::CloudFormationProvisionedProduct', ['provisioned product']],
]);

/** @param isJudged whether every template of a nested stack, or the one in the text of a stack set, is among those that are judged. */
export function unseenIn(document: TemplateDocument, isJudged: (logicalId: string) => boolean): Unseen[] {
  const unseen = transformsOf(document);
  for (const { logicalId, body, loop } of entriesOf(section(document, 'Resources'))) {
    const content = contentOf(logicalId, body);
    const path = content && (hasOwnTemplate(content) && isJudged(logicalId) ? undefined : unseenPath(document, body, content));
    if (!content || path === undefined) continue;
    const { type, name, reason } = content;
    unseen.push({ name, path, reason, resource: { document, logicalId, body: { Type: type }, loop } });
  }
  return unseen;
}

/** A transform beside it may name another. */
function hasOwnTemplate({ type }: Content): boolean {
  return isNestedStack(type) || type === STACK_SET;
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
  const [elsewhere, named] = ELSEWHERE.get(type) ?? [];
  // It may name another template than the one beside which it stands.
  if (elsewhere && isStruct(body) && TRANSFORM in body) return madeBy(body[TRANSFORM], TRANSFORM);
  return elsewhere ? { type, name: elsewhere, path: 'Properties', named, reason: 'its template is not among those that were read' } : undefined;
}

/** Whether resources of a type name templates that can be judged. */
export function namesTemplates(type: string): boolean {
  return ELSEWHERE.get(type)?.[1] !== undefined;
}

/** The templates that a resource names, whatever conditions choose. */
export function templatesNamedBy(body: Json): Json[] {
  const [, named] = ELSEWHERE.get(String(valueAt(body, ['Type']))) ?? [];
  return named ? placesAt(valueAt(body, ['Properties']), named).flatMap(({ value }) => outcomesOf(value)) : [];
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

/** Where a resource brings in what is not judged; undefined where everything that it names is. */
function unseenPath(document: TemplateDocument, body: Json, { path, named }: Content): string | undefined {
  if (named === undefined) return path;
  const places = placesAt(valueAt(body, ['Properties']), named);
  const unseen = places.find(({ value }) => !isShown(document, value));
  return unseen || places.length === 0 ? [path, ...unseen?.path ?? []].join('.') : undefined;
}
