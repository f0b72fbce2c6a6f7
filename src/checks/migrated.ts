import { CfnResource, Names } from 'aws-cdk-lib';
import { bootText, wordsOf } from '../posture/boot-text';
import { getAttOf, isStruct, type Json } from '../private/json';
import type { Migrated } from '../private/ledger';

/** A launch configuration that a written template still counts on, and where. */
export interface Leftover {
  readonly configuration: CfnResource;
  readonly problem: string;
}

/** Proves on a written template that nothing is left of the launch configurations that were migrated. */
export function leftovers(template: Json, migrated: ReadonlyMap<CfnResource, Migrated>): Leftover[] {
  const gone = new Map<string, CfnResource>();
  const successors = new Map<string, readonly [CfnResource, CfnResource]>();
  const found: Leftover[] = [];
  for (const [configuration, { template: successor, logicalId, lacks }] of migrated) {
    gone.set(logicalId, configuration);
    successors.set(configuration.stack.resolve(successor.logicalId), [configuration, successor]);
    for (const problem of lacks()) found.push({ configuration, problem });
  }
  if (!isStruct(template)) return found;
  const outputs = isStruct(template.Outputs) ? template.Outputs : {};
  for (const [section, entries] of Object.entries(template)) {
    if (!isStruct(entries)) continue;
    for (const [id, entry] of Object.entries(entries)) walk(entry, [section, id]);
  }
  const { Resources: resources } = template;
  const ids = new Set(gone.keys());
  for (const [id, resource] of isStruct(resources) ? Object.entries(resources) : []) {
    for (const word of isStruct(resource) ? wordsOf(bootText(resource), ids) : []) {
      found.push({ configuration: gone.get(word)!, problem: `the boot scripts of ${id} name its logical id '${word}', which is gone` });
    }
  }
  return found;

  function walk(value: Json, at: readonly string[]): void {
    if (typeof value === 'string') {
      if (at[2] === 'DependsOn') dangling(value, at);
    } else if (Array.isArray(value)) {
      value.forEach((item, i) => walk(item, [...at, String(i)]));
    } else if (isStruct(value)) {
      named(value, at);
      for (const [key, item] of Object.entries(value)) walk(item, [...at, key]);
    }
  }

  function named(value: { readonly [key: string]: Json }, at: readonly string[]): void {
    const substituted = Array.isArray(value['Fn::Sub']) ? value['Fn::Sub'][0] as Json : value['Fn::Sub'];
    const names = typeof substituted === 'string' ? [...substituted.matchAll(/\$\{(\w+)(\.\w+)?\}/g)].map(([, name, attribute]) => ({ name, attribute })) : [];
    if (typeof value.Ref === 'string') names.push({ name: value.Ref, attribute: '' });
    const attribute = getAttOf(value);
    if (attribute) names.push({ name: attribute[0], attribute: attribute[1] });
    for (const each of names) {
      dangling(each.name, at);
      const [configuration, successor] = (each.attribute ? undefined : successors.get(each.name)) ?? [];
      if (configuration && successor && !isForTemplate(at, configuration, successor)) {
        found.push({ configuration, problem: `${at.join('.')} used its name, and would get the id of the launch template` });
      }
    }
  }

  /** Where the id of the launch template is what is asked for, or has been announced. */
  function isForTemplate(at: readonly string[], configuration: CfnResource, successor: CfnResource): boolean {
    const key = at[at.length - 1];
    if (at[0] !== 'Outputs') return key === 'LaunchTemplateId' || key === `referenceto${passedBy(successor)}` || madeFor(successor).has(at[1]);
    const output = outputs[at[1]];
    return at[1] !== passedBy(configuration) && !(isStruct(output) && output.Export !== undefined);
  }

  function dangling(id: string, at: readonly string[]): void {
    const configuration = gone.get(id);
    if (configuration) found.push({ configuration, problem: `${at.join('.')} refers to its logical id '${id}', which is gone` });
  }
}

/** The logical ids of what stands below a launch template, such as what moves its default version. */
function madeFor(successor: CfnResource): ReadonlySet<string> {
  return new Set(successor.node.findAll().filter(CfnResource.isCfnResource).map(({ stack, logicalId }) => stack.resolve(logicalId)));
}

/** What CDK calls the parameter or output by which a reference goes into a nested stack, or out of one. */
function passedBy(resource: CfnResource): string {
  return `${Names.nodeUniqueId(resource.node)}Ref`;
}
