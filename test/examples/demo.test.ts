import { NestedStack, Stack, Validations, type App } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { build } from '../../examples/typescript/demo/app';
import { exitCodeOf, report, synthesize, totalsOf, withAspect } from '../../examples/typescript/demo/demo';

beforeAll(() => {
  process.env.CDK_VALIDATION = 'false';
  process.env.JSII_DEPRECATED = 'quiet';
});

describe('the demo', () => {
  test('goes from open to required, with one exemption', () => {
    const [before, after] = [synthesize(build), synthesize(withAspect(build))];
    expect(totalsOf(before)).toEqual({ all: 28, open: 28, exempt: 0 });
    expect(exitCodeOf(before)).not.toBe(0);
    expect(totalsOf(after)).toEqual({ all: 28, open: 0, exempt: 1 });
    expect(exitCodeOf(after)).toBe(0);
    expect(after.findings).toEqual([]);
    expect(after.exemptions).toEqual([expect.objectContaining({
      path: 'Shop/License/Resource', rule: 'cdk-imdsv2::tokens', reason: expect.stringContaining('OPS-1207'),
    })]);
  });

  test('names every change with its effect where it lands', () => {
    const { changes } = synthesize(withAspect(build));
    const effects = Object.fromEntries(changes.map(({ path, effect }) => [path, effect]));
    expect(Object.keys(effects)).toHaveLength(21);
    expect(effects).toMatchObject({
      'Shop/Search/Resource': 'no interruption',
      'Shop/ApiTemplate/Resource': expect.stringContaining("rolls the group 'Shop/Api/ASG'"),
      'Shop/Cluster/Hosts/LaunchTemplate/Resource': expect.stringContaining("replaces the group 'Shop/Cluster/Hosts/ASG'"),
      'Shop/Workers/Pool/LaunchTemplate/Resource': expect.stringContaining("'Shop/Workers/Pool/ASG'"),
      'Shop/Legacy/MailRelay': 'no interruption',
      'Shop/Legacy/PrintServer': expect.stringContaining("new instances only, running ones stay until they are replaced 'Shop/Legacy/PrintServers'"),
      'Shop/Legacy/PrintServer/LaunchTemplate': expect.stringContaining('a new launch template in the place of a launch configuration'),
      'Shop/NodeTemplate/Resource': expect.stringContaining("renews the nodes, a few at a time 'Shop/Nodes'"),
      'Shop/JobTemplate/Resource': expect.stringContaining("replaces the compute environment 'Shop/Jobs'"),
      'Shop/Notebook': expect.stringContaining('no interruption'),
      'Shop/Builds': 'no interruption',
      'Prod/Network/Vpc/PublicSubnet1/NatInstance/Resource': 'no interruption',
    });
  });

  test('names the boot script that would not come back up', () => {
    expect(synthesize(withAspect(build)).bootCalls).toEqual([{
      path: 'Shop/Web/Resource',
      script: 'Properties.UserData',
      line: 3,
      encoded: false,
      text: 'INSTANCE_ID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)',
      rewritten: expect.stringContaining('X-aws-ec2-metadata-token: $TOKEN'),
    }]);
  });

  test('fails when something that is not exempt stays open', () => {
    const after = synthesize(withAspect((app) => {
      build(app);
      openAndUnreachable(app);
    }));
    expect(totalsOf(after)).toEqual({ all: 29, open: 1, exempt: 1 });
    expect(exitCodeOf(after)).not.toBe(0);
    expect(after.findings).toEqual([expect.objectContaining({ path: 'Extra/Nested/Transformed', rule: 'cdk-imdsv2::tokens' })]);
  });

  test('an exemption above covers what is below it', () => {
    const after = synthesize(withAspect((app) => {
      Validations.of(openAndUnreachable(app)).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'a test' });
    }));
    expect(totalsOf(after)).toEqual({ all: 1, open: 0, exempt: 1 });
  });

  test('prints headings and totals', () => {
    const lines = report(synthesize(build), synthesize(withAspect(build)));
    expect(lines[1]).toBe('28 launch sources, 28 of them allow IMDSv1');
    expect(lines[lines.length - 1]).toBe('28 launch sources, 0 allow IMDSv1 (1 exempt)');
    expect(lines).toContain('# Exempt');
    expect(lines).not.toContain('# Findings');
  });
});

/** A transform decides at deployment what this instance says, so that no edit can help. */
function openAndUnreachable(app: App): Stack {
  const stack = new Stack(app, 'Extra');
  const instance = new ec2.CfnInstance(new NestedStack(stack, 'Nested'), 'Transformed', { imageId: 'ami-12345678' });
  instance.addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Options' } });
  return stack;
}
