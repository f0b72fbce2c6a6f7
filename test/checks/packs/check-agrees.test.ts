import * as path from 'path';
import { App, CfnResource, CfnStack, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CloudFormationProduct, CloudFormationTemplate, ProductStack } from 'aws-cdk-lib/aws-servicecatalog';
import { appWith, spoken, undecided, type Pack } from './support';
import { folder, OPEN, removeFolders, report } from '../../cli/support';

afterAll(removeFolders);

/** Much of what can be open, in every kind of place. */
function build(app: App): void {
  const stage = new Stage(app, 'G');
  const outer = new Stack(app, 'S');
  for (const stack of [outer, new NestedStack(outer, 'N'), new Stack(stage, 'S')]) {
    const open = new ec2.CfnInstance(stack, 'Open');
    const exempt = new ec2.CfnInstance(stack, 'Exempt');
    Validations.of(exempt).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'legacy' });
    new ec2.CfnInstance(stack, 'Safe', { metadataOptions: { httpTokens: 'required' } });
    new ec2.CfnInstance(stack, 'Hops', { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 65 } });
    new ec2.CfnInstance(stack, 'Calls', { metadataOptions: { httpTokens: 'required' } })
      .addPropertyOverride('UserData', { 'Fn::Base64': '#!/bin/bash\ncurl http://169.254.169.254/latest/meta-data/\n' });
    undecided(stack, 'Undecided');
    const template = new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { metadataOptions: { httpTokens: 'optional' } } });
    new autoscaling.CfnAutoScalingGroup(stack, 'Follows', {
      minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    });
    new autoscaling.CfnAutoScalingGroup(stack, 'Pins', { minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: template.ref, version: '1' } });
    new autoscaling.CfnLaunchConfiguration(stack, 'Old', { imageId: 'ami-1', instanceType: 't3.micro' });
    new CfnStack(stack, 'Elsewhere', { templateUrl: 'https://bucket.s3.amazonaws.com/child.yaml' });
    new CfnResource(stack, 'Module', { type: 'My::EC2::Host::MODULE' });
    open.addDependency(template);
  }
}

test.each<[Pack, string[]]>([
  ['Imdsv2Checks', []],
  ['SecurityHubImdsv2Checks', ['--framework', 'security-hub']],
  ['CisImdsv2Checks', ['--framework', 'cis@7.0']],
  ['NistImdsv2Checks', ['--framework', 'nist']],
  ['PciDssImdsv2Checks', ['--framework', 'pci-dss']],
  ['ControlTowerImdsv2Checks', ['--framework', 'control-tower']],
])('%s says in the app what `check` says of its assembly', (pack, options) => {
  const app = appWith([pack]);
  build(app);
  const { said, acknowledged } = spoken(app);
  const { findings, exemptions } = report(app.outdir, app.outdir, ...options);
  // What stands in a stage is named in words.
  const locationOf = ({ properties, description }: typeof said[number]) => properties[0] ?? /\(((?:Properties|Type)[^()]*)\)$/.exec(description)?.[1];
  const ofPack = (all: typeof said) => all.map((one) =>
    [one.path, one.rule.replace(/ .*/, ''), one.severity.replace('fatal', 'error'), locationOf(one)].join(' ')).sort();
  const ofCheck = (all: typeof findings) => all.map(({ name, rule, severity, path: at }) => [name, rule, severity, at].join(' ')).sort();
  expect(ofPack(said)).toEqual(ofCheck(findings));
  expect(ofPack(acknowledged).map((line) => line.split(' ')[0])).toEqual(ofCheck(exemptions as typeof findings).map((line) => line.split(' ')[0]));
  expect(said.length).toBeGreaterThan(2);
});

test('what is acknowledged on the app or a stage, for a pack without the aspect, is exempt in `check`', () => {
  const app = appWith(['NistImdsv2Checks']);
  const stage = new Stage(app, 'G');
  for (const scope of [app, stage]) new ec2.CfnInstance(new Stack(scope, 'S'), 'I');
  Validations.of(stage).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'moved in spring' });
  Validations.of(app).acknowledge({ id: 'NistImdsv2Checks::AC-6', reason: 'no concern of other tools' });
  expect(spoken(app).acknowledged.length).toBeGreaterThan(1);
  const { findings, exemptions } = report(app.outdir, app.outdir);
  expect(findings.map(({ name }) => name)).toEqual(['S/I']);
  expect(exemptions.map(({ name, reason }) => [name, reason])).toEqual([['G/S/I', 'moved in spring']]);
});

test('what is acknowledged in the template that a construct writes for a product is exempt in `check`', () => {
  const app = appWith(['Imdsv2Checks']);
  const stack = new Stack(new Stage(app, 'G'), 'S');
  const version = new ProductStack(stack, 'V');
  for (const id of ['One', 'Other']) new ec2.CfnInstance(version, id);
  Validations.of(version.node.findChild('One')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'legacy' });
  new CloudFormationProduct(stack, 'P', {
    productName: 'p', owner: 'us', productVersions: [{ cloudFormationTemplate: CloudFormationTemplate.fromProductStack(version) }],
  });
  const { said, acknowledged } = spoken(app);
  expect([said, acknowledged].map((all) => all.map(({ path: at }) => at))).toEqual([['G/S/V/Other'], ['G/S/V/One']]);
  const { findings, exemptions } = report(app.outdir, app.outdir);
  expect(findings.map(({ name }) => name)).toEqual(['Other']);
  expect(exemptions.map(({ name, reason }) => [name, reason])).toEqual([['One', 'legacy']]);
});

test('an exemption of one use of a file is none of another', () => {
  const app = appWith(['Imdsv2Checks']);
  const stack = new Stack(app, 'S');
  const file = path.join(folder({ 'open.json': OPEN }), 'open.json');
  const { httpUrl: templateUrl } = new Asset(stack, 'Asset', { path: file });
  for (const id of ['One', 'Other']) {
    const product = new CloudFormationProduct(stack, `P${id}`, {
      productName: id, owner: 'us', productVersions: [{ cloudFormationTemplate: CloudFormationTemplate.fromAsset(file) }],
    });
    for (const use of [product, new CfnStack(stack, id, { templateUrl })]) {
      if (id === 'One') Validations.of(use).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'legacy' });
    }
  }
  const { said, acknowledged } = spoken(app);
  expect([said, acknowledged].map((all) => all.map(({ path: at }) => at).sort())).toEqual([['S/Other', 'S/POther/Resource'], ['S/One', 'S/POne/Resource']]);
  const { findings, exemptions } = report(app.outdir, app.outdir);
  expect(findings.map(({ stack: at, name }) => `${at} ${name}`)).toEqual(['S/Other Host', expect.stringMatching(/^S\/POne\w+ Host$/)]);
  expect(exemptions.map(({ acknowledgedAt }) => acknowledgedAt)).toEqual(['S/One']);
});
