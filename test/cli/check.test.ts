import * as fs from 'fs';
import * as path from 'path';
import { cli, folder, instance, OPEN, removeFolders, report, SAFE, UNDECIDED } from './support';

afterAll(removeFolders);

const BROKEN = 'Resources:\n  Host:\n   Type: AWS::EC2::Instance\n  - x\n';

describe('exit codes', () => {
  const here = folder({ 'safe.json': SAFE, 'open.json': OPEN, 'undecided.json': UNDECIDED, 'broken.yaml': BROKEN, 'list.json': '[]', 'empty/none.txt': '' });

  test.each<[string, string[], number]>([
    ['clean', ['safe.json'], 0],
    ['an error', ['open.json'], 1],
    ['a warning', ['undecided.json'], 0],
    ['a warning that fails', ['undecided.json', '--fail-on', 'warning'], 1],
    ['a warning that is strictly an error', ['undecided.json', '--strict'], 1],
    ['an error that does not fail', ['open.json', '--fail-on', 'never'], 0],
    ['unreadable', ['safe.json', 'broken.yaml', '--fail-on', 'never'], 2],
    ['unreadable, and findings', ['open.json', 'broken.yaml'], 2],
    ['no template', ['list.json'], 2],
    ['no such file', ['none.json'], 2],
    ['no template in the folder', ['empty'], 2],
    ['no cdk.out', [], 2],
  ])('%s', (_, argv, code) => {
    expect(cli(here, ['check', ...argv]).code).toBe(code);
  });

  test.each<[string, string[], string]>([
    ['an unknown option', ['check', '--foo'], "unknown option '--foo'"],
    ['an unknown format', ['check', '--format', 'xml'], 'Allowed choices are table, json'],
    ['an unknown severity', ['check', '--fail-on', 'info'], 'Allowed choices are error, warning, never'],
    ['an unknown command', ['lint'], "unknown command 'lint'"],
    ['no command', [], 'Usage: cdk-imdsv2'],
    ['a missing baseline', ['check', 'safe.json', '--baseline', 'none.json'], 'there is no baseline none.json; expected a file that --write-baseline made'],
    ['a baseline that is none', ['check', 'safe.json', '--baseline', 'list.json'], 'the baseline list.json is none (got object); expected a file that --write-baseline made: name that one\n'],
    ['a baseline that is broken', ['check', 'safe.json', '--baseline', 'broken.yaml'], 'the baseline broken.yaml could not be read'],
    ['a folder without the command', ['cdk.out'], "unknown command 'cdk.out'\nexpected a command and its options, as in cdk-imdsv2 check cdk.out"],
    ['an option of nothing, where the help is', ['check', '--foo'], 'cdk-imdsv2 check --help lists them'],
    ['an input without a name', ['check', ''], 'got an empty name, expected that of a file or folder'],
    ['an output without a name', ['check', 'safe.json', '--output', ''], 'got an empty name'],
    ['a baseline without a name', ['check', 'safe.json', '--baseline', ''], 'got an empty name'],
    ['an output that cannot be written', ['check', 'safe.json', '--output', 'safe.json/x'], 'safe.json/x could not be written'],
  ])('%s is bad usage', (_, argv, message) => {
    const { code, stderr } = cli(here, argv);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each(['--help', '--version'])('%s is no mistake', (option) => {
    const { code, stdout } = cli(here, [option]);
    expect(code).toBe(0);
    expect(stdout).not.toBe('');
  });
});

describe('inputs', () => {
  test('a folder is walked, and what is no template is passed over', () => {
    const here = folder({
      'a/open.yaml': 'Resources: {Host: {Type: "AWS::EC2::Instance"}}',
      'a/b/safe.template': SAFE,
      'a/b/UPPER.YML': 'Resources: {Host: {Type: "AWS::EC2::Instance"}}',
      'package.json': '{"name": "x"}',
      'chart.yaml': 'a: {{ .Values.AWS::x }}',
      'k8s.yaml': 'kind: A\n---\nkind: B\n',
      'notes.txt': 'Resources: AWS::',
      'node_modules/x/open.json': OPEN,
      '.git/open.json': OPEN,
    });
    const { launchSources, problems } = report(here, '.');
    expect(launchSources.map(({ template }) => template)).toEqual(['a/b/UPPER.YML', 'a/b/safe.template', 'a/open.yaml']);
    expect(problems).toEqual([]);
  });

  test('a broken template in a folder is a problem, and the rest is judged', () => {
    const { summary, problems } = report(folder({ 'broken.yaml': BROKEN, 'open.json': OPEN }), '.');
    expect(summary).toMatchObject({ templates: 1, findings: { error: 1, warning: 0, info: 0 }, unreadable: 1 });
    expect(problems).toEqual([{ file: 'broken.yaml', line: 4, column: 1, message: expect.stringContaining('not valid YAML or JSON') }]);
  });

  test.each([
    ['JSON in one line', '{"Resources":{"Host":{"Type":"AWS::EC2::Instance"}'],
    ['JSON twice', '{"Resources":{}}\n{"Resources":{"Host":{"Type":"AWS::EC2::Instance"}}}'],
    ['YAML in one line', '{Resources: {Host: {Type: AWS::EC2::Instance}}'],
    ['YAML with quoted keys', "'Resources':\n  Host: {Type: 'AWS::EC2::Instance'\n"],
  ])('broken %s is a problem in a folder', (_, text) => {
    expect(report(folder({ 'broken.template': text, 'safe.json': SAFE }), '.').problems).toEqual([expect.objectContaining({ file: 'broken.template' })]);
  });

  test.each([
    ['as an object', OPEN],
    ['as text', 'Resources:\n  Host:\n    Type: AWS::EC2::Instance\n'],
  ])('what `aws cloudformation get-template` prints is judged: a template %s', (_, TemplateBody) => {
    const here = folder({ 'printed.json': { TemplateBody, StagesAvailable: ['Original', 'Processed'] } });
    for (const name of ['.', 'printed.json']) expect(report(here, name).launchSources.map(({ posture }) => posture)).toEqual(['optional']);
  });

  test.each([
    ['of resources', '!Include hosts.yaml', "the resource 'Fn::Include' is not an object"],
    ['of a resource', '{Host: !Rain::Module host.yaml}', "the type of 'Host' is not a string"],
  ])('a function %s that CloudFormation does not know is a problem, unless a macro may know it', (_, resources, message) => {
    const text = `Resources: ${resources}\n`;
    const here = folder({ 'a.yaml': text, 'b.yaml': `Transform: M\n${text}` });
    expect(report(here, 'a.yaml').problems).toEqual([{ file: 'a.yaml', message: expect.stringContaining(message) }]);
    expect(report(here, 'b.yaml')).toMatchObject({ problems: [], launchSources: [{ name: 'Transform M' }] });
  });

  test('problems are printed for people whatever the format', () => {
    expect(cli(folder({ 'broken.yaml': BROKEN }), ['check', '-f', 'json', '.']).stderr).toMatch(/^broken\.yaml:4:1: not valid YAML or JSON: .+\n$/);
    const table = cli(folder({ 'broken.yaml': BROKEN }), ['check', '.']);
    expect(table.stdout).toContain('broken.yaml:4:1: ');
    expect(table.stderr).toBe('');
  });

  test.each<[string, string | object, RegExp]>([
    ['a list', '[]', /got a list, expected an object with Resources/],
    ['nothing', '', /got nothing/],
    ['a word', 'word', /got a string/],
    ['something else', { apiVersion: 'v1', kind: 'Pod' }, /got an object with apiVersion, kind/],
  ])('%s is not a template', (_, content, message) => {
    const [{ message: said }] = report(folder({ 'named.json': content }), 'named.json').problems;
    expect(said).toMatch(/^not a CloudFormation template: /);
    expect(said).toMatch(message);
  });

  test.each([
    ['as Windows PowerShell writes it', (bytes: Buffer) => bytes],
    ['big-endian', (bytes: Buffer) => bytes.swap16()],
  ])('UTF-16, %s, is read like UTF-8', (_, ordered) => {
    const here = folder();
    fs.writeFileSync(path.join(here, 'open.json'), ordered(Buffer.from(`\uFEFF${JSON.stringify(OPEN, undefined, 2)}`, 'utf16le')));
    expect(report(here, '.').summary.findings.error).toBe(1);
    const [{ results }] = JSON.parse(cli(here, ['check', '.', '--format', 'sarif']).stdout).runs;
    expect(results[0].locations[0].physicalLocation.region).toEqual({ startLine: 5, startColumn: 7 });
  });

  test('a link that leads nowhere is passed over in a folder, and is no file where it is named', () => {
    const here = folder({ 'safe.json': SAFE });
    for (const [to, link] of [['itself.json', 'itself.json'], ['nowhere', 'none.json']]) fs.symlinkSync(to, path.join(here, link));
    expect(cli(here, ['check', '.']).code).toBe(0);
    for (const name of ['itself.json', 'none.json', 'safe.json/below']) {
      expect(report(here, name).problems).toEqual([{ file: name, message: expect.stringContaining('no such file or folder') }]);
    }
  });

  test('links are followed, to folders as well, and what they lead to is judged once', () => {
    const here = folder({ 'a/open.json': OPEN, 'elsewhere/b/safe.json': SAFE, 'elsewhere/cdk.out/manifest.json': { version: '1', artifacts: {} } });
    for (const [to, link] of [['../elsewhere', 'a/other'], ['..', 'a/around'], ['open.json', 'a/same.json'], ['elsewhere', 'twice']]) fs.symlinkSync(to, path.join(here, link));
    expect(report(here, 'a').launchSources.map(({ template }) => template)).toEqual(['a/open.json', 'a/other/b/safe.json']);
    expect(report(here, '.', 'twice').launchSources.map(({ template }) => template)).toEqual(['a/open.json', 'a/other/b/safe.json']);
    expect(report(here, 'twice').problems).toEqual([]);
  });

  test('what is named twice is judged once', () => {
    const here = folder({ 'a/open.json': OPEN });
    expect(report(here, 'a', 'a/open.json', '.').summary).toMatchObject({ templates: 1, unreadable: 0 });
  });

  test('templates of one folder see each other', () => {
    const group = { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: { LaunchTemplateId: { 'Fn::ImportValue': 'lt' }, Version: '1' } } };
    const launchTemplate = { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } } };
    const here = folder({
      'one.json': { Resources: { Lt: launchTemplate }, Outputs: { Id: { Value: { Ref: 'Lt' }, Export: { Name: 'lt' } } } },
      'two.json': { Resources: { Group: { ...group, Properties: { LaunchTemplate: { ...group.Properties.LaunchTemplate, Version: '$Latest' } } } } },
    });
    expect(report(here, '.').launchSources.map(({ name, posture }) => [name, posture])).toEqual([['Lt', 'required'], ['Group', 'required']]);
  });

  const TOKENS = { Parameters: { Tokens: { Type: 'String', Default: 'optional' } }, ...UNDECIDED, Outputs: { Id: { Value: { Ref: 'Host' } } } };
  const nested = (TemplateURL: unknown, Tokens?: unknown) => ({ Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL, Parameters: { Tokens } } });
  test.each<[string, { readonly [file: string]: object }, string[]]>([
    ['is given what its parent says', { 'a.json': { Resources: { A: nested('b/child.json', 'required') } }, 'b/child.json': TOKENS }, ['a.json/A Host required']],
    ['is open where its parent says so', { 'a.json': { Resources: { A: nested('./b/child.json', 'optional') } }, 'b/child.json': TOKENS }, ['a.json/A Host optional']],
    ['has its default where its parent says nothing', { 'z.json': { Resources: { A: nested('child.json') } }, 'child.json': TOKENS }, ['z.json/A Host optional']],
    ['is judged for each use', { 'a.json': { Resources: { A: nested('c.json', 'required'), B: nested('c.json', 'optional') } }, 'c.json': TOKENS },
      ['a.json/A Host required', 'a.json/B Host optional']],
    ['is given what its parent is given', {
      'a.json': { Resources: { A: nested('b/b.json', 'required') } },
      'b/b.json': { Parameters: { Tokens: {} }, Resources: { B: nested('../c.json', { Ref: 'Tokens' }) } },
      'c.json': TOKENS,
    }, ['a.json/A/B Host required']],
    ['is one that a condition chooses', {
      'a.json': { Resources: { A: nested({ 'Fn::If': ['C', 'safe.json', 'child.json'] }, 'optional') } }, 'child.json': TOKENS, 'safe.json': SAFE,
    }, ['a.json/A Host required', 'a.json/A Host optional']],
    ['gives out what its parent names', {
      'a.json': {
        Resources: {
          A: nested('child.json'),
          Fleet: { Type: 'AWS::EC2::Instance', Properties: { LaunchTemplate: { LaunchTemplateId: { 'Fn::GetAtt': 'A.Outputs.Id' }, Version: '$Latest' } } },
        },
      },
      'child.json': {
        Resources: { Lt: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } } } },
        Outputs: { Id: { Value: { Ref: 'Lt' } } },
      },
    }, ['a.json Fleet required', 'a.json/A Lt required']],
    ['finds what is exported where its parent stands', {
      'a.json': { Resources: { A: nested('b/child.json') } },
      'b/child.json': { Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: { LaunchTemplate: { LaunchTemplateId: { 'Fn::ImportValue': 'lt' }, Version: '$Latest' } } } } },
      'c.json': {
        Resources: { Lt: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required' } } } } },
        Outputs: { Id: { Value: { Ref: 'Lt' }, Export: { Name: 'lt' } } },
      },
    }, ['a.json/A Host required', 'c.json Lt required']],
    ['is in a loop', { 'a.json': { Resources: { 'Fn::ForEach::L': ['T', ['required', 'optional'], { 'A${T}': nested('c.json', { Ref: 'T' }) }] } }, 'c.json': TOKENS },
      ['a.json/A${T} Host conditional']],
    ['is nested in itself', { 'a.json': { Resources: { A: nested('a.json', 'required'), ...TOKENS.Resources }, Parameters: TOKENS.Parameters } }, ['a.json Host conditional']],
    ['is nested in a circle', { 'a.json': { Resources: { A: nested('b.json', 'required') } }, 'b.json': { ...TOKENS, Resources: { B: nested('a.json'), ...TOKENS.Resources } } },
      ['a.json/A Host required']],
  ])('a template beside its parent %s', (_, files, expected) => {
    const { launchSources, findings, problems } = report(folder(files), '.');
    expect(launchSources.map(({ stack, name, posture }) => `${stack} ${name} ${posture}`)).toEqual(expected);
    expect(findings.filter(({ rule }) => rule.endsWith('unseen-content'))).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('templates that are nested in each other without end are said', () => {
    const chain = Array.from({ length: 20 }, (__, i) => [`${i}.json`, { Resources: { A: nested(`${i + 1}.json`), B: nested(`${i + 1}.json`) } }]);
    const { code, stderr } = cli(folder({ ...Object.fromEntries(chain), '20.json': SAFE }), ['check', '.', '--format', 'json']);
    expect(stderr).toContain('templates are nested in each other more than 10000 times');
    expect(code).toBe(2);
  });

  test.each<[string, string, string[]]>([
    ['duplicate keys', 'Resources:\n  Host: {Type: AWS::EC2::Instance}\n  Host: {Type: AWS::EC2::Instance}\n', ['optional']],
    ['SAM', 'Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function}\n  Host: {Type: AWS::EC2::Instance}\n', ['optional']],
    ['a macro of a resource', 'Resources:\n  Host:\n    Type: AWS::EC2::Instance\n    Properties: !Transform {Name: M}\n', ['conditional']],
    ['a macro of everything', 'Transform: [M]\nResources:\n  Fn::Transform: {Name: M}\n', ['external', 'external']],
    ['a module', 'Resources:\n  Host: {Type: My::EC2::Host::MODULE, Properties: {A: !Ref B}}\n', ['external']],
    ['a loop', 'Resources:\n  Fn::ForEach::Hosts:\n    - Id\n    - [A, B]\n    - Host${Id}: {Type: AWS::EC2::Instance}\n', ['optional']],
    ['no resources', 'AWSTemplateFormatVersion: 2010-09-09\n', []],
    ['resources that are none', 'Transform: M\nResources: [1]\n', ['external']],
    ['a resource that is none', 'Resources: {A: null, B: 1, C: [], D: {Type: !Ref X}}\n', []],
  ])('a template with %s', (_, yaml, postures) => {
    const { launchSources, problems } = report(folder({ 'template.yaml': yaml }), 'template.yaml');
    expect(problems).toEqual([]);
    expect(launchSources.map(({ posture }) => posture)).toEqual(postures);
  });
});

describe('the baseline', () => {
  test('accepts what was there, wherever its lines move, and nothing new', () => {
    const here = folder({ 'open.json': OPEN });
    expect(cli(here, ['check', 'open.json', '--write-baseline', 'ci/baseline.json']).code).toBe(0);
    expect(JSON.parse(fs.readFileSync(path.join(here, 'ci/baseline.json'), 'utf8'))).toEqual({
      schemaVersion: 2,
      accepted: [{
        fingerprint: expect.any(String), rule: 'cdk-imdsv2::tokens', severity: 'error', stack: 'open.json', logicalId: 'Host', template: '../open.json', name: 'Host', path: 'Properties.MetadataOptions',
      }],
    });
    fs.writeFileSync(path.join(here, 'open.json'), `\n\n${JSON.stringify(OPEN, undefined, 4)}`);
    const again = ['check', 'open.json', '--baseline', 'ci/baseline.json'];
    expect(cli(here, again)).toMatchObject({ code: 0, stdout: expect.stringContaining('0 errors, 0 warnings, 0 notes, 1 accepted by the baseline') });

    fs.writeFileSync(path.join(here, 'open.json'), JSON.stringify({ Resources: { ...OPEN.Resources, New: { Type: 'AWS::EC2::Instance' } } }));
    expect(cli(here, again).code).toBe(1);
    expect(report(here, ...again.slice(1)).findings.map(({ name }) => name)).toEqual(['New']);
  });

  test('that accepts a warning does not accept an error in its place', () => {
    const here = folder({ 'a.json': UNDECIDED });
    cli(here, ['check', 'a.json', '--write-baseline', 'baseline.json']);
    const codes = () => ['error', 'warning'].map((severity) => cli(here, ['check', 'a.json', '--baseline', 'baseline.json', '--fail-on', severity]).code);
    expect(codes()).toEqual([0, 0]);
    fs.writeFileSync(path.join(here, 'a.json'), JSON.stringify(OPEN));
    expect(codes()).toEqual([1, 1]);
  });

  test('counts findings of one place', () => {
    const scripted = (...lines: string[]) => JSON.stringify({
      Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: { UserData: { 'Fn::Base64': lines.join('\n') }, MetadataOptions: { HttpTokens: 'required' } } } },
    });
    const call = 'curl http://169.254.169.254/latest/meta-data/';
    const here = folder({ 'a.json': scripted(call) });
    cli(here, ['check', 'a.json', '--write-baseline', 'baseline.json']);
    fs.writeFileSync(path.join(here, 'a.json'), scripted('true', call, `${call}ami-id`));
    expect(report(here, 'a.json', '--baseline', 'baseline.json').summary).toMatchObject({ findings: { error: 0, warning: 1, info: 0 }, accepted: 1 });
  });

  test('can be written anew over the old one', () => {
    const here = folder({ 'open.json': OPEN });
    const argv = ['check', 'open.json', '--write-baseline', 'b.json'];
    cli(here, argv);
    const first = fs.readFileSync(path.join(here, 'b.json'), 'utf8');
    cli(here, [...argv, '--baseline', 'b.json']);
    expect(fs.readFileSync(path.join(here, 'b.json'), 'utf8')).toBe(first);
  });
});

test('strict takes for an error what is undecided, and nothing else', () => {
  const here = folder({ 'undecided.json': UNDECIDED, 'hops.json': instance({ HttpTokens: 'required', HttpPutResponseHopLimit: 9 }) });
  expect(report(here, '.').summary.findings).toEqual({ error: 0, warning: 1, info: 1 });
  expect(report(here, '.', '--strict').summary.findings).toEqual({ error: 1, warning: 0, info: 1 });
});

describe('what must not pass for clean', () => {
  const here = folder({
    'unsettable.json': { Resources: { Nodes: { Type: 'AWS::EKS::Nodegroup' }, Jobs: { Type: 'AWS::Batch::ComputeEnvironment', Properties: { Type: 'UNMANAGED' } } } },
    'macro.json': { Resources: { 'Fn::Transform': { Name: 'M' }, 'Host': { Type: 'AWS::EC2::Instance', Properties: { MetadataOptions: { HttpTokens: 'required' } } } } },
  });

  test('what no property can decide is a warning, and what launches no instance is not counted', () => {
    const { code, stdout } = cli(here, ['check', 'unsettable.json', '--fail-on', 'warning']);
    expect(stdout).toContain('1 launch source: 0 required, 0 disabled, 0 optional, 0 conditional, 0 external, 1 unsettable');
    expect(stdout).toContain('warning  Nodes  cdk-imdsv2::unsettable');
    expect(code).toBe(1);
  });

  test('a macro among the resources is no mistake, and is said', () => {
    const { code, stdout } = cli(here, ['check', 'macro.json']);
    expect(stdout).toContain('warning  Fn::Transform  cdk-imdsv2::unseen-content');
    expect(code).toBe(0);
  });

  const nested = (TemplateURL?: unknown) => ({ Resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } } } });
  const included = { Name: 'AWS::Include', Parameters: { Location: 's3://bucket/hosts.yaml' } };
  const stackOf = (Type: string, Properties?: object) => ({ Resources: { Child: { Type, Properties } } });
  const productOf = (...artifacts: object[]) =>
    stackOf('AWS::ServiceCatalog::CloudFormationProduct', { ProvisioningArtifactParameters: artifacts.map((Info) => ({ Info })) });
  test.each<[what: string, template: object, named: string[], problem: string]>([
    ['a remote nested stack', nested('https://bucket.s3.amazonaws.com/child.yaml'), ['Child AWS::CloudFormation::Stack Properties.TemplateURL'],
      'what the nested stack brings in is not judged: its template is not among those that were read'],
    ['a nested stack that the deployment names', nested({ Ref: 'Url' }), ['Child AWS::CloudFormation::Stack Properties.TemplateURL'], 'the nested stack'],
    ['a nested stack without a template', nested(), ['Child AWS::CloudFormation::Stack Properties.TemplateURL'], 'the nested stack'],
    ['a nested stack in a file that was not named', nested('./child.yaml'), ['Child AWS::CloudFormation::Stack Properties.TemplateURL'], 'the nested stack'],
    ['a nested stack in a loop', { Resources: { 'Fn::ForEach::L': ['X', ['a'], { 'Child${X}': nested().Resources.Child }] } },
      ['Child${X} AWS::CloudFormation::Stack Properties.TemplateURL'], 'the nested stack'],
    ['an application of SAM', stackOf('AWS::Serverless::Application', { Location: './app.yaml' }),
      ['Child AWS::Serverless::Application Properties.Location'], 'the serverless application'],
    ['a stack set', stackOf('AWS::CloudFormation::StackSet', { TemplateBody: '{}' }), ['Child AWS::CloudFormation::StackSet Properties.TemplateURL'], 'the stack set'],
    ['a provisioned product', stackOf('AWS::ServiceCatalog::CloudFormationProvisionedProduct'),
      ['Child AWS::ServiceCatalog::CloudFormationProvisionedProduct Properties'], 'the provisioned product'],
    ['a product from elsewhere', productOf({ LoadTemplateFromURL: './b.json' }, { LoadTemplateFromURL: 'https://bucket.s3.amazonaws.com/product.yaml' }),
      ['Child AWS::ServiceCatalog::CloudFormationProduct Properties.ProvisioningArtifactParameters.0.Info.LoadTemplateFromURL'],
      'what the product brings in is not judged: its template is not among those that were read'],
    ['a product that is imported', productOf({ ImportFromPhysicalId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/s/1' }),
      ['Child AWS::ServiceCatalog::CloudFormationProduct Properties.ProvisioningArtifactParameters.0.Info.LoadTemplateFromURL'], 'the product'],
    ['a product from a repository', stackOf('AWS::ServiceCatalog::CloudFormationProduct', { SourceConnection: {} }),
      ['Child AWS::ServiceCatalog::CloudFormationProduct Properties'], 'the product'],
    ['a product that the deployment names', stackOf('AWS::ServiceCatalog::CloudFormationProduct', { ProvisioningArtifactParameters: { Ref: 'P' } }),
      ['Child AWS::ServiceCatalog::CloudFormationProduct Properties.ProvisioningArtifactParameters'], 'the product'],
    ['a module', stackOf('My::EC2::Host::MODULE'), ['Child My::EC2::Host::MODULE Type'],
      'what the module brings in is not judged: what it is made of is kept in the registry'],
    ['a type that a loop decides', { Resources: { 'Fn::ForEach::L': ['T', ['Instance', 'Host'], { 'My${T}': { Type: 'AWS::EC2::${T}' } }] } },
      ['My${T} AWS::EC2::${T} Type'], 'what the type AWS::EC2::${T} brings in is not judged: a loop decides what it is'],
    ['an include among the resources', { Resources: { 'Fn::Transform': included } }, ['Fn::Transform AWS::Include Fn::Transform'],
      'what the transform AWS::Include brings in is not judged: it is known only at deployment'],
    ['several transforms among the resources', { Resources: { 'Fn::Transform': [{ Name: 'M' }, included] } }, ['Fn::Transform M Fn::Transform'], 'the transform M'],
    ['an include in the place of a resource', { Resources: { Host: { 'Fn::Transform': included } } }, ['Host AWS::Include Fn::Transform'], 'the transform AWS::Include'],
    ['an include of the whole template', { Transform: included, Resources: {} }, ['Transform AWS::Include AWS::Include Transform'], 'the transform AWS::Include'],
    ['macros of the whole template', { Transform: ['AWS::Serverless-2016-10-31', 'M', { Name: 'N' }, 'M'], Resources: {} },
      ['Transform M M Transform', 'Transform N N Transform'], 'the transform M'],
    ['a macro over types of its own', { Transform: 'M', Resources: { Host: { Type: 'Our::Host' } } }, ['Transform M M Transform'], 'the transform M'],
    ['a macro whose name is none', { AWSTemplateFormatVersion: '2010-09-09', Transform: { Name: { Ref: 'M' } } }, ['Transform Fn::Transform Fn::Transform Transform'], 'the transform'],
  ])('%s is said, once', (_, template, named, problem) => {
    const there = folder({ 'a.json': template });
    const { findings, launchSources, problems } = report(there, '.');
    expect(findings.map(({ name, type, path: at }) => `${name} ${type} ${at}`)).toEqual(named);
    expect(findings[0]).toMatchObject({ rule: 'cdk-imdsv2::unseen-content', severity: 'warning', problem: expect.stringContaining(problem), fix: expect.stringContaining('--query TemplateBody;') });
    expect(launchSources.map(({ posture }) => posture)).toEqual(named.map(() => 'external'));
    expect(problems).toEqual([]);
    expect(['--fail-on=never', '--fail-on=warning', '--strict', '--framework=cis'].map((option) => cli(there, ['check', 'a.json', option]).code)).toEqual([0, 1, 1, 0]);
    expect(report(there, 'a.json', '--framework', 'nist').findings[0].problem).toMatch(/^undecided for nist AC-3, .+: what the /);
  });

  test('a macro beside a nested stack may name another template, and beside an instance it is the instance that may change', () => {
    const beside = { 'Fn::Transform': { Name: 'M' } };
    const { Child } = nested('./b.json').Resources;
    const there = folder({ 'a.json': { Resources: { Child: { ...Child, ...beside }, Host: { Type: 'AWS::EC2::Instance', ...beside } } }, 'b.json': SAFE });
    expect(report(there, '.').launchSources.map(({ stack, name, type, posture, path: at }) => [stack, name, type, posture, at])).toEqual([
      ['a.json', 'Host', 'AWS::EC2::Instance', 'conditional', 'Properties'],
      ['a.json', 'Child', 'M', 'external', 'Fn::Transform'],
      ['a.json/Child', 'Host', 'AWS::EC2::Instance', 'required', 'Properties.MetadataOptions.HttpTokens'],
    ]);
  });

  test.each<[string, object]>([
    ['transforms of AWS that bring in no instance', { Transform: ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31'], Resources: {} }],
    ['a nested stack whose file is judged beside it', { Resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './b/child.json' } } } }],
    ['a product whose files are judged beside it', productOf({ LoadTemplateFromURL: 'b/child.json' }, { LoadTemplateFromURL: './a.json' })],
    ['an application whose file is judged beside it', stackOf('AWS::Serverless::Application', { Location: 'b/child.json' })],
  ])('%s: nothing to say', (_, template) => {
    expect(report(folder({ 'a.json': template, 'b/child.json': SAFE }), '.').findings).toEqual([]);
  });

  test.each<[string, { readonly [file: string]: string | object }, string]>([
    ['a template that is not there', {}, 'b.template.json: could not be read: ENOENT: no such file or directory; expected a file or folder that is there and may be read'],
    ['an empty template', { 'b.template.json': '' }, 'b.template.json: got nothing, expected an object'],
    ['a template that is a list', { 'b.template.json': '[]' }, 'b.template.json: got a list, expected an object'],
    ['a template whose resources are a list', { 'b.template.json': { Resources: [] } }, "b.template.json: 'Resources' is not an object"],
    ['an empty list of assets', { 'b.template.json': SAFE, 'b.assets.json': '' }, 'b.assets.json: got nothing, expected an object'],
    ['an empty manifest of a stage', { 'b.template.json': SAFE, 'stage/manifest.json': '' }, 'stage/manifest.json: got nothing, expected an object'],
  ])('%s in an assembly is unreadable', (_, files, message) => {
    const stack = (id: string) => ({ type: 'aws:cloudformation:stack', properties: { templateFile: `${id}.template.json` } });
    const artifacts = {
      a: stack('a'),
      b: stack('b'),
      assets: { type: 'cdk:asset-manifest', properties: { file: 'b.assets.json' } },
      stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'stage' } },
    };
    const whole = { 'a.template.json': SAFE, 'b.assets.json': {}, 'stage/manifest.json': { version: '1', artifacts: {} }, 'manifest.json': { version: '1', artifacts } };
    const { code, stdout } = cli(folder({ ...whole, ...files }), ['check', '.', '--fail-on', 'never']);
    expect(stdout).toContain(message);
    expect(code).toBe(2);
  });

  test.each<[string, unknown, string]>([
    ['a type', { Type: 7 }, "the type of 'Broken' is not a string"],
    ['properties', { Type: 'AWS::EC2::Instance', Properties: 5 }, "the properties of 'Broken' are not an object"],
    ['a condition', { Type: 'AWS::EC2::Instance', Properties: { MetadataOptions: { 'Fn::If': ['A', 'B'] } } }, "an Fn::If in 'Broken' does not have three arguments"],
  ])('%s that cannot be read is unreadable', (_, body, message) => {
    const broken = folder({ 'broken.json': { Resources: { Broken: body } } });
    const { code, stdout } = cli(broken, ['check', 'broken.json', '--fail-on', 'never']);
    expect(stdout).toContain(`broken.json: ${message}`);
    expect(code).toBe(2);
  });
});
