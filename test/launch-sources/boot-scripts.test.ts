import * as fs from 'fs';
import * as path from 'path';
import { BOOT_SCRIPTS, userDataPathsOf } from '../../src/launch-sources/boot-scripts';
import { CATALOG } from '../../src/launch-sources/catalog';

/*
 * Reads the declarations of every L1 of the installed aws-cdk-lib: what may hold a script that an instance runs when it starts
 * is either read, or stands here with a reason.
 */
const LIBRARY = path.dirname(require.resolve('aws-cdk-lib/package.json'));

const SUSPICIOUS = /user_?data|scripts?(?:body|content)?$|^script|startupScript|bootstrapActions?$|^onStart$|^onCreate$|lifecycleConfigContent|cloudInit|customData$/i;

const NOT_READ: ReadonlyArray<readonly [property: string, reason: string]> = [
  ['AWS::AppStream::AppBlock.scriptS3Location', 'is a place in S3'],
  ['AWS::AppTest::TestCase.script', 'tests a mainframe application'],
  ['AWS::AppTest::TestCase.scriptLocation', 'is a place in S3'],
  ['AWS::Batch::ComputeEnvironment.userdataType', 'says how user data is written, and holds none'],
  ['AWS::Bedrock::DataAutomationProject.transcript', 'is what somebody said'],
  ['AWS::CodeCommit::Repository.customData', 'goes to a topic or function'],
  ['AWS::Cognito::UserPoolClient.userDataShared', 'is about data of users'],
  ['AWS::Deadline::Fleet.scriptTimeoutSeconds', 'is a number'],
  ['AWS::DLM::LifecyclePolicy.scripts', 'names documents of Systems Manager, which run at snapshots'],
  ['AWS::DMS::Endpoint.afterConnectScript', 'is SQL'],
  ['AWS::EMR::Cluster.bootstrapActions', 'names scripts in S3'],
  ['AWS::EMR::Cluster.scriptBootstrapAction', 'names a script in S3'],
  ['AWS::Elasticsearch::Domain.internalUserDatabaseEnabled', 'is about a database of users'],
  ['AWS::GameLift::Fleet.scriptId', 'names a script that was uploaded'],
  ['AWS::Glue::Job.scriptLocation', 'is a place in S3'],
  ['AWS::Glue::MLTransform.mlUserDataEncryption', 'is about data of users'],
  ['AWS::Glue::MLTransform.mlUserDataEncryptionMode', 'is about data of users'],
  ['AWS::MWAA::Environment.startupScriptS3ObjectVersion', 'is about a place in S3'],
  ['AWS::MWAA::Environment.startupScriptS3Path', 'is a place in S3'],
  ['AWS::NimbleStudio::StudioComponent.initializationScripts', 'the API has not been accessible since 2024-06-19'],
  ['AWS::NimbleStudio::StudioComponent.script', 'the API has not been accessible since 2024-06-19'],
  ['AWS::NimbleStudio::StudioComponent.scriptParameters', 'the API has not been accessible since 2024-06-19'],
  ['AWS::OpenSearchService::Domain.internalUserDatabaseEnabled', 'is about a database of users'],
  ['AWS::SageMaker::Cluster.onCreate', 'names a script in S3'],
  ['AWS::SageMaker::StudioLifecycleConfig.studioLifecycleConfigContent', 'runs in an app of Studio, for which nobody sets metadata options'],
  ['AWS::Synthetics::Canary.script', 'runs in a function'],
];

const INSTALLED = new Set(fs.readdirSync(LIBRARY).filter((name) => name.startsWith('aws-')).flatMap((module) => {
  const lib = path.join(LIBRARY, module, 'lib');
  const files = fs.existsSync(lib) ? fs.readdirSync(lib).filter((name) => name.endsWith('.generated.d.ts')) : [];
  return files.flatMap((file) => propertiesIn(fs.readFileSync(path.join(lib, file), 'utf8')));
}));

/** The properties of every L1 that a file declares, those of nested structures included, as `AWS::EC2::Instance.userData`. */
function propertiesIn(text: string): string[] {
  const types = new Map([...text.matchAll(/@cloudformationResource (\S+)(?:(?!export declare)[^])*?export declare class (Cfn\w+)/g)].map(([, type, name]) => [name, type]));
  return text.split(/^export /m).flatMap((declaration) => {
    const [, space, props] = /^declare namespace (\w+)|^interface (\w+)Props\b/.exec(declaration) ?? [];
    const type = types.get(space ?? props);
    return type ? [...declaration.matchAll(/^\s+readonly (\w+)\??:/gm)].map(([, name]) => `${type}.${name}`) : [];
  });
}

/** How an L1 spells the members of the paths that are read. */
function readOf(type: string): string[] {
  return userDataPathsOf(type).flat().map((member) => `${type}.${member[0].toLowerCase()}${member.slice(1)}`);
}

const KNOWN = [...CATALOG.keys(), ...BOOT_SCRIPTS.keys()].filter((type) => userDataPathsOf(type).length > 0);

test('no L1 holds a boot script that is not read', () => {
  const known = new Set([...KNOWN.flatMap(readOf), ...NOT_READ.map(([property]) => property)]);
  expect([...INSTALLED].filter((property) => SUSPICIOUS.test(property.split('.')[1]) && !known.has(property))).toEqual([]);
});

test.each(KNOWN)('what is read of %s is there', (type) => {
  expect(readOf(type).filter((property) => !property.endsWith('.*') && !INSTALLED.has(property))).toEqual([]);
});

test('every reason is one for a property that is not read', () => {
  const read = new Set(KNOWN.flatMap(readOf));
  expect(NOT_READ.filter(([property, reason]) => read.has(property) || !/\w \w/.test(reason))).toEqual([]);
});

test('what holds a script for others is no launch source, and names what runs it and how', () => {
  for (const { type, nameProperty, runBy, usedBy } of BOOT_SCRIPTS.values()) {
    expect(CATALOG.has(type)).toBe(false);
    expect(CATALOG.has(runBy.type)).toBe(true);
    const named = usedBy.flatMap((use) => [use.script, use.launchSource ?? use.script].map((property) => [use.type, property]));
    for (const [of, property] of [[type, nameProperty], ...named]) {
      expect(INSTALLED).toContain(`${of}.${property[0].toLowerCase()}${property.slice(1)}`);
    }
    for (const use of usedBy) expect(use.launchSource === undefined).toBe(use.type === runBy.type);
  }
});
