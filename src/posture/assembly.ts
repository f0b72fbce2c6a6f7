import { readResources } from './read-resources';
import { literal, sharedName } from './shared-name';
import { declared, isKeptElsewhere, isShown, section, type Found, type TemplateDocument, type TemplateResource } from './template-document';
import { CATALOG } from '../launch-sources/catalog';
import { hasFunction, isNoValue, isStruct, valueAt, type Json } from '../private/json';

/** A resource in a loop, and the logical ids that the loop can write for it. */
interface Looped {
  readonly resource: TemplateResource;
  readonly ids: RegExp;
}

/** The templates of one assembly, and everything in them that others can name. */
export class Assembly {
  private readonly documents = new Map<string, TemplateDocument>();
  private readonly resources = new Map<string, Map<string, TemplateResource>>();
  /** Several for one nested stack, where a condition decides which template it has. */
  private readonly nested = new Map<string, TemplateDocument[]>();
  private readonly nestedWhole = new Map<string, boolean>();
  private readonly looped = new Map<string, readonly Looped[]>();
  private names?: Map<string, TemplateResource[]>;
  private exports?: Map<string, Found[]>;
  private outputs?: Map<string, Found[]>;

  constructor(documents: readonly TemplateDocument[]) {
    for (const document of documents) {
      this.documents.set(document.id, document);
      if (document.nestedIn) add(this.nested, key(document.nestedIn.document, document.nestedIn.logicalId), document);
    }
  }

  /** The launch sources and nested stacks of a document, by logical id. */
  public resourcesOf(document: TemplateDocument): ReadonlyMap<string, TemplateResource> {
    let resources = this.resources.get(document.id);
    if (!resources) this.resources.set(document.id, resources = readResources(document));
    return resources;
  }

  /** The launch source or nested stack that a logical id names; an id that only a loop can have written names what stands in it. */
  public resource(logicalId: string, document: TemplateDocument): TemplateResource | undefined {
    const resources = this.resourcesOf(document);
    const resource = resources.get(logicalId);
    if (resource || Object.hasOwn(section(document, 'Resources'), logicalId) || Object.hasOwn(section(document, 'Parameters'), logicalId)) return resource;
    return this.loopedIn(document).find(({ ids }) => ids.test(logicalId))?.resource;
  }

  /** Whether the template of a nested stack is one of these, whatever a condition chooses. */
  public hasNested(document: TemplateDocument, stack: string): boolean {
    const at = key(document.id, stack);
    let known = this.nestedWhole.get(at);
    if (known === undefined) {
      const named = valueAt(this.resourcesOf(document).get(stack)?.body.Properties, ['TemplateURL']);
      this.nestedWhole.set(at, known = this.nested.has(at) && (!document.shows || isShown(document, named)));
    }
    return known;
  }

  /** What a nested stack gives out under a name, by each of its templates; nothing, where one of them does not or is not known. */
  public nestedOutput(document: TemplateDocument, stack: string, name: string): Found[] | undefined {
    if (!this.hasNested(document, stack)) return undefined;
    const children = this.nested.get(key(document.id, stack)) ?? [];
    const found = children.flatMap((child) => {
      const output = section(child, 'Outputs')[name];
      return isStruct(output) ? [{ document: child, value: output.Value }] : [];
    });
    return found.length > 0 && found.length === children.length ? found : undefined;
  }

  /** What the parent of a nested stack gives its parameter, be it the default; any other parameter is for the person who deploys. */
  public passed(name: string, document: TemplateDocument): Found | undefined {
    const parent = document.nestedIn && this.documents.get(document.nestedIn.document);
    if (!parent || !document.nestedIn || isKeptElsewhere(name, document)) return undefined;
    const { Properties: properties = {}, 'Fn::Transform': beside } = this.resourcesOf(parent).get(document.nestedIn.logicalId)?.body ?? {};
    const parameters = isStruct(properties) && !hasFunction(properties) && beside === undefined ? properties.Parameters ?? {} : undefined;
    if (!isStruct(parameters) || hasFunction(parameters)) return undefined;
    const passed = valueAt(parameters, [name]);
    if (passed !== undefined && !isNoValue(passed)) return { document: parent, value: passed };
    const fallback = valueAt(declared(name, document), ['Default']);
    return fallback === undefined ? undefined : { document, value: fallback };
  }

  /**
   * What a name can stand for: one that text and pseudo parameters make is that of an account and region, what another function
   * makes is the same name in one template only.
   *
   * Templates of several accounts may use a name, so what stands in the same template comes first.
   */
  public byName(kind: string, name: Json, from: TemplateDocument): readonly TemplateResource[] {
    if (!this.names) {
      this.names = new Map();
      for (const resource of this.everything()) {
        const source = CATALOG.get(String(resource.body.Type));
        const own = source?.nameProperty && valueAt(resource.body.Properties, [source.nameProperty]);
        if (source && own !== undefined) add(this.names, nameKey(source.name, own, resource.document), resource);
      }
    }
    const named = this.names.get(nameKey(kind, name, from)) ?? [];
    const here = named.filter(({ document }) => document === from);
    return here.length > 0 ? here : named;
  }

  /** What is exported under a name; several values where templates of several accounts use it. */
  public exported(name: string, from: TemplateDocument): readonly Found[] {
    this.readOutputs();
    return this.exports!.get(key(from.environment, name)) ?? [];
  }

  public stackOutput(stackName: string, name: string, from: TemplateDocument): readonly Found[] {
    this.readOutputs();
    return this.outputs!.get(key(from.environment, stackName, name)) ?? [];
  }

  /** The launch sources and nested stacks of every document. */
  public *everything(): Iterable<TemplateResource> {
    for (const document of this.documents.values()) yield* this.resourcesOf(document).values();
  }

  private loopedIn(document: TemplateDocument): readonly Looped[] {
    let looped = this.looped.get(document.id);
    if (!looped) this.looped.set(document.id, looped = [...this.resourcesOf(document).values()].flatMap(loopedOf));
    return looped;
  }

  private readOutputs(): void {
    if (this.exports && this.outputs) return;
    this.exports = new Map();
    this.outputs = new Map();
    for (const document of this.documents.values()) {
      for (const [name, output] of Object.entries(section(document, 'Outputs'))) {
        if (!isStruct(output)) continue;
        const given = isStruct(output.Export) ? sharedName(output.Export.Name, document, literal) : undefined;
        if (given !== undefined) add(this.exports, key(document.environment, given), { document, value: output.Value });
        if (document.stackName === undefined) continue;
        add(this.outputs, key(document.environment, document.stackName, name), { document, value: output.Value });
      }
    }
  }
}

function loopedOf(resource: TemplateResource): Looped[] {
  const ids = resource.loop && resource.logicalId.split(/[$&]\{\w+\}/).map((part) => part.replace(/\W/g, '\\$&')).join('\\w+');
  return ids === undefined ? [] : [{ resource, ids: new RegExp(`^${ids}$`) }];
}

function add<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}

function nameKey(kind: string, name: Json, document: TemplateDocument): string {
  const shared = sharedName(name, document, literal);
  return shared === undefined ? key('made', document.id, kind, JSON.stringify(name)) : key('shared', document.environment, kind, shared);
}

function key(...parts: ReadonlyArray<string | undefined>): string {
  return parts.join('\0');
}
