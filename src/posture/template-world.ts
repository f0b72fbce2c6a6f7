import type { Target, World } from './world';
import { CATALOG } from '../launch-sources/catalog';
import type { SourceReference, SourceResource } from '../launch-sources/launch-source';
import { versionOf, type Version } from '../launch-sources/launch-template-reference';
import type { AllowedValues } from '../launch-sources/metadata-options';
import { getAttOf, ifBranches, intrinsicOf, isDynamicReference, isStruct, valueAt, type Json, type Struct } from '../private/json';

/** A synthesized template, and how a nested one hangs below its parent. */
export interface TemplateDocument {
  /** Unique among the documents judged together, such as the file's path. */
  readonly id: string;
  readonly body: Json;
  /** Where names, exports and stack outputs are looked up: one account and region of one stage. */
  readonly environment?: string;
  /** The stack's name, by which others may read its outputs. */
  readonly stackName?: string;
  /** For a nested stack: its parent's document id, and the logical id of its `AWS::CloudFormation::Stack` there. */
  readonly nestedIn?: { readonly document: string; readonly logicalId: string };
}

/** A resource of a template. */
export interface TemplateResource {
  readonly document: TemplateDocument;
  readonly logicalId: string;
  readonly body: SourceResource;
}

/** A value that one template gives to others. */
interface Output {
  readonly document: TemplateDocument;
  readonly value: Json;
}

type Follow = ReadonlyArray<Target<TemplateResource>>;

const NESTED_STACK = 'AWS::CloudFormation::Stack';

/** All templates of one assembly together, so that references between stacks can be followed. */
export class TemplateWorld implements World<TemplateResource> {
  private readonly documents = new Map<string, TemplateDocument>();
  private readonly resources = new Map<string, Map<string, TemplateResource>>();
  private readonly nested = new Map<string, TemplateDocument>();
  private names?: Map<string, TemplateResource>;
  private exports?: Map<string, Output>;
  private outputs?: Map<string, Output>;

  /** @param documents their bodies are asked for only when something leads there. */
  constructor(documents: readonly TemplateDocument[]) {
    for (const document of documents) {
      this.documents.set(document.id, document);
      if (document.nestedIn) this.nested.set(key(document.nestedIn.document, document.nestedIn.logicalId), document);
    }
  }

  /** The launch sources and nested stacks of a document, by logical id. */
  public resourcesOf(document: TemplateDocument): ReadonlyMap<string, TemplateResource> {
    let resources = this.resources.get(document.id);
    if (!resources) this.resources.set(document.id, resources = readResources(document));
    return resources;
  }

  public read(resource: TemplateResource): SourceResource {
    return resource.body;
  }

  public follow(from: TemplateResource, reference: SourceReference): Follow {
    return this.resolve(reference.target, from.document, reference, 0);
  }

  public version(from: TemplateResource, { version }: SourceReference): Version {
    const passed = this.passedOn(version, from.document, 0);
    return versionOf(passed, () => undefined);
  }

  public allowedValues(resource: TemplateResource): AllowedValues {
    return (name) => {
      const parameter = section(resource.document, 'Parameters')[name];
      const values = isStruct(parameter) ? parameter.AllowedValues : undefined;
      return Array.isArray(values) && values.length > 0 ? values.map(String) : undefined;
    };
  }

  private resolve(value: Json, document: TemplateDocument, reference: SourceReference, depth: number): Follow {
    const choice = ifBranches(value);
    if (choice) return choice.branches.flatMap((branch) => this.resolve(branch, document, reference, depth));
    if (typeof value === 'string') {
      const named = isDynamicReference(value) ? undefined : this.byName(value, document);
      return [named ? { kind: 'resource', resource: named } : { kind: 'external', name: value }];
    }
    const elsewhere = depth < 10 ? this.origin(value, document) : undefined;
    if (elsewhere && !('resource' in elsewhere)) return this.resolve(elsewhere.value, elsewhere.document, reference, depth + 1);
    if (elsewhere) return [{ kind: 'resource', resource: elsewhere.resource }];
    return [{ kind: 'external', name: describe(value) }];
  }

  /** The value that nested stacks' parameters and exports pass on to where it is used. */
  private passedOn(value: Json, document: TemplateDocument, depth: number): Json {
    const elsewhere = depth < 10 ? this.origin(value, document) : undefined;
    return elsewhere && !('resource' in elsewhere) ? this.passedOn(elsewhere.value, elsewhere.document, depth + 1) : value;
  }

  /** One step from a reference to what it stands for: a resource, or a value in another template of the assembly. */
  private origin(value: Json, document: TemplateDocument): { resource: TemplateResource } | Output | undefined {
    if (!isStruct(value)) return undefined;
    const attribute = getAttOf(value);
    const name = typeof value.Ref === 'string' ? value.Ref : attribute?.[0];
    if (name !== undefined) {
      const resource = this.resourcesOf(document).get(name);
      if (resource?.body.Type === NESTED_STACK && attribute) {
        const child = this.nested.get(key(document.id, name));
        const output = child && section(child, 'Outputs')[attribute[1].replace(/^Outputs\./, '')];
        return child && isStruct(output) ? { document: child, value: output.Value } : undefined;
      }
      if (resource) return { resource };
      return this.parameter(name, document);
    }
    const sub = value['Fn::Sub'];
    const whole = typeof sub === 'string' ? /^\$\{([A-Za-z0-9]+)\}$/.exec(sub) : null;
    if (whole) return this.origin({ Ref: whole[1] }, document);
    const imported = value['Fn::ImportValue'];
    if (typeof imported === 'string') return this.exported(imported, document);
    const output = value['Fn::GetStackOutput'];
    return isStruct(output) ? this.stackOutput(String(output.StackName), String(output.OutputName), document) : undefined;
  }

  /** A nested stack's parameter is what its parent passes; any other parameter is for the person who deploys. */
  private parameter(name: string, document: TemplateDocument): Output | undefined {
    const parent = document.nestedIn && this.documents.get(document.nestedIn.document);
    if (!parent || !document.nestedIn) return undefined;
    const stack = this.resourcesOf(parent).get(document.nestedIn.logicalId);
    const passed = isStruct(stack?.body.Properties) ? stack.body.Properties.Parameters : undefined;
    return isStruct(passed) && passed[name] !== undefined ? { document: parent, value: passed[name] } : undefined;
  }

  private byName(name: string, from: TemplateDocument): TemplateResource | undefined {
    if (!this.names) {
      this.names = new Map();
      for (const resource of this.everything()) {
        const nameProperty = CATALOG.get(String(resource.body.Type))?.nameProperty;
        const own = nameProperty && valueAt(resource.body.Properties, [nameProperty]);
        if (typeof own === 'string') this.names.set(key(resource.document.environment, own), resource);
      }
    }
    return this.names.get(key(from.environment, name));
  }

  private exported(name: string, from: TemplateDocument): Output | undefined {
    this.readOutputs();
    return this.exports!.get(key(from.environment, name));
  }

  private stackOutput(stackName: string, name: string, from: TemplateDocument): Output | undefined {
    this.readOutputs();
    return this.outputs!.get(key(from.environment, stackName, name));
  }

  private readOutputs(): void {
    if (this.exports && this.outputs) return;
    this.exports = new Map();
    this.outputs = new Map();
    for (const document of this.documents.values()) {
      for (const [name, output] of Object.entries(section(document, 'Outputs'))) {
        if (!isStruct(output)) continue;
        const exportName = isStruct(output.Export) ? output.Export.Name : undefined;
        if (typeof exportName === 'string') this.exports.set(key(document.environment, exportName), { document, value: output.Value });
        if (document.stackName === undefined) continue;
        this.outputs.set(key(document.environment, document.stackName, name), { document, value: output.Value });
      }
    }
  }

  private *everything(): Iterable<TemplateResource> {
    for (const document of this.documents.values()) yield* this.resourcesOf(document).values();
  }
}

function readResources(document: TemplateDocument): Map<string, TemplateResource> {
  const resources = new Map<string, TemplateResource>();
  const bodies = section(document, 'Resources');
  for (const logicalId in bodies) {
    const body = bodies[logicalId];
    if (isStruct(body) && isOfInterest(body.Type)) resources.set(logicalId, { document, logicalId, body });
  }
  return resources;
}

/** Nested stacks are followed; nothing else but launch sources is looked at. */
export function isOfInterest(type: Json): boolean {
  return typeof type === 'string' && (CATALOG.has(type) || type === NESTED_STACK);
}

function section(document: TemplateDocument, name: string): Struct {
  const value = isStruct(document.body) ? document.body[name] : undefined;
  return isStruct(value) ? value : {};
}

function key(...parts: ReadonlyArray<string | undefined>): string {
  return parts.join('\0');
}

function describe(value: Json): string {
  const name = intrinsicOf(value);
  return name === 'Ref' ? `parameter ${String((value as Struct).Ref)}` : `given by ${name ?? 'a value that could not be read'}`;
}
