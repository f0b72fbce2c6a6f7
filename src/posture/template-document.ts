import type { SourceResource } from '../launch-sources/launch-source';
import { isStruct, outcomesOf, valueAt, type Json, type Struct } from '../private/json';

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
  /** What is known of the CDK app that wrote it; absent for a template by itself. */
  readonly cdk?: WrittenByCdk;
  /** Whether a template is judged as well, as this one names it: by a file beside it, or by the URL of an asset. */
  shows?(named: Json): boolean;
}

/** What decides whether an aspect could change a template that a CDK app wrote. */
export interface WrittenByCdk {
  /** An aspect on the app does not arrive there. */
  readonly inStage: boolean;
  /** `RequireImdsv2` has seen it, and left what is open. */
  readonly isReached: boolean;
  /** Whether a resource has a construct of its own: what stands in a file that somebody wrote has none. */
  hasConstruct(logicalId: string): boolean;
}

/** A resource of a template. */
export interface TemplateResource {
  readonly document: TemplateDocument;
  /** As written, loop variables included. */
  readonly logicalId: string;
  readonly body: SourceResource;
  /** The `Fn::ForEach` block it stands in. */
  readonly loop?: Loop;
}

/** An `Fn::ForEach` block. */
export interface Loop {
  /** As the template writes it, `Fn::ForEach::Name`. */
  readonly name: string;
  /** What stands for an item of its collection. */
  readonly variable: string;
  readonly outer?: Loop;
}

/** A value, and the template it stands in. */
export interface Found {
  readonly document: TemplateDocument;
  readonly value: Json;
}

export const NESTED_STACK = 'AWS::CloudFormation::Stack';
export const PRODUCT = 'AWS::ServiceCatalog::CloudFormationProduct';

export function section(document: TemplateDocument, name: string): Struct {
  const value = valueAt(document.body, [name]);
  return isStruct(value) ? value : {};
}

/** Whether every template that a value may name is judged; what a condition makes only a part of can be the name of any. */
export function isShown(document: TemplateDocument, named: Json): boolean {
  return outcomesOf(named).every((each) => each !== undefined && !JSON.stringify(each).includes('"Fn::If"') && document.shows?.(each));
}

/** The declaration of a parameter whose value is what it says. */
export function declared(name: string, document: TemplateDocument): Json {
  return isKeptElsewhere(name, document) ? undefined : section(document, 'Parameters')[name];
}

/** Whether what a parameter is given only names its value: one of an SSM type. */
export function isKeptElsewhere(name: string, document: TemplateDocument): boolean {
  return String(valueAt(section(document, 'Parameters'), [name, 'Type'])).startsWith('AWS::SSM::Parameter::Value');
}
