import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { TemplateDocument } from '../posture/template-world';
import { valueAt, type Json } from '../private/json';
import { Ledger } from '../private/ledger';
import { settingsAt } from '../private/settings';

/** One stack's template as it was written, and which of its resources carry the aspect. */
export interface WrittenStack extends TemplateDocument {
  readonly stack: Stack;
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
  const stacks: WrittenStack[] = [];
  const deployed = new Map<string, ReadonlySet<unknown>>();
  const lent = new Set([...Ledger.of(app).lent.keys()].map((resource) => resource.stack));
  visit(app, Coverage.NONE, undefined);
  return stacks;

  function visit(construct: IConstruct, above: Coverage, within: WrittenDocument | undefined): void {
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
      const isPart = within !== undefined && (NestedStack.isNestedStack(construct) || !isDeployed(construct));
      stack = new WrittenDocument(construct, isPart ? within : undefined, known);
      stacks.push(stack);
    } else if (here && stack?.coverage === Coverage.NONE) {
      stack.coverage = Coverage.PARTS;
    }
    for (const child of construct.node.children) visit(child, coverage, stack);
  }

  /** Whether a stack below another is deployed by itself: the template of a product or a stack set is an asset of the stack around it. */
  function isDeployed(stack: Stack): boolean {
    const { outdir } = Stage.of(stack)!;
    let files = deployed.get(outdir);
    if (!files) deployed.set(outdir, files = deployedFrom(outdir));
    return files.has(stack.templateFile);
  }
}

/** The templates of the stacks that an assembly lists. */
function deployedFrom(outdir: string): ReadonlySet<unknown> {
  const { artifacts } = JSON.parse(fs.readFileSync(path.join(outdir, 'manifest.json'), 'utf8'));
  return new Set(Object.values(artifacts ?? {}).map((artifact) => valueAt(artifact, ['properties', 'templateFile'])));
}

/** Reads its file when somebody asks. */
class WrittenDocument implements WrittenStack {
  public readonly id: string;
  public readonly topTemplate: string;
  public readonly environment: string;
  public readonly stackName?: string;
  private readonly elements: Elements;
  /** Whose templates are assets of this stack. */
  private readonly parts: WrittenDocument[] = [];
  private read?: { body: Json };

  constructor(public readonly stack: Stack, private readonly parent: WrittenDocument | undefined, public coverage: Coverage) {
    parent?.parts.push(this);
    this.id = path.join(Stage.of(stack)!.outdir, stack.templateFile);
    this.topTemplate = parent?.topTemplate ?? this.id;
    this.environment = `${Stage.of(stack)!.node.path} ${stack.environment}`;
    this.stackName = parent ? undefined : stack.stackName;
    this.elements = new Elements(stack);
  }

  public get body(): Json {
    this.read ??= { body: JSON.parse(fs.readFileSync(this.id, 'utf8')) };
    return this.read.body;
  }

  public get nestedIn(): TemplateDocument['nestedIn'] {
    const resource = this.stack.nestedStackResource;
    return this.parent && resource ? { document: this.parent.id, logicalId: this.parent.stack.resolve(resource.logicalId) } : undefined;
  }

  /** A stack set names its template by an asset's URL, which ends with what its content hashes to. */
  public isBeside(url: string): boolean {
    return this.parts.some(({ id }) => url.includes(createHash('sha256').update(fs.readFileSync(id)).digest('hex')));
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
