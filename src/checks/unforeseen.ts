import { severityOf, type Finding } from './finding';
import type { CheckSubject } from './rules/check-rule';
import type { WrittenStack } from './written-templates';
import { DeployEffect } from '../launch-sources/launch-source';
import { Version } from '../launch-sources/launch-template-reference';
import { acknowledgementOf } from '../private/acknowledgements';
import { Ledger } from '../private/ledger';
import { Rule, ruleId } from '../private/rules';
import { settingsFor } from '../private/settings';
import { followedTemplates } from '../remedies/followers';

/**
 * Who is replaced by an edit of the aspect that did not know of it, or reached though it is exempt: what a later aspect makes,
 * what a class writes only while it is synthesized, what stands in a file.
 */
export function unforeseenFindings(written: WrittenStack, stacks: ReadonlyMap<string, WrittenStack>, subject: CheckSubject): Finding[] {
  const { resource, source } = subject;
  const { foreseen, exempt } = Ledger.of(written.home);
  if (!source.onNewVersion || foreseen.size === 0) return [];
  const isReplaced = source.onNewVersion(resource.body) === DeployEffect.REPLACES_RESOURCE;
  const mayBeExempt = exempt.size > 0 || written.home !== written.stack;
  const followed = isReplaced || mayBeExempt ? followedTemplates(subject) : [];
  if (followed.length === 0) return [];

  const own = written.construct(resource.logicalId);
  const follower = own ?? written.home;
  const isExempt = acknowledgementOf(follower, ruleId(Rule.TOKENS)) !== undefined;
  if (!isExempt && !isReplaced) return [];
  const name = own ? `'${own.node.path}'` : `'${resource.logicalId}' in the template of '${follower.node.path}'`;
  return followed.flatMap(({ reference, version, target }): Finding[] => {
    const template = target && stacks.get(target.document.id)?.construct(target.logicalId);
    const known = template && foreseen.get(template);
    // An exemption covers what is said of the resource itself.
    const construct = isExempt ? template : follower;
    const settings = construct && settingsFor(construct);
    const isUnchanged = version === Version.PINNED || (reference.version === '$Latest' && !isExempt);
    if (!settings || !known || (own && known.has(own)) || isUnchanged || (!isExempt && settings.replaceResources)) return [];
    return [{
      construct,
      resource: isExempt ? target : resource,
      template: written.file,
      path: construct.node.path,
      rule: Rule.LAUNCH_TEMPLATE_FOLLOWER,
      help: settings.help,
      severity: severityOf(settings),
      location: isExempt ? undefined : ['Properties', ...reference.path].join('.'),
      problem: `'${template.node.path}' was changed by RequireImdsv2 before it knew that ${name} launches from it: `
        + (isExempt ? `a deployment reaches the ${source.name}, which is exempt` : `a deployment replaces the ${source.name} if it exists`),
      fix: `give the ${source.name} a launch template of its own, or `
        + (isExempt ? 'end the exemption' : 'write new RequireImdsv2({ replaceResources: true }) if it may be replaced'),
    }];
  });
}
