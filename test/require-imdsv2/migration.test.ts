import * as fs from 'fs';
import * as os from 'os';
import { join } from 'path';
import { App, Aspects, CfnCondition, CfnMapping, CfnOutput, CfnParameter, CfnResource, Fn, Lazy, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { Construct, IConstruct } from 'constructs';
import { HopLimit, LaunchConfigurationPolicy, RequireImdsv2, type RequireImdsv2Props } from '../../src';
import { changes, differences, onlyOne, outcome, synthTemplates, notices, warnings, type Json } from '../support';

const { MIGRATE, REJECT } = LaunchConfigurationPolicy;
const RULE = 'cdk-imdsv2::launch-configuration';
const FOLLOWER = 'cdk-imdsv2::launch-template-follower';
const TOKENS = 'cdk-imdsv2::tokens';
const MACHINE = { imageId: 'ami-1', instanceType: 't3.micro' };

function configuration(scope: Construct, id = 'LC', props: Partial<autoscaling.CfnLaunchConfigurationProps> = {}): autoscaling.CfnLaunchConfiguration {
  return new autoscaling.CfnLaunchConfiguration(scope, id, { ...MACHINE, ...props });
}

function group(scope: Construct, id: string, props: Partial<autoscaling.CfnAutoScalingGroupProps>): autoscaling.CfnAutoScalingGroup {
  return new autoscaling.CfnAutoScalingGroup(scope, id, { minSize: '0', maxSize: '1', ...props });
}

function groupOf(scope: Construct, id: string, lc: CfnResource): autoscaling.CfnAutoScalingGroup {
  return group(scope, id, { launchConfigurationName: lc.ref });
}

/** An app of the stacks S and T, migrated, and the templates it has without the aspect. */
function migrate(
  build: (stack: Stack, other: Stack) => void, props: RequireImdsv2Props = {}, apply?: (app: App) => void, context: { [key: string]: unknown } = {},
) {
  const [bare, app] = [new App({ context }), new App({ context })];
  for (const one of [bare, app]) build(new Stack(one, 'S'), new Stack(one, 'T'));
  if (apply) apply(app);
  else Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: MIGRATE, ...props }));
  const result = outcome(app);
  const assembly = new CloudAssembly(app.outdir);
  const said = warnings(assembly).filter(({ id }) => id?.startsWith('cdk-imdsv2'));
  return { ...result, app, before: synthTemplates(bare), warnings: said, notices: notices(assembly), changes: changes(assembly) };
}

/** The logical ids of a type. */
function idsOf(template: Json, type: string): string[] {
  return Object.keys(template.Resources).filter((id) => template.Resources[id].Type === type);
}

function templateId(template: Json): string {
  const ids = idsOf(template, 'AWS::EC2::LaunchTemplate');
  if (ids.length !== 1) throw new Error(`${ids.length} launch templates`);
  return ids[0];
}

/** A reference to a launch template as a group has it. */
function latest(id: string): Json {
  return { LaunchTemplateId: { Ref: id }, Version: { 'Fn::GetAtt': [id, 'LatestVersionNumber'] } };
}

describe('a group', () => {
  /** Ways to launch from a configuration; the group is G. */
  const WAYS: ReadonlyArray<readonly [string, (stack: Stack) => void]> = [
    ['of typed resources', (stack) => groupOf(stack, 'G', configuration(stack))],
    ['that was defined first', (stack) => {
      const first = group(stack, 'G', {});
      first.launchConfigurationName = configuration(stack).ref;
    }],
    ['by an override', (stack) => group(stack, 'G', {}).addPropertyOverride('LaunchConfigurationName', configuration(stack).ref)],
    ['by the name of the configuration', (stack) => {
      configuration(stack, 'LC', { launchConfigurationName: 'web' });
      group(stack, 'G', { launchConfigurationName: 'web' });
    }],
    ['of untyped resources', (stack) => {
      const lc = new CfnResource(stack, 'LC', { type: 'AWS::AutoScaling::LaunchConfiguration', properties: { ImageId: 'ami-1' } });
      new CfnResource(stack, 'G', { type: 'AWS::AutoScaling::AutoScalingGroup', properties: { MaxSize: '1', LaunchConfigurationName: lc.ref } });
    }],
    ['that refers by text', (stack) => {
      configuration(stack);
      new CfnResource(stack, 'G', { type: 'AWS::AutoScaling::AutoScalingGroup', properties: { MaxSize: '1', LaunchConfigurationName: { Ref: 'LC' } } });
    }],
    ['that substitutes', (stack) => {
      configuration(stack);
      group(stack, 'G', { launchConfigurationName: Fn.sub('${LC}') });
    }],
    ['that substitutes, from a template that is included', (stack) => {
      const file = join(fs.mkdtempSync(join(os.tmpdir(), 'included-')), 'template.json');
      fs.writeFileSync(file, JSON.stringify({
        Resources: {
          LC: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { ImageId: 'ami-1', InstanceType: 't3.micro' } },
          G: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { MinSize: '0', MaxSize: '1', LaunchConfigurationName: { 'Fn::Sub': '${LC}' } } },
        },
      }));
      new CfnInclude(stack, 'Included', { templateFile: file });
    }],
  ];

  test.each(WAYS)('%s launches from the template, and is otherwise the same', (_, build) => {
    const { error, before, templates } = migrate(build);
    expect(error).toBeUndefined();
    const [was, is] = [before.S.Resources.G, templates.S.Resources.G];
    expect(is.Properties.LaunchTemplate).toEqual(latest(templateId(templates.S)));
    expect(differences(was, is).sort()).toEqual(['Properties.LaunchConfigurationName', 'Properties.LaunchTemplate']);
    expect(is.Properties).not.toHaveProperty('LaunchConfigurationName');
    expect(idsOf(templates.S, 'AWS::AutoScaling::LaunchConfiguration')).toEqual([]);
  });

  test('of the construct library, without its feature flag, keeps its id, user data and security groups', () => {
    const { error, before, templates } = migrate((stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
      const machineImage = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' });
      const asg = new autoscaling.AutoScalingGroup(stack, 'G', { vpc, instanceType: new ec2.InstanceType('t3.micro'), machineImage, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
      asg.addUserData('echo one');
      const more = new ec2.SecurityGroup(stack, 'More', { vpc });
      // Both grow after the edit.
      Aspects.of(stack).add({
        visit: (node) => {
          if (node === asg.node.defaultChild) {
            asg.addUserData('echo two');
            asg.addSecurityGroup(more);
          }
        },
      }, { priority: 900 });
    });
    expect(error).toBeUndefined();
    const [lc, lt] = [onlyOne(before.S, 'AWS::AutoScaling::LaunchConfiguration').Properties, onlyOne(templates.S, 'AWS::EC2::LaunchTemplate')];
    expect(lt.Properties.LaunchTemplateData.UserData).toEqual({ 'Fn::Base64': '#!/bin/bash\necho one\necho two' });
    expect(lt.Properties.LaunchTemplateData.UserData).toEqual(lc.UserData);
    expect(lt.Properties.LaunchTemplateData.SecurityGroupIds).toEqual(lc.SecurityGroups);
    expect(lc.SecurityGroups).toHaveLength(2);
    expect(idsOf(templates.S, 'AWS::AutoScaling::AutoScalingGroup')).toEqual(idsOf(before.S, 'AWS::AutoScaling::AutoScalingGroup'));
    expect(lt.DependsOn).toEqual(onlyOne(before.S, 'AWS::AutoScaling::LaunchConfiguration').DependsOn);
  });

  test('shares the template with another that shared the configuration', () => {
    const { templates } = migrate((stack) => {
      const lc = configuration(stack);
      groupOf(stack, 'G', lc);
      groupOf(stack, 'H', lc);
    });
    const id = templateId(templates.S);
    expect(['G', 'H'].map((one) => templates.S.Resources[one].Properties.LaunchTemplate)).toEqual([latest(id), latest(id)]);
  });

  test('in a nested stack, given the name by parameter or by reference, gets the template of the parent', () => {
    const { error, findings, templates } = migrate((stack) => {
      groupOf(new NestedStack(stack, 'N'), 'G', configuration(stack));
    });
    expect({ error, findings }).toEqual({ error: undefined, findings: [] });
    const { LaunchTemplate: { LaunchTemplateId: { Ref: parameter } } } = templates['S/N'].Resources.G.Properties;
    const { Parameters: passed } = onlyOne(templates.S, 'AWS::CloudFormation::Stack').Properties;
    expect(passed[parameter]).toEqual({ Ref: templateId(templates.S) });
    expect(Object.keys(passed)).toHaveLength(2);
  });

  test('above the nested stack that holds the configuration gets the template from there', () => {
    const { error, findings, templates } = migrate((stack) => {
      groupOf(stack, 'G', configuration(new NestedStack(stack, 'N')));
    });
    expect({ error, findings }).toEqual({ error: undefined, findings: [] });
    const { LaunchTemplateId: { 'Fn::GetAtt': [, output] } } = templates.S.Resources.G.Properties.LaunchTemplate;
    expect(templates['S/N'].Outputs[output.replace('Outputs.', '')].Value).toEqual({ Ref: templateId(templates['S/N']) });
  });

  test('above the nested stack that gives the name as an output gets the template from there', () => {
    const { templates, error } = migrate((stack) => {
      const nested = new NestedStack(stack, 'N');
      new CfnOutput(nested, 'Name', { value: configuration(nested).ref });
      group(stack, 'G', { launchConfigurationName: nested.nestedStackResource!.getAtt('Outputs.Name').toString() });
    });
    expect(error).toBeUndefined();
    expect(templates.S.Resources.G.Properties).toEqual({
      MinSize: '0',
      MaxSize: '1',
      LaunchTemplate: {
        LaunchTemplateId: { 'Fn::GetAtt': [expect.any(String), expect.stringMatching(/^Outputs\..*Ref$/)] },
        Version: { 'Fn::GetAtt': [expect.any(String), expect.stringMatching(/^Outputs\..*LatestVersionNumber$/)] },
      },
    });
  });

  test('that launches from nothing of the kind is not touched', () => {
    const { before, templates } = migrate((stack) => {
      configuration(stack);
      group(stack, 'G', { launchConfigurationName: 'somebody-elses' });
      group(stack, 'H', { launchTemplate: { launchTemplateId: 'lt-1', version: '1' } });
    });
    for (const id of ['G', 'H']) expect(templates.S.Resources[id]).toEqual(before.S.Resources[id]);
  });
});

describe('under conditions', () => {
  const condition = (stack: Stack, id = 'C') => new CfnCondition(stack, id, { expression: Fn.conditionEquals(Fn.ref('AWS::Region'), 'us-east-1') });
  const IF = (then: Json, otherwise: Json, id = 'C') => ({ 'Fn::If': [id, then, otherwise] });
  const NO_VALUE = { Ref: 'AWS::NoValue' };
  const choice = (then: Json, otherwise: Json, id = 'C') => Fn.conditionIf(id, then, otherwise).toString();

  function launches(build: (stack: Stack) => void) {
    const { error, templates: { S: template } } = migrate((stack) => {
      condition(stack);
      condition(stack, 'D');
      build(stack);
    });
    expect(error).toBeUndefined();
    const { LaunchConfigurationName: name, LaunchTemplate: launchTemplate } = template.Resources.G.Properties;
    return { name, launchTemplate, ids: idsOf(template, 'AWS::EC2::LaunchTemplate') };
  }

  test('a group that chooses between two configurations chooses between two templates', () => {
    const { name, launchTemplate, ids } = launches((stack) =>
      group(stack, 'G', { launchConfigurationName: choice(configuration(stack).ref, configuration(stack, 'LC2').ref) }));
    expect({ name, launchTemplate }).toEqual({ launchTemplate: IF(latest(ids[0]), latest(ids[1])) });
  });

  test('… and three', () => {
    const { name, launchTemplate, ids } = launches((stack) => group(stack, 'G', {
      launchConfigurationName: choice(configuration(stack).ref, Fn.conditionIf('D', configuration(stack, 'LC2').ref, configuration(stack, 'LC3').ref)),
    }));
    expect({ name, launchTemplate }).toEqual({ launchTemplate: IF(latest(ids[0]), IF(latest(ids[1]), latest(ids[2]), 'D')) });
  });

  test('a group keeps the name of a configuration that is not part of the app', () => {
    const { name, launchTemplate, ids } = launches((stack) => group(stack, 'G', { launchConfigurationName: choice(configuration(stack).ref, 'theirs') }));
    expect({ name, launchTemplate }).toEqual({ name: IF(NO_VALUE, 'theirs'), launchTemplate: IF(latest(ids[0]), NO_VALUE) });
  });

  test('a group keeps the launch template that it has where it has no configuration', () => {
    const theirs = { LaunchTemplateId: 'lt-1', Version: '1' };
    const { name, launchTemplate, ids } = launches((stack) => group(stack, 'G', {
      launchConfigurationName: choice(configuration(stack).ref, NO_VALUE),
      launchTemplate: Fn.conditionIf('C', NO_VALUE, theirs),
    }));
    expect({ name, launchTemplate }).toEqual({ launchTemplate: IF(latest(ids[0]), theirs) });
  });

  test('a condition of the configuration is one of the template', () => {
    const { templates } = migrate((stack) => {
      configuration(stack).cfnOptions.condition = condition(stack);
    });
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Condition).toBe('C');
  });
});

describe('what else a resource has', () => {
  test('metadata and policies are those of the template', () => {
    const { templates } = migrate((stack) => {
      const lc = configuration(stack);
      lc.addMetadata('Owner', 'web');
      lc.applyRemovalPolicy(undefined);
      lc.addOverride('UpdateReplacePolicy', 'Delete');
    });
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate')).toMatchObject({ Metadata: { Owner: 'web' }, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Delete' });
  });

  test('the path in its metadata is the path of the template', () => {
    const { templates } = migrate((stack) => configuration(stack).addMetadata('Owner', 'web'), {}, undefined, { 'aws:cdk:enable-path-metadata': true });
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Metadata).toEqual({ 'Owner': 'web', 'aws:cdk:path': 'S/LC/LaunchTemplate' });
  });

  test('a type that an override gives is not one of the template', () => {
    const { error, templates } = migrate((stack) => {
      new CfnResource(stack, 'LC', { type: 'A::B::C', properties: { ImageId: 'ami-1' } }).addOverride('Type', 'AWS::AutoScaling::LaunchConfiguration');
    });
    expect(error).toBeUndefined();
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.ImageId).toBe('ami-1');
  });

  const DEPENDENCIES: ReadonlyArray<readonly [string, (one: CfnResource, other: CfnResource) => void]> = [
    ['of resources', (one, other) => one.addResourceDependency(other)],
    ['of constructs', (one, other) => one.node.addDependency(other)],
  ];

  test.each(DEPENDENCIES)('dependencies %s, to and from the configuration, are those of the template', (_, depend) => {
    const { before, templates } = migrate((stack) => {
      const [lc, first, last] = [configuration(stack), new CfnResource(stack, 'First', { type: 'A::B::C' }), new CfnResource(stack, 'Last', { type: 'A::B::C' })];
      depend(lc, first);
      depend(last, lc);
    });
    const id = templateId(templates.S);
    expect([before.S.Resources.LC.DependsOn, before.S.Resources.Last.DependsOn]).toEqual([['First'], ['LC']]);
    expect([templates.S.Resources[id].DependsOn, templates.S.Resources.Last.DependsOn]).toEqual([['First'], [id]]);
  });

  test('two configurations of which one depends on the other become two such templates', () => {
    const { templates } = migrate((stack) => configuration(stack, 'B').addResourceDependency(configuration(stack, 'A')));
    const [b, a] = idsOf(templates.S, 'AWS::EC2::LaunchTemplate');
    expect([templates.S.Resources[b].DependsOn, templates.S.Resources[a].DependsOn]).toEqual([[a], undefined]);
  });
});

describe('where its name is used', () => {
  test('an output gives the id of the template, and a warning says so', () => {
    const { error, templates, warnings: said } = migrate((stack) => {
      const lc = configuration(stack);
      new CfnOutput(stack, 'O', { value: lc.ref });
      new CfnOutput(stack, 'Sub', { value: Fn.sub('name: ${Name}', { Name: lc.ref }) });
      new CfnOutput(stack, 'Other', { value: 'x' });
    });
    expect(error).toBeUndefined();
    expect(templates.S.Outputs.O.Value).toEqual({ Ref: templateId(templates.S) });
    expect(said.map(({ path, id }) => [path, id])).toEqual([['S/O', RULE], ['S/Sub', RULE]]);
    expect(said[0].message).toContain("gave the name of the launch configuration 'S/LC', and gives the id of the launch template");
  });

  /** Uses that nothing can follow, and what the finding says. */
  const USES: ReadonlyArray<readonly [string, (stack: Stack, lc: CfnResource) => void, string]> = [
    ['by a property', (stack, lc) => new CfnResource(stack, 'X', { type: 'A::B::C', properties: { Name: lc.ref } }), 'Resources.X.Properties.Name used its name'],
    ['by a substitution', (stack, lc) => new CfnResource(stack, 'X', { type: 'A::B::C', properties: { Name: `arn:${lc.ref}` } }), 'Resources.X.Properties.Name'],
    ['by metadata', (stack, lc) => new CfnResource(stack, 'X', { type: 'A::B::C' }).addMetadata('M', [lc.ref]), 'Resources.X.Metadata.M.0 used its name'],
    ['by a group in a way that cannot be read', (stack, lc) => group(stack, 'X', { launchConfigurationName: Fn.join('', ['', lc.ref]) }),
      'Resources.X.Properties.LaunchConfigurationName'],
    ['by a property in a nested stack', (stack, lc) => new CfnResource(new NestedStack(stack, 'N'), 'X', { type: 'A::B::C', properties: { Name: lc.ref } }),
      'used its name'],
    ['by a property of another stack', (stack, lc) =>
      new CfnResource(stack.node.root.node.findChild('T'), 'X', { type: 'A::B::C', properties: { Name: lc.ref } }), 'Outputs.ExportsOutputRef'],
    ['by an output of another stack', (stack, lc) => new CfnOutput(stack.node.root.node.findChild('T'), 'O', { value: lc.ref }), 'Outputs.ExportsOutputRef'],
    ['by text', (stack) => new CfnResource(stack, 'X', { type: 'A::B::C', properties: { Name: { Ref: 'LC' } } }),
      "Resources.X.Properties.Name refers to its logical id 'LC', which is gone"],
    ['by substituted text', (stack) => new CfnResource(stack, 'X', { type: 'A::B::C', properties: { Name: { 'Fn::Sub': 'a-${LC}' } } }), "its logical id 'LC', which is gone"],
    ['by a dependency in text', (stack) => new CfnResource(stack, 'X', { type: 'A::B::C' }).addOverride('DependsOn', ['LC']), 'Resources.X.DependsOn.0 refers to'],
    ['by the boot script of another', (stack) => new ec2.CfnInstance(stack, 'X', { userData: Fn.base64('cfn-init --resource LC'), metadataOptions: { httpTokens: 'required' } }),
      "the boot scripts of X name its logical id 'LC', which is gone"],
  ];

  test.each(USES)('%s it is a finding that stops synthesis', (_, use, said) => {
    const { error, findings } = migrate((stack) => use(stack, configuration(stack)));
    expect(error).toBeDefined();
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual([[RULE, 'S/LC']]);
    expect(findings[0].description).toContain(said);
  });

  test.each(USES)('%s it stays as it is where the line of the finding is written', (_, use) => {
    const { before, error, templates } = migrate((stack) => {
      const lc = configuration(stack, 'LC', { metadataOptions: { httpTokens: 'required' } });
      use(stack, lc);
      Validations.of(lc).acknowledge({ id: RULE, reason: 'its name is used' });
    });
    expect(error).toBeUndefined();
    expect(templates).toEqual(before);
  });
});

test('the default version of its template is moved, which uses no name of it', () => {
  const { error, findings, templates } = migrate((stack) => groupOf(stack, 'G', configuration(stack)), { updateDefaultVersion: true });
  expect([error, findings]).toEqual([undefined, []]);
  const id = templateId(templates.S);
  expect(onlyOne(templates.S, 'Custom::LaunchTemplateDefaultVersion').Properties).toMatchObject({
    LaunchTemplateId: { Ref: id }, Version: { 'Fn::GetAtt': [id, 'LatestVersionNumber'] },
  });
});

test('the name of a configuration in a nested stack is a finding where a property above uses it', () => {
  const { error, findings } = migrate((stack) => {
    const lc = configuration(new NestedStack(stack, 'N'));
    new CfnResource(stack, 'X', { type: 'A::B::C', properties: { Name: lc.ref } });
  });
  expect(error).toBeDefined();
  expect(findings.map(({ rule, path, description }) => [rule, path, description.includes('used its name')])).toEqual([[RULE, 'S/N/LC', true]]);
});

describe('is left as it is, and a finding says why, where', () => {
  const HINDRANCES: ReadonlyArray<readonly [string, (stack: Stack, other: Stack) => void, string]> = [
    ['its user data names its logical id', (stack) => configuration(stack, 'LC', { userData: Fn.base64(Fn.sub('cfn-init --stack ${AWS::StackName} --resource LC -v')) }),
      "its boot scripts name its logical id 'LC' (cfn-init --resource LC)"],
    ['an encoded file in its user data does', (stack) => configuration(stack, 'LC', {
      userData: Fn.base64(`echo ${Buffer.from('#!/bin/bash\ncfn-init -r LC\n# and more than that').toString('base64')} | base64 -d | bash`),
    }), "its boot scripts name its logical id 'LC' (cfn-init --resource LC)"],
    ['its encoded user data does', (stack) => configuration(stack, 'LC', { userData: Buffer.from('#!/bin/bash\ncfn-init -r LC\n# and more than that').toString('base64') }),
      'its boot scripts name its logical id'],
    ['its Init metadata does', (stack) => configuration(stack).addMetadata('AWS::CloudFormation::Init', { config: { files: { a: { content: 'path=Resources.LC.Metadata' } } } }),
      'its boot scripts name its logical id'],
    ['a group of another stack imports its name', (stack, other) => groupOf(other, 'G', configuration(stack)), "the group 'T/G' takes its name from another stack's export"],
    ['an output exports its name', (stack) => new CfnOutput(stack, 'O', { value: configuration(stack).ref, exportName: 'lc' }), "'S/O' exports its name"],
    ['its name was exported by code', (stack) => stack.exportValue(configuration(stack).ref), 'exports its name'],
    ['its logical id is fixed', (stack) => (configuration(stack) as Json)._lockLogicalId(), 'its logical id cannot change any more'],
    ['something else stands where its template would', (stack) => new CfnResource(configuration(stack), 'LaunchTemplate', { type: 'A::B::C' }),
      "'S/LC/LaunchTemplate' stands where its launch template would"],
    ['Elastic Beanstalk made it', (stack) => configuration(stack).overrideLogicalId('AWSEBAutoScalingLaunchConfiguration'), 'Elastic Beanstalk made it'],
    ['an exempt group launches from it', (stack) => {
      const exempt = groupOf(stack, 'G', configuration(stack));
      Validations.of(exempt).acknowledge({ id: TOKENS, reason: 'old agent' });
    }, "the group 'S/G' launches from it and is exempt"],
    ['its own tokens are exempt', (stack) => Validations.of(configuration(stack)).acknowledge({ id: TOKENS, reason: 'old agent' }), `'${TOKENS}' is acknowledged on it`],
    ['a group has it by properties that are a token', (stack) => {
      const lc = configuration(stack);
      group(stack, 'G', {}).addOverride('Properties', Lazy.any({ produce: () => ({ LaunchConfigurationName: lc.ref }) }));
    }, "the group 'S/G' has properties that cannot be edited"],
    ['a nested stack is given its name or another', (stack) => {
      const nested = new NestedStack(stack, 'N', { parameters: { Name: Fn.conditionIf('C', configuration(stack).ref, 'theirs').toString() } });
      group(nested, 'G', { launchConfigurationName: new CfnParameter(nested, 'Name').valueAsString });
    }, "the group 'S/N/G' names it by a value of another stack that may name something else too"],
    ['a group looks up its name in an SSM parameter', (stack, other) => {
      new ssm.StringParameter(stack, 'P', { parameterName: '/web', stringValue: configuration(stack).ref });
      group(other, 'G', { launchConfigurationName: ssm.StringParameter.valueForStringParameter(other, '/web') });
    }, "the group 'T/G' takes its name from an SSM parameter"],
    ['a mapping may give a group the name that it has', (stack) => {
      configuration(stack, 'LC', { launchConfigurationName: 'web' });
      group(stack, 'G', { launchConfigurationName: new CfnMapping(stack, 'M', { mapping: { a: { b: 'web' } } }).findInMap('a', 'b') });
    }, "it has a name of its own, which may be what the group 'S/G' is given at deployment"],
    ['a parameter may give a group the name that it has', (stack) => {
      configuration(stack, 'LC', { launchConfigurationName: 'web' });
      group(stack, 'G', { launchConfigurationName: new CfnParameter(stack, 'Name', { default: 'web' }).valueAsString });
    }, "which may be what the group 'S/G' is given at deployment"],
    ['a dynamic reference may', (stack) => {
      configuration(stack, 'LC', { launchConfigurationName: 'web' });
      group(stack, 'G', { launchConfigurationName: '{{resolve:ssm:/web}}' });
    }, "which may be what the group 'S/G' is given at deployment"],
  ];

  test.each(HINDRANCES)('%s', (_, build, said) => {
    const { before, error, findings, templates, changes: made } = migrate(build);
    expect(error).toBeDefined();
    expect(findings.filter(({ rule }) => rule === RULE).map(({ path }) => path)).toEqual(['S/LC']);
    expect(findings.find(({ rule }) => rule === RULE)!.description).toContain(said);
    expect(templates).toEqual(before);
    expect(made).toEqual([]);
  });

  test.each<[string, (stack: Stack) => void]>([
    ['a group is given another name, it is migrated', (stack) => {
      configuration(stack, 'LC', { launchConfigurationName: 'web' });
      group(stack, 'G', { launchConfigurationName: 'theirs' });
    }],
    ['a parameter gives a group a name and it has none of its own, it is migrated', (stack) => {
      configuration(stack);
      group(stack, 'G', { launchConfigurationName: new CfnParameter(stack, 'Name').valueAsString });
    }],
  ])('%s', (_, build) => {
    const { error, templates } = migrate(build);
    expect(error).toBeUndefined();
    expect(idsOf(templates.S, 'AWS::AutoScaling::LaunchConfiguration')).toEqual([]);
  });

  test('a word only contains its logical id, it is migrated', () => {
    const { error } = migrate((stack) => configuration(stack, 'LC', { userData: Fn.base64('echo LCD XLC lc') }));
    expect(error).toBeUndefined();
  });
});

describe('what comes later', () => {
  const later = (stack: Stack, edit: (lc: autoscaling.CfnLaunchConfiguration) => void) => {
    const lc = configuration(stack, 'LC', { metadataOptions: { httpPutResponseHopLimit: 1 } });
    Aspects.of(stack).add({ visit: (node) => { if (node === lc) edit(lc); } }, { priority: 900 });
  };

  test('and has an equivalent is in the template', () => {
    const { error, templates } = migrate((stack) => later(stack, (lc) => {
      lc.imageId = 'ami-2';
      lc.addPropertyOverride('InstanceType', 't3.large');
    }));
    expect(error).toBeUndefined();
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData).toMatchObject({ ImageId: 'ami-2', InstanceType: 't3.large' });
  });

  const LOST: ReadonlyArray<readonly [string, (lc: autoscaling.CfnLaunchConfiguration) => void, string]> = [
    ['has no equivalent', (lc) => { lc.instanceId = 'i-1'; }, 'its InstanceId copies a running instance'],
    ['is a property more', (lc) => { lc.kernelId = 'aki-1'; }, 'its KernelId was changed after it was migrated'],
    ['is another metadata option', (lc) => { lc.metadataOptions = { httpPutResponseHopLimit: 3 }; }, 'its MetadataOptions was changed after it was migrated'],
    ['is a name', (lc) => { lc.launchConfigurationName = 'web'; }, 'its LaunchConfigurationName was changed after it was migrated'],
  ];

  test.each(LOST)('and %s is a finding', (_, edit, said) => {
    const { error, findings } = migrate((stack) => later(stack, edit));
    expect(error).toBeDefined();
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual([[RULE, 'S/LC']]);
    expect(findings[0].description).toContain(said);
  });

  test('and requires tokens of the configuration is no news', () => {
    const { error } = migrate((stack) => later(stack, (lc) => { lc.metadataOptions = { httpPutResponseHopLimit: 1, httpTokens: 'required' }; }));
    expect(error).toBeUndefined();
  });

  test('and makes the template optional is a finding, as with any other', () => {
    const { findings } = migrate((stack) => {
      configuration(stack);
      Aspects.of(stack).add({
        visit: (node) => {
          if (node instanceof ec2.CfnLaunchTemplate) node.addPropertyOverride('LaunchTemplateData.MetadataOptions.HttpTokens', 'optional');
        },
      }, { priority: 900 });
    });
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual([[TOKENS, 'S/LC/LaunchTemplate']]);
  });
});

describe('update policies', () => {
  const ROLLING = { AutoScalingRollingUpdate: { MinInstancesInService: 1 } };
  const SCHEDULED = { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } };
  const REFRESH = { AutoScalingInstanceRefresh: { Strategy: 'Rolling' } };
  const THEIRS = { AutoScalingInstanceRefresh: { Strategy: 'Rolling', Preferences: { MinHealthyPercentage: 50 } } };
  const KEEPS = 'its running instances stay as they are, IMDSv1 included, until they are replaced';

  /** The policy before, after without and with `instanceRefresh`, and what is said. */
  const POLICIES: ReadonlyArray<readonly [string, Json, boolean, Json, string]> = [
    ['none', undefined, false, undefined, KEEPS],
    ['none', undefined, true, REFRESH, 'rolls the group (UpdatePolicy AutoScalingInstanceRefresh)'],
    ['a scheduled action', SCHEDULED, false, SCHEDULED, KEEPS],
    ['a scheduled action', SCHEDULED, true, { ...SCHEDULED, ...REFRESH }, 'rolls the group (UpdatePolicy AutoScalingInstanceRefresh)'],
    ['a rolling update', ROLLING, false, ROLLING, 'rolls the group (UpdatePolicy AutoScalingRollingUpdate)'],
    ['a rolling update', ROLLING, true, ROLLING, 'rolls the group (UpdatePolicy AutoScalingRollingUpdate)'],
    ['a replacing update', { AutoScalingReplacingUpdate: { WillReplace: true } }, true, { AutoScalingReplacingUpdate: { WillReplace: true } }, 'replaces the group'],
    ['a replacing update that does not', { AutoScalingReplacingUpdate: { WillReplace: false } }, true, { AutoScalingReplacingUpdate: { WillReplace: false } }, KEEPS],
    ['an instance refresh', THEIRS, true, THEIRS, 'rolls the group (UpdatePolicy AutoScalingInstanceRefresh)'],
    ['a policy under a condition', { 'Fn::If': ['C', ROLLING, SCHEDULED] }, true, { 'Fn::If': ['C', ROLLING, SCHEDULED] },
      'rolls the group (UpdatePolicy AutoScalingRollingUpdate)'],
  ];

  describe.each([
    ['typed', (one: autoscaling.CfnAutoScalingGroup, policy: Json) => { one.cfnOptions.updatePolicy = policy; }],
    ['overridden', (one: autoscaling.CfnAutoScalingGroup, policy: Json) => { if (policy) one.addOverride('UpdatePolicy', policy); }],
  ])('%s', (_, set) => {
    test.each(POLICIES)('%s (%j), instanceRefresh: %s', (__, policy, instanceRefresh, after, said) => {
      const result = migrate((stack) => set(groupOf(stack, 'G', configuration(stack)), policy), { instanceRefresh });
      expect(result.error).toBeUndefined();
      expect(result.templates.S.Resources.G.UpdatePolicy).toEqual(after);
      // What rolls as the group's own policy says is information.
      const [one, other] = said.startsWith('rolls') ? [result.notices, result.warnings] : [result.warnings, result.notices];
      expect(other).toEqual([]);
      expect(one.map(({ path, id }) => [path, id])).toEqual([['S/G', FOLLOWER]]);
      expect(one[0].message).toContain(said);
      expect(one[0].message.includes('instanceRefresh: true')).toBe(policy === undefined && !instanceRefresh || policy === SCHEDULED && !instanceRefresh);
    });
  });
});

test('an update policy that two groups share as one override is refreshed in the one that is migrated alone', () => {
  const shared = { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } };
  const { templates } = migrate((stack) => {
    groupOf(stack, 'G', configuration(stack)).addOverride('UpdatePolicy', shared);
    new autoscaling.CfnAutoScalingGroup(stack, 'Other', { minSize: '0', maxSize: '1', launchConfigurationName: 'theirs' }).addOverride('UpdatePolicy', shared);
  }, { instanceRefresh: true });
  expect(['G', 'Other'].map((id) => Object.keys(templates.S.Resources[id].UpdatePolicy)))
    .toEqual([['AutoScalingScheduledAction', 'AutoScalingInstanceRefresh'], ['AutoScalingScheduledAction']]);
});

test('an update policy that an override deletes does not come back with the instance refresh', () => {
  const { templates } = migrate((stack) => {
    const refreshed = groupOf(stack, 'G', configuration(stack));
    refreshed.cfnOptions.updatePolicy = { autoScalingRollingUpdate: { minInstancesInService: 1 } };
    refreshed.addDeletionOverride('UpdatePolicy');
  }, { instanceRefresh: true });
  expect(templates.S.Resources.G.UpdatePolicy).toEqual({ AutoScalingInstanceRefresh: { Strategy: 'Rolling' } });
});

describe('the template', () => {
  test('of a configuration that says nothing requires tokens, and two records say what was done', () => {
    const { changes: made } = migrate((stack) => {
      groupOf(stack, 'G', configuration(stack)).cfnOptions.updatePolicy = { autoScalingRollingUpdate: {} };
    });
    const effect = "a new launch template in the place of a launch configuration; rolls the group 'S/G'";
    expect(made).toEqual([
      {
        path: 'S/LC',
        type: 'AWS::AutoScaling::LaunchConfiguration',
        before: 'not set',
        after: 'not set',
        hopLimitBefore: 'not set',
        hopLimitAfter: 'not set',
        effect,
        reason: 'launch configurations are migrated: a launch template with the same meaning takes its place',
        reportOnly: false,
      },
      {
        path: 'S/LC/LaunchTemplate',
        type: 'AWS::EC2::LaunchTemplate',
        before: 'not set',
        after: 'required',
        hopLimitBefore: 'not set',
        hopLimitAfter: 'not set',
        effect,
        reason: 'tokens were not required',
        reportOnly: false,
      },
    ]);
  });

  test('of one that complies is recorded as well, with what it says', () => {
    const { changes: made } = migrate((stack) => configuration(stack, 'LC', { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 3 } }));
    expect(made).toEqual([expect.objectContaining({ path: 'S/LC', before: 'required', after: 'required', hopLimitBefore: '3', hopLimitAfter: '3' })]);
  });

  test('gets the hop limits that any other gets', () => {
    const { templates, warnings: said } = migrate((stack) => configuration(stack, 'LC', { metadataOptions: { httpPutResponseHopLimit: 9 } }), { hopLimit: HopLimit.CONTAINERS });
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    expect(said.map(({ path, id }) => [path, id])).toEqual([['S/LC/LaunchTemplate', 'cdk-imdsv2::hop-limit']]);
  });

  const HOSTS: ReadonlyArray<readonly [string, (stack: Stack) => void]> = [
    ['its user data', (stack) => configuration(stack, 'LC', { userData: Fn.base64('echo ECS_CLUSTER=c >> /etc/ecs/ecs.config') })],
    ['its image', (stack) => configuration(stack, 'LC', { imageId: '{{resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id}}' })],
    ['the capacity provider of its group', (stack) => {
      const providing = groupOf(stack, 'G', configuration(stack));
      new ecs.CfnCapacityProvider(stack, 'P', { autoScalingGroupProvider: { autoScalingGroupArn: providing.ref } });
    }],
  ];

  test.each(HOSTS)('of a container host, by %s, allows two hops', (_, build) => {
    const { templates } = migrate(build);
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });

  test('is read by other tools as any launch template is', () => {
    let read: Json;
    migrate((stack) => {
      configuration(stack, 'LC', { securityGroups: ['sg-1', 'sg-2'], instanceMonitoring: false });
      Aspects.of(stack).add({ visit: (node) => { if (node instanceof ec2.CfnLaunchTemplate) read = node.launchTemplateData; } }, { priority: 900 });
    });
    expect(read.metadataOptions).toEqual({ httpTokens: 'required' });
    expect([typeof read.imageId, typeof read.instanceType, Array.isArray(read.securityGroupIds)]).toEqual(['string', 'string', true]);
  });

  test('refers to a security group of another stack as the configuration did', () => {
    const { templates, before } = migrate((stack, other) => {
      configuration(other, 'LC', { securityGroups: [new ec2.CfnSecurityGroup(stack, 'Theirs', { groupDescription: 'd' }).ref] });
    });
    const [lc, lt] = [before.T.Resources.LC.Properties, onlyOne(templates.T, 'AWS::EC2::LaunchTemplate').Properties];
    expect(lt.LaunchTemplateData.SecurityGroupIds).toEqual(lc.SecurityGroups);
    expect(templates.S.Outputs).toEqual(before.S.Outputs);
  });

  test.each([['Name', 'web'], ['Arn', 'arn:aws:iam::1:instance-profile/web']])('names a profile by its %s where a parent stack gives it', (by, given) => {
    const { error, templates } = migrate((stack) => {
      const nested = new NestedStack(stack, 'N', { parameters: { Profile: given } });
      configuration(nested, 'LC', { iamInstanceProfile: new CfnParameter(nested, 'Profile').valueAsString });
    });
    expect(error).toBeUndefined();
    const { LaunchTemplateData: { IamInstanceProfile: profile } } = onlyOne(templates['S/N'], 'AWS::EC2::LaunchTemplate').Properties;
    expect(profile).toEqual({ [by]: { Ref: 'Profile' } });
  });

  test('names the boot calls of its user data', () => {
    const { warnings: said } = migrate((stack) => configuration(stack, 'LC', { userData: Fn.base64('curl http://169.254.169.254/latest/meta-data/') }));
    expect(said.map(({ path, id }) => [path, id])).toEqual([['S/LC/LaunchTemplate', 'cdk-imdsv2::boot-call']]);
  });

  test('has the same logical id in every synthesis', () => {
    const [one, other] = [0, 1].map(() => templateId(migrate((stack) => configuration(stack)).templates.S));
    expect([one, other]).toEqual(['LCLaunchTemplateA31EE5D2', 'LCLaunchTemplateA31EE5D2']);
  });

  test('is written once where an app is synthesized twice', () => {
    const { app, templates } = migrate((stack) => groupOf(stack, 'G', configuration(stack)));
    app.synth({ force: true });
    expect(synthTemplates(app)).toEqual(templates);
  });

  test.each([false, true])('is visited by the aspects of the configuration (stabilization: %s)', (stabilization) => {
    const visited: string[] = [];
    const { error } = migrate((stack) => {
      const lc = configuration(stack);
      Aspects.of(lc).add({ visit: (node) => { visited.push(node.node.path); } });
    }, {}, undefined, { '@aws-cdk/core:aspectStabilization': stabilization });
    expect(error).toBeUndefined();
    expect(visited).toContain('S/LC/LaunchTemplate');
  });
});

describe('who decides', () => {
  const both = (stack: Stack, other: Stack) => [stack, other].forEach((one) => groupOf(one, 'G', configuration(one)));
  const left = (templates: Json) => Object.keys(templates).filter((name) => idsOf(templates[name], 'AWS::AutoScaling::LaunchConfiguration').length > 0);
  const decide = (apply: (app: App, stack: Stack) => void, build = both) => migrate(build, {}, (app) => apply(app, app.node.findChild('S') as Stack));

  test('without the prop, or with REJECT, every configuration is a finding', () => {
    for (const props of [{}, { launchConfigurations: REJECT }]) {
      const { findings, templates } = decide((app) => Aspects.of(app).add(new RequireImdsv2(props)));
      expect(findings.map(({ rule }) => rule)).toEqual([RULE, RULE]);
      expect(left(templates)).toEqual(['S', 'T']);
    }
  });

  test('the nearest scope does, and nothing is said to be loosened', () => {
    const rejects = decide((app, stack) => {
      Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: MIGRATE, instanceRefresh: false }));
      Aspects.of(stack).add(new RequireImdsv2({ launchConfigurations: REJECT, instanceRefresh: true }));
    });
    const migrates = decide((app, stack) => {
      Aspects.of(app).add(new RequireImdsv2());
      Aspects.of(stack).add(new RequireImdsv2({ launchConfigurations: MIGRATE }));
    });
    expect([left(rejects.templates), left(migrates.templates)]).toEqual([['S'], ['T']]);
    for (const { warnings: said } of [rejects, migrates]) expect(said.filter(({ message }) => message.includes('loosens'))).toEqual([]);
  });

  test('an acknowledgement keeps the configuration, and it is edited as it always was', () => {
    const { error, suppressed, templates } = decide((app, stack) => {
      Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: MIGRATE }));
      Validations.of(stack).acknowledge({ id: RULE, reason: 'moves in May' });
    });
    expect(error).toBeUndefined();
    expect(suppressed.map(({ rule, path, acknowledged }) => [rule, path, acknowledged])).toEqual([[RULE, 'S/LC', 'moves in May']]);
    expect(templates.S.Resources.LC.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(left(templates)).toEqual(['S']);
  });

  test('report only writes nothing and lists what would be done', () => {
    const { before, error, findings, templates, changes: made } = decide((app) =>
      Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: MIGRATE, reportOnly: true })));
    expect(error).toBeUndefined();
    expect(templates).toEqual(before);
    expect(findings.map(({ rule, path, severity }) => [rule, path, severity])).toEqual([[RULE, 'S/LC', 'warning'], [RULE, 'T/LC', 'warning']]);
    expect(findings[0].description).toContain('would turn it into a launch template; on deploy: a new launch template in the place of a launch configuration; new instances only');
    expect(made.map(({ path, reportOnly }) => [path, reportOnly])).toEqual([['S/LC', true], ['T/LC', true]]);
  });

  test('two scopes that report only list a configuration once', () => {
    const { changes: made } = decide((app, stack) => {
      for (const scope of [app, stack]) Aspects.of(scope).add(new RequireImdsv2({ launchConfigurations: MIGRATE, reportOnly: true }));
    });
    expect(made.map(({ path }) => path)).toEqual(['S/LC', 'T/LC']);
  });

  const MIXINS: ReadonlyArray<readonly [string, (stack: Stack) => IConstruct]> = [
    ['the configuration', (stack) => stack.node.findChild('LC')],
    ['the stack', (stack) => stack],
  ];

  test.each(MIXINS)('a mixin on %s migrates it and no other', (_, on) => {
    const { error, findings, templates } = decide((__, stack) => on(stack).with(new RequireImdsv2({ launchConfigurations: MIGRATE })));
    expect({ error, findings }).toEqual({ error: undefined, findings: [] });
    expect(left(templates)).toEqual(['T']);
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
    expect(templates.S.Resources.G.Properties.LaunchTemplate).toEqual(latest(templateId(templates.S)));
  });

  const UNREACHED: ReadonlyArray<readonly [string, (app: App) => void, string]> = [
    ['in a stage that the aspect does not reach', (app) => void configuration(new Stack(new Stage(app, 'Stage'), 'S')), 'Stage/S/LC'],
    ['that comes after the aspect', (app) => {
      const stack = new Stack(app, 'S');
      stack.node.addValidation({
        validate: () => {
          if (!stack.node.tryFindChild('LC')) configuration(stack);
          return [];
        },
      });
    }, 'S/LC'],
  ];

  test.each(UNREACHED)('one %s is a finding that says so', (_, build, at) => {
    const app = new App();
    build(app);
    Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: MIGRATE }));
    const { error, findings } = outcome(app);
    expect(error).toBeDefined();
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual([[RULE, at]]);
    expect(findings[0].description).toContain('did not reach: it is in a stage, or was added after RequireImdsv2 had run');
    expect(findings[0].fix).toContain('RequireImdsv2.addTo(app, { launchConfigurations: LaunchConfigurationPolicy.MIGRATE })');
  });

  test('an aspect that passes its visits on migrates as well', () => {
    const { error, findings, templates } = decide((app) => {
      const inner = new RequireImdsv2({ launchConfigurations: MIGRATE });
      Aspects.of(app).add({ visit: (node) => inner.visit(node) });
    });
    expect({ error, findings }).toEqual({ error: undefined, findings: [] });
    expect(left(templates)).toEqual([]);
    expect(onlyOne(templates.S, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.MetadataOptions).toEqual({ HttpTokens: 'required' });
  });

  test('addTo reaches the configurations of stages', () => {
    const app = new App();
    const stack = new Stack(new Stage(app, 'Stage'), 'S');
    groupOf(stack, 'G', configuration(stack));
    RequireImdsv2.addTo(app, { launchConfigurations: MIGRATE });
    const { error, templates } = outcome(app);
    expect(error).toBeUndefined();
    expect(left(templates)).toEqual([]);
    expect(templates['Stage/S'].Resources.G.Properties.LaunchTemplate).toEqual(latest(templateId(templates['Stage/S'])));
  });

  test('a group in a nested stack that is given the name by a parameter is followed there, and the parameter is a finding', () => {
    const { findings, templates } = decide((app) => Aspects.of(app).add(new RequireImdsv2({ launchConfigurations: MIGRATE })), (stack) => {
      const nested = new NestedStack(stack, 'N', { parameters: { Name: configuration(stack).ref } });
      group(nested, 'G', { launchConfigurationName: new CfnParameter(nested, 'Name').valueAsString });
    });
    expect(findings.map(({ path, description }) => [path, description.includes('Parameters.Name used its name')])).toEqual([['S/LC', true]]);
    expect(templates['S/N'].Resources.G.Properties).not.toHaveProperty('LaunchConfigurationName');
  });
});

test.each(['MIGRATE', true, null])('launchConfigurations: %j is not taken', (policy) => {
  expect(() => new RequireImdsv2({ launchConfigurations: policy as Json })).toThrow(
    'expected LaunchConfigurationPolicy.REJECT or LaunchConfigurationPolicy.MIGRATE');
});
