process.env.CDK_VALIDATION = 'false';

import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Aspects, Stack, Stage } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { HIPAASecurityChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { outcome, warnings, type Json, type Outcome, type Warning } from './support';
import { RequireImdsv2 } from '../src';

// What users have today, measured beside this library. Each name is a row of the README's table:
// what is looked at | what happens today | what RequireImdsv2 does.

const LAUNCH_TEMPLATE_FLAG = '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig';
const IMAGE = 'ami-12345678';
const MACHINE = { instanceType: new ec2.InstanceType('t3.micro'), machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': IMAGE }) };
const OPTIONAL = { httpTokens: 'optional' };
const REQUIRED = { httpTokens: 'required' };

type Build = (stack: Stack) => void;
type Apply = (app: App) => void;

const nobody: Apply = () => {};
const ours: Apply = (app) => Aspects.of(app).add(new RequireImdsv2());
const builtIn: Apply = (app) => {
  Aspects.of(app).add(new ec2.InstanceRequireImdsv2Aspect());
  Aspects.of(app).add(new ec2.LaunchTemplateRequireImdsv2Aspect());
};
const builtInForGroups: Apply = (app) => Aspects.of(app).add(new autoscaling.AutoScalingGroupRequireImdsv2Aspect());
const allBuiltIn: Apply = (app) => {
  builtIn(app);
  builtInForGroups(app);
};

test('an L2 `Instance` that exists | `InstanceRequireImdsv2Aspect` and `requireImdsv2: true` attach a launch template, which replaces it | sets its `MetadataOptions`: no interruption', () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html:
  // a change of LaunchTemplate requires replacement, one of MetadataOptions no interruption.
  const before = measure(instance(), nobody);
  for (const measured of [measure(instance(), builtIn), measure(instance({ requireImdsv2: true }), nobody)]) {
    expect(propertiesIn(before)).not.toHaveProperty('LaunchTemplate');
    expect(propertiesIn(measured)).toHaveProperty('LaunchTemplate');
    expect(propertiesIn(measured)).not.toHaveProperty('MetadataOptions');
  }

  const mine = measure(instance(), ours);
  expect(propertiesIn(mine)).toEqual({ ...propertiesIn(before), MetadataOptions: { HttpTokens: 'required' } });
  expect(resources(mine, 'AWS::EC2::LaunchTemplate')).toEqual([]);
});

test('an instance that follows the latest version of an L2 `LaunchTemplate` | `LaunchTemplateRequireImdsv2Aspect` makes a new version, which replaces it | gives the instance its own options, leaves the template and says so', () => {
  const build: Build = (stack) => {
    const template = new ec2.LaunchTemplate(stack, 'Template', MACHINE);
    new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateId: template.launchTemplateId, version: template.latestVersionNumber } });
  };
  const [before, theirs, mine] = [measure(build, nobody), measure(build, builtIn), measure(build, ours)];
  const template = 'AWS::EC2::LaunchTemplate';
  expect(resources(theirs, template)).not.toEqual(resources(before, template));
  expect(theirs.warnings).toEqual([]);

  expect(resources(mine, template)).toEqual(resources(before, template));
  expect(propertiesIn(mine)).toEqual({ ...propertiesIn(before), MetadataOptions: { HttpTokens: 'required' } });
  expect(mine.warnings).toEqual([expect.objectContaining({ id: 'cdk-imdsv2::launch-template-follower' })]);
});

test('`CfnInstance`, `CfnLaunchTemplate`, `CfnInclude` | all three built-in aspects leave them as they are, silently | required', () => {
  const builds: Build[] = [
    (stack) => new ec2.CfnInstance(stack, 'I', { imageId: IMAGE }),
    (stack) => new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { imageId: IMAGE } }),
    (stack) => new CfnInclude(stack, 'Legacy', { templateFile: legacyTemplate() }),
  ];
  for (const build of builds) {
    const theirs = measure(build, allBuiltIn);
    expect(theirs.templates).toEqual(measure(build, nobody).templates);
    expect(theirs).toMatchObject({ warnings: [], error: undefined });

    const mine = measure(build, ours);
    expect(mine.error).toBeUndefined();
    expect(new Set(tokensIn(mine))).toEqual(new Set(['required']));
  }
});

test('an `AutoScalingGroup` with its own launch template | `AutoScalingGroupRequireImdsv2Aspect` throws a `TypeError`, with the launch template feature flag and without | follows it to its launch template', () => {
  const build: Build = (stack) => {
    const launchTemplate = new ec2.LaunchTemplate(stack, 'Template', MACHINE);
    new autoscaling.AutoScalingGroup(stack, 'Group', { vpc: vpcOf(stack), launchTemplate });
  };
  for (const flag of [true, false]) {
    const context = { [LAUNCH_TEMPLATE_FLAG]: flag };
    expect(() => measure(build, builtInForGroups, context)).toThrow(TypeError);

    const mine = measure(build, ours, context);
    expect(mine.error).toBeUndefined();
    expect(tokensIn(mine)).toEqual(['required']);
  }
});

test('stacks in a `Stage`, aspect on the app | the built-in aspects do not reach them, silently | a finding stops synthesis and names the stage; `RequireImdsv2.addTo(app)` reaches them', () => {
  const inStage = (apply: Apply) => measure((stack) => {
    instance()(stack);
    new ec2.LaunchTemplate(stack, 'Template', MACHINE);
  }, apply, {}, (app) => new Stage(app, 'Prod'));
  const theirs = inStage(builtIn);
  expect(theirs.templates).toEqual(inStage(nobody).templates);
  expect(theirs).toMatchObject({ warnings: [], error: undefined });

  const mine = inStage(ours);
  expect(mine.error).toBeDefined();
  expect(mine.findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::stage', path: 'Prod' })]);
  const reached = inStage((app) => RequireImdsv2.addTo(app));
  expect(reached.error).toBeUndefined();
  expect(tokensIn(reached)).toEqual(['required', 'required']);
});

test('an escape hatch that says `optional` | survives the built-in aspects, silently | required', () => {
  const builds: Build[] = [
    (stack) => instance()(stack).instance.addPropertyOverride('MetadataOptions.HttpTokens', 'optional'),
    (stack) => {
      const template = new ec2.LaunchTemplate(stack, 'Template', MACHINE).node.defaultChild as ec2.CfnLaunchTemplate;
      template.addPropertyOverride('LaunchTemplateData.MetadataOptions.HttpTokens', 'optional');
    },
  ];
  for (const build of builds) {
    const theirs = measure(build, builtIn);
    expect(tokensIn(theirs)).toContain('optional');
    expect(theirs).toMatchObject({ warnings: [], error: undefined });
    expect(tokensIn(measure(build, ours))).toEqual(['required']);
  }
});

test('an L2 `Instance` with `httpTokens: OPTIONAL` | `InstanceRequireImdsv2Aspect` adds a launch template that says `required`, and leaves the `optional` that wins over it | required', () => {
  const build = instance({ httpTokens: ec2.HttpTokens.OPTIONAL });
  const theirs = measure(build, builtIn);
  expect(propertiesIn(theirs)).toMatchObject({ LaunchTemplate: {}, MetadataOptions: { HttpTokens: 'optional' } });
  expect(theirs.warnings).toEqual([]);
  expect(propertiesIn(measure(build, ours)).MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test('a boot script that calls IMDSv1 | no word from the built-in aspects, `requireImdsv2: true` or cdk-nag | a warning with the line rewritten', () => {
  const calling = (props?: Partial<ec2.InstanceProps>): Build => (stack) => {
    instance(props)(stack).userData.addCommands('curl -s http://169.254.169.254/latest/meta-data/instance-id');
  };
  expect(measure(calling(), builtIn).warnings).toEqual([]);
  expect(measure(calling({ requireImdsv2: true }), nobody).warnings).toEqual([]);
  expect(flagged(calling({ httpTokens: ec2.HttpTokens.REQUIRED }))).toEqual([]);

  expect(measure(calling(), ours).warnings).toEqual([expect.objectContaining({
    path: 'S/Web/Resource',
    id: 'cdk-imdsv2::boot-call',
    message: expect.stringMatching(/gets 401 at the next launch[^]*-H "X-aws-ec2-metadata-token: \$TOKEN"/),
  })]);
});

test('an instance whose launch template is `optional`, after an unnamed one that is `required` | cdk-nag passes it | required', () => {
  const build: Build = (stack) => {
    new ec2.CfnLaunchTemplate(stack, 'Other', { launchTemplateData: { metadataOptions: REQUIRED } });
    follower(stack, { metadataOptions: OPTIONAL });
  };
  expect(flagged(build)).toEqual([]);
  expect(propertiesIn(measure(build, ours)).MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test('an instance that says `optional` and follows a launch template that says `required` | cdk-nag passes it | required', () => {
  const build: Build = (stack) => follower(stack, { metadataOptions: REQUIRED }, { metadataOptions: OPTIONAL });
  expect(flagged(build)).toEqual([]);
  expect(propertiesIn(measure(build, ours)).MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test('an override to `required`, and one to `optional` | cdk-nag flags the first and passes the second | leaves the first alone, and requires the second', () => {
  const required: Build = (stack) => new ec2.CfnInstance(stack, 'I', { imageId: IMAGE }).addPropertyOverride('MetadataOptions.HttpTokens', 'required');
  const optional: Build = (stack) => new ec2.CfnInstance(stack, 'I', { metadataOptions: REQUIRED }).addPropertyOverride('MetadataOptions.HttpTokens', 'optional');
  expect(flagged(required)).toEqual(['S/I']);
  expect(flagged(optional)).toEqual([]);

  expect(measure(required, ours)).toMatchObject({ templates: measure(required, nobody).templates, findings: [], warnings: [] });
  expect(propertiesIn(measure(optional, ours)).MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test('a group whose mixed instances policy names a launch template that says `required` | cdk-nag flags it | nothing to say', () => {
  const build: Build = (stack) => {
    const { ref, attrLatestVersionNumber: version } = new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { metadataOptions: REQUIRED } });
    new autoscaling.CfnAutoScalingGroup(stack, 'G', {
      minSize: '1',
      maxSize: '1',
      mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: { launchTemplateId: ref, version } } },
    });
  };
  expect(flagged(build)).toEqual(['S/G']);
  expect(measure(build, ours)).toMatchObject({ findings: [], warnings: [] });
});

test('a launch template that says `optional` | cdk-nag never judges launch templates | required', () => {
  const build: Build = (stack) => new ec2.CfnLaunchTemplate(stack, 'T', { launchTemplateData: { metadataOptions: OPTIONAL } });
  expect(flagged(build)).toEqual([]);
  expect(tokensIn(measure(build, ours))).toEqual(['required']);
});

interface Measured extends Outcome { readonly warnings: Warning[] }

function measure(
  build: Build, apply: Apply, context: { [key: string]: unknown } = {}, scopeIn: (app: App) => Construct = (app) => app,
): Measured {
  const app = new App({ context: { [LAUNCH_TEMPLATE_FLAG]: true, ...context } });
  build(stackIn(scopeIn(app)));
  apply(app);
  const result = outcome(app);
  return { ...result, warnings: warnings(new CloudAssembly(app.outdir)) };
}

/** The constructs that cdk-nag's rule EC2IMDSv2Enabled flags. */
function flagged(build: Build): string[] {
  const app = new App();
  build(stackIn(app));
  const { violations } = new HIPAASecurityChecks(app).validateScope(app);
  return violations.filter(({ ruleName }) => ruleName.includes('EC2IMDSv2Enabled'))
    .flatMap(({ violatingResources }) => violatingResources.map(({ constructPath }) => constructPath!));
}

function stackIn(scope: Construct): Stack {
  return new Stack(scope, 'S', { env: { account: '111111111111', region: 'us-east-1' } });
}

function vpcOf(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['us-east-1a'], publicSubnetIds: ['subnet-1'], publicSubnetRouteTableIds: ['rtb-1'],
  });
}

function instance(props?: Partial<ec2.InstanceProps>): (stack: Stack) => ec2.Instance {
  return (stack) => new ec2.Instance(stack, 'Web', { vpc: vpcOf(stack), ...MACHINE, ...props });
}

/** An instance that follows the latest version of a launch template. */
function follower(stack: Stack, launchTemplateData: ec2.CfnLaunchTemplate.LaunchTemplateDataProperty, props?: ec2.CfnInstanceProps): void {
  const { ref, attrLatestVersionNumber: version } = new ec2.CfnLaunchTemplate(stack, 'Own', { launchTemplateData });
  new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateId: ref, version }, ...props });
}

/** The resources of a type in the template of the only stack. */
function resources({ templates }: Outcome, type: string): Json[] {
  return Object.values<Json>(Object.values(templates)[0].Resources).filter((resource) => resource.Type === type);
}

/** The properties of the only instance. */
function propertiesIn(measured: Outcome): Json {
  const instances = resources(measured, 'AWS::EC2::Instance');
  expect(instances).toHaveLength(1);
  return instances[0].Properties;
}

/** `HttpTokens` of every instance and launch template that was written. */
function tokensIn(measured: Outcome): string[] {
  const blocks = [
    ...resources(measured, 'AWS::EC2::Instance').map(({ Properties: properties }) => properties.MetadataOptions),
    ...resources(measured, 'AWS::EC2::LaunchTemplate').map(({ Properties: properties }) => properties.LaunchTemplateData.MetadataOptions),
  ];
  return blocks.map((options) => options?.HttpTokens ?? 'not set');
}

function legacyTemplate(): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-imdsv2-')), 'legacy.template.json');
  fs.writeFileSync(file, JSON.stringify({
    Resources: {
      Relay: { Type: 'AWS::EC2::Instance', Properties: { ImageId: IMAGE, MetadataOptions: { HttpTokens: 'optional' } } },
      Relays: { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { ImageId: IMAGE } } },
    },
  }));
  return file;
}
