import { awscdk, DependencyType, javascript, JsonFile, release, typescript } from 'projen';

/** Runners of GitHub have Chrome, and the HTML report is tested in a browser. */
const CHROME = { CHROMIUM_PATH: '/usr/bin/google-chrome' };

/** The types of conventional commits, and their sections in the changelog. */
const COMMITS = new Map<string, string | undefined>([
  ['feat', 'Features'], ['fix', 'Bug fixes'], ['perf', 'Performance'], ['docs', 'Documentation'], ['revert', 'Reverted'],
  ...['refactor', 'style', 'test', 'build', 'ci', 'chore'].map((type): [string, undefined] => [type, undefined]),
]);

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-imdsv2',
  description: 'Makes every EC2 instance that an AWS CDK app can launch speak IMDSv2 only, and says before deploy what would break',
  author: 'cdk-imdsv2 contributors',
  authorAddress: 'maintainers@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-imdsv2/cdk-imdsv2',
  license: 'Apache-2.0',
  stability: 'experimental',
  keywords: ['aws', 'awscdk', 'aws-cdk', 'ec2', 'imds', 'imdsv2', 'instance-metadata', 'security', 'compliance'],
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
  packageManager: javascript.NodePackageManager.NPM,

  // The floor: developed against the oldest aws-cdk-lib that has mixins and acknowledgeable validation plugins.
  cdkVersion: '2.262.1',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20',
  // Brings an npm that knows trusted publishing.
  workflowNodeVersion: '24',
  projenVersion: '0.103.25',
  publishToPypi: { distName: 'cdk-imdsv2', module: 'cdk_imdsv2', trustedPublishing: true },
  publishToMaven: { mavenGroupId: 'io.github.cdk-imdsv2', mavenArtifactId: 'cdk-imdsv2', javaPackage: 'io.github.cdkimdsv2' },
  publishToGo: { moduleName: 'github.com/cdk-imdsv2/cdk-imdsv2-go' },
  publishToNuget: { packageId: 'CdkImdsv2', dotNetNamespace: 'CdkImdsv2', trustedPublishing: true },

  // Only the packs need cdk-nag, and those need version 3. The range begins at the last 2.x all the same: an app that still has
  // it could not install the library otherwise. No `||`, which Python's translation of it cannot say.
  peerDeps: ['cdk-nag@>=2.38.2 <4'],
  // The bottom of that range cannot compile the packs: what is developed against is pinned below, one by one.
  peerDependencyOptions: { pinnedDevDependency: false },
  // What is not jsii is packed with the library; the command line tool alone loads it.
  bundledDeps: ['commander@^14', 'yaml@^2.9.1'],
  bin: { 'cdk-imdsv2': 'lib/cli/main.js' },
  devDeps: [
    // Bundled into the Lambda functions of src/account and src/fleet: the SDK of a runtime may not know `HttpTokensEnforced` yet.
    '@aws-sdk/client-auto-scaling@3.1169.0',
    '@aws-sdk/client-cloudformation@3.1169.0',
    '@aws-sdk/client-cloudwatch@3.1164.0',
    '@aws-sdk/client-ec2@3.1169.0',
    '@aws-sdk/client-iam@3.1169.0',
    '@aws-sdk/client-organizations@3.1169.0',
    '@aws-sdk/client-s3@3.1169.0',
    '@aws-sdk/client-sfn@3.1164.0',
    '@aws-sdk/client-ssm@3.1169.0',
    '@aws-sdk/client-sts@3.1169.0',
    'aws-sdk-client-mock@4.1.0',
    // Evaluates and lints the policies of src/organization, with the actions and condition keys of AWS's service authorization reference.
    '@cloud-copilot/iam-policy@0.1.109',
    '@cloud-copilot/iam-simulate@0.1.173',
    // Brings the Guard engine itself, for Linux and macOS.
    '@cdklabs/cdk-validator-cfnguard@0.0.62',
    'cdk-stacksets@0.0.153',
    'esbuild@0.28.2',
    // Holds the official schema of SARIF 2.1.0.
    '@microsoft/jest-sarif@1.0.0-beta.0',
    '@stryker-mutator/core@9.5.1',
    '@stryker-mutator/mocha-runner@9.5.1',
    '@types/node@^20',
    '@types/sarif@2.1.7',
    'ajv@8.20.0',
    'ajv-formats@3.0.1',
    'axe-core@4.14.1',
    'playwright-core@1.65.1',
    'aws-cdk@^2.1148',
    'aws-cdk-lib@2.262.1',
    'cdk-nag@3.0.2',
    'cdk-nag-2@npm:cdk-nag@2.38.2',
    'fast-check@4.10.2',
    'jsii-rosetta@~6.0.0',
    // What Stryker runs the tests with: projenrc/mutation/.
    'expect@^30',
    'jest-each@^30',
    'jest-mock@^30',
    'mocha@11.8.0',
    'projen@0.103.25',
    'tsx@4.23.15',
  ],
  // Types are checked once for the whole tree by the `typecheck` task, not once for each test file.
  jestOptions: {
    coverage: false,
    junitReporting: false,
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    // Examples import the package by its name.
    jestConfig: { collectCoverage: false, globalSetup: '<rootDir>/test/bundle-functions.ts', modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp/'], moduleNameMapper: { '^cdk-imdsv2$': '<rootDir>/src' } },
  },
  tsJestOptions: { transformOptions: { isolatedModules: true } },
  tsconfigDev: {
    compilerOptions: { paths: { 'cdk-imdsv2': ['../src'] } },
    include: ['../examples/**/*.ts', '../benchmarks/**/*.ts'],
  },
  eslintOptions: { dirs: ['src'], devdirs: ['test', 'examples', 'benchmarks', 'projenrc'] },

  // One bundle with several handlers instead: projenrc/bundle-functions.ts.
  lambdaAutoDiscover: false,

  // A maintainer starts a release, and another approves it, in the environment of that name.
  release: true,
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  // The next major one needs Node 22, and warns everybody who installs with 20.
  bumpPackage: 'commit-and-tag-version@^12.7.3',
  releaseEnvironment: 'release',
  npmTrustedPublishing: true,
  npmProvenance: true,
  releaseWorkflowEnv: CHROME,
  buildWorkflowOptions: {
    // What is generated is committed by who changes it.
    mutableBuild: false,
    env: CHROME,
    // `compat` compares with the last tag.
    preBuildSteps: [{ name: 'Fetch the tags', run: 'git fetch --unshallow --tags https://github.com/${{ github.repository }}' }],
  },
  depsUpgrade: false,
  githubOptions: {
    mergify: false,
    // The changelog is made of them.
    pullRequestLintOptions: { semanticTitleOptions: { types: [...COMMITS.keys()] } },
  },
  versionrcOptions: { types: [...COMMITS].map(([type, section]) => section ? { type, section } : { type, hidden: true }) },
  // Of .github/, written by hand.
  pullRequestTemplate: false,
});

// Among the other development dependencies projen would drop it, as it is a peer by default.
project.deps.addDependency('constructs@10.5.1', DependencyType.BUILD);
// npm 11.19's `npm ci` cannot find the optional bindings of later versions in the lock file of a fresh project.
project.package.addField('overrides', { 'unrs-resolver': '1.11.1' });
project.gitignore.exclude('.jsii.tabl.json', '__pycache__/', '.stryker-tmp/', '/reports/');
project.addPackageIgnore('/examples/');
project.addPackageIgnore('/benchmarks/');
project.addPackageIgnore('/docs/');
project.addPackageIgnore('/rosetta/');
project.addPackageIgnore('/.ci/');
// What runs at deployment and after it is in the bundles, lib/*/functions/.
for (const room of ['account', 'fleet']) {
  project.addPackageIgnore(`/lib/${room}/handlers/`);
  project.addPackageIgnore(`/lib/${room}/*.lambda.*`);
}
project.addPackageIgnore('/lib/fleet/report/');

// The linter looks for the nearest tsconfig.json of a file.
for (const dir of ['examples', 'benchmarks']) {
  new JsonFile(project, `${dir}/tsconfig.json`, { obj: { extends: '../test/tsconfig.json', include: ['**/*.ts'] } });
}

// Imports go one way: this room may not be imported by those below it.
const ABOVE = ['imdsv2-exemption.ts', 'launch-configuration-policy.ts', 'require-imdsv2.ts', 'index.ts'];
// Rooms that stand beside the house, each for itself.
const BESIDE = ['detection', 'organization'];
const rooms: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['private', ['html', 'launch-sources', 'posture', 'remedies', 'checks', 'enforcement', 'account', 'fleet', 'cli', 'hop-limit.ts', ...ABOVE]],
  ['html', ['private', 'launch-sources', 'posture', 'remedies', 'checks', 'enforcement', 'account', 'fleet', 'cli', 'hop-limit.ts', ...ABOVE]],
  ['launch-sources', ['html', 'posture', 'remedies', 'checks', 'enforcement', 'account', 'fleet', 'cli', 'hop-limit.ts', ...ABOVE]],
  ['posture', ['html', 'remedies', 'checks', 'enforcement', 'account', 'fleet', 'cli', 'hop-limit.ts', ...ABOVE]],
  // Free of the CDK: the aspect, the rules and whatever edits files decide by it.
  ['remedies', ['html', 'checks', 'enforcement', 'account', 'fleet', 'cli', 'hop-limit.ts', ...ABOVE]],
  ['checks', ['html', 'enforcement', 'account', 'fleet', 'cli', 'hop-limit.ts', ...ABOVE]],
  ['enforcement', ['html', 'checks', 'account', 'fleet', 'cli', ...ABOVE]],
  // The account's defaults are set whether or not anything in a template is enforced: the room shares value types only.
  ['account', ['html', 'launch-sources', 'posture', 'remedies', 'checks', 'enforcement', 'fleet', 'cli', 'private', ...ABOVE]],
  // What runs has no template either: of the account's room it shares the regions, of the constructs what an exemption is.
  ['fleet', [
    'launch-sources', 'posture', 'remedies', 'checks', 'enforcement', 'account/handlers', 'account/account-defaults.ts', 'account/account-defaults-assertion.ts',
    'account/account-function.ts', 'account/launch-template-default-version.ts', 'account/requested-defaults.ts', 'cli', ...ABOVE,
  ]],
  // The command line tool never loads aws-cdk-lib, so neither may what it imports.
  ['cli', [
    'enforcement', 'account', 'fleet', 'checks/packs', 'checks/checked-app.ts', 'checks/exemptions.ts', 'checks/proof.ts', 'checks/validation-plugin.ts',
    'checks/violation.ts', 'checks/voice.ts', 'checks/written-templates.ts', 'hop-limit.ts', ...ABOVE,
  ]],
  // Rules for CloudFormation's hooks are made of the catalog, and what is denied to tags is denied to those of an exemption.
  ['organization', ['html', 'posture', 'remedies', 'checks', 'enforcement', 'fleet', 'cli', ...ABOVE]],
  // Of the fleet it knows the inventory, whose metrics it shows.
  ['detection', [
    'html', 'launch-sources', 'posture', 'remedies', 'checks', 'enforcement', 'account', 'fleet/handlers', 'fleet/report', 'fleet/definition.ts', 'fleet/fleet-function.ts',
    'cli', ...ABOVE,
  ]],
];
// The SDK is in the bundle, and what imports it is not packed.
project.eslint?.allowDevDeps('src/account/*.lambda.ts');
project.eslint?.allowDevDeps('src/account/handlers/*.ts');
project.eslint?.allowDevDeps('src/fleet/*.lambda.ts');
project.eslint?.allowDevDeps('src/fleet/handlers/*.ts');
project.eslint?.addOverride({
  files: ['projenrc/**'],
  rules: { '@typescript-eslint/no-require-imports': 'off' },
});
project.eslint?.addOverride({
  files: ['examples/**', 'benchmarks/**', 'test/**'],
  rules: { 'import/no-unresolved': ['error', { ignore: ['^cdk-imdsv2$'] }] },
});
project.eslint?.addRules({
  'import/no-restricted-paths': ['error', {
    zones: rooms.map(([target, from]) => ({
      target: `./src/${target}`,
      from: [...from, ...BESIDE.filter((room) => room !== target)].map((room) => `./src/${room}`),
      message: 'imports go down the house, never up: see docs/architecture.md',
    })),
  }],
});

const typecheck = project.addTask('typecheck', {
  description: 'Type-check sources, tests, examples and benchmarks',
  exec: 'tsc --noEmit -p test/tsconfig.json',
});
project.testTask.spawn(typecheck);

project.postCompileTask.exec('tsx projenrc/lazy-index.ts', { name: 'lazy-index' });
project.postCompileTask.exec('tsx projenrc/bundle-functions.ts', { name: 'bundle-functions' });
project.postCompileTask.exec('tsx projenrc/controls-page.ts', { name: 'controls-page' });
project.postCompileTask.exec('tsx projenrc/coverage-page.ts', { name: 'coverage-page' });
project.postCompileTask.exec('tsx projenrc/dashboard-picture.ts', { name: 'dashboard-picture' });
project.postCompileTask.exec('jsii-rosetta extract --strict', { name: 'compile the README and the examples of the API' });
project.postCompileTask.exec('tsx projenrc/snippets.ts', { name: 'compile the other pages, and look through every translation' });
project.postCompileTask.exec('projenrc/weight.sh', { name: 'weigh the package' });
// The registry is the publisher's default; saying it again names a host for nothing.
project.github!.tryFindWorkflow('release')!.file!.addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');

const compat = project.tasks.tryFind('compat')!;
compat.reset('projenrc/compat.sh');
compat.description = 'Compare the API with that of the last tag';
project.postCompileTask.spawn(compat);

const run = (file: string) => `tsx --tsconfig test/tsconfig.json ${file}`;
project.addTask('demo', { description: 'A realistic app, without and with RequireImdsv2', exec: run('examples/typescript/demo/demo.ts') });
project.addTask('corpus', {
  description: 'Real CloudFormation templates through CfnInclude and the aspect: npm run corpus -- FOLDER',
  exec: run('benchmarks/corpus.ts'),
  receiveArgs: true,
});
project.addTask('bench', {
  description: "The aspect's share of synthesis beside aws-cdk's built-in aspects, and the checks beside cdk-nag's rule",
  steps: [{ spawn: 'compile' }, { exec: 'tsx projenrc/lazy-index.ts' }, { exec: 'node benchmarks/aspect.mjs' }, { exec: 'node benchmarks/checks.mjs' }],
});
project.addTask('bench:check', {
  description: 'The command line tool on 100 MB of templates, beside JSON.parse of the same files',
  steps: [{ spawn: 'compile' }, { exec: 'node benchmarks/check.mjs' }],
});
project.addTask('mutation', {
  description: 'Changes the catalog, the postures and the aspect line by line, and counts the changes that no test notices',
  steps: [{ exec: 'tsx projenrc/bundle-functions.ts' }, { exec: 'stryker run projenrc/mutation/stryker.json', receiveArgs: true }],
});
project.addTask('test:latest', {
  description: 'The same tests against the newest aws-cdk-lib, in a scratch folder',
  exec: 'projenrc/test-latest.sh',
});
project.addTask('test:peers', {
  description: 'Install the packed library beside cdk-nag 2, cdk-nag 3 and none, and run an app with it',
  exec: 'projenrc/test-peers.sh',
});
project.addTask('test:matrix', {
  description: 'The packed library and the snippet of the README under Node 20, 22 and 24, both ends of aws-cdk-lib, Python 3.10 and 3.12',
  exec: 'projenrc/test-matrix.sh',
  receiveArgs: true,
});
project.addTask('changelog', {
  description: 'Write CHANGELOG.md from the commits, before a release',
  exec: 'projenrc/changelog.sh',
});
project.addTask('test:e2e', {
  description: 'Deploy to a local AWS with the real CDK CLI; needs Python 3.10 or newer, no Docker and no account',
  exec: 'projenrc/test-e2e.sh',
  receiveArgs: true,
});
project.addTask('test:guard', {
  description: 'The rules of the Guard hook in the engine from crates.io; needs Rust, and builds the engine in some three minutes',
  exec: 'projenrc/test-guard.sh',
});
// All five languages in CI too: what is published is tested as it is packed.
project.packageTask.reset('projenrc/package.sh');
project.addTask('test:bindings', {
  description: 'Install what `package` made into fresh Python, Maven, Go and npm projects, and compare what their apps synthesize',
  exec: 'projenrc/test-bindings.sh',
});

project.synth();
