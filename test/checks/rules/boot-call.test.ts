import { controlFindings } from '../../../src/checks/control-checks';
import { CONTROLS } from '../../../src/checks/controls/controls';
import { checkTemplate, type CheckedSource } from '../../../src/checks/template-checks';
import { BOOT_SCRIPTS, userDataPathsOf } from '../../../src/launch-sources/boot-scripts';
import { CATALOG } from '../../../src/launch-sources/catalog';
import { EACH } from '../../../src/launch-sources/places';
import { TemplateWorld, type TemplateDocument } from '../../../src/posture/template-world';
import { cli, folder, removeFolders, report } from '../../cli/support';
import type { Json } from '../../support';
import { either, latest, NO_VALUE, REQUIRED, template } from '../subjects';

afterAll(removeFolders);

const CALL = 'ID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)';
const SCRIPT = `#!/bin/bash\n${CALL}\n`;
const QUIET = '#!/bin/bash\necho hello\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const script = (text: unknown) => ({ 'Fn::Base64': text });
/** Multi-part user data with one part in base64, as templates write it. */
const multipart = (body: unknown) => script({
  'Fn::Join': ['', [
    'Content-Type: multipart/mixed; boundary="B=="\nMIME-Version: 1.0\n\n--B==\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n',
    body,
    '\n--B==--\n',
  ]],
});

/** Properties with a value at a path; in every list it is the second item. */
function propertiesWith([key, ...rest]: readonly string[], value: Json, around: (below: Json) => Json = (below) => below): Json {
  if (key === undefined) return value;
  const below = propertiesWith(rest, value, around);
  return around(key === EACH ? [{}, below] : { [key]: below });
}

/** Every place of every type where a boot script may stand. */
const PLACES = [...CATALOG.keys(), ...BOOT_SCRIPTS.keys()].flatMap((type) => userDataPathsOf(type).map((path) => [type, path] as const));

/** What makes it launch instances at all. */
const NEEDED: { readonly [type: string]: object } = { 'AWS::Deadline::Fleet': { Configuration: { ServiceManagedEc2: {} } } };

function checkedOf(type: string, properties: object): CheckedSource {
  const document: TemplateDocument = { id: 'a', body: { Resources: { R: { Type: type, Properties: { ...NEEDED[type], ...properties } } } } };
  return checkTemplate(document, new TemplateWorld([document]))[0];
}

function said(type: string, properties: object): string[] {
  return checkedOf(type, properties).findings.filter(({ rule }) => rule === 'boot-call')
    .map(({ severity, location, problem }) => `${severity} ${location} ${/line \d+/.exec(problem)?.[0] ?? 'unread'}`);
}

test('all places are known', () => {
  expect(PLACES.map(([type, path]) => `${type} ${path.join('.')}`)).toEqual([
    'AWS::EC2::Instance UserData',
    'AWS::EC2::LaunchTemplate LaunchTemplateData.UserData',
    'AWS::AutoScaling::LaunchConfiguration UserData',
    'AWS::EC2::EC2Fleet LaunchTemplateConfigs.*.LaunchTemplateSpecification.LaunchTemplateSpecificationUserData',
    'AWS::EC2::SpotFleet SpotFleetRequestConfigData.LaunchSpecifications.*.UserData',
    'AWS::WorkspacesInstances::WorkspaceInstance ManagedInstance.UserData',
    'AWS::Lightsail::Instance UserData',
    'AWS::Deadline::Fleet HostConfiguration.ScriptBody',
    'AWS::SageMaker::NotebookInstanceLifecycleConfig OnCreate.*.Content',
    'AWS::SageMaker::NotebookInstanceLifecycleConfig OnStart.*.Content',
    'AWS::ImageBuilder::ImageRecipe AdditionalInstanceConfiguration.UserDataOverride',
  ]);
});

describe.each(PLACES)('a boot script of %s at %j', (type, path) => {
  const location = ['Properties', ...path].join('.').replace(EACH, '1');

  test.each<[string, Json, string[]]>([
    ['calls', script(SCRIPT), [`warning ${location} line 2`]],
    ['calls, in base64', base64(SCRIPT), [`warning ${location} line 2`]],
    ['calls, in a multi-part', multipart(script(SCRIPT)), [`warning ${location} line 9`]],
    ['calls under a condition', either(script(SCRIPT), NO_VALUE), [`warning ${location} line 2`]],
    ['calls nothing', script(QUIET), []],
    ['calls nothing, in a multi-part', multipart(script(QUIET)), []],
    ['is not there', NO_VALUE, []],
    ['is a parameter', { Ref: 'Script' }, [`info ${location} unread`]],
    ['is a parameter, in a multi-part', multipart(script({ Ref: 'Script' })), [`info ${location} unread`]],
  ])('that %s', (_, value, expected) => {
    expect(said(type, propertiesWith(path, value))).toEqual(expected);
  });

  test('that calls, below conditions', () => {
    const found = said(type, propertiesWith(path, script(SCRIPT), (below) => Array.isArray(below) ? either(below, NO_VALUE) : below));
    expect(found).toEqual([`warning ${location} line 2`]);
  });
});

describe('what holds a script for the instances of others', () => {
  const holders = PLACES.filter(([type]) => BOOT_SCRIPTS.has(type));

  test.each(holders)('%s at %j is judged by its script alone', (type, path) => {
    const checked = checkedOf(type, propertiesWith(path, script(SCRIPT)));
    const { name } = BOOT_SCRIPTS.get(type)!.runBy;
    expect(checked.findings.map(({ rule, problem }) => [rule, problem])).toEqual([
      ['boot-call', `line 2 of the boot script asks the metadata service without a token, and it gets 401 with every ${name} that requires tokens: ${CALL}`],
    ]);
    expect(controlFindings(checked, CONTROLS)).toEqual([]);
    expect(checkedOf(type, propertiesWith(path, script(QUIET))).findings).toEqual([]);
  });

  test('is no launch source of the report', () => {
    const Resources = Object.fromEntries(holders.map(([type, path], i) => [`R${i}`, { Type: type, Properties: propertiesWith(path, script(SCRIPT)) }]));
    const here = folder({ 'template.json': { Resources } });
    const { summary, launchSources, findings } = report(here, 'template.json');
    expect([summary.launchSources, launchSources]).toEqual([0, []]);
    expect(findings.map(({ logicalId, rule, severity }) => [logicalId, rule, severity])).toEqual(
      holders.map((_, i) => [`R${i}`, 'cdk-imdsv2::boot-call', 'warning']));
    expect(cli(here, ['check', 'template.json']).code).toBe(0);
  });
});

test('an EC2 fleet is told that its own user data gets 401 where its launch template requires tokens', () => {
  const document: TemplateDocument = {
    id: 'a',
    body: {
      Resources: {
        T: template(REQUIRED),
        R: {
          Type: 'AWS::EC2::EC2Fleet',
          Properties: { LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { ...latest('T'), LaunchTemplateSpecificationUserData: script(SCRIPT) } }] },
        },
      },
    },
  };
  const found = checkTemplate(document, new TemplateWorld([document])).flatMap(({ findings }) => findings);
  expect(found.map(({ rule, problem }) => [rule, problem])).toEqual([
    ['boot-call', `line 2 of the boot script asks the metadata service without a token, and tokens are required, so it gets 401: ${CALL}`],
  ]);
});
