import type { CheckSubject, Verdict } from './rules/check-rule';
import { CHECK_RULES } from './rules/rules';
import { UNSEEN_CONTENT } from './rules/unseen-content';
import { CATALOG } from '../launch-sources/catalog';
import { judge } from '../posture/judge';
import { Posture } from '../posture/posture';
import type { TemplateDocument, TemplateResource, TemplateWorld } from '../posture/template-world';
import type { Unseen } from '../posture/unseen';
import { hasFunction, isStruct } from '../private/json';
import type { Rule } from '../private/rules';
import { fixInWords } from '../remedies/words';

/** One rule, one launch source, one reason, one fix. */
export interface TemplateFinding extends Verdict {
  readonly rule: Rule;
  readonly resource: TemplateResource;
  /** The remedy in words. */
  readonly fix: string;
}

/** A launch source, or what may bring in some, and what the rules say of it. */
export interface CheckedSource extends CheckSubject {
  readonly findings: readonly TemplateFinding[];
}

/**
 * Judges every launch source of a document by every rule, and says what it cannot see.
 *
 * Pure: everything it knows comes from the templates of `world`, and nothing of the CDK is loaded.
 */
export function checkTemplate(document: TemplateDocument, world: TemplateWorld): CheckedSource[] {
  const subjects = [...world.resourcesOf(document).values()].flatMap((resource) => subjectOf(resource, world) ?? []);
  return [...subjects, ...world.unseenIn(document).map((unseen) => asSubject(unseen, world))].map(byEveryRule);
}

/** What the rules read of a resource, if it is a launch source. */
export function subjectOf(resource: TemplateResource, world: TemplateWorld): CheckSubject | undefined {
  const source = CATALOG.get(String(resource.body.Type));
  const judgement = source && judge(resource, world);
  if (!source || !judgement) return undefined;
  const { Properties: properties } = resource.body;
  return { resource, source, world, judgement, properties: isStruct(properties) && !hasFunction(properties) ? properties : {} };
}

function byEveryRule(subject: CheckSubject): CheckedSource {
  const { resource } = subject;
  const findings: TemplateFinding[] = [];
  const checked = { ...subject, findings };
  for (const { rule, check } of CHECK_RULES) {
    for (const verdict of check(checked)) findings.push({ ...verdict, rule, resource, fix: fixInWords(verdict.remedy, resource.logicalId) });
  }
  return checked;
}

/** Content that nothing shows, as a launch source that is decided elsewhere. */
function asSubject(unseen: Unseen, world: TemplateWorld): CheckSubject {
  const { resource, name, path, reason } = unseen;
  const source = { type: String(resource.body.Type), name, documentation: UNSEEN_CONTENT.documentation, reads: [] };
  return { resource, source, world, unseen, properties: {}, judgement: { posture: Posture.EXTERNAL, path, reason } };
}
