import { gzipSync } from 'zlib';
import { App, Aspects, CfnCondition, CfnParameter, CfnResource, Fn, Lazy, Stack, Token, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as eks from 'aws-cdk-lib/aws-eks';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { HopLimit, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { changes, outcome, warnings, type Json, type Outcome } from '../support';

const HOP_LIMIT = 'cdk-imdsv2::hop-limit';
const TOKENS = 'cdk-imdsv2::tokens';
const ENV = { account: '111111111111', region: 'us-east-1' };
const MACHINE = {
  instanceType: new ec2.InstanceType('t3.micro'),
  machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' }),
};

/** The outcome of an app of one stack, S, and what its assembly says. */
function required(build: (stack: Stack) => void, props: RequireImdsv2Props = {}) {
  const app = new App();
  build(new Stack(app, 'S', { env: ENV }));
  Aspects.of(app).add(new RequireImdsv2(props));
  const result: Outcome = outcome(app);
  const assembly = new CloudAssembly(app.outdir);
  return { ...result, warnings: warnings(assembly), changes: changes(assembly), template: result.templates.S };
}

function optionsOf(template: Json, logicalId = 'I'): Json {
  const { Type: type, Properties: properties } = template.Resources[logicalId];
  return type === 'AWS::EC2::LaunchTemplate' ? properties.LaunchTemplateData.MetadataOptions : properties?.MetadataOptions;
}

function hopsOf(template: Json, logicalId = 'I'): Json {
  return optionsOf(template, logicalId)?.HttpPutResponseHopLimit;
}

type Options = ec2.CfnInstance.MetadataOptionsProperty;

/** What one instance with these options is written with. */
function written(metadataOptions: Options | undefined, props: RequireImdsv2Props = {}, userData?: string) {
  const result = required((stack) => {
    new ec2.CfnInstance(stack, 'I', { metadataOptions, userData: userData && Fn.base64(userData) });
  }, props);
  expect(result.error).toBeUndefined();
  return { ...result, hops: hopsOf(result.template) };
}

const optional = (httpPutResponseHopLimit?: number): Options => ({ httpTokens: 'optional', httpPutResponseHopLimit });
const demanded = (httpPutResponseHopLimit?: number): Options => ({ httpTokens: 'required', httpPutResponseHopLimit });
const STARTS_DOCKER = '#!/bin/bash\nsystemctl start docker\n';

describe('hopLimit', () => {
  const CASES: Array<[string, Options | undefined, number, number | undefined]> = [
    ['is written where a source that becomes required sets none', optional(), 2, 2],
    ['is written where a source that becomes required says nothing at all', undefined, 2, 2],
    ['is written where a source that becomes required sets a larger one', optional(5), 2, 2],
    ['keeps a smaller explicit one of a source that becomes required', optional(1), 2, 1],
    ['keeps an equal one of a source that becomes required', optional(2), 2, 2],
    ['is written where a required source sets a larger one', demanded(5), 2, 2],
    ['keeps a smaller one of a required source', demanded(1), 2, 1],
    ['writes nothing larger than the unknown limit of a required source that sets none', demanded(), 2, undefined],
    ['is allowed up to 64', optional(64), 64, 64],
  ];

  test.each(CASES)('%s', (_, options, limit, expected) => {
    expect(written(options, { hopLimit: HopLimit.of(limit) }).hops).toBe(expected);
  });

  test('of 1 is written on a required source that sets none, because no limit is smaller', () => {
    expect(written(demanded(), { hopLimit: HopLimit.HOST }).hops).toBe(1);
  });

  test('leaves a disabled endpoint alone altogether', () => {
    const { template } = written({ httpEndpoint: 'disabled', httpPutResponseHopLimit: 5 }, { hopLimit: HopLimit.HOST });
    expect(optionsOf(template)).toEqual({ HttpEndpoint: 'disabled', HttpPutResponseHopLimit: 5 });
  });

  test('given as text is compared as the number it is', () => {
    const { template } = required((stack) => {
      new CfnResource(stack, 'I', { type: 'AWS::EC2::Instance', properties: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: '10' } } });
      new CfnResource(stack, 'J', { type: 'AWS::EC2::Instance', properties: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: '1' } } });
    }, { hopLimit: HopLimit.of(3) });
    expect([hopsOf(template), hopsOf(template, 'J')]).toEqual([3, '1']);
  });

  test('is written where an escape hatch sets a larger one', () => {
    const { template } = required((stack) => {
      new ec2.CfnInstance(stack, 'I', { metadataOptions: demanded(1) }).addPropertyOverride('MetadataOptions.HttpPutResponseHopLimit', 9);
    }, { hopLimit: HopLimit.CONTAINERS });
    expect(optionsOf(template)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });

  test('is recorded with the limit before and after', () => {
    expect(written(demanded(5), { hopLimit: HopLimit.CONTAINERS }).changes).toEqual([
      expect.objectContaining({ path: 'S/I', before: 'required', after: 'required', hopLimitBefore: '5', hopLimitAfter: '2' }),
    ]);
  });

  test('is a finding where a later aspect raises the limit again', () => {
    const app = new App();
    const instance = new ec2.CfnInstance(new Stack(app, 'S'), 'I', { metadataOptions: demanded(1) });
    Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.CONTAINERS }));
    Aspects.of(app).add({ visit: (node) => { if (node === instance) instance.metadataOptions = demanded(5); } }, { priority: 1000 });
    const { error, findings } = outcome(app);
    expect(error).toBeDefined();
    expect(findings).toEqual([expect.objectContaining({ rule: HOP_LIMIT, path: 'S/I', description: expect.stringMatching(/hop limit 5.* 2 /) })]);
  });
});

describe('without hopLimit', () => {
  const CASES: Array<[string, Options | undefined, number | undefined]> = [
    ['that sets none keeps none', undefined, undefined],
    ['that sets 1 keeps 1', optional(1), 1],
    ['that sets 64 keeps 64', optional(64), 64],
    ['that is required and sets 5 keeps 5', demanded(5), 5],
    ['that is required and sets none keeps none', demanded(), undefined],
  ];

  test.each(CASES)('a source %s', (_, options, expected) => {
    const { hops, template } = written(options);
    expect(hops).toBe(expected);
    expect(optionsOf(template).HttpTokens).toBe('required');
  });

  const HOSTS: Array<[string, Options | undefined, number | undefined]> = [
    ['becomes required and sets none gets 2', optional(), 2],
    ['becomes required and says nothing gets 2', undefined, 2],
    ['becomes required and sets 1 keeps 1', optional(1), 1],
    ['becomes required and sets 5 keeps 5', optional(5), 5],
    ['is required already and sets none gets none', demanded(), undefined],
    ['is required already and sets 5 keeps 5', demanded(5), 5],
    ['is required already and sets 1 keeps 1', demanded(1), 1],
  ];

  test.each(HOSTS)('a container host that %s', (_, options, expected) => {
    expect(written(options, {}, STARTS_DOCKER).hops).toBe(expected);
  });

  test('a container host that keeps a limit of 1 is warned that its containers are cut off', () => {
    expect(written(optional(1), {}, STARTS_DOCKER).warnings).toEqual([expect.objectContaining({ path: 'S/I', id: HOP_LIMIT })]);
  });
});

describe('containerHostHopLimit', () => {
  const CASES: Array<[string, Options | undefined, RequireImdsv2Props, number | undefined]> = [
    ['is used instead of hopLimit', undefined, { hopLimit: HopLimit.HOST, containerHostHopLimit: HopLimit.of(3) }, 3],
    ['is 2 where only hopLimit is given', undefined, { hopLimit: HopLimit.HOST }, 2],
    ['is 2 where a larger hopLimit is given', optional(5), { hopLimit: HopLimit.of(5) }, 2],
    ['may be smaller than hopLimit', undefined, { hopLimit: HopLimit.of(5), containerHostHopLimit: HopLimit.HOST }, 1],
    ['bounds a larger limit where it stands alone', optional(5), { containerHostHopLimit: HopLimit.of(3) }, 3],
    ['bounds a larger limit of what is required already', demanded(5), { containerHostHopLimit: HopLimit.of(3) }, 3],
    ['never raises the limit of what is required already', demanded(1), { containerHostHopLimit: HopLimit.of(3) }, 1],
    ['never sets a limit on what is required already', demanded(), { containerHostHopLimit: HopLimit.of(3) }, undefined],
  ];

  test.each(CASES)('%s', (_, options, props, expected) => {
    expect(written(options, props, STARTS_DOCKER).hops).toBe(expected);
  });

  test('says nothing about what is no container host', () => {
    expect(written(optional(5), { containerHostHopLimit: HopLimit.HOST }).hops).toBe(5);
    expect(written(undefined, { containerHostHopLimit: HopLimit.HOST }).hops).toBeUndefined();
  });

  test('is a finding where a later aspect exceeds it, even below a larger hopLimit', () => {
    const app = new App();
    const instance = new ec2.CfnInstance(new Stack(app, 'S'), 'I', { userData: Fn.base64(STARTS_DOCKER) });
    Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.of(5) }));
    Aspects.of(app).add({ visit: (node) => { if (node === instance) instance.metadataOptions = demanded(4); } }, { priority: 1000 });
    expect(outcome(app).findings).toEqual([expect.objectContaining({ rule: HOP_LIMIT, path: 'S/I' })]);
  });
});

describe('user data makes a container host where it', () => {
  const STARTS: Array<[string, string]> = [
    ['starts Docker', 'systemctl start docker'],
    ['enables Docker', 'systemctl enable --now docker.service'],
    ['runs a container', 'docker run -d nginx'],
    ['starts containerd', 'systemctl start containerd'],
    ['runs podman', 'podman run -d nginx'],
    ['installs k3s', 'curl -sfL https://get.k3s.io | sh -'],
    ['starts kubelet', 'systemctl start kubelet'],
    ['runs nodeadm', 'nodeadm init -c file://config.yaml'],
    ['configures nodeadm', 'apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n'],
    ['runs bootstrap.sh', '/etc/eks/bootstrap.sh my-cluster'],
    ['starts Nomad', 'systemctl start nomad'],
    ['sets ECS_CLUSTER', 'echo ECS_CLUSTER=my-cluster >> /etc/ecs/ecs.config'],
    ['sets ECS_CLUSTER after a command', 'yum update -y; echo "ECS_CLUSTER=c" | tee /etc/ecs/ecs.config'],
  ];

  test.each(STARTS)('%s', (_, line) => {
    const { hops, changes: [change] } = written(undefined, {}, `#!/bin/bash\n${line}\n`);
    expect(hops).toBe(2);
    expect(change.reason).toContain('container host: its user data');
  });

  test.each([
    ['an ECS cluster', '[settings.ecs]\ncluster = "c"\n'],
    ['a Kubernetes cluster', '[settings.host-containers.admin]\nenabled = true\n[settings.kubernetes]\ncluster-name = "c"\n'],
    ['a Kubernetes cluster, in one line', 'settings.kubernetes.cluster-name = "c"\n'],
    ['the labels of a Kubernetes node', '[settings.kubernetes.node-labels]\na = "b"\n'],
  ])('configures Bottlerocket for %s', (_, userData) => {
    const { hops, changes: [change] } = written(undefined, {}, userData);
    expect([hops, change.reason]).toEqual([2, expect.stringContaining('container host: its user data configures Bottlerocket')]);
  });

  const FORMS: Array<[string, (stack: Stack) => void]> = [
    ['as L2 commands', (stack) => {
      const userData = ec2.UserData.forLinux();
      userData.addCommands('systemctl start docker');
      new ec2.CfnInstance(stack, 'I', { userData: Fn.base64(userData.render()) });
    }],
    ['already encoded', (stack) => new ec2.CfnInstance(stack, 'I', { userData: Buffer.from(STARTS_DOCKER).toString('base64') })],
    ['in a file that is encoded', (stack) => new ec2.CfnInstance(stack, 'I', {
      userData: Fn.base64(`#cloud-config\nwrite_files:\n- encoding: b64\n  content: ${Buffer.from(`#!/bin/bash\n${STARTS_DOCKER}`).toString('base64')}\n`),
    })],
    ['compressed', (stack) => new ec2.CfnInstance(stack, 'I', { userData: gzipSync(STARTS_DOCKER).toString('base64') })],
    ['as Fn::Join', (stack) => new ec2.CfnInstance(stack, 'I', { userData: Fn.base64(Fn.join('\n', ['#!/bin/bash', Fn.ref('AWS::Region'), 'docker ps'])) })],
    ['as Fn::Sub', (stack) => new ec2.CfnInstance(stack, 'I', { userData: Fn.base64(Fn.sub('echo ${AWS::Region}\ndocker ps')) })],
    ['as a lazy', (stack) => new ec2.CfnInstance(stack, 'I', { userData: Lazy.string({ produce: () => Fn.base64(STARTS_DOCKER) }) })],
    ['as an escape hatch', (stack) => new ec2.CfnInstance(stack, 'I').addPropertyOverride('UserData', { 'Fn::Base64': STARTS_DOCKER })],
    ['of an untyped resource', (stack) => new CfnResource(stack, 'I', { type: 'AWS::EC2::Instance', properties: { UserData: { 'Fn::Base64': STARTS_DOCKER } } })],
    ['of a launch template', (stack) => new ec2.CfnLaunchTemplate(stack, 'I', { launchTemplateData: { userData: Fn.base64(STARTS_DOCKER) } })],
    ['of launch template data that is a lazy', (stack) => new ec2.CfnLaunchTemplate(stack, 'I', {
      launchTemplateData: Lazy.any({ produce: () => ({ userData: Fn.base64(STARTS_DOCKER) }) }),
    })],
    ['of an untyped launch template', (stack) => new CfnResource(stack, 'I', {
      type: 'AWS::EC2::LaunchTemplate', properties: { LaunchTemplateData: { UserData: { 'Fn::Base64': STARTS_DOCKER } } },
    })],
    ['of the template that an instance follows', (stack) => {
      const lt = new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { userData: Fn.base64(STARTS_DOCKER) } });
      new ec2.CfnInstance(stack, 'I', { launchTemplate: { launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber } });
    }],
  ];

  test.each(FORMS)('starts Docker, %s', (_, build) => {
    expect(hopsOf(required(build).template)).toBe(2);
  });

  const SILENT: Array<[string, string]> = [
    ['mentions docker in a comment', '#!/bin/bash\n# docker is not used here\nsystemctl start nginx\n'],
    ['mentions docker in an indented comment', '#!/bin/bash\nif true; then\n  # no docker, no kubelet\n  systemctl start nginx\nfi\n'],
    ['mentions docker in a comment behind a command', '#!/bin/bash\nsystemctl start nginx # unlike docker\n'],
    ['mentions docker in a comment of a PowerShell script', '<powershell>\n# docker is not used here\nStart-Service W3SVC\n</powershell>\n'],
    ['mentions settings of Bottlerocket in a comment', '#!/bin/bash\n# [settings.kubernetes]\nsystemctl start nginx\n'],
    ['starts something else', '#!/bin/bash\nsystemctl start nginx\n'],
    ['names something that only contains the word', '#!/bin/bash\nsystemctl start dockerless\n'],
  ];

  test.each(SILENT)('not where it %s', (_, userData) => {
    expect(written(undefined, { hopLimit: HopLimit.HOST }, userData).hops).toBe(1);
  });

  test('not where a comment that mentions docker holds a reference', () => {
    const { template } = required((stack) => new ec2.CfnInstance(stack, 'I', {
      userData: Fn.base64(Fn.join('', ['#!/bin/bash\n# in ', Fn.ref('AWS::Region'), ' there is no docker\nsystemctl start nginx\n'])),
    }), { hopLimit: HopLimit.HOST });
    expect(hopsOf(template)).toBe(1);
  });
});

describe('a container host is recognized by', () => {
  const IMAGES: Array<[string, (stack: Stack) => string]> = [
    ['the ECS optimized image', (stack) => ecs.EcsOptimizedImage.amazonLinux2().getImage(stack).imageId],
    ['the ECS optimized image of Amazon Linux 2023', (stack) => ecs.EcsOptimizedImage.amazonLinux2023().getImage(stack).imageId],
    ['the ECS optimized Bottlerocket image', (stack) => new ecs.BottleRocketImage().getImage(stack).imageId],
    ['the EKS optimized image', (stack) => new eks.EksOptimizedImage({ kubernetesVersion: '1.31' }).getImage(stack).imageId],
    ['a dynamic reference to the ECS image', () => '{{resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id}}'],
    ['a dynamic reference to the EKS image', () => '{{resolve:ssm:/aws/service/eks/optimized-ami/1.31/amazon-linux-2023/x86_64/standard/recommended/image_id}}'],
    ['a dynamic reference to the EKS Bottlerocket image', () => '{{resolve:ssm:/aws/service/bottlerocket/aws-k8s-1.31/x86_64/latest/image_id}}'],
  ];

  test.each(IMAGES)('%s', (_, imageId) => {
    const result = required((stack) => {
      const image = imageId(stack);
      new ec2.CfnInstance(stack, 'I', { imageId: image });
      new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { imageId: image } });
    });
    expect(hopsOf(result.template)).toBe(2);
    expect(hopsOf(result.template, 'LT')).toBe(2);
    expect(result.changes.map(({ reason }) => reason)).toEqual(Array(2).fill(expect.stringMatching(/container host: it uses an E[CK]S optimized image/)));
  });

  test('not by a plain Amazon Linux image', () => {
    const { template } = required((stack) => new ec2.CfnInstance(stack, 'I', {
      imageId: ec2.MachineImage.latestAmazonLinux2023().getImage(stack).imageId,
    }), { hopLimit: HopLimit.HOST });
    expect(hopsOf(template)).toBe(1);
  });

  const latest = (lt: ec2.CfnLaunchTemplate) => ({ launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber });
  const named = (lt: ec2.CfnLaunchTemplate) => ({ launchTemplateName: lt.launchTemplateName, version: lt.attrLatestVersionNumber });
  const USERS: Array<[string, (stack: Stack, lt: ec2.CfnLaunchTemplate) => void, string]> = [
    ['an EKS node group', (stack, lt) => new eks.CfnNodegroup(stack, 'U', {
      clusterName: 'c', nodeRole: 'arn:aws:iam::111111111111:role/r', subnets: ['subnet-1'], launchTemplate: { id: lt.ref, version: lt.attrLatestVersionNumber },
    }), 'EKS node group'],
    ['an EKS node group pinned to a version', (stack, lt) => new eks.CfnNodegroup(stack, 'U', {
      clusterName: 'c', nodeRole: 'arn:aws:iam::111111111111:role/r', subnets: ['subnet-1'], launchTemplate: { id: lt.ref, version: '1' },
    }), 'EKS node group'],
    ['a Batch compute environment', (stack, lt) => new batch.CfnComputeEnvironment(stack, 'U', {
      type: 'MANAGED', computeResources: { type: 'EC2', maxvCpus: 1, subnets: ['subnet-1'], launchTemplate: latest(lt) },
    }), 'Batch compute environment'],
    ['a Batch compute environment by name', (stack, lt) => new batch.CfnComputeEnvironment(stack, 'U', {
      type: 'MANAGED', computeResources: { type: 'EC2', maxvCpus: 1, subnets: ['subnet-1'], launchTemplate: named(lt) },
    }), 'Batch compute environment'],
    ['an ECS capacity provider', (stack, lt) => {
      const group = new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchTemplate: latest(lt) });
      new ecs.CfnCapacityProvider(stack, 'U', { autoScalingGroupProvider: { autoScalingGroupArn: group.ref } });
    }, 'ECS capacity provider'],
    ['an ECS capacity provider, through a mixed instances policy', (stack, lt) => {
      const group = new autoscaling.CfnAutoScalingGroup(stack, 'G', {
        minSize: '0', maxSize: '1', mixedInstancesPolicy: { launchTemplate: { launchTemplateSpecification: latest(lt) } },
      });
      new ecs.CfnCapacityProvider(stack, 'U', { autoScalingGroupProvider: { autoScalingGroupArn: group.ref } });
    }, 'ECS capacity provider'],
    ['an ECS capacity provider in another stack', (stack, lt) => {
      const group = new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchTemplate: latest(lt) });
      new ecs.CfnCapacityProvider(new Stack(stack.node.scope as App, 'T', { env: ENV }), 'U', { autoScalingGroupProvider: { autoScalingGroupArn: group.ref } });
    }, 'ECS capacity provider'],
  ];

  test.each(USERS)('%s that uses its launch template', (_, use, reason) => {
    const result = required((stack) => use(stack, new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateName: 'hosts', launchTemplateData: { imageId: 'ami-1' } })));
    expect(hopsOf(result.template, 'LT')).toBe(2);
    expect(result.changes).toEqual([expect.objectContaining({ path: 'S/LT', reason: expect.stringContaining(`container host: used by an ${reason}`.replace('an Batch', 'a Batch')) })]);
  });

  test('the L2 capacity provider of an L2 group', () => {
    const { template } = required((stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
      const launchTemplate = new ec2.LaunchTemplate(stack, 'LT', { ...MACHINE, userData: ec2.UserData.forLinux() });
      (launchTemplate.node.defaultChild as CfnResource).overrideLogicalId('LT');
      const autoScalingGroup = new autoscaling.AutoScalingGroup(stack, 'G', { vpc, launchTemplate });
      new ecs.AsgCapacityProvider(stack, 'P', { autoScalingGroup });
    }, { hopLimit: HopLimit.HOST });
    expect(hopsOf(template, 'LT')).toBe(2);
  });

  test('not a group that no capacity provider uses', () => {
    const { template } = required((stack) => {
      const lt = new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateData: { imageId: 'ami-1' } });
      new autoscaling.CfnAutoScalingGroup(stack, 'G', { minSize: '0', maxSize: '1', launchTemplate: latest(lt) });
    }, { hopLimit: HopLimit.HOST });
    expect(hopsOf(template, 'LT')).toBe(1);
  });
});

describe('with RequireImdsv2 on nested scopes', () => {
  function nested(outer: RequireImdsv2Props, inner: RequireImdsv2Props, order: 'outer first' | 'inner first' = 'outer first', userData?: string) {
    const app = new App();
    const stack = new Stack(app, 'S');
    for (const id of ['I', 'J']) new ec2.CfnInstance(stack, id, { userData: userData && Fn.base64(userData) });
    const add = [() => Aspects.of(app).add(new RequireImdsv2(outer)), () => Aspects.of(stack).add(new RequireImdsv2(inner))];
    for (const one of order === 'outer first' ? add : add.reverse()) one();
    const result = outcome(app);
    return { ...result, hops: hopsOf(result.templates.S), warnings: warnings(result.assembly!) };
  }

  test.each(['outer first', 'inner first'] as const)('the nearest limit wins, added %s', (order) => {
    expect(nested({ hopLimit: HopLimit.CONTAINERS }, { hopLimit: HopLimit.HOST }, order).hops).toBe(1);
    expect(nested({ hopLimit: HopLimit.HOST }, { hopLimit: HopLimit.CONTAINERS }, order).hops).toBe(2);
  });

  test('the outer limit holds where the inner one says none', () => {
    const { hops, warnings: found } = nested({ hopLimit: HopLimit.HOST }, { help: 'ask us' });
    expect([hops, found]).toEqual([1, []]);
  });

  test('loosening is announced once, at the inner scope, with both values', () => {
    const { warnings: found } = nested({ hopLimit: HopLimit.HOST }, { hopLimit: HopLimit.of(3) });
    expect(found).toEqual([expect.objectContaining({ path: 'S', id: HOP_LIMIT, message: expect.stringMatching(/3.*1/s) })]);
  });

  test('tightening is not announced', () => {
    expect(nested({ hopLimit: HopLimit.of(3) }, { hopLimit: HopLimit.HOST }).warnings).toEqual([]);
  });

  test('loosening of the container hosts is announced', () => {
    const props = [{ containerHostHopLimit: HopLimit.CONTAINERS }, { containerHostHopLimit: HopLimit.of(3) }] as const;
    const { hops, warnings: found } = nested(...props, 'outer first', STARTS_DOCKER);
    expect(hops).toBe(3);
    expect(found).toEqual([expect.objectContaining({ path: 'S', id: HOP_LIMIT })]);
  });

  test('loosening of the container hosts is announced against the default of an outer limit too', () => {
    const { hops, warnings: found } = nested({ hopLimit: HopLimit.HOST }, { containerHostHopLimit: HopLimit.of(5) }, 'outer first', STARTS_DOCKER);
    expect(hops).toBe(5);
    expect(found).toEqual([expect.objectContaining({ path: 'S', id: HOP_LIMIT })]);
  });

  test('the nearest limit is proven, not the outer one', () => {
    expect(nested({ hopLimit: HopLimit.HOST }, { hopLimit: HopLimit.of(3) })).toMatchObject({ findings: [], error: undefined });
  });
});

describe('lowering an explicit limit', () => {
  test('is announced with both values', () => {
    const { warnings: found } = written(optional(5), { hopLimit: HopLimit.CONTAINERS });
    expect(found).toEqual([expect.objectContaining({ path: 'S/I', id: HOP_LIMIT, message: expect.stringMatching(/lowered from 5 to 2/) })]);
  });

  test('is announced on what is required already', () => {
    const { warnings: found } = written(demanded(64), { hopLimit: HopLimit.HOST });
    expect(found).toEqual([expect.objectContaining({ path: 'S/I', id: HOP_LIMIT, message: expect.stringMatching(/lowered from 64 to 1/) })]);
  });

  const given = (then: Json, otherwise: Json) => ({ 'Fn::If': ['C', then, otherwise] });

  test.each<[string, Json, RegExp | undefined]>([
    ['the limit', { HttpTokens: 'required', HttpPutResponseHopLimit: given(5, 1) }, /lowered from 5 or 1 to 2 or 1/],
    ['the options', given({ HttpTokens: 'required', HttpPutResponseHopLimit: 5 }, { HttpTokens: 'optional' }), /lowered from 5 or not set to 2/],
    ['the options, one of them lower', given({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 }, { HttpTokens: 'optional' }), undefined],
  ])('is announced where a condition decides about %s', (_, options, said) => {
    const { warnings: found } = required((stack) => {
      new CfnCondition(stack, 'C');
      new CfnResource(stack, 'I', { type: 'AWS::EC2::Instance', properties: { MetadataOptions: options } });
    }, { hopLimit: HopLimit.CONTAINERS });
    expect(found).toEqual(said ? [expect.objectContaining({ path: 'S/I', id: HOP_LIMIT, message: expect.stringMatching(said) })] : []);
  });

  test.each([undefined, 1, 2])('is not announced where %s was set, which is not lowered', (limit) => {
    expect(written(optional(limit), { hopLimit: HopLimit.CONTAINERS }).warnings).toEqual([]);
  });
});

describe('acknowledging', () => {
  function acknowledged(id: string, options: Options, props: RequireImdsv2Props, userData?: string) {
    const result = required((stack) => {
      const instance = new ec2.CfnInstance(stack, 'I', { metadataOptions: options, userData: userData && Fn.base64(userData) });
      Validations.of(instance).acknowledge({ id, reason: 'because' });
    }, props);
    expect(result.error).toBeUndefined();
    return optionsOf(result.template);
  }

  test('hop-limit keeps the limit, and tokens become required', () => {
    expect(acknowledged(HOP_LIMIT, optional(5), { hopLimit: HopLimit.CONTAINERS })).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 5 });
  });

  test('hop-limit keeps none on a container host, and tokens become required', () => {
    expect(acknowledged(HOP_LIMIT, optional(), { hopLimit: HopLimit.CONTAINERS }, STARTS_DOCKER)).toEqual({ HttpTokens: 'required' });
  });

  test('tokens exempts from that rule only: a larger limit is still lowered', () => {
    expect(acknowledged(TOKENS, optional(5), { hopLimit: HopLimit.CONTAINERS })).toEqual({ HttpTokens: 'optional', HttpPutResponseHopLimit: 2 });
  });

  test('tokens gives no limit to what sets none, because it does not become required', () => {
    expect(acknowledged(TOKENS, optional(), { hopLimit: HopLimit.HOST })).toEqual({ HttpTokens: 'optional' });
  });

  test('tokens without a limit leaves the source exactly as it is', () => {
    expect(acknowledged(TOKENS, optional(5), {}, STARTS_DOCKER)).toEqual({ HttpTokens: 'optional', HttpPutResponseHopLimit: 5 });
  });
});

describe('a limit that is an intrinsic', () => {
  function withLimit(limit: (stack: Stack) => number, tokens: string, props: RequireImdsv2Props) {
    const result = required((stack) => {
      new ec2.CfnInstance(stack, 'I', { metadataOptions: { httpTokens: tokens, httpPutResponseHopLimit: limit(stack) } });
    }, props);
    return { ...result, hops: hopsOf(result.template) };
  }
  const either = (then: unknown, otherwise: unknown) => (stack: Stack) => {
    new CfnCondition(stack, 'C', { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1') });
    return Token.asNumber(Fn.conditionIf('C', then, otherwise));
  };
  const parameter = (stack: Stack) => new CfnParameter(stack, 'P', { type: 'Number', default: 1 }).valueAsNumber;

  test('is kept where no limit is asked for', () => {
    expect(withLimit(parameter, 'optional', {}).hops).toEqual({ Ref: 'P' });
  });

  test('is bounded in the branch of Fn::If that is larger, and kept in the other', () => {
    expect(withLimit(either(5, 1), 'required', { hopLimit: HopLimit.CONTAINERS }).hops).toEqual({ 'Fn::If': ['C', 2, 1] });
  });

  test('is kept where no branch of Fn::If is larger', () => {
    const { hops, changes: made } = withLimit(either(2, 1), 'required', { hopLimit: HopLimit.CONTAINERS });
    expect(hops).toEqual({ 'Fn::If': ['C', 2, 1] });
    expect(made).toEqual([]);
  });

  test('has its empty branch of Fn::If filled where tokens become required', () => {
    expect(withLimit(either(5, { Ref: 'AWS::NoValue' }), 'optional', { hopLimit: HopLimit.CONTAINERS }).hops).toEqual({ 'Fn::If': ['C', 2, 2] });
  });

  test('has its empty branch of Fn::If kept where tokens were required', () => {
    expect(withLimit(either(5, { Ref: 'AWS::NoValue' }), 'required', { hopLimit: HopLimit.CONTAINERS }).hops)
      .toEqual({ 'Fn::If': ['C', 2, { Ref: 'AWS::NoValue' }] });
  });

  test('as a parameter is never left beyond what is allowed without a word', () => {
    const { hops, error, warnings: found } = withLimit(parameter, 'optional', { hopLimit: HopLimit.CONTAINERS });
    expect(error !== undefined || hops === 2).toBe(true);
    expect(error !== undefined || found.some(({ id }) => id === HOP_LIMIT)).toBe(true);
  });

  test('as a parameter that may be 1 is not raised on what is required already', () => {
    expect(withLimit(parameter, 'required', { hopLimit: HopLimit.of(3) }).hops).not.toBe(3);
  });
});
