import { App, Aspects, Stack, type IAspect } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnStack } from 'aws-cdk-lib/core';
import { HopLimit, Imdsv2Exemption, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { folder, removeFolders } from '../cli/support';
import { onlyOne, outcome, type Json } from '../support';

afterAll(removeFolders);

const FOLLOWER = 'cdk-imdsv2::launch-template-follower';
const file = `${folder({
  'host.json': {
    Parameters: { Id: { Type: 'String' }, Version: { Type: 'String' } },
    Resources: { Host: { Type: 'AWS::EC2::Instance', Properties: { LaunchTemplate: { LaunchTemplateId: { Ref: 'Id' }, Version: { Ref: 'Version' } } } } },
  },
})}/host.json`;

const specification = (template: ec2.CfnLaunchTemplate) => ({ launchTemplateId: template.ref, version: template.attrLatestVersionNumber });

/** Says only while it is rendered from what it launches. */
class LateInstance extends ec2.CfnInstance {
  public launchesFrom?: ec2.CfnLaunchTemplate;

  protected renderProperties(props: { [key: string]: any }): { [key: string]: any } {
    const { ref, attrLatestVersionNumber } = this.launchesFrom!;
    return super.renderProperties({ ...props, launchTemplate: { launchTemplateId: ref, version: attrLatestVersionNumber } });
  }
}

type Make = (stack: Stack, template: ec2.CfnLaunchTemplate) => void;

/** Makes something once the template has been changed. */
function later(make: Make): Make {
  return (stack, template) => Aspects.of(template).add(new class implements IAspect {
    public visit(): void {
      if (!stack.node.tryFindChild('I')) make(stack, template);
    }
  }(), { priority: 900 });
}

const host: Make = (stack, template) => {
  new ec2.CfnInstance(stack, 'I', { launchTemplate: specification(template), metadataOptions: { httpTokens: 'required' } });
};
const late: Make = (stack, template) => {
  new LateInstance(stack, 'I', { metadataOptions: { httpTokens: 'required' } }).launchesFrom = template;
};
const inFile: Make = (stack, template) => {
  const parameters = { Id: template.ref, Version: template.attrLatestVersionNumber };
  new CfnStack(stack, 'I', { templateUrl: new Asset(stack, 'File', { path: file }).httpUrl, parameters });
};
const group: Make = (stack, template) => {
  new autoscaling.CfnAutoScalingGroup(stack, 'I', { minSize: '0', maxSize: '1', launchTemplate: specification(template) });
};

function said(make: Make, props?: RequireImdsv2Props): string[] {
  const app = new App();
  const stack = new Stack(app, 'S');
  const template = new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { imageId: 'ami-1' } });
  make(stack, template);
  Aspects.of(app).add(new RequireImdsv2(props));
  const { error, findings, templates } = outcome(app);
  const { MetadataOptions: options } = onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData;
  expect(options).toEqual(props?.reportOnly ? undefined : { HttpTokens: 'required' });
  const heard = findings.filter(({ rule }) => rule === FOLLOWER).map(({ description }) => description);
  expect(error !== undefined).toBe(heard.length > 0);
  return heard;
}

const sentence = (name: string, becomes: string) => expect.stringContaining(
  `'S/LT' was changed by RequireImdsv2 before it knew that ${name} launches from it: a deployment ${becomes}`);

test.each<[string, Make, string]>([
  ['that a later aspect makes', later(host), "'S/I'"],
  ['that says so only while it is rendered', late, "'S/I'"],
  ['that stands in a file', inFile, "'Host' in the template of 'S/I'"],
])('an instance %s is not replaced without a word', (_, make, name) => {
  expect(said(make)).toEqual([sentence(name, 'replaces the instance if it exists')]);
  expect(said(make, { replaceResources: true })).toEqual([]);
});

const hostOf = (version: string): Make => (stack, template) => {
  new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateId: template.ref, version }, metadataOptions: { httpTokens: 'required' } });
};

test.each<[string, Make]>([
  ['a group that a later aspect makes is only renewed', later(group)],
  ['an instance that a later aspect pins to a version stays', later(hostOf('1'))],
  ['so does one that says $Latest, which is the same text afterwards', later(hostOf('$Latest'))],
  ['one of which the aspect knew, where the scope of the template alone allows it, has been spoken of', (stack, template) => {
    host(stack, template);
    Aspects.of(template).add(new RequireImdsv2({ replaceResources: true }));
  }],
])('%s', (_, make) => {
  expect(said(make)).toEqual([]);
});

test('an exempt group that a later aspect makes is not reached without a word', () => {
  const make = later((stack, template) => {
    group(stack, template);
    Imdsv2Exemption.of(stack.node.findChild('I')).add({ reason: 'old agent', until: '2999-12-31' });
  });
  // The oldest aws-cdk-lib would take the exemption for all of the rule: it is fatal, so that it does not.
  expect(said(make)).toEqual([sentence("'S/I'", 'reaches the Auto Scaling group, which is exempt')]);
});

test('what is only reported changes nothing, and nothing is said', () => {
  expect(said(later(host), { reportOnly: true })).toEqual([]);
});

describe('an instance of which an aspect of the CDK makes a launch template', () => {
  /** @param beside whether there is another template, whose edit has had everything gathered before. */
  function build(props: RequireImdsv2Props, beside = true) {
    const app = new App();
    const stack = new Stack(app, 'S');
    if (beside) new ec2.CfnLaunchTemplate(stack, 'Other', { launchTemplateData: { imageId: 'ami-1' } });
    const vpc = new ec2.Vpc(stack, 'V', { natGateways: 0 });
    new ec2.Instance(stack, 'I', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.latestAmazonLinux2023(),
      requireImdsv2: true,
    });
    Aspects.of(app).add(new RequireImdsv2(props));
    const { error, templates } = outcome(app);
    expect(error).toBeUndefined();
    const { Resources: resources } = templates.S;
    const { MetadataOptions: own } = onlyOne(templates.S, 'AWS::EC2::Instance').Properties;
    const [, { Properties: { LaunchTemplateData: { MetadataOptions: template } } }] = Object.entries<Json>(resources)
      .find(([id, { Type: type }]) => type === 'AWS::EC2::LaunchTemplate' && id !== 'Other')!;
    return { host: own, template };
  }

  test.each([true, false])('is edited itself, and the launch template left alone: a new version of it would replace the instance (another beside it: %s)', (beside) => {
    expect(build({ hopLimit: HopLimit.HOST }, beside)).toEqual({ host: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 }, template: { HttpTokens: 'required' } });
  });

  test('is replaced where that is wanted', () => {
    expect(build({ hopLimit: HopLimit.HOST, replaceResources: true }).template).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });
});
