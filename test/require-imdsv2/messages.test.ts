import { App, Aspects, CfnResource, Fn, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { notices, outcome, warnings } from '../support';

const HELP = 'Questions: https://platform.example.com/imdsv2';

interface Said { readonly kind: 'finding' | 'warning'; readonly rule: string; readonly path: string; readonly text: string }

/** Everything that is said about an app, each as one text in the order in which it is read. */
function saidOf(build: (stack: Stack, app: App) => void, props: RequireImdsv2Props, help: string): Said[] {
  const app = new App();
  Aspects.of(app).add(new RequireImdsv2({ ...props, help }));
  build(new Stack(app, 'S'), app);
  const { findings } = outcome(app);
  return [
    ...findings.map((finding): Said => ({ kind: 'finding', rule: finding.rule, path: finding.path, text: `${finding.description}\n${finding.fix}` })),
    ...[warnings, notices].flatMap((said) => said(new CloudAssembly(app.outdir)))
      .map((warning): Said => ({ kind: 'warning', rule: warning.id!, path: warning.path, text: warning.message })),
  ];
}

function template(stack: Stack): ec2.CfnLaunchTemplate {
  return new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { imageId: 'ami-1' } });
}

const latest = (lt: ec2.CfnLaunchTemplate) => ({ launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber });

function fleet(stack: Stack): void {
  new ec2.CfnEC2Fleet(stack, 'F', {
    targetCapacitySpecification: { totalTargetCapacity: 1 },
    launchTemplateConfigs: [{ launchTemplateSpecification: latest(template(stack)) }],
  });
}

function group(stack: Stack, launchTemplate: autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty): autoscaling.CfnAutoScalingGroup {
  return new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchTemplate });
}

function changedLater(stack: Stack, app: App, metadataOptions: ec2.CfnInstance.MetadataOptionsProperty): void {
  const instance = new ec2.CfnInstance(stack, 'I');
  Aspects.of(app).add({ visit: (node) => { if (node === instance) instance.metadataOptions = metadataOptions; } }, { priority: 1000 });
}

interface Row {
  readonly title: string;
  readonly kind: Said['kind'];
  readonly rule: string;
  readonly path: string;
  /** What was wrong, and what was got. */
  readonly wrong: RegExp;
  /** The line to write, and where. */
  readonly fix: RegExp;
  readonly props?: RequireImdsv2Props;
  build(stack: Stack, app: App): void;
}

const ROWS: Row[] = [
  {
    title: 'tokens that a transform decides',
    kind: 'finding',
    rule: 'tokens',
    path: 'S/I',
    wrong: /'S\/I' may allow IMDSv1.*got posture 'conditional'/,
    fix: /MetadataOptions\.HttpTokens: required .*(?:where this instance is defined|in what makes the properties of this instance)/,
    build: (stack) => new ec2.CfnInstance(stack, 'I').addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } }),
  },
  {
    title: 'tokens that were changed after the edit',
    kind: 'finding',
    rule: 'tokens',
    path: 'S/I',
    wrong: /'S\/I' was made to require tokens.*something changed that afterwards.*got posture 'optional'/,
    fix: /remove the later edit, or write MetadataOptions\.HttpTokens: required/,
    build: (stack, app) => changedLater(stack, app, { httpTokens: 'optional' }),
  },
  {
    title: 'tokens of what was added after the aspect had run',
    kind: 'finding',
    rule: 'tokens',
    path: 'S/Late',
    wrong: /'S\/Late' allows IMDSv1.*got posture 'optional'.*added after RequireImdsv2 had run/,
    fix: /MetadataOptions\.HttpTokens: required.*larger priority number/,
    build: (stack) => stack.node.addValidation({
      validate: () => {
        if (!stack.node.tryFindChild('Late')) new ec2.CfnInstance(stack, 'Late');
        return [];
      },
    }),
  },
  {
    title: 'tokens in report only mode',
    kind: 'finding',
    rule: 'tokens',
    path: 'S/I',
    wrong: /'S\/I' allows IMDSv1.*got posture 'optional'.*would write HttpTokens: required/,
    fix: /remove reportOnly/,
    props: { reportOnly: true },
    build: (stack) => new ec2.CfnInstance(stack, 'I'),
  },
  {
    title: 'a group that copies an instance',
    kind: 'warning',
    rule: 'external-launch-template',
    path: 'S/G',
    wrong: /'S\/G' copies a running instance \(Properties\.InstanceId\)/,
    fix: /launch template/,
    build: (stack) => new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', instanceId: 'i-1' }),
  },
  {
    title: 'a hop limit that was raised after the edit',
    kind: 'finding',
    rule: 'hop-limit',
    path: 'S/I',
    wrong: /'S\/I' is written with the hop limit 9, and at most 1 is allowed/,
    fix: /httpPutResponseHopLimit: 1 where this instance is defined/,
    props: { hopLimit: HopLimit.HOST },
    build: (stack, app) => changedLater(stack, app, { httpTokens: 'required', httpPutResponseHopLimit: 9 }),
  },
  {
    title: 'a hop limit that is lowered',
    kind: 'warning',
    rule: 'hop-limit',
    path: 'S/I',
    wrong: /lowered from 9 to 1/,
    fix: /set httpPutResponseHopLimit to 1 here, or allow more: new RequireImdsv2\(\{ hopLimit: HopLimit\.of\(/,
    props: { hopLimit: HopLimit.HOST },
    build: (stack) => new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpPutResponseHopLimit: 9 } }),
  },
  {
    title: 'a hop limit of a container host that is lowered',
    kind: 'warning',
    rule: 'hop-limit',
    path: 'S/I',
    wrong: /lowered from 9 to 2/,
    fix: /containerHostHopLimit: HopLimit\.of\(/,
    props: { hopLimit: HopLimit.HOST },
    build: (stack) => new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpPutResponseHopLimit: 9 }, userData: Fn.base64('docker ps') }),
  },
  {
    title: 'a hop limit that cuts containers off',
    kind: 'warning',
    rule: 'hop-limit',
    path: 'S/I',
    wrong: /container host \(its user data starts Docker\) with an explicit hop limit of 1/,
    fix: /set httpPutResponseHopLimit to 2 here/,
    build: (stack) => new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpPutResponseHopLimit: 1 }, userData: Fn.base64('docker ps') }),
  },
  {
    title: 'a hop limit that an inner scope loosens',
    kind: 'warning',
    rule: 'hop-limit',
    path: 'S',
    wrong: /'S' loosens RequireImdsv2: hopLimit is 3 here and 1 on the app/,
    fix: /remove the prop from the inner RequireImdsv2/,
    props: { hopLimit: HopLimit.HOST },
    build: (stack) => {
      new ec2.CfnInstance(stack, 'I');
      Aspects.of(stack).add(new RequireImdsv2({ hopLimit: HopLimit.of(3) }));
    },
  },
  {
    title: 'a launch configuration',
    kind: 'finding',
    rule: 'launch-configuration',
    path: 'S/LC',
    wrong: /'S\/LC' is a launch configuration: accounts created since 2024-10-01 cannot create launch configurations at all/,
    fix: /'@aws-cdk\/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true in cdk\.json, or give the group a launch template/,
    build: (stack) => new autoscaling.CfnLaunchConfiguration(stack, 'LC', { imageId: 'ami-1', instanceType: 't3.micro' }),
  },
  {
    title: 'a launch template that a fleet follows, and that stays open',
    kind: 'finding',
    rule: 'launch-template-follower',
    path: 'S/LT',
    wrong: /'S\/LT' still allows IMDSv1.*would replace the EC2 fleet 'S\/F'/,
    fix: /new RequireImdsv2\(\{ replaceResources: true \}\)/,
    build: fleet,
  },
  {
    title: 'a launch template that is left alone',
    kind: 'warning',
    rule: 'launch-template-follower',
    path: 'S/LT',
    wrong: /left alone, because .* would replace the instance 'S\/I'/,
    fix: /new RequireImdsv2\(\{ replaceResources: true \}\).*HttpTokens: required/,
    build: (stack) => new ec2.CfnInstance(stack, 'I', { launchTemplate: latest(template(stack)) }),
  },
  {
    title: 'a group that is rolled',
    kind: 'warning',
    rule: 'launch-template-follower',
    path: 'S/G',
    wrong: /launch template 'S\/LT' .*, and deploying (it|that) rolls the group \(UpdatePolicy AutoScalingRollingUpdate\)/,
    fix: /to hold it back: Validations\.of\(<S\/LT>\)\.acknowledge\(\{ id: 'cdk-imdsv2::tokens'/,
    build: (stack) => { group(stack, latest(template(stack))).cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} }; },
  },
  {
    title: 'a group that is pinned',
    kind: 'warning',
    rule: 'launch-template-follower',
    path: 'S/G',
    wrong: /'S\/G' pins a version of the launch template 'S\/LT' \(Properties\.LaunchTemplate\.Version\)/,
    fix: /Version: <S\/LT>\.getAtt\('LatestVersionNumber'\)\.toString\(\)/,
    build: (stack) => group(stack, { launchTemplateId: template(stack).ref, version: '1' }),
  },
  {
    title: 'a faster launch of images that is pinned',
    kind: 'warning',
    rule: 'launch-template-follower',
    path: 'S/D',
    wrong: /\(Properties\.Distributions\.0\.FastLaunchConfigurations\.0\.LaunchTemplate\.LaunchTemplateVersion\)/,
    fix: /LaunchTemplateVersion: <S\/L2\/Resource>\.getAtt\('LatestVersionNumber'\)\.toString\(\), or latestVersionNumber of the L2/,
    build: (stack) => new CfnResource(stack, 'D', {
      type: 'AWS::ImageBuilder::DistributionConfiguration',
      properties: {
        Distributions: [{
          FastLaunchConfigurations: [{
            LaunchTemplate: { LaunchTemplateId: new ec2.LaunchTemplate(stack, 'L2').launchTemplateId, LaunchTemplateVersion: '1' },
          }],
        }],
      },
    }),
  },
  {
    title: 'a group that has the version number of another launch template',
    kind: 'warning',
    rule: 'launch-template-follower',
    path: 'S/G',
    wrong: /'S\/G' pins a version of the launch template 'S\/LT' \(Properties\.LaunchTemplate\.Version\)/,
    fix: /Version: <S\/LT>\.getAtt\('LatestVersionNumber'\)\.toString\(\)/,
    build: (stack) => group(stack, {
      launchTemplateId: template(stack).ref, version: new ec2.CfnLaunchTemplate(stack, 'Other', { launchTemplateData: {} }).attrLatestVersionNumber,
    }),
  },
  {
    title: 'a launch template from elsewhere',
    kind: 'warning',
    rule: 'external-launch-template',
    path: 'S/G',
    wrong: /'S\/G' launches from the launch template lt-1 \(Properties\.LaunchTemplate\), which is not part of this app/,
    fix: /MetadataOptions\.HttpTokens: required in the launch template where it is defined/,
    build: (stack) => group(stack, { launchTemplateId: 'lt-1', version: '1' }),
  },
  {
    title: 'a boot call',
    kind: 'warning',
    rule: 'boot-call',
    path: 'S/I',
    wrong: /'S\/I' calls the metadata service without a token in Properties\.UserData line 2.*401.*curl -s http:\/\/169\.254\.169\.254\/latest\/meta-data\//,
    fix: /write: .*X-aws-ec2-metadata-token/,
    build: (stack) => new ec2.CfnInstance(stack, 'I', { userData: Fn.base64('#!/bin/bash\ncurl -s http://169.254.169.254/latest/meta-data/\n') }),
  },
  {
    title: 'a boot call in a file that the script holds encoded',
    kind: 'warning',
    rule: 'boot-call',
    path: 'S/I',
    wrong: /'S\/I' calls the metadata service without a token in Properties\.UserData line 2 of a file encoded in it and gets 401.*curl -s http:\/\/169\.254\.169\.254/,
    fix: /write: .*X-aws-ec2-metadata-token/,
    build: (stack) => new ec2.CfnInstance(stack, 'I', {
      userData: Fn.base64(`#!/bin/bash\necho ${Buffer.from('#!/bin/sh\ncurl -s http://169.254.169.254/latest/meta-data/\n').toString('base64')} | base64 -d | sh\n`),
    }),
  },
  {
    title: 'a boot call whose line cannot be rewritten',
    kind: 'warning',
    rule: 'boot-call',
    path: 'S/I',
    wrong: /'S\/I' calls the metadata service without a token in Properties\.UserData line 4.*401.*ExecStart=/,
    fix: /run a script there that sends the header X-aws-ec2-metadata-token: \$TOKEN.*after TOKEN=\$\(curl -sX PUT/,
    build: (stack) => new ec2.CfnInstance(stack, 'I', {
      userData: Fn.base64('#!/bin/bash\ncat > /etc/systemd/system/id.service <<EOF\n[Service]\nExecStart=/usr/bin/curl http://169.254.169.254/latest/meta-data/\nEOF\n'),
    }),
  },
  {
    title: 'a boot script that cannot be read',
    kind: 'warning',
    rule: 'boot-call',
    path: 'S/I',
    wrong: /'S\/I' has boot scripts that cannot be read before deployment \(Properties\.UserData\)/,
    fix: /X-aws-ec2-metadata-token/,
    build: (stack) => new ec2.CfnInstance(stack, 'I', { userData: Fn.base64(Fn.importValue('script')) }),
  },
  {
    title: 'a stage that was not reached',
    kind: 'finding',
    rule: 'stage',
    path: 'Prod',
    wrong: /'Prod' is a stage that RequireImdsv2 did not reach.*1 launch source that allows IMDSv1: 'Prod\/S\/I'/,
    fix: /RequireImdsv2\.addTo\(app\) as the last line.*Aspects\.of\(this\)\.add\(new RequireImdsv2\(\)\) in the stage's constructor/,
    build: (_, app) => new ec2.CfnInstance(new Stack(new Stage(app, 'Prod'), 'S'), 'I'),
  },
];

function only({ build, props = {}, kind, rule, path }: Row, help = HELP): Said {
  const all = saidOf(build, props, help);
  const matching = all.filter((said) => said.kind === kind && said.rule === `cdk-imdsv2::${rule}` && said.path === path);
  if (matching.length !== 1) throw new Error(`${matching.length} messages of ${rule} at ${path} among ${JSON.stringify(all, undefined, 2)}`);
  return matching[0];
}

describe.each(ROWS)('what is said of $title', (row) => {
  test('says what was wrong and what was got', () => {
    expect(only(row).text).toMatch(row.wrong);
  });

  test('says which line to write, and where, after what was wrong', () => {
    const { text } = only(row);
    expect(text).toMatch(row.fix);
    expect(text.search(row.fix)).toBeGreaterThan(text.search(row.wrong));
  });

  test('says how to exempt exactly this, after the fix', () => {
    const { text } = only(row);
    const line = `to exempt it: Validations.of(<${row.path}>).acknowledge({ id: 'cdk-imdsv2::${row.rule}', reason: '…' })`;
    expect(text).toContain(line);
    expect(text.indexOf(line)).toBeGreaterThan(text.search(row.fix));
  });

  test('ends with the help, once', () => {
    const { text } = only(row);
    expect(text.endsWith(`\n${HELP}`)).toBe(true);
    expect(text.split(HELP)).toHaveLength(2);
  });

  test('says nothing in place of a help that was not given', () => {
    const { text } = only(row, '');
    expect(text).not.toContain('undefined');
    expect(text.endsWith("reason: '…' })")).toBe(true);
  });

  test('begins with a lower-case letter or a quoted path', () => {
    expect(only(row).text).toMatch(/^['a-z]/);
  });
});

test('every rule has a row, so that no message goes unread', () => {
  const rules = ['tokens', 'hop-limit', 'launch-configuration', 'launch-template-follower', 'external-launch-template', 'boot-call', 'stage'];
  expect([...new Set(ROWS.map(({ rule }) => rule))].sort()).toEqual(rules.sort());
});

test('the path in the line that exempts is quoted from the nearest scope, help comes from there too', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  new ec2.CfnInstance(stack, 'I').addPropertyOverride('MetadataOptions', { 'Fn::Transform': { Name: 'Theirs' } });
  Aspects.of(app).add(new RequireImdsv2({ help: 'outer' }));
  Aspects.of(stack).add(new RequireImdsv2({ help: 'inner' }));
  expect(outcome(app).findings.map(({ fix }) => fix.split('\n').pop())).toEqual(['inner']);
});

test('a stage with several open launch sources is one finding, which names them all in the plural', () => {
  const said = saidOf((_, app) => {
    const stack = new Stack(new Stage(app, 'Prod'), 'S');
    for (const id of ['I', 'J']) new ec2.CfnInstance(stack, id);
  }, {}, HELP);
  expect(said).toHaveLength(1);
  expect(said[0].text).toMatch(/2 launch sources that allow IMDSv1: 'Prod\/S\/I', 'Prod\/S\/J'/);
});

test('a stage with one open launch source is named in the singular', () => {
  const said = saidOf((_, app) => new ec2.CfnInstance(new Stack(new Stage(app, 'Prod'), 'S'), 'I'), {}, HELP);
  expect(said[0].text).toMatch(/1 launch source that allows IMDSv1: 'Prod\/S\/I'/);
});

test('what is exempt is not said to be beyond change', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  const instance = new ec2.CfnInstance(stack, 'I');
  Aspects.of(app).add(new RequireImdsv2());
  Validations.of(instance).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'legacy' });
  expect(outcome(app).suppressed.map(({ description }) => description)).toEqual([expect.not.stringContaining('cannot change that')]);
});
