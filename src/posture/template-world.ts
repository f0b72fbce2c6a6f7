import { Assembly } from './assembly';
import { Defaults } from './defaults';
import { dependenciesOf } from './dependencies';
import type { Dependency, Judgement } from './posture';
import { problemsOf } from './problems';
import { loopIn } from './read-resources';
import type { Found, TemplateDocument, TemplateResource } from './template-document';
import { unseenIn, type Unseen } from './unseen';
import { Values } from './values';
import type { Target, World, Written } from './world';
import type { SourceReference, SourceResource } from '../launch-sources/launch-source';
import { versionOf, type Version } from '../launch-sources/launch-template-reference';
import type { Outcomes } from '../launch-sources/metadata-options';
import { versionOfPairs } from '../launch-sources/paired-version';
import { intrinsicOf, isDynamicReference, type Json, type Struct } from '../private/json';

export type { TemplateDocument, TemplateResource } from './template-document';

/** Templates, with values followed as `values` follows them. */
abstract class FollowedTemplates implements World<TemplateResource> {
  public readonly judgements = new Map<TemplateResource, Judgement>();

  constructor(protected readonly assembly: Assembly, protected readonly values: Values) {}

  public abstract read(resource: TemplateResource): SourceResource;

  public follow(from: TemplateResource, reference: SourceReference): ReadonlyArray<Target<TemplateResource>> {
    return this.values.outcomes(reference.target, from.document).flatMap((found) => this.targetsAt(found, from, reference));
  }

  public version(from: TemplateResource, reference: SourceReference): Version {
    const templates = this.values.cases(reference.target, from.document).map(({ outcome, under }) => (
      { outcome: resourcesIn(this.targetsAt(outcome, from, reference)), under }));
    const versions = this.values.cases(reference.version, from.document).map(({ outcome, under }) => ({
      outcome: { version: versionOf(outcome.value, () => undefined), numberOf: this.values.resourceAt(outcome) }, under,
    }));
    return versionOfPairs(templates, versions);
  }

  public outcomes({ document, loop }: TemplateResource): Outcomes {
    return (value) => this.values.outcomes(value, document).map((found) => loopIn(found.value, loop) ? IN_A_LOOP : found.value);
  }

  private targetsAt(found: Found, from: TemplateResource, { to, version }: SourceReference): Array<Target<TemplateResource>> {
    const { value, document } = found;
    // Another loop may go through other items with the same variable.
    const isName = typeof value === 'string' ? !isDynamicReference(value) : from.loop === undefined;
    const referred = this.values.resourceAt(found);
    const resources = referred ? [referred] : isName ? this.ofVersion(version, from, this.assembly.byName(to, value, document)) : [];
    if (resources.length > 0) return resources.map((resource) => ({ kind: 'resource', resource }));
    const undecided = from.loop !== undefined && (typeof value !== 'string' || loopIn(value, from.loop) !== undefined);
    return [{ kind: 'external', name: describe(value), ...(undecided && { undecided }) }];
  }

  /** Of several with one name, those whose version is asked for; all of them where it is no version of theirs. */
  private ofVersion(version: Json, from: TemplateResource, named: readonly TemplateResource[]): readonly TemplateResource[] {
    if (named.length < 2) return named;
    const numbered = this.values.outcomes(version, from.document).map((number) => this.values.resourceAt(number));
    const asked = named.filter((one) => numbered.includes(one));
    return asked.length > 0 ? asked : named;
  }
}

/** All templates of one assembly together, so that references between stacks can be followed. */
export class TemplateWorld extends FollowedTemplates {
  public readonly written: Written<TemplateResource>;

  /** @param documents their bodies are asked for only when something leads there. */
  constructor(documents: readonly TemplateDocument[]) {
    const assembly = new Assembly(documents);
    const values = new Values(assembly);
    super(assembly, values);
    this.written = {
      underDefaults: new TemplatesUnderDefaults(assembly, new Defaults(assembly)),
      dependencies: (resource, path): Dependency[] => dependenciesOf(resource, path, values),
      addressOf: ({ logicalId, document }) => ({ logicalId, document: document.id }),
    };
  }

  /** The launch sources and nested stacks of a document, by logical id. */
  public resourcesOf(document: TemplateDocument): ReadonlyMap<string, TemplateResource> {
    return this.assembly.resourcesOf(document);
  }

  /** Those of all documents. */
  public resources(): Iterable<TemplateResource> {
    return this.assembly.everything();
  }

  /** What a document brings in that none of the templates shows. */
  public unseenIn(document: TemplateDocument): readonly Unseen[] {
    return unseenIn(document, (logicalId) => this.assembly.hasNested(document, logicalId) || this.assembly.hasInline(document, logicalId));
  }

  /** What of a document could not be read, in sentences. */
  public problemsOf(document: TemplateDocument): readonly string[] {
    return problemsOf(document.body);
  }

  public read(resource: TemplateResource): SourceResource {
    return resource.body;
  }
}

class TemplatesUnderDefaults extends FollowedTemplates {
  constructor(assembly: Assembly, private readonly defaults: Defaults) {
    super(assembly, defaults);
  }

  public read({ body, document }: TemplateResource): SourceResource {
    return { ...body, Properties: this.defaults.decided(body.Properties, document) };
  }
}

/** Stands for a value that differs from item to item. */
const IN_A_LOOP: Struct = { 'Fn::ForEach': 'value' };

function resourcesIn(targets: ReadonlyArray<Target<TemplateResource>>): TemplateResource[] {
  return targets.flatMap((target) => target.kind === 'resource' ? target.resource : []);
}

function describe(value: Json): string {
  if (typeof value === 'string') return value;
  const name = intrinsicOf(value);
  const argument = name && (value as Struct)[name];
  return name === 'Ref' && typeof argument === 'string' ? `parameter ${argument}` : `given by ${name ?? 'a value that could not be read'}`;
}
