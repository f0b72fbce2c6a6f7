import type { Edit, EditRemedy, Remedy } from './remedy';
import { effectInWords } from '../launch-sources/effects';
import { getAttOf, ifBranches, isStruct, type Json } from '../private/json';

/** How to mend a finding of a resource, in a text that ends without a period. */
export function fixInWords(remedy: Remedy, logicalId: string): string {
  switch (remedy.kind) {
    case 'advice': return remedy.text;
    case 'script': return remedy.replacement;
    case 'edit': return [
      `${remedy.before ? `${remedy.before} ` : ''}write ${linesOf(remedy, logicalId)}`,
      `on deploy: ${effectsInWords(remedy, logicalId)}`,
      remedy.caution,
      aspectInWords(remedy),
    ].filter(Boolean).join('; ');
  }
}

/** The lines that the edits write, with the resource where it is another one than the finding's. */
export function linesOf({ edits }: EditRemedy, logicalId: string): string {
  const lines = edits.map((edit) => `${lineOf(edit)}${edit.logicalId === logicalId ? '' : ` in ${edit.logicalId}`}`);
  return [...new Set(lines)].join(' and ') + (edits.some(({ path }) => path.includes('Fn::If')) ? ', under every condition' : '');
}

/** What becomes of the resource itself, and then of what follows it. */
export function effectsInWords({ effects }: EditRemedy, logicalId: string): string {
  return effects.map(({ effect, name, logicalId: of }) => effectInWords(effect) + (of === logicalId ? '' : ` (${name} ${of})`)).join(', ');
}

function aspectInWords({ aspect }: EditRemedy): string | undefined {
  if (!aspect) return undefined;
  const { inStage, replaceResources } = aspect;
  const props = replaceResources ? '{ replaceResources: true }' : '';
  const only = replaceResources ? 'only ' : '';
  return inStage
    ? `in this app, ${only}RequireImdsv2.addTo(app${props && `, ${props}`}) as the last line before synthesis does it everywhere`
    : `in a CDK app, ${only}Aspects.of(app).add(new RequireImdsv2(${props})) does it everywhere`;
}

/** `Properties.MetadataOptions.HttpTokens: required`; what is a new item of a list is written whole. */
function lineOf({ path, value }: Edit): string {
  const shown = path.filter((step, i) => step !== 'Fn::If' && path[i - 1] !== 'Fn::If');
  return `${shown.join('.')}: ${flow(value)}`;
}

/** A value in one line of YAML. */
function flow(value: Json): string {
  const attribute = getAttOf(value);
  if (attribute) return `!GetAtt ${attribute.join('.')}`;
  const choice = ifBranches(value);
  if (choice) return `!If [${[choice.condition, ...choice.branches].map(flow).join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isStruct(value)) return `{ ${Object.entries(value).map(([key, member]) => `${key}: ${flow(member)}`).join(', ')} }`;
  // What looks like another type is quoted, as YAML wants it.
  return typeof value === 'string' && /^(?:true|false|\d+)$/.test(value) ? `'${value}'` : String(value);
}
