import { hostOf } from './container-host';
import { editRemedy } from './edit-remedy';
import { followersOf, type Followed, type Follower, type RemedySubject } from './followers';
import { advice, type Remedy } from './remedy';
import { needsReplaceResources } from '../launch-sources/effects';
import { lineOf } from '../launch-sources/in-words';
import { DeployEffect } from '../launch-sources/launch-source';
import { CANNOT_KNOW, requireOptionsAt } from '../launch-sources/metadata-options';
import { effectOfEdit } from '../posture/edit-effect';
import { isSafe, judge } from '../posture/judge';
import { Posture } from '../posture/posture';
import { CONTAINERS } from '../private/hops';
import { getAttOf, hasFunction, ifBranches, isStruct, isTooDeep, valueAt, type Json, type Struct } from '../private/json';

/** How a launch source is made to require tokens. */
export function requireTokens(subject: RemedySubject): Remedy {
  const { resource, source, properties } = subject;
  const { optionsPath, spelling } = source;
  if (source.fix) return advice(source.fix(properties));
  // Options that do not count where they stand are no place to write them.
  const parts = source.parts?.(properties, subject.world.outcomes(resource)) ?? [];
  if (!optionsPath || (parts.length > 0 && parts.every(({ taken }) => taken?.counts === false))) {
    return advice(source.gaps?.(properties).find(({ settable }) => settable)?.fix ?? 'launch from launch templates that say HttpTokens: required, under every condition');
  }
  // Where the account gives 1, containers behind a bridge would lose the metadata service with the flip.
  const requirement = { tokens: true, ...hostOf(subject) && { hopLimitOnFlip: CONTAINERS } };
  const { Properties: written = {}, 'Fn::Transform': beside } = resource.body;
  const isMade = beside !== undefined || !isStruct(written) || hasFunction(written) || isTooDeep(valueAt(written, optionsPath.slice(0, 1)));
  const wanted = isMade ? CANNOT_KNOW : requireOptionsAt(properties, optionsPath, requirement, spelling);
  if (wanted === CANNOT_KNOW || wanted === properties || !isStruct(wanted)) return advice(`write Properties.${lineOf(source)} in what makes the properties of this ${source.name}`);
  return editRemedy(subject, wanted, { byAspect: true });
}

/** How a launch source that asks for another version of a launch template gets what the template says now, or the same by itself. */
export function followLatest(subject: RemedySubject, { reference, target }: Followed): Remedy {
  // The options of its own win over those of any version, and writing them interrupts nothing.
  if (hasOwnOptions(subject)) return requireTokens(subject);
  const { path, versionKey = 'Version', keys = [] } = reference;
  const latest = (specification: Json): Json | undefined => {
    const choice = ifBranches(specification);
    if (choice) return choosing(choice, latest);
    if (!isStruct(specification) || hasFunction(specification)) return undefined;
    const named = keys.map((key) => specification[key]).find((name) => name !== undefined);
    const version = versionOf(named, subject, target);
    return version && { ...specification, [versionKey]: version };
  };
  const wanted = at(subject.properties, path, latest);
  return wanted
    ? editRemedy(subject, wanted, { byAspect: false, effect: subject.source.onNewVersion?.(subject.resource.body) ?? DeployEffect.UNDOCUMENTED })
    : advice(elsewhere(versionKey, target?.logicalId ?? 'it'));
}

/** Whether it can say by itself what it launches with, whatever it launches from. */
export function hasOwnOptions({ source }: Pick<RemedySubject, 'source'>): boolean {
  return source.optionsPath !== undefined && source.parts === undefined;
}

/** What an edit of a launch source replaces that only follows it. */
export function replacedWith({ resource, world }: RemedySubject): Follower[] {
  return followersOf(resource, world).filter(({ effect }) => effect === DeployEffect.REPLACES_RESOURCE);
}

/** Whether an edit of a launch source is free by itself, and replaces what only follows it. */
export function isBlocked(subject: RemedySubject): boolean {
  const own = effectOfEdit(subject.resource, subject.source, subject.world);
  return own !== undefined && !needsReplaceResources(own.effect) && replacedWith(subject).length > 0;
}

/** The same edit all the same, behind what makes it needless or less costly. */
export function requireBlocked(subject: RemedySubject): Remedy {
  const remedy = requireTokens(subject);
  if (remedy.kind !== 'edit') return remedy;
  const replaced = replacedWith(subject);
  const names = (followers: readonly Follower[]) => followers.map(({ source, resource }) => `the ${source.name} ${resource.logicalId}`).join(' and ');
  const open = replaced.filter(({ resource }) => !isSafe(judge(resource, subject.world)?.posture ?? Posture.EXTERNAL));
  const own = open.filter(hasOwnOptions);
  const before = own.length > 0
    ? `write MetadataOptions.HttpTokens: required on ${names(own)}, which interrupts nothing and wins over the ${subject.source.name}; `
    : open.length === 0 ? `${names(replaced)} requires tokens itself, so this can wait; ` : '';
  return { ...remedy, before: `${before}only where ${names(replaced)} may be replaced:` };
}

/** The latest version of whatever a name, under each of its conditions, stands for. */
function versionOf(named: Json, subject: RemedySubject, target: Followed['target']): Json | undefined {
  const choice = ifBranches(named);
  if (choice) return choosing(choice, (branch) => versionOf(branch, subject, target));
  const logicalId = isStruct(named) && typeof named.Ref === 'string' ? named.Ref : getAttOf(named)?.[0];
  const { document } = subject.resource;
  const resources = subject.world.resourcesOf(document);
  const template = logicalId !== undefined && resources.has(logicalId) ? logicalId : target?.document === document ? target.logicalId : undefined;
  return template === undefined ? undefined : { 'Fn::GetAtt': [template, 'LatestVersionNumber'] };
}

function choosing({ condition, branches }: NonNullable<ReturnType<typeof ifBranches>>, map: (branch: Json) => Json | undefined): Json | undefined {
  const mapped = branches.map(map);
  return mapped.includes(undefined) ? undefined : { 'Fn::If': [condition, ...mapped] };
}

/** The properties with what stands at `path` mapped; undefined where it cannot be. */
function at(value: Json, [key, ...rest]: readonly string[], map: (value: Json) => Json | undefined): Struct | undefined {
  if (!isStruct(value) && !Array.isArray(value)) return undefined;
  const child = (value as Struct)[key];
  const mapped = rest.length === 0 ? map(child) : at(child, rest, map);
  if (mapped === undefined) return undefined;
  return Array.isArray(value) ? Object.assign([...value], { [key]: mapped }) as unknown as Struct : { ...value as Struct, [key]: mapped };
}

function elsewhere(versionKey: string, template: string): string {
  return `write ${versionKey}: !ImportValue of an output, or !Ref of a parameter, that the template of ${template} gives !GetAtt ${template}.LatestVersionNumber`;
}
