import { App, Aspects, CfnMapping, CfnOutput, CfnParameter, CfnResource, Fn, NestedStack, Stack, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as eks from 'aws-cdk-lib/aws-eks';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { RequireImdsv2 } from '../../src';
import { onlyOne, outcome, notices, warnings, type Json } from '../support';

const ENV = { account: '111111111111', region: 'us-east-1' };
const FOLLOWER = 'cdk-imdsv2::launch-template-follower';

/** Stacks S and T of one account and region, with the aspect: what is written and said of the one launch template and its one follower. */
function followed(build: (stack: Stack, other: Stack) => void) {
  const app = new App();
  build(new Stack(app, 'S', { env: ENV }), new Stack(app, 'T', { env: ENV }));
  Aspects.of(app).add(new RequireImdsv2());
  const { error, templates } = outcome(app);
  const all: Json = { Resources: Object.assign({}, ...Object.values<Json>(templates).map(({ Resources }) => Resources)) };
  return {
    error,
    all,
    options: onlyOne(all, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions,
    said: [warnings, notices].flatMap((of) => of(new CloudAssembly(app.outdir))).filter(({ id }) => id === FOLLOWER),
  };
}

interface Reference {
  readonly id?: string;
  readonly name?: string;
  readonly version: string;
}

function template(stack: Stack, launchTemplateName?: string): ec2.CfnLaunchTemplate {
  return new ec2.CfnLaunchTemplate(stack, 'LT', { launchTemplateName, launchTemplateData: { imageId: 'ami-1' } });
}

function outputsOf(nested: NestedStack): (name: string) => string {
  const lt = template(nested);
  new CfnOutput(nested, 'Id', { value: lt.ref });
  new CfnOutput(nested, 'Version', { value: lt.attrLatestVersionNumber });
  return (name) => nested.nestedStackResource!.getAtt(`Outputs.${name}`).toString();
}

function parametersOf(stack: Stack): { id: ssm.StringParameter; version: ssm.StringParameter } {
  const lt = template(stack);
  return {
    id: new ssm.StringParameter(stack, 'Id', { parameterName: '/hosts/id', stringValue: lt.ref }),
    version: new ssm.StringParameter(stack, 'Version', { parameterName: '/hosts/version', stringValue: lt.attrLatestVersionNumber }),
  };
}

/** Where a launch template stands, and how something in another place refers to it. */
const WAYS: ReadonlyArray<readonly [name: string, refer: (stack: Stack, other: Stack) => { readonly at: Stack } & Reference]> = [
  ['the outputs of a nested stack', (at) => {
    const output = outputsOf(new NestedStack(at, 'N'));
    return { at, id: output('Id'), version: output('Version') };
  }],
  ['the outputs of a nested stack of a nested stack', (at) => {
    const outer = new NestedStack(at, 'Outer');
    const inner = outputsOf(new NestedStack(outer, 'Inner'));
    for (const name of ['Id', 'Version']) new CfnOutput(outer, name, { value: inner(name) });
    const output = (name: string) => outer.nestedStackResource!.getAtt(`Outputs.${name}`).toString();
    return { at, id: output('Id'), version: output('Version') };
  }],
  ['the parameters of a nested stack that get the outputs of another', (stack) => {
    const output = outputsOf(new NestedStack(stack, 'N'));
    const at = new NestedStack(stack, 'M', { parameters: { Id: output('Id'), Version: output('Version') } });
    const [id, version] = ['Id', 'Version'].map((name) => new CfnParameter(at, name).valueAsString);
    return { at, id, version };
  }],
  ['SSM parameters that the template of the other stack looks up', (stack, at) => {
    parametersOf(stack);
    const [id, version] = ['/hosts/id', '/hosts/version'].map((name) => ssm.StringParameter.valueForStringParameter(at, name));
    return { at, id, version };
  }],
  ['dynamic references to SSM parameters', (stack, at) => {
    parametersOf(stack);
    return { at, id: '{{resolve:ssm:/hosts/id}}', version: '{{resolve:ssm:/hosts/version}}' };
  }],
  ['the values of SSM parameters of the same stack', (at) => {
    const { id, version } = parametersOf(at);
    return { at, id: id.stringValue, version: version.stringValue };
  }],
  ['an SSM parameter for its version alone', (stack, at) => {
    parametersOf(stack);
    return { at, name: 'whatever', version: ssm.StringParameter.valueForStringParameter(at, '/hosts/version') };
  }],
  ['a name that a mapping gives, and the number of its latest version', (at) => {
    const names = new CfnMapping(at, 'Names', { mapping: { hosts: { name: 'hosts' } } });
    return { at, name: names.findInMap('hosts', 'name'), version: template(at, 'hosts').attrLatestVersionNumber };
  }],
  ['a name that a parameter gives, and the number of its latest version', (at) => {
    const name = new CfnParameter(at, 'Name', { default: 'hosts' }).valueAsString;
    return { at, name, version: template(at, 'hosts').attrLatestVersionNumber };
  }],
  ['a name that a parameter gives, and under a condition the number of its latest version', (at) => {
    const name = new CfnParameter(at, 'Name', { default: 'hosts' }).valueAsString;
    template(at, 'hosts');
    return { at, name, version: Fn.conditionIf('C', '1', Fn.sub('${LT.LatestVersionNumber}')).toString() };
  }],
  ['an id and a version that functions make of it', (at) => {
    const lt = template(at);
    const made = (value: string) => Fn.join('', [Fn.select(0, [value, 'x'])]);
    return { at, id: Fn.sub('${Id}', { Id: lt.ref }), version: Fn.sub('${Version}', { Version: made(lt.attrLatestVersionNumber) }) };
  }],
];

describe.each(WAYS)('a launch template that is followed by %s', (_, refer) => {
  const specification = ({ id, name, version }: Reference) => ({ launchTemplateId: id, launchTemplateName: name, version });

  test('is not edited where that would replace an instance, which gets the options itself', () => {
    const { error, all, options, said } = followed((stack, other) => {
      const { at, ...reference } = refer(stack, other);
      new ec2.CfnInstance(at, 'I', { launchTemplate: specification(reference) });
    });
    expect(error).toBeUndefined();
    expect(options).toBeUndefined();
    expect(onlyOne(all, 'AWS::EC2::Instance').Properties.MetadataOptions).toMatchObject({ HttpTokens: 'required' });
    expect(said).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/LT' .* would replace the instance '.*I'/) }));
  });

  test('gets two hops where an EKS node group uses it', () => {
    const { options, said } = followed((stack, other) => {
      const { at, id, name, version } = refer(stack, other);
      new eks.CfnNodegroup(at, 'U', { clusterName: 'c', nodeRole: 'r', subnets: ['s'], launchTemplate: { id, name, version } });
    });
    expect(options).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    expect(said).toContainEqual(expect.objectContaining({ message: expect.stringContaining('renews the nodes') }));
  });

  test('is not edited where that would reach a group that is exempt', () => {
    const { options } = followed((stack, other) => {
      const { at, ...reference } = refer(stack, other);
      const group = new autoscaling.CfnAutoScalingGroup(at, 'G', { minSize: '0', maxSize: '1', launchTemplate: specification(reference) });
      Validations.of(group).acknowledge({ id: 'cdk-imdsv2::tokens', reason: 'old agent' });
    });
    expect(options).toBeUndefined();
  });
});

test.each<[string, boolean, (stack: Stack, at: Stack) => Omit<Reference, 'name'>]>([
  ['gives by the export of its stack: is', true, (stack) => {
    const { id, version } = parametersOf(stack);
    return { id: id.stringValue, version: version.stringValue };
  }],
  ['gives by its name: is not', false, (stack, at) => {
    parametersOf(stack);
    return { id: '{{resolve:ssm:/hosts/id}}', version: ssm.StringParameter.valueForStringParameter(at, '/hosts/version') };
  }],
])('a version that an SSM parameter of another stack %s said to change an export in use', (_, is, refer) => {
  const { said } = followed((stack, at) => {
    new eks.CfnNodegroup(at, 'U', { clusterName: 'c', nodeRole: 'r', subnets: ['s'], launchTemplate: refer(stack, at) });
  });
  expect(said.some(({ message }) => message.includes("from another stack's export"))).toBe(is);
});

test.each([
  ['of that name in another region', 'ssm:/hosts/id', 'eu-west-1'],
  ['of another name', 'ssm:/other/id', ENV.region],
  ['that is secret', 'ssm-secure:/hosts/id', ENV.region],
])('an SSM parameter %s leads nowhere', (_, parameter, region) => {
  const { options } = followed((stack) => {
    parametersOf(stack);
    new eks.CfnNodegroup(new Stack(stack.node.scope!, 'Far', { env: { ...ENV, region } }), 'U', {
      clusterName: 'c', nodeRole: 'r', subnets: ['s'], launchTemplate: { id: `{{resolve:${parameter}}}`, version: '1' },
    });
  });
  expect(options).toEqual({ HttpTokens: 'required' });
});

test('a group that an ECS capacity provider of another stack names makes its launch template a container host', () => {
  const { options } = followed((stack, other) => {
    const lt = template(stack);
    new autoscaling.CfnAutoScalingGroup(stack, 'G', {
      autoScalingGroupName: 'hosts', minSize: '0', maxSize: '1', launchTemplate: { launchTemplateId: lt.ref, version: lt.attrLatestVersionNumber },
    });
    const autoScalingGroup = autoscaling.AutoScalingGroup.fromAutoScalingGroupName(other, 'Hosts', 'hosts');
    new ecs.CfnCapacityProvider(other, 'P', { autoScalingGroupProvider: { autoScalingGroupArn: autoScalingGroup.autoScalingGroupName } });
  });
  expect(options).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
});

test('what no launch source gives is not taken for a launch template', () => {
  const app = new App();
  const stack = new Stack(app, 'S');
  const maker = new CfnResource(stack, 'Maker', { type: 'Custom::LaunchTemplate' });
  new eks.CfnNodegroup(stack, 'U', {
    clusterName: 'c', nodeRole: 'r', subnets: ['s'], launchTemplate: { id: maker.getAtt('Id').toString(), version: maker.getAtt('Version').toString() },
  });
  Aspects.of(app).add(new RequireImdsv2());
  outcome(app);
  expect(warnings(new CloudAssembly(app.outdir))).toEqual([expect.objectContaining({
    id: 'cdk-imdsv2::external-launch-template', message: expect.stringContaining("given by 'S/Maker'"),
  })]);
});
