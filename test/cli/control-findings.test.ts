import { cli, folder, removeFolders, report, UNDECIDED } from './support';

afterAll(removeFolders);

const here = folder({
  'app.json': {
    Resources: {
      Open: { Type: 'AWS::EC2::Instance' },
      Safe: { Type: 'AWS::EC2::Instance', Properties: { MetadataOptions: { HttpTokens: 'required' } } },
      Hops: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } } } },
      Old: { Type: 'AWS::AutoScaling::LaunchConfiguration' },
      Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchConfigurationName: { Ref: 'Old' } } },
    },
  },
});

test.each<[string, string[], Array<[name: string, rule: string, controls: string]>]>([
  ['a framework', ['--framework', 'security-hub'], [
    ['Open', 'tokens', 'security-hub EC2.8'],
    ['Old', 'tokens', 'security-hub AutoScaling.3'],
    ['Group', 'launch-configuration', 'security-hub AutoScaling.9'],
  ]],
  ['an edition, in any case', ['--framework', 'CIS@5.0'], [['Open', 'tokens', 'cis 5.7']]],
  ['an edition that numbers it otherwise', ['--framework', 'cis@7.0'], [['Open', 'tokens', 'cis 6.7']]],
  ['one control', ['--control', 'ct.ec2.pr.2'], [['Hops', 'hop-limit', 'control-tower CT.EC2.PR.2']]],
  ['controls of two frameworks that fail for one reason', ['--control', 'EC2.8', '--control', '5.7'], [['Open', 'tokens', 'security-hub EC2.8, cis 5.7']]],
  ['a framework and a control of it', ['--framework', 'pci-dss', '--control', '2.2.6'], [
    ['Open', 'tokens', 'pci-dss 2.2.6'],
    ['Old', 'tokens', 'pci-dss 2.2.6'],
  ]],
  ['a mapped control, by the rule of what it maps to', ['--control', 'CM-2'], [
    ['Old', 'tokens', 'nist CM-2'],
    ['Group', 'launch-configuration', 'nist CM-2'],
  ]],
])('%s', (_, options, expected) => {
  const { findings } = report(here, 'app.json', ...options);
  expect(findings.map(({ name, rule, controls }) => [name, rule.replace('cdk-imdsv2::', ''), controls?.join(', ')])).toEqual(expected);
  for (const { severity, problem, controls } of findings) {
    expect(severity).toBe('error');
    expect(problem).toContain(`fails ${controls!.join(', ')}: `);
  }
});

test('what a control passes is clean', () => {
  expect(cli(here, ['check', 'app.json', '--control', 'CT.EC2.PR.1']).code).toBe(0);
});

test.each<[string, string[], string]>([
  ['framework', ['--framework', 'soc2'], "got 'soc2' as framework, expected one of security-hub, cis, nist, pci-dss, control-tower"],
  ['edition', ['--framework', 'cis@1.4'], "got '1.4' as version of cis, expected one of 2.0"],
  ['control', ['--control', 'EC2.9'], "got 'EC2.9' as control, expected one of EC2.8"],
])('an unknown %s is bad usage', (_, options, message) => {
  const { code, stderr } = cli(here, ['check', 'app.json', ...options]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('lists every control, and judges nothing', () => {
  const { code, stdout } = cli(here, ['check', '--list-controls']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^security-hub EC2\.8 +EC2 instances should use IMDSv2$/m);
  expect(stdout).toMatch(/^cis 5\.7 +4\.0, 4\.0\.1, 5\.0 +Ensure/m);
  const columnOf = (title: string) => /^.*$/m.exec(stdout.slice(stdout.lastIndexOf('\n', stdout.indexOf(title)) + 1))![0].indexOf(title);
  expect(columnOf('Require an Amazon EC2 Auto Scaling group')).toBe(columnOf('EC2 launch templates should'));
});

test('a control that only the deployment decides is a warning, and an error where that is asked for', () => {
  const at = folder({ 'app.json': { Parameters: { Tokens: { Type: 'String' } }, ...UNDECIDED } });
  const judged = (...options: string[]) => report(at, 'app.json', '--framework', 'security-hub', ...options).findings.map(({ severity, problem }) => [severity, problem]);
  const problem = expect.stringMatching(/^undecided for security-hub EC2\.8: not known before deployment, Properties\.MetadataOptions: /);
  expect(judged()).toEqual([['warning', problem]]);
  expect(judged('--strict')).toEqual([['error', problem]]);
  expect(cli(at, ['check', 'app.json', '--framework', 'security-hub']).code).toBe(0);
  expect(cli(at, ['check', 'app.json', '--framework', 'security-hub', '--strict']).code).toBe(1);
});
