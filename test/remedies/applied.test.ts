import { CONDITIONS, PARAMETERS, SHAPES } from './shapes';
import { checkTemplate, type CheckedSource, type TemplateFinding } from '../../src/checks/template-checks';
import { isSafe } from '../../src/posture/judge';
import { TemplateWorld } from '../../src/posture/template-world';
import { withEdits } from '../../src/remedies/edits';
import type { EditRemedy, ScriptRemedy } from '../../src/remedies/remedy';
import type { Json } from '../support';

interface Resources { readonly [logicalId: string]: Json }
type Found<R> = TemplateFinding & { readonly remedy: R };

function check(resources: Resources): CheckedSource[] {
  const document = { id: 'a', body: { Parameters: PARAMETERS, Conditions: CONDITIONS, Resources: resources } };
  return checkTemplate(document, new TemplateWorld([document]));
}

const findingsOf = (sources: readonly CheckedSource[]) => sources.flatMap(({ findings }) => findings);
const isEdit = (finding: TemplateFinding): finding is Found<EditRemedy> => finding.remedy.kind === 'edit';
const isScript = (finding: TemplateFinding): finding is Found<ScriptRemedy> => finding.remedy.kind === 'script';
const edited = (resources: Resources, { edits }: Pick<EditRemedy, 'edits'>) =>
  (withEdits({ Resources: resources }, edits) as { Resources: Resources }).Resources;

/** What is found, by rule and resource. */
const said = (findings: readonly TemplateFinding[]) => findings.map(({ rule, resource }) => `${rule} of ${resource.logicalId}`);

function all<R>(is: (finding: TemplateFinding) => finding is Found<R>): Array<[name: string, resources: Resources, finding: Found<R>]> {
  return SHAPES.flatMap(([name, resources]) => findingsOf(check(resources as Resources)).filter(is)
    .map((finding): [string, Resources, Found<R>] => [`${name}: ${said([finding])[0]}, ${finding.location}`, resources as Resources, finding]));
}

const EDITS = all(isEdit);

describe('an edit that is made', () => {
  test('there are many of them, of every rule that has some', () => {
    expect(EDITS.length).toBeGreaterThan(90);
    expect([...new Set(EDITS.map(([, , { rule }]) => rule))].sort()).toEqual([
      'external-launch-template', 'hop-limit', 'launch-template-follower', 'metadata-tags', 'tokens',
    ]);
  });

  test.each(EDITS)('%s', (_, resources, finding) => {
    const before = check(resources);
    const after = check(edited(resources, finding.remedy));
    const [same] = said([finding]);
    const count = (sources: readonly CheckedSource[]) => said(findingsOf(sources)).filter((each) => each === same).length;
    expect(count(after)).toBe(count(before) - 1);
    // Nothing new wants a change, and what was safe is.
    const wants = (sources: readonly CheckedSource[]) => findingsOf(sources)
      .filter(({ severity }) => severity !== 'info').map(({ resource }) => resource.logicalId);
    const known = new Set(wants(before));
    expect(wants(after).filter((logicalId) => !known.has(logicalId))).toEqual([]);
    const safe = (sources: readonly CheckedSource[]) => sources
      .filter(({ judgement }) => isSafe(judgement.posture)).map(({ resource }) => resource.logicalId);
    expect(safe(after)).toEqual(expect.arrayContaining(safe(before)));
  });

  test.each(EDITS)('%s, touches nothing else', (_, resources, { remedy }) => {
    const now = edited(resources, remedy);
    const named = new Set(remedy.edits.map(({ logicalId }) => logicalId));
    for (const [logicalId, body] of Object.entries(resources)) {
      if (!named.has(logicalId) && !logicalId.startsWith('Fn::ForEach::')) expect(now[logicalId]).toBe(body);
    }
    expect(Object.keys(now)).toEqual(Object.keys(resources));
  });
});

const OF_CONTAINERS = EDITS.filter(([name, , { rule }]) => rule === 'tokens' && /container host|node group.*tokens of T/.test(name));

test.each(OF_CONTAINERS)('%s, lets containers through', (_, __, { remedy }) => {
  // Where the account gives 1, tokens alone would cut them off.
  const hops = remedy.edits.map(({ path, value }) => path[path.length - 1] === 'HttpPutResponseHopLimit' ? value : (value as Json)?.HttpPutResponseHopLimit);
  expect(hops).toContain(2);
});

/** What AWS's pages say of a resource whose launch template version changes; no code of the library is asked. */
function moved({ Type: type, UpdatePolicy: policy = {}, Properties: properties = {} }: Json): string {
  switch (type) {
    case 'AWS::EC2::Instance': case 'AWS::EC2::EC2Fleet': case 'AWS::EC2::SpotFleet': return 'replaces-resource';
    case 'AWS::EKS::Nodegroup': return 'renews-nodes';
    case 'AWS::AutoScaling::AutoScalingGroup':
      return policy.AutoScalingReplacingUpdate ? 'replaces-group' : policy.AutoScalingRollingUpdate ? 'rolls-group' : 'new-instances-only';
    case 'AWS::Batch::ComputeEnvironment':
      if (properties.ReplaceComputeEnvironment === false) return 'renews-nodes';
      return properties.ComputeEnvironmentName ? 'replaces-resource' : 'replaces-compute-environment';
    default: throw new Error(`no page was read for ${type}`);
  }
}

test.each(EDITS)('what follows is told of: %s', (_, resources, { remedy: { edits, effects } }) => {
  const templates = new Set(edits.map(({ logicalId }) => logicalId).filter((logicalId) => resources[logicalId]?.Type === 'AWS::EC2::LaunchTemplate'));
  const reached = Object.entries(resources).filter(([, { Properties: properties }]) => [...templates].some((template) =>
    JSON.stringify(properties ?? {}).includes(JSON.stringify({ 'Fn::GetAtt': [template, 'LatestVersionNumber'] }))));
  // A literal `$Latest` stays as it is.
  const told = effects.filter(({ logicalId, effect }) => !edits.some((edit) => edit.logicalId === logicalId)
    && !(effect === 'new-instances-only' && JSON.stringify(resources[logicalId]).includes('$Latest')));
  expect(told.map(({ logicalId, effect }) => [logicalId, effect]).sort())
    .toEqual(reached.map(([logicalId, body]) => [logicalId, moved(body)]).sort());
});

test('what would replace an instance is never the first line where options of its own interrupt nothing', () => {
  for (const [name, resources, { remedy: { effects, edits }, fix }] of EDITS) {
    const replaced = effects.filter(({ effect, logicalId }) => effect === 'replaces-resource' && resources[logicalId]?.Type === 'AWS::EC2::Instance');
    if (replaced.length === 0) continue;
    const own = edits.filter(({ logicalId }) => replaced.some((each) => each.logicalId === logicalId));
    expect([name, own]).toEqual([name, []]);
    if (name.includes('metadata-tags')) continue;
    const first = /^(?:write MetadataOptions\.HttpTokens: required on the instance I, which interrupts nothing|the instance I requires tokens itself, so this can wait|only where )/;
    expect([name, fix]).toEqual([name, expect.stringMatching(first)]);
    // What is open by itself is told of first.
    if (fix.startsWith('only where')) expect([name, resources.I.Properties.MetadataOptions]).toEqual([name, { HttpTokens: 'required' }]);
  }
});

test('no two fixes of one run ask for different things in one place', () => {
  for (const [name, resources] of SHAPES) {
    const asked = new Map<string, unknown>();
    for (const { remedy } of findingsOf(check(resources as Resources)).filter(isEdit)) {
      for (const { logicalId, path, value } of remedy.edits) {
        const place = [logicalId, ...path].join('.');
        for (const [other, wanted] of asked) {
          if (other === place) expect([name, place, value]).toEqual([name, place, wanted]);
          const isWithin = other !== place && (place.startsWith(`${other}.`) || other.startsWith(`${place}.`));
          expect([name, place, other, isWithin]).toEqual([name, place, other, false]);
        }
        asked.set(place, value);
      }
    }
  }
});

describe('a line of a boot script that is written', () => {
  test.each(all(isScript))('%s', (_, resources, { remedy: { logicalId, path, line, text, replacement } }) => {
    const at = [...path.split('.'), 'Fn::Base64'];
    const lines = (at.reduce<Json>((value, key) => value[key], resources[logicalId]) as string).split('\n');
    expect(lines[line - 1].trim()).toBe(text);
    lines[line - 1] = replacement;
    const after = edited(resources, { edits: [{ document: 'a', logicalId, path: at, value: lines.join('\n') }] });
    const calls = (sources: readonly CheckedSource[]) => findingsOf(sources).filter(({ rule }) => rule === 'boot-call').length;
    expect(calls(check(after))).toBe(calls(check(resources)) - 1);
  });
});
