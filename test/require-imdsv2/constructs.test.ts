import { App, Aspects, Mixins, Stack, Stage, Validations } from 'aws-cdk-lib';
import { AutoScalingGroup, UpdatePolicy } from 'aws-cdk-lib/aws-autoscaling';
import { ManagedEc2EcsComputeEnvironment } from 'aws-cdk-lib/aws-batch';
import {
  BastionHostLinux, CfnLaunchTemplate, Instance, InstanceType, LaunchTemplate, LaunchTemplateHttpTokens, MachineImage, NatInstanceProvider,
  NatProvider, SecurityGroup, UserData, Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { CfnCapacityProvider, Cluster, EcsOptimizedImage } from 'aws-cdk-lib/aws-ecs';
import { CfnNodegroup } from 'aws-cdk-lib/aws-eks';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { HopLimit, RequireImdsv2 } from '../../src';
import { changes, differences, notices, onlyOne, propertiesOf, warnings, withAndWithout, type Json, type Twice } from '../support';

const UNIQUE_NAMES = '@aws-cdk/aws-ec2:uniqueImdsv2TemplateName';
const MUTATING = '@aws-cdk/core:aspectPrioritiesMutating';
const STABILIZE = '@aws-cdk/core:aspectStabilization';
const LAUNCH_TEMPLATES = '@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig';

const instanceType = new InstanceType('t3.micro');
const machineImage = MachineImage.genericLinux({ 'us-east-1': 'ami-1' });

function network(scope: Stack): Vpc {
  return new Vpc(scope, 'Vpc', { maxAzs: 1, natGateways: 0 });
}

function build(make: (stack: Stack, vpc: Vpc) => void, context: Json = {}, apply?: (app: App) => void): Twice {
  return withAndWithout((app) => {
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
    make(stack, network(stack));
  }, apply, { context: { 'availability-zones:account=123456789012:region=us-east-1': ['us-east-1a'], ...context } });
}

function named(template: Json, type: string): string[] {
  return Object.keys(template.Resources).filter((id) => template.Resources[id].Type === type);
}

/** Everything that differs lies inside the metadata options of these resources. */
function expectOnlyOptionsOf(twice: Twice, ids: readonly string[], below = 'MetadataOptions'): void {
  expect(twice.outcome.findings).toEqual([]);
  expect(Object.keys(twice.with.Stack.Resources)).toEqual(Object.keys(twice.without.Stack.Resources));
  expect(differences(twice.without.Stack, twice.with.Stack).sort()).toEqual(ids.map((id) => `Resources.${id}.Properties.${below}`).sort());
}

describe('requireImdsv2: true', () => {
  const MAKERS: Array<[string, (stack: Stack, vpc: Vpc) => void]> = [
    ['Instance', (stack, vpc) => { new Instance(stack, 'Thing', { vpc, instanceType, machineImage, requireImdsv2: true }); }],
    ['BastionHostLinux', (stack, vpc) => { new BastionHostLinux(stack, 'Thing', { vpc, machineImage, requireImdsv2: true }); }],
    ['BastionHostLinux with its own image', (stack, vpc) => { new BastionHostLinux(stack, 'Thing', { vpc, requireImdsv2: true }); }],
    ['two of each', (stack, vpc) => {
      for (const id of ['One', 'Two']) {
        new Instance(stack, id, { vpc, instanceType, machineImage, requireImdsv2: true });
        new BastionHostLinux(stack, `${id}Bastion`, { vpc, machineImage, requireImdsv2: true });
      }
    }],
    ['LaunchTemplate', (stack) => { new LaunchTemplate(stack, 'Thing', { requireImdsv2: true }); }],
    ['AutoScalingGroup', (stack, vpc) => { new AutoScalingGroup(stack, 'Thing', { vpc, instanceType, machineImage, requireImdsv2: true }); }],
  ];
  const WAYS: Array<[string, (app: App) => void]> = [
    ['Aspects.of(app).add', (app) => Aspects.of(app).add(new RequireImdsv2())],
    ['Aspects.of(stack).add', (app) => Aspects.of(app.node.findChild('Stack')).add(new RequireImdsv2())],
    ['an early priority', (app) => Aspects.of(app).add(new RequireImdsv2(), { priority: 10 })],
    ['RequireImdsv2.addTo', (app) => RequireImdsv2.addTo(app)],
    ['app.with', (app) => { app.with(new RequireImdsv2()); }],
    ['Mixins.of', (app) => { Mixins.of(app).apply(new RequireImdsv2()); }],
  ];
  const FLAGS = [
    {}, { [UNIQUE_NAMES]: true }, { [UNIQUE_NAMES]: false }, { [MUTATING]: true }, { [UNIQUE_NAMES]: true, [MUTATING]: true }, { [STABILIZE]: false },
  ];
  const cases = MAKERS.flatMap(([name, make]) => WAYS.map(([way, apply]) => [name, way, make, apply] as const));

  test.each(cases)('%s through %s is byte for byte what it is without the aspect, whatever the flags', (_name, _way, make, apply) => {
    for (const flags of FLAGS) {
      const twice = build(make, { [LAUNCH_TEMPLATES]: true, ...flags }, apply);
      expect([flags, twice.outcome.findings]).toEqual([flags, []]);
      expect([flags, differences(twice.without, twice.with)]).toEqual([flags, []]);
      expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
      expect(changes(twice.outcome.assembly!)).toEqual([]);
    }
  });

  test('an instance without it beside one with it is the only one that changes', () => {
    const twice = build((stack, vpc) => {
      new Instance(stack, 'Done', { vpc, instanceType, machineImage, requireImdsv2: true });
      new BastionHostLinux(stack, 'Open', { vpc, machineImage });
    });
    expectOnlyOptionsOf(twice, named(twice.without.Stack, 'AWS::EC2::Instance').filter((id) => id.startsWith('Open')));
  });
});

describe('NAT instances', () => {
  test.each<[string, () => NatProvider]>([
    ['NatProvider.instance', () => NatProvider.instance({ instanceType, machineImage })],
    ['NatInstanceProvider', () => new NatInstanceProvider({ instanceType, machineImage })],
    ['NatProvider.instanceV2', () => NatProvider.instanceV2({ instanceType })],
  ])('of %s get tokens and nothing else', (_name, provider) => {
    const twice = withAndWithout((app) => {
      new Vpc(new Stack(app, 'Stack'), 'Vpc', { maxAzs: 2, natGatewayProvider: provider() });
    });
    const ids = named(twice.without.Stack, 'AWS::EC2::Instance');

    expect(ids).toHaveLength(2);
    expectOnlyOptionsOf(twice, ids);
    for (const id of ids) expect(propertiesOf(twice.with.Stack, id).MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(changes(twice.outcome.assembly!)).toEqual(ids.map(() => expect.objectContaining({
      before: 'not set', after: 'required', effect: 'no interruption', hopLimitAfter: 'not set',
    })));
  });
});

describe('ecs.Cluster.addCapacity', () => {
  const cluster = (stack: Stack, vpc: Vpc) => new Cluster(stack, 'Cluster', { vpc }).addCapacity('Hosts', { instanceType });
  const GROUP = 'Stack/Cluster/Hosts/ASG';
  const TEMPLATE = 'Stack/Cluster/Hosts/LaunchTemplate/Resource';
  const CONFIGURATION = 'Stack/Cluster/Hosts/LaunchConfig';
  const on = { [LAUNCH_TEMPLATES]: true };
  const off = { [LAUNCH_TEMPLATES]: false };

  test('gets tokens and two hops on its launch template, and nothing else', () => {
    const twice = build(cluster, on);
    const ids = named(twice.without.Stack, 'AWS::EC2::LaunchTemplate');

    expect(ids).toHaveLength(1);
    expectOnlyOptionsOf(twice, ids, 'LaunchTemplateData.MetadataOptions');
    expect(propertiesOf(twice.with.Stack, ids[0]).LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });

  test('is announced as replacing the group, with its update policy and how to hold it back', () => {
    const { outcome: { assembly } } = build(cluster, on);

    expect(warnings(assembly!)).toEqual([{
      path: GROUP, id: 'cdk-imdsv2::launch-template-follower', message: expect.stringMatching(/replaces the group.*AutoScalingReplacingUpdate/),
    }]);
    const [{ message }] = warnings(assembly!);
    expect(message).toContain(TEMPLATE);
    expect(message).toContain('to hold it back');
    expect(message).toContain('cdk-imdsv2::tokens');
  });

  test('records the replacement and the reason of its hop limit', () => {
    const { outcome: { assembly } } = build(cluster, on);
    const [change, ...others] = changes(assembly!);

    expect(others).toEqual([]);
    expect(change).toMatchObject({ path: TEMPLATE, type: 'AWS::EC2::LaunchTemplate', before: 'not set', after: 'required', hopLimitBefore: 'not set', hopLimitAfter: '2' });
    expect(change.effect).toContain(`replaces the group '${GROUP}'`);
    expect(change.reason).toMatch(/container host: .*ECS/);
  });

  test('is held back by acknowledging tokens on its launch template', () => {
    const twice = build(cluster, on, (app) => {
      Aspects.of(app).add(new RequireImdsv2());
      Validations.of(app.node.findChild('Stack').node.findChild('Cluster')).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'next month' });
    });
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.error).toBeUndefined();
    expect(twice.outcome.suppressed).toContainEqual(expect.objectContaining({ path: TEMPLATE, acknowledged: 'next month' }));
    expect(warnings(twice.outcome.assembly!)).toEqual([]);
  });

  test.each<[string, ConstructorParameters<typeof RequireImdsv2>[0], Json]>([
    ['hopLimit does not lower it', { hopLimit: HopLimit.HOST }, 2],
    ['containerHostHopLimit decides', { hopLimit: HopLimit.HOST, containerHostHopLimit: HopLimit.HOST }, 1],
    ['containerHostHopLimit may be larger', { containerHostHopLimit: HopLimit.of(3) }, 3],
  ])('%s, because it is a container host', (_name, props, hops) => {
    const twice = build(cluster, on, (app) => Aspects.of(app).add(new RequireImdsv2(props)));
    expect(onlyOne(twice.with.Stack, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions)
      .toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: hops });
    expect(twice.outcome.findings).toEqual([]);
  });

  test('without the feature flag is a launch configuration finding that names it, the date and the flag', () => {
    const twice = build(cluster, off);
    const { error, findings } = twice.outcome;

    expect(error).toBeDefined();
    expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::launch-configuration', path: CONFIGURATION })]);
    expect(findings[0].description).toContain(CONFIGURATION);
    expect(findings[0].description).toContain('2024-10-01');
    expect(findings[0].fix).toContain(LAUNCH_TEMPLATES);
    expect(findings[0].fix).toContain('launch template');
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  });

  test('without the feature flag and acknowledged is kept with tokens required', () => {
    const twice = build(cluster, off, (app) => {
      Aspects.of(app).add(new RequireImdsv2());
      Validations.of(app.node.findChild('Stack')).acknowledge({ id: 'cdk-imdsv2::launch-configuration', reason: 'an old account' });
    });
    const [id] = named(twice.without.Stack, 'AWS::AutoScaling::LaunchConfiguration');

    expectOnlyOptionsOf(twice, [id]);
    expect(propertiesOf(twice.with.Stack, id).MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    expect(twice.outcome.error).toBeUndefined();
    expect(twice.outcome.suppressed).toEqual([expect.objectContaining({
      rule: 'cdk-imdsv2::launch-configuration', path: CONFIGURATION, acknowledged: 'an old account',
    })]);
    expect(changes(twice.outcome.assembly!)).toEqual([expect.objectContaining({ path: CONFIGURATION, type: 'AWS::AutoScaling::LaunchConfiguration' })]);
  });

  test('without the feature flag, acknowledging tokens alone does not take the launch configuration', () => {
    const { outcome: { error, findings } } = build(cluster, off, (app) => {
      Aspects.of(app).add(new RequireImdsv2());
      Validations.of(app).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'not that rule' });
    });
    expect(error).toBeDefined();
    expect(findings.map(({ rule }) => rule)).toContain('cdk-imdsv2::launch-configuration');
  });

  test('with a capacity provider is a container host through its group', () => {
    const twice = build((stack, vpc) => {
      const launchTemplate = new LaunchTemplate(stack, 'Template', {
        instanceType,
        machineImage,
        userData: UserData.custom('#!/bin/sh'),
        httpTokens: LaunchTemplateHttpTokens.OPTIONAL,
        role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }),
        securityGroup: new SecurityGroup(stack, 'SecurityGroup', { vpc }),
      });
      const autoScalingGroup = new AutoScalingGroup(stack, 'Group', { vpc, launchTemplate, updatePolicy: UpdatePolicy.rollingUpdate() });
      new CfnCapacityProvider(stack, 'Provider', { autoScalingGroupProvider: { autoScalingGroupArn: autoScalingGroup.autoScalingGroupName } });
    });
    expect(onlyOne(twice.with.Stack, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions)
      .toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    const [change] = changes(twice.outcome.assembly!);
    expect(change.reason).toContain('container host');
    expect(change.effect).toContain("rolls the group 'Stack/Group/ASG'");
    expect(notices(twice.outcome.assembly!)).toContainEqual(expect.objectContaining({ path: 'Stack/Group/ASG', message: expect.stringContaining('rolls the group') }));
  });

  test('with an explicit limit of 1 keeps it, and a warning says what that cuts off', () => {
    const twice = build((stack) => {
      new LaunchTemplate(stack, 'Template', { instanceType, machineImage: EcsOptimizedImage.amazonLinux2023(), httpPutResponseHopLimit: 1 });
    });
    expect(onlyOne(twice.with.Stack, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions)
      .toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(warnings(twice.outcome.assembly!)).toContainEqual(expect.objectContaining({ path: 'Stack/Template/Resource', id: 'cdk-imdsv2::hop-limit' }));
  });
});

describe('batch.ManagedEc2EcsComputeEnvironment', () => {
  test('with a launch template has it fixed with two hops, and nothing else changes', () => {
    const twice = build((stack, vpc) => {
      new ManagedEc2EcsComputeEnvironment(stack, 'Environment', { vpc, launchTemplate: new LaunchTemplate(stack, 'Template', {}) });
    });
    const ids = named(twice.without.Stack, 'AWS::EC2::LaunchTemplate');

    expectOnlyOptionsOf(twice, ids, 'LaunchTemplateData.MetadataOptions');
    expect(propertiesOf(twice.with.Stack, ids[0]).LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    expect(changes(twice.outcome.assembly!)).toEqual([expect.objectContaining({
      path: 'Stack/Template/Resource', after: 'required', hopLimitAfter: '2', reason: expect.stringMatching(/container host: .*Batch/),
    })]);
  });

  test('without one is left alone', () => {
    const twice = build((stack, vpc) => { new ManagedEc2EcsComputeEnvironment(stack, 'Environment', { vpc }); });
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
    expect(twice.outcome.findings).toEqual([]);
  });

  test('in another stack than its launch template makes that a container host all the same', () => {
    const twice = build((stack, vpc) => {
      const templates = new Stack(stack.node.root as App, 'Templates', { env: { account: '123456789012', region: 'us-east-1' } });
      new ManagedEc2EcsComputeEnvironment(stack, 'Environment', { vpc, launchTemplate: new LaunchTemplate(templates, 'Template', {}) });
    });
    expect(onlyOne(twice.with.Templates, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions)
      .toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });
});

describe('EKS capacity', () => {
  const nodegroup = (stack: Stack, version?: (template: CfnLaunchTemplate) => string) => {
    const template = new CfnLaunchTemplate(stack, 'Template', { launchTemplateData: { instanceType: 't3.micro' } });
    new CfnNodegroup(stack, 'Nodes', {
      clusterName: 'cluster', nodeRole: 'role', subnets: ['subnet-1'], launchTemplate: { id: template.ref, version: version?.(template) },
    });
  };

  test('as a node group with a launch template gets two hops, and its renewal is announced', () => {
    const twice = build((stack) => nodegroup(stack, ({ attrLatestVersionNumber }) => attrLatestVersionNumber));

    expectOnlyOptionsOf(twice, ['Template'], 'LaunchTemplateData.MetadataOptions');
    expect(propertiesOf(twice.with.Stack, 'Template').LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    const [change] = changes(twice.outcome.assembly!);
    expect(change.reason).toMatch(/container host: .*EKS/);
    expect(change.effect).toMatch(/renews the nodes.*'Stack\/Nodes'/);
    expect(notices(twice.outcome.assembly!)).toEqual([expect.objectContaining({
      path: 'Stack/Nodes', id: 'cdk-imdsv2::launch-template-follower', message: expect.stringContaining('renews the nodes'),
    })]);
  });

  test.each<[string, string[]]>([
    ['runs /etc/eks/bootstrap.sh', ['/etc/eks/bootstrap.sh cluster']],
    ['runs it among other lines', ['yum update -y', 'set -o xtrace', '/etc/eks/bootstrap.sh cluster --use-max-pods false']],
  ])('as an Auto Scaling group whose user data %s gets two hops', (_name, lines) => {
    const twice = build((stack, vpc) => {
      new AutoScalingGroup(stack, 'Group', { vpc, instanceType, machineImage }).addUserData(...lines);
    }, { [LAUNCH_TEMPLATES]: true });
    const ids = named(twice.without.Stack, 'AWS::EC2::LaunchTemplate');

    expectOnlyOptionsOf(twice, ids, 'LaunchTemplateData.MetadataOptions');
    expect(propertiesOf(twice.with.Stack, ids[0]).LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    expect(changes(twice.outcome.assembly!)).toEqual([expect.objectContaining({ reason: expect.stringContaining('bootstrap.sh') })]);
  });

  test.each<[string, string[]]>([
    ['mentions it in a comment', ['# do not run /etc/eks/bootstrap.sh here']],
    ['does something else', ['yum install -y httpd']],
  ])('is not assumed of a group whose user data %s', (_name, lines) => {
    const twice = build((stack, vpc) => {
      new AutoScalingGroup(stack, 'Group', { vpc, instanceType, machineImage }).addUserData(...lines);
    }, { [LAUNCH_TEMPLATES]: true });
    expect(onlyOne(twice.with.Stack, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test('that already requires tokens never gets a larger limit', () => {
    const twice = build((stack, vpc) => {
      new AutoScalingGroup(stack, 'Group', { vpc, instanceType, machineImage, requireImdsv2: true }).addUserData('/etc/eks/bootstrap.sh cluster');
    }, { [LAUNCH_TEMPLATES]: true });
    expect(JSON.stringify(twice.with)).toBe(JSON.stringify(twice.without));
  });
});

test('the same constructs in a stage that carries the aspect come out the same', () => {
  const twice = withAndWithout((app) => {
    const stack = new Stack(new Stage(app, 'Stage'), 'Stack');
    new Cluster(stack, 'Cluster', { vpc: network(stack) }).addCapacity('Hosts', { instanceType });
  }, (app) => RequireImdsv2.addTo(app), { context: { [LAUNCH_TEMPLATES]: true } });

  expect(twice.outcome.findings).toEqual([]);
  expect(onlyOne(twice.with['Stage/Stack'], 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions)
    .toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  expect(changes(twice.outcome.assembly!)).toEqual([expect.objectContaining({ path: 'Stage/Stack/Cluster/Hosts/LaunchTemplate/Resource' })]);
});
