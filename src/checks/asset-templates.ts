import * as fs from 'fs';
import * as path from 'path';
import type { CfnResource } from 'aws-cdk-lib';
import { Assets } from './assets';
import { isTemplate, judgedParts, readTemplate, readText } from './read-template';
import type { WrittenStack } from './written-templates';
import { problemsOf } from '../posture/problems';
import { NESTED_STACK, type TemplateDocument } from '../posture/template-document';
import { templatesNamedBy } from '../posture/unseen';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';

/** Templates that are assets of one assembly: files that somebody else wrote, which its nested stacks and products name. */
export class AssetTemplates {
  private readonly assets: Assets;
  private readonly bodies = new Map<string, Struct | undefined>();

  /** @param stacks those of the assembly, whose templates are judged already */
  constructor(directory: string, private readonly stacks: readonly WrittenStack[]) {
    const artifacts = valueAt(readJson(path.join(directory, 'manifest.json')), ['artifacts']);
    this.assets = new Assets(directory, isStruct(artifacts) ? Object.values(artifacts) : [], readJson);
    for (const { stack } of stacks) this.assets.addOwn(stack.node.metadata);
  }

  /** Whether a template that is named by the URL of an asset is judged. */
  public shows(named: Json): boolean {
    return this.assets.filesIn(named).some((file) => this.isWritten(file) || this.bodyOf(file));
  }

  /** The templates from files that a resource of a written template names. */
  public namedBy(resource: CfnResource, parent: WrittenStack): WrittenStack[] {
    const logicalId: string = parent.stack.resolve(resource.logicalId);
    const body = valueAt(parent.body, ['Resources', logicalId]);
    const isNested = valueAt(body, ['Type']) === NESTED_STACK;
    const files = new Set(templatesNamedBy(body).flatMap((named) => this.assets.filesIn(named)));
    return [...files].filter((file) => isNested || !this.isWritten(file)).flatMap((file) => {
      const template = this.bodyOf(file);
      return template === undefined ? [] : {
        id: [parent.id, logicalId, file].join('\0'),
        file,
        body: template,
        environment: parent.environment,
        nestedIn: isNested ? { document: parent.id, logicalId } : undefined,
        stack: parent.stack,
        home: resource,
        topTemplate: parent.topTemplate,
        coverage: parent.coverage,
        construct: () => undefined,
        cdk: FROM_FILE,
      };
    });
  }

  private isWritten(file: string): boolean {
    return this.stacks.some((stack) => stack.file === file);
  }

  /** Undefined where it cannot be read, as that of any file may be. */
  private bodyOf(file: string): Struct | undefined {
    if (!this.bodies.has(file)) this.bodies.set(file, readBody(file));
    return this.bodies.get(file);
  }
}

/** What somebody wrote into a file has no construct that an aspect could visit. */
const FROM_FILE: TemplateDocument['cdk'] = { inStage: false, isReached: false, hasConstruct: () => false };

function readBody(file: string): Struct | undefined {
  try {
    const body = readTemplate(readText(file));
    return isTemplate(body) && problemsOf(body).length === 0 ? judgedParts(body) : undefined;
  } catch {
    return undefined;
  }
}

function readJson(file: string): Struct | undefined {
  const body: Json = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
  return isStruct(body) ? body : undefined;
}
