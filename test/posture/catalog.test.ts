import { CATALOG_CASES, BEANSTALK, FLEET, NODES, GOOD, fleet, option, settings } from './fixtures';
import { either, documentsOf, group, judgementIn, latest, launchTemplate, OPTIONAL, REQUIRED } from './templates';
import { CATALOG } from '../../src/launch-sources/catalog';
import { judge } from '../../src/posture/judge';
import { TemplateWorld } from '../../src/posture/template-world';
import type { Json } from '../support';

/** The judgement of a resource beside launch templates `Good` and `Bad`, a group of each and security configurations of EMR. */
function judged(type: string, properties: Json) {
  const emr = (version: number) => ({
    Type: 'AWS::EMR::SecurityConfiguration',
    Properties: { SecurityConfiguration: { InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: version } } },
  });
  return judgementIn({
    a: {
      Parameters: { P: { Default: 'true' }, Kind: { AllowedValues: ['FARGATE', 'FARGATE_SPOT'] } },
      Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'true'] } },
      Resources: {
        R: { Type: type, Properties: properties },
        Good: launchTemplate(REQUIRED),
        Bad: launchTemplate(OPTIONAL),
        GoodGroup: group({ LaunchTemplate: latest({ Ref: 'Good' }) }),
        BadGroup: group({ LaunchTemplate: latest({ Ref: 'Bad' }) }),
        GoodEmr: emr(2),
        BadEmr: emr(1),
        GoodSettings: { Type: 'AWS::ElasticBeanstalk::ConfigurationTemplate', Properties: settings(option('DisableIMDSv1', 'true')) },
        BadSettings: { Type: 'AWS::ElasticBeanstalk::ConfigurationTemplate', Properties: {} },
      },
    },
  });
}

// jest takes a last argument that is missing for a callback of its own.
test.each(CATALOG_CASES.map(([type, properties, posture, at]) => [type, properties, posture, at ?? ''] as const))('%s of %j is %s', (type, properties, posture, at) => {
  const found = judged(type, JSON.parse(JSON.stringify(properties)));
  expect(found?.posture).toBe(posture);
  if (at) expect(found?.path).toBe(at);
});

test.each(CATALOG_CASES.filter(([, , posture]) => posture === 'unsettable'))('of %s of %j is said why nothing can set it, and what to do', (type, properties) => {
  const gaps = CATALOG.get(type)!.gaps!(JSON.parse(JSON.stringify(properties)));
  expect(gaps).not.toEqual([]);
  for (const { reason, fix } of gaps) expect([reason, fix]).toEqual([expect.stringMatching(/^\w.{30}/), expect.stringMatching(/^[a-z].{30}/)]);
});

/** Only what a type reads, as the aspect reads the properties of an L1. */
function asRead(properties: Json, reads: ReadonlyArray<readonly string[]>): Json {
  if (reads.some((path) => path.length === 0) || typeof properties !== 'object' || Array.isArray(properties) || Object.keys(properties).some((key) => /^(Fn::|Ref$)/.test(key))) {
    return properties;
  }
  return Object.fromEntries(Object.entries(properties).flatMap(([key, value]) => {
    const below = reads.filter(([first]) => first === key).map(([, ...rest]) => rest);
    return below.length > 0 ? [[key, asRead(value, below)]] : [];
  }));
}

test.each(CATALOG_CASES)('what a type reads is all that decides: %s of %j', (type, properties) => {
  const all: Json = JSON.parse(JSON.stringify(properties));
  expect(judged(type, asRead(all, CATALOG.get(type)!.reads))).toEqual(judged(type, all));
});

test('what decides about an entry is what stands in it, and nothing beside it', () => {
  const found = judged(BEANSTALK, settings(option('InstanceType', { Ref: 'Other' }), option('DisableIMDSv1', { Ref: 'P' })));
  expect(found).toMatchObject({ posture: 'conditional', underDefaults: 'required', dependsOn: [{ kind: 'parameter', name: 'P' }] });
});

test('what decides about an override is named', () => {
  const found = judged(FLEET, fleet(GOOD, either(REQUIRED, OPTIONAL)));
  expect(found).toMatchObject({ posture: 'conditional', underDefaults: 'required', dependsOn: [{ kind: 'condition', name: 'C' }] });
});

test('what decides about a node group is the id of its launch template', () => {
  const found = judged(NODES, { LaunchTemplate: { Id: either({ Ref: 'Good' }, { Ref: 'Bad' }), Version: '$Latest' } });
  expect(found).toMatchObject({ posture: 'conditional', underDefaults: 'required', dependsOn: [{ kind: 'condition', name: 'C' }] });
});

test.each([...CATALOG.values()])('$type has a posture, or launches nothing, whatever its properties are', (source) => {
  for (const Properties of [undefined, {}, null, [], 'text', { 'Fn::Transform': { Name: 'M' } }]) {
    const [document] = documentsOf({ a: { Resources: { R: { Type: source.type, Properties } } } });
    const world = new TemplateWorld([document]);
    const found = judge(world.resourcesOf(document).get('R')!, world);
    if (!source.launches) expect(found).toBeDefined();
    if (found) expect(['required', 'disabled']).not.toContain(found.posture);
  }
});
