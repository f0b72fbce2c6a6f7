import { awscdk, javascript, typescript } from 'projen';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-imdsv2',
  description: 'Makes every EC2 instance an AWS CDK app can launch speak IMDSv2 only, and says before deploy what would break',
  author: 'cdk-imdsv2 contributors',
  authorAddress: 'maintainers@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-imdsv2/cdk-imdsv2',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-imdsv2 contributors',
  stability: 'experimental',
  keywords: ['aws', 'awscdk', 'aws-cdk', 'ec2', 'imds', 'imdsv2', 'instance-metadata', 'security', 'compliance'],
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
  packageManager: javascript.NodePackageManager.NPM,

  // The floor: developed against the oldest aws-cdk-lib that has Mixins and acknowledgeable validation plugins.
  cdkVersion: '2.262.1',
  constructsVersion: '10.5.1',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  minNodeVersion: '20',
  workflowNodeVersion: '22',
  projenVersion: '0.103.25',

  publishToPypi: { distName: 'cdk-imdsv2', module: 'cdk_imdsv2' },

  devDeps: [
    '@types/node@^20',
    'aws-cdk@^2.1148',
    'fast-check@4.10.2',
    'jsii-rosetta@~6.0.0',
    'projen@0.103.25',
    'tsx@4.23.15',
  ],
  // Types are checked once for the whole tree by the `typecheck` task, not once for each test file.
  jestOptions: { coverage: false, junitReporting: false },
  tsJestOptions: { transformOptions: { isolatedModules: true } },
  tsconfigDev: {
    compilerOptions: { paths: { 'cdk-imdsv2': ['../src'] } },
    include: ['../examples/**/*.ts', '../benchmarks/**/*.ts', '../scripts/**/*.ts'],
  },

  // Releases and their registries come with the bindings.
  release: false,
  depsUpgrade: false,
  githubOptions: { mergify: false, pullRequestLint: false },
  pullRequestTemplate: false,
});

// npm 11.19's `npm ci` cannot find the optional bindings of later versions in the lock file of a fresh project.
project.package.addField('overrides', { 'unrs-resolver': '1.11.1' });

const typecheck = project.addTask('typecheck', {
  description: 'Type-check sources, tests, examples and scripts',
  exec: 'tsc --noEmit -p test/tsconfig.json',
});
project.testTask.spawn(typecheck);

project.synth();
