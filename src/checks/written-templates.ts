import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { AssetTemplates } from './asset-templates';
import type { TemplateDocument } from '../posture/template-world';
import { namesTemplates } from '../posture/unseen';
import type { Json } from '../private/json';
import { Ledger } from '../private/ledger';
import { settingsAt } from '../private/settings';

/** One stack's template as it was written, and which of its resources carry the aspect. */
export interface WrittenStack extends TemplateDocument {
  readonly file: string;
  /** The stack whose constructs are in the template, or for a template from a file the one that it is used in. */
  readonly stack: Stack;
  /** Stands for everything in the template that has no construct of its own: the stack, or for a template from a file the resource that names it. */
  readonly home: IConstruct;
  /** The template of the stack that is deployed: a validation plugin's context lists only those. */
  readonly topTemplate: string;
  readonly coverage: Coverage;
  /** The construct of a resource of this very template. */
  construct(logicalId: string): CfnResource | undefined;
}

export enum Coverage {
  /** No scope in or above the stack carries the aspect. */
  NONE,
  /** Only some constructs inside the stack do. */
  PARTS,
  /** The stack, or a scope above it in the same stage, does. */
  WHOLE,
  /** Only a scope above its stage does, from where an aspect never arrives. */
  BEYOND_STAGE,
}

/** Every template of an app: of stages, and of nested stacks, products and stack sets as well. */
export function writtenStacks(app: IConstruct): WrittenStack[] {
  const stacks: WrittenDocument[] = [];
  const naming: Array<readonly [CfnResource, WrittenDocument]> = [];
  const deployed = new Map<string, ReadonlySet<string>>();
  const lent = new Set([...Ledger.of(app).lent.keys()].map((resource) => resource.stack));
  visit(app, Coverage.NONE, undefined);
  return [...stacks, ...templatesFromFiles(naming, stacks)];

  function visit(construct: IConstruct, above: Coverage, within: WrittenDocument | undefined): void {
    if (within && CfnResource.isCfnResource(construct) && namesTemplates(construct.cfnResourceType)) naming.push([construct, within]);
    // Most of a tree is resources in covered stacks, which nothing needs to be asked.
    if (above !== Coverage.NONE && CfnResource.isCfnResource(construct)) {
      for (const child of construct.node.children) visit(child, above, within);
      return;
    }
    const isStage = Stage.isStage(construct);
    const isStack = !isStage && Stack.isStack(construct);
    // Where all is covered, what single constructs carry as well makes no difference.
    const here = (isStage || isStack || above === Coverage.NONE) && settingsAt(construct) !== undefined;
    const coverage = here ? Coverage.WHOLE : isStage && above !== Coverage.NONE ? Coverage.BEYOND_STAGE : above;
    let stack = isStage ? undefined : within;
    if (isStack) {
      const known = coverage === Coverage.NONE && lent.has(construct) ? Coverage.PARTS : coverage;
      stack = new WrittenDocument(construct, within && !isDeployed(construct) ? within : undefined, known);
      stacks.push(stack);
    } else if (here && stack?.coverage === Coverage.NONE) {
      stack.coverage = Coverage.PARTS;
    }
    for (const child of construct.node.children) visit(child, coverage, stack);
  }

  /** Whether an assembly lists a stack by itself: not one that is nested in another, nor the template of a product. */
  function isDeployed(stack: Stack): boolean {
    if (NestedStack.isNestedStack(stack)) return false;
    const file = path.join(Stage.of(stack)!.outdir, 'manifest.json');
    const listed = deployed.get(file) ?? new Set(fs.existsSync(file) ? Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')).artifacts) : []);
    deployed.set(file, listed);
    return listed.has(stack.artifactId);
  }
}

/** What nested stacks and products bring in that no construct wrote. */
function templatesFromFiles(naming: ReadonlyArray<readonly [CfnResource, WrittenDocument]>, stacks: readonly WrittenDocument[]): WrittenStack[] {
  const nested = new Set(stacks.map(({ stack }) => stack.nestedStackResource));
  const assemblies = new Map<string, AssetTemplates>();
  return naming.flatMap(([resource, document]) => {
    if (nested.has(resource) || !fs.existsSync(document.file)) return [];
    const directory = path.dirname(document.file);
    const templates = assemblies.get(directory) ?? new AssetTemplates(directory, stacks.filter(({ file }) => path.dirname(file) === directory));
    assemblies.set(directory, templates);
    document.templates = templates;
    return templates.namedBy(resource, document);
  });
}

/** Reads its file when somebody asks. */
class WrittenDocument implements WrittenStack {
  public readonly id: string;
  public readonly file: string;
  public readonly home: IConstruct;
  public readonly topTemplate: string;
  public readonly environment: string;
  public readonly stackName?: string;
  /** Where it brings in what no construct wrote. */
  public templates?: AssetTemplates;
  private readonly elements: Elements;
  /** Whose templates are assets of this stack. */
  private readonly parts: WrittenDocument[] = [];
  private read?: { body: Json };
  private readonly parent?: WrittenDocument;

  /** @param around what deploys it, if it is not deployed by itself */
  constructor(public readonly stack: Stack, around: WrittenDocument | undefined, public coverage: Coverage) {
    around?.parts.push(this);
    this.parent = NestedStack.isNestedStack(stack) ? around : undefined;
    this.id = this.file = path.join(Stage.of(stack)!.outdir, stack.templateFile);
    this.home = stack;
    this.topTemplate = around?.topTemplate ?? this.id;
    this.environment = `${Stage.of(stack)!.node.path} ${stack.environment}`;
    this.stackName = this.parent ? undefined : stack.stackName;
    this.elements = new Elements(stack);
  }

  public get body(): Json {
    this.read ??= { body: JSON.parse(fs.readFileSync(this.file, 'utf8')) };
    return this.read.body;
  }

  /** The packs say what the aspect does; what it says itself is in its own words. */
  public get cdk(): TemplateDocument['cdk'] {
    return {
      inStage: Stage.of(this.stack)!.node.scope !== undefined,
      isReached: false,
      hasConstruct: (logicalId) => this.construct(logicalId) !== undefined,
    };
  }

  public get nestedIn(): TemplateDocument['nestedIn'] {
    const resource = this.stack.nestedStackResource;
    return this.parent && resource ? { document: this.parent.id, logicalId: this.parent.stack.resolve(resource.logicalId) } : undefined;
  }

  /** The template of a `NestedStack` is known by its construct. */
  public get shows(): TemplateDocument['shows'] {
    const { templates } = this;
    return templates && ((named) => templates.shows(named) || this.holds(JSON.stringify(named)));
  }

  /** A stack set names its template by an asset's URL, which ends with what its content hashes to. */
  private holds(url: string): boolean {
    return this.parts.some(({ file }) => url.includes(createHash('sha256').update(fs.readFileSync(file)).digest('hex')));
  }

  public construct(logicalId: string): CfnResource | undefined {
    return this.elements.byLogicalId(logicalId);
  }
}

/** The resources of a stack by logical id, gathered when the first one is asked for. */
class Elements {
  private ids?: Map<string, CfnResource>;

  constructor(private readonly stack: Stack) {}

  public byLogicalId(logicalId: string): CfnResource | undefined {
    if (!this.ids) {
      this.ids = new Map();
      const pending: IConstruct[] = [...this.stack.node.children];
      for (let construct = pending.pop(); construct; construct = pending.pop()) {
        if (Stack.isStack(construct) || Stage.isStage(construct)) continue;
        // What stands below comes later and wins: a launch template has the id of the configuration that it took the place of.
        if (CfnResource.isCfnResource(construct)) this.ids.set(this.stack.resolve(construct.logicalId), construct);
        pending.push(...construct.node.children);
      }
    }
    return this.ids.get(logicalId);
  }
}
