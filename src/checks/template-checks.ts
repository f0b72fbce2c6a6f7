import type { CheckSubject, Verdict } from './rules/check-rule';
import { CHECK_RULES } from './rules/rules';
import { CATALOG } from '../launch-sources/catalog';
import { judge } from '../posture/judge';
import type { TemplateDocument, TemplateResource, TemplateWorld } from '../posture/template-world';
import { hasFunction, isStruct } from '../private/json';
import type { Rule } from '../private/rules';

/** One rule, one launch source, one reason, one fix. */
export interface TemplateFinding extends Verdict {
  readonly rule: Rule;
  readonly resource: TemplateResource;
}

/** A launch source, and what the rules say of it. */
export interface CheckedSource extends CheckSubject {
  readonly findings: readonly TemplateFinding[];
}

/**
 * Judges every launch source of a document by every rule.
 *
 * Pure: everything it knows comes from the templates of `world`, and nothing of the CDK is loaded.
 */
export function checkTemplate(document: TemplateDocument, world: TemplateWorld): CheckedSource[] {
  const checked: CheckedSource[] = [];
  for (const resource of world.resourcesOf(document).values()) {
    const source = CATALOG.get(String(resource.body.Type));
    if (!source) continue;
    const { Properties: properties } = resource.body;
    const judgement = judge(resource, world);
    if (!judgement) continue;
    const findings: TemplateFinding[] = [];
    const subject: CheckedSource = {
      resource,
      source,
      world,
      properties: isStruct(properties) && !hasFunction(properties) ? properties : {},
      judgement,
      findings,
    };
    for (const { rule, check } of CHECK_RULES) for (const verdict of check(subject)) findings.push({ ...verdict, rule, resource });
    checked.push(subject);
  }
  return checked;
}
