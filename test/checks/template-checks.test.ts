import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AmazonLinuxImage, Instance, InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  checked, configuration, DISABLED, either, ELSEWHERE, group, instance, latest, NO_VALUE, OPTIONAL, policyOf, REQUIRED, template, type Resources,
} from './subjects';
import { CHECK_RULES } from '../../src/checks/rules/rules';
import { checkTemplate } from '../../src/checks/template-checks';
import { TemplateWorld, type TemplateDocument } from '../../src/posture/template-world';
import '../support';

type Found = readonly [what: string, problem: string, fix: string];

const CURL = 'curl http://169.254.169.254/latest/meta-data/instance-id';
const UNIT = 'ExecStart=/usr/bin/curl http://169.254.169.254/latest/meta-data/';
const CURL_WITH_TOKEN = 'TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H \'X-aws-ec2-metadata-token-ttl-seconds: 300\'); '
  + 'curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/instance-id';
const script = (...lines: string[]) => ({ 'Fn::Base64': ['#!/bin/bash', ...lines].join('\n') });
const pinned = (Version?: unknown) => ({ LaunchTemplateId: { Ref: 'T' }, Version });
const att = (attribute: string) => ({ 'Fn::GetAtt': ['T', attribute] });
const hops = (HttpPutResponseHopLimit: unknown) => ({ ...REQUIRED, HttpPutResponseHopLimit });
const withOverride = (LaunchTemplateSpecification: unknown, override: unknown) => ({
  MixedInstancesPolicy: {
    LaunchTemplate: { LaunchTemplateSpecification, Overrides: [{ LaunchTemplateSpecification: override }] },
  },
});
const fleet = (LaunchTemplateSpecification: unknown, ...options: unknown[]) => ({
  Type: 'AWS::EC2::EC2Fleet',
  Properties: { Type: 'instant', LaunchTemplateConfigs: [{ LaunchTemplateSpecification, Overrides: options.map((MetadataOptions) => ({ MetadataOptions })) }] },
});
const fastLaunch = (LaunchTemplate: unknown) => ({
  Type: 'AWS::ImageBuilder::DistributionConfiguration',
  Properties: { Distributions: [{ FastLaunchConfigurations: [{ LaunchTemplate }] }] },
});

/** A template that holds more than metadata options. */
const T = template(REQUIRED, { InstanceType: 't3.micro' });
const OPEN = template(undefined, { InstanceType: 't3.micro' });
const groupOf = (LaunchTemplate: unknown, of: unknown = T) => ({ R: group({ LaunchTemplate }), T: of });
const instanceOf = (options: unknown, LaunchTemplate: unknown, of: unknown = T) => ({ R: instance(options, { LaunchTemplate }), T: of });

const UNDER_CONDITIONS = ', under every condition';
const BY_ASPECT = 'in a CDK app, Aspects.of(app).add(new RequireImdsv2()) does it everywhere';
const effectAt = (path: string) => path.includes('LaunchTemplateData') ? 'a new launch template version' : 'no interruption';
const requireAt = (path: string, more = '') => `write ${path}.HttpTokens: required${more}; on deploy: ${effectAt(path)}; ${BY_ASPECT}`;
const tokens = (at: string, path: string, problem: string, more = ''): Found => [`tokens ${at}`, problem, requireAt(path, more)];
const groupTokens = (at: string, problem: string): Found =>
  [`tokens ${at}`, problem, 'launch from launch templates that say HttpTokens: required, under every condition'];
const external = (path: string, of: string, why: string, fix = 'require tokens where that is defined, or check its template together with this one'): Found => [
  `external-launch-template warning ${path} external`,
  `whether the ${of} allows IMDSv1 cannot be seen: ${why}`,
  fix,
];
const KEEPS = 'new instances only, running ones stay until they are replaced';
const follower = (path: string, of: string, asked: string, effect = KEEPS, versionKey = 'Version'): Found => [
  `launch-template-follower warning ${path}.${versionKey} external`,
  `the ${of} asks for ${asked} of the launch template T, which an earlier deployment may have written; CloudFormation never moves the default version`,
  `write ${path}.${versionKey}: !GetAtt T.LatestVersionNumber; on deploy: ${effect}`,
];
const replacing = (logicalId: string): Found => [
  'replacing-launch-template warning Properties.LaunchTemplate',
  `the launch template ${logicalId} holds metadata options alone, as requireImdsv2: true makes it: `
    + 'attaching it to an instance that exists replaces the instance',
  'for an instance that was deployed without it, write MetadataOptions: { HttpTokens: required } on the instance (httpTokens in a CDK app), '
    + 'which interrupts nothing; where it is attached already, leave it: detaching it replaces the instance too',
];
const bootCall = (path: string, line: number, when: string): Found => [
  `boot-call warning ${path}`, `line ${line} of the boot script asks the metadata service without a token, and ${when}: ${CURL}`, CURL_WITH_TOKEN,
];
const unread = (path: string): Found => [
  `boot-call info ${path}`, 'the boot script is known only at deployment, so calls without a token would not be seen',
  'look for 169.254.169.254 where the script comes from',
];
const badHops = (path: string, of: string, limit: number): Found => [
  `hop-limit error Properties.${path}.HttpPutResponseHopLimit`, `the hop limit of the ${of} is ${limit}, and EC2 takes 1 to 64`,
  `write Properties.${path}.HttpPutResponseHopLimit: 1; on deploy: ${effectAt(path)}`,
];
const manyHops = (limit: number, more = ''): Found => [
  'hop-limit info Properties.MetadataOptions.HttpPutResponseHopLimit',
  `tokens of the instance travel ${limit} network hops; containers behind one bridge need 2`,
  `unless an overlay network needs more, write Properties.MetadataOptions.HttpPutResponseHopLimit: 2${more}; on deploy: no interruption`,
];
const REJECTED: Found = [
  'launch-configuration error Type',
  'the launch configuration cannot be deployed everywhere: accounts created since 2024-10-01 cannot create launch configurations at all',
  'give the group a launch template; in a CDK app, '
    + 'new RequireImdsv2({ launchConfigurations: LaunchConfigurationPolicy.MIGRATE }) makes one of it, or set the feature flag '
    + "'@aws-cdk/aws-autoscaling:generateLaunchTemplateInsteadOfLaunchConfig': true in cdk.json",
];

/** Everything the rules say: the rule, its severity, the location and what leaves it undecided; then problem; then fix. */
function found({ findings }: ReturnType<typeof checked>): Found[] {
  return findings.map(({ rule, severity, location, undecided, problem, fix }) =>
    [[rule, severity, location, ...undecided ? [undecided] : []].join(' '), problem, fix]);
}

const PARAMETERS = { Hops: { AllowedValues: [2, 4] }, Any: {}, Default: { Type: 'String', Default: 'optional' } };
const OWN = 'Properties.MetadataOptions';
const DATA = 'Properties.LaunchTemplateData.MetadataOptions';
const tags = (more = ''): Found => [
  `metadata-tags info ${DATA}.InstanceMetadataTags`,
  'the launch template puts instance tags in the metadata, where everything that runs on an instance can read them',
  `keep secrets out of tags, or write ${DATA}.InstanceMetadataTags: disabled${more}; on deploy: a new launch template version`,
];

describe.each<[title: string, cases: Array<[name: string, resources: Resources, ...expected: Found[]]>]>([
  ['tokens', [
    ['required', { R: instance(REQUIRED) }],
    ['disabled', { R: template(DISABLED) }],
    ['optional', { R: instance(OPTIONAL) }, tokens(`error ${OWN}.HttpTokens`, OWN, 'the instance allows IMDSv1: tokens are optional')],
    ['silent', { R: template() }, tokens(`error ${DATA}`, DATA, 'the launch template allows IMDSv1: the launch template says nothing about tokens')],
    ['under a condition', { R: instance(either(REQUIRED, OPTIONAL)) },
      tokens(`warning ${OWN} conditional`, OWN, 'the instance may allow IMDSv1: a condition decides whether tokens are required; the condition C decides',
        UNDER_CONDITIONS)],
    ['by a parameter', { R: template({ HttpTokens: { Ref: 'Any' } }) },
      tokens(`warning ${DATA} conditional`, DATA, 'the launch template may allow IMDSv1: its value is not known before deployment; the parameter Any decides')],
    ['by a parameter with a default', { R: template({ HttpTokens: { Ref: 'Default' } }) }, tokens(`warning ${DATA} conditional`, DATA,
      'the launch template may allow IMDSv1: its value is not known before deployment; the parameter Default decides, and under the defaults it is optional')],
    ['made by a transform', { R: { Type: 'AWS::EC2::Instance', Properties: { 'Fn::Transform': {} } } },
      ['tokens warning Properties conditional', 'the instance may allow IMDSv1: its properties are made by a transform at deployment',
        'write Properties.MetadataOptions.HttpTokens: required in what makes the properties of this instance'],
      unread('Properties')],
    ['an instance whose template allows IMDSv1', instanceOf(undefined, latest('T'), OPEN), tokens('error Properties.LaunchTemplate', OWN,
      'the instance allows IMDSv1: follows its launch template: the launch template says nothing about tokens (by way of T)')],
  ]],
  ['tokens of what a group launches from have their finding there', [
    ['a template that requires', groupOf(latest('T'))],
    ['a template that does not', groupOf(latest('T'), OPEN)],
    ['a template under a condition', groupOf(latest('T'), template(either(REQUIRED, OPTIONAL)))],
    ['a launch configuration', { R: group({ LaunchConfigurationName: { Ref: 'T' } }), T: configuration() }],
    ['a template, or nothing', groupOf(either(latest('T'), NO_VALUE))],
    ['unless another is not shown', { R: group(withOverride(latest('T'), ELSEWHERE)), T: OPEN },
      groupTokens('error Properties.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification',
        'the Auto Scaling group allows IMDSv1: follows its launch template: the launch template says nothing about tokens (by way of T)')],
    ['unless it cannot be read', { R: group({ 'Fn::Transform': {} }) }, groupTokens('warning Properties conditional',
      'the Auto Scaling group may allow IMDSv1: its properties are made by a transform at deployment')],
  ]],
  ['launch configurations', [
    ['required', { R: configuration(REQUIRED) }, REJECTED],
    ['silent', { R: configuration() }, [`tokens error ${OWN}`,
      'the launch configuration allows IMDSv1: the launch configuration says nothing about tokens',
      `write ${OWN}.HttpTokens: required; on deploy: a new launch configuration in its place`], REJECTED],
  ]],
  ['external launch templates', [
    ['an id, of a group', { R: group({ LaunchTemplate: ELSEWHERE }) },
      external('Properties.LaunchTemplate', 'Auto Scaling group', 'the launch template lt-1 is not part of this app')],
    ['an id, of an instance', { R: instance(undefined, { LaunchTemplate: ELSEWHERE }) },
      external('Properties.LaunchTemplate', 'instance', 'the launch template lt-1 is not part of this app', requireAt(OWN))],
    ['an instance with options of its own', { R: instance(REQUIRED, { LaunchTemplate: ELSEWHERE }) }],
    ['one of several', { R: group(withOverride(latest('T'), ELSEWHERE)), T }, external(
      'Properties.MixedInstancesPolicy.LaunchTemplate.Overrides.0.LaunchTemplateSpecification', 'Auto Scaling group',
      'the launch template lt-1 is not part of this app')],
    ['a running instance', { R: group({ InstanceId: 'i-1' }) }, external('Properties.InstanceId', 'Auto Scaling group',
      'it copies a running instance, and what becomes of its metadata options is not documented')],
    ['nothing', { R: group({}) }, external('Properties', 'Auto Scaling group',
      'it names no launch template, launch configuration or instance that could be read')],
    ['an id, of a fleet', { R: fleet(ELSEWHERE) }, external('Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification', 'EC2 fleet',
      'the launch template lt-1 is not part of this app')],
  ]],
  ['types with a switch, a list or a cost of their own', [
    ['a notebook', { R: { Type: 'AWS::SageMaker::NotebookInstance', Properties: {} } }, [
      'tokens error Properties.InstanceMetadataServiceConfiguration',
      'the SageMaker notebook instance allows IMDSv1: the SageMaker notebook instance says nothing about tokens',
      "write Properties.InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion: '2'; on deploy: no interruption; "
        + `whether a notebook that runs takes it before its next start is not documented; ${BY_ASPECT}`,
    ]],
    ['an environment', { R: { Type: 'AWS::ElasticBeanstalk::Environment', Properties: {} } }, [
      'tokens error Properties.OptionSettings', 'the Elastic Beanstalk environment allows IMDSv1: the Elastic Beanstalk environment says nothing about tokens',
      'turn on rolling updates in an earlier deployment '
        + "(OptionSettings: [{ Namespace: aws:autoscaling:updatepolicy:rollingupdate, OptionName: RollingUpdateEnabled, Value: 'true' }]; "
        + 'whether they count in the deployment that brings them is not documented), '
        + "then write Properties.OptionSettings: [{ Namespace: aws:autoscaling:launchconfiguration, OptionName: DisableIMDSv1, Value: 'true' }]; "
        + 'on deploy: terminates all instances of the environment and replaces them; '
        + 'it can move an environment from a launch configuration to a launch template for good, for which the service role needs ec2:RunInstances, '
        + 'ec2:CreateLaunchTemplate, ec2:CreateLaunchTemplateVersion, ec2:DeleteLaunchTemplate, ec2:DeleteLaunchTemplateVersions, '
        + 'ec2:DescribeLaunchTemplates and ec2:DescribeLaunchTemplateVersions; '
        + 'in a CDK app, only Aspects.of(app).add(new RequireImdsv2({ replaceResources: true })) does it everywhere',
    ]],
    ['an override of a fleet', { R: fleet(latest('T'), OPTIONAL), T }, [
      'tokens error Properties.LaunchTemplateConfigs.0.Overrides.0.MetadataOptions.HttpTokens', 'the EC2 fleet allows IMDSv1: tokens are optional',
      'write Properties.LaunchTemplateConfigs.0.Overrides.0.MetadataOptions.HttpTokens: required; on deploy: replaces the resource and its instances; '
        + 'in a CDK app, only Aspects.of(app).add(new RequireImdsv2({ replaceResources: true })) does it everywhere',
    ]],
    ['an override of a fleet whose launch template is open as well', { R: fleet(latest('T'), OPTIONAL), T: OPEN }, [
      'tokens error Properties.LaunchTemplateConfigs.0.Overrides.0.MetadataOptions.HttpTokens', 'the EC2 fleet allows IMDSv1: tokens are optional',
      'write Properties.LaunchTemplateConfigs.0.Overrides.0.MetadataOptions.HttpTokens: required; on deploy: replaces the resource and its instances; '
        + 'in a CDK app, only Aspects.of(app).add(new RequireImdsv2({ replaceResources: true })) does it everywhere',
    ]],
    ['a fleet that is open through its launch template, which has the finding', { R: fleet(latest('T')), T: OPEN }],
    ['an EMR cluster without security configuration', { R: { Type: 'AWS::EMR::Cluster', Properties: {} } }, [
      'tokens error Properties.SecurityConfiguration', 'the EMR cluster allows IMDSv1: it has no security configuration to say so',
      'name an AWS::EMR::SecurityConfiguration with InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: 2, '
        + 'HttpPutResponseHopLimit: 1 }; that replaces the cluster',
    ]],
    ['the hop limit of an EMR security configuration', {
      R: {
        Type: 'AWS::EMR::SecurityConfiguration',
        Properties: {
          SecurityConfiguration: { InstanceMetadataServiceConfiguration: { MinimumInstanceMetadataServiceVersion: 2, HttpPutResponseHopLimit: 65 } },
        },
      },
    }, [
      'hop-limit error Properties.SecurityConfiguration.InstanceMetadataServiceConfiguration.HttpPutResponseHopLimit',
      'the hop limit of the EMR security configuration is 65, and EC2 takes 1 to 64',
      'write Properties.SecurityConfiguration.InstanceMetadataServiceConfiguration.HttpPutResponseHopLimit: 1; on deploy: replaces the resource and its instances; '
        + 'one that has a Name needs another, because CloudFormation replaces nothing that keeps its name',
    ]],
    ['a node group without launch template', { R: { Type: 'AWS::EKS::Nodegroup', Properties: {} } }, [
      'unsettable warning Properties.LaunchTemplate',
      'whether the EKS node group allows IMDSv1 cannot be decided in a template: '
        + 'it launches without a launch template, and has no metadata options of its own',
      'create a new node group with a launch template that says HttpTokens: required and HttpPutResponseHopLimit: 2, drain this one and remove it: '
        + 'a node group that was made without a launch template cannot be moved to one',
    ]],
    ['jobs whose launch template is open, which has the finding', {
      R: { Type: 'AWS::Batch::ComputeEnvironment', Properties: { ComputeResources: { Type: 'SPOT', LaunchTemplate: latest('T') } } }, T: OPEN,
    }],
  ]],
  ['versions', [
    ['the latest attribute', groupOf(latest('T'))],
    ['$Latest', groupOf(pinned('$Latest'))],
    ['$Default', groupOf(pinned('$Default')), follower('Properties.LaunchTemplate', 'Auto Scaling group', 'version $Default')],
    ['the default attribute', groupOf(pinned(att('DefaultVersionNumber'))),
      follower('Properties.LaunchTemplate', 'Auto Scaling group', 'a version other than the latest')],
    ['a number', groupOf(pinned(3)), follower('Properties.LaunchTemplate', 'Auto Scaling group', 'version 3')],
    ['a string', groupOf(pinned('3')), follower('Properties.LaunchTemplate', 'Auto Scaling group', 'version 3')],
    ['none', groupOf(pinned()), follower('Properties.LaunchTemplate', 'Auto Scaling group', 'no version')],
    ['a parameter', groupOf(pinned({ Ref: 'Any' })), follower('Properties.LaunchTemplate', 'Auto Scaling group', 'a version other than the latest')],
    ['an earlier one of a template that allows IMDSv1', groupOf(pinned('1'), OPEN),
      follower('Properties.LaunchTemplate', 'Auto Scaling group', 'version 1')],
    ['in a mixed instances policy', { R: group({ MixedInstancesPolicy: policyOf(pinned('1')) }), T },
      follower('Properties.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification', 'Auto Scaling group', 'version 1')],
    ['of a fleet', { R: fleet(pinned('1')), T }, follower('Properties.LaunchTemplateConfigs.0.LaunchTemplateSpecification', 'EC2 fleet', 'version 1',
      'replaces the resource and its instances')],
    ['of a fleet, the latest', { R: fleet(latest('T')), T: OPEN }],
    ['of a faster launch of images', { R: fastLaunch({ LaunchTemplateId: { Ref: 'T' }, LaunchTemplateVersion: '1' }), T },
      follower('Properties.Distributions.0.FastLaunchConfigurations.0.LaunchTemplate', 'Image Builder distribution configuration', 'version 1',
        'not documented', 'LaunchTemplateVersion')],
    ['of an instance, which takes options of its own', instanceOf(undefined, pinned('1')),
      [...follower('Properties.LaunchTemplate', 'instance', 'version 1').slice(0, 2), requireAt(OWN)] as unknown as Found],
    ['of an instance with options of its own', instanceOf(REQUIRED, pinned('1'))],
  ]],
  ['boot scripts', [
    ['with a token', { R: instance(REQUIRED, { UserData: script(CURL_WITH_TOKEN) }) }],
    ['where tokens are required', { R: instance(REQUIRED, { UserData: script(CURL) }) },
      bootCall('Properties.UserData', 2, 'tokens are required, so it gets 401')],
    ['in a file that the script holds encoded', { R: instance(REQUIRED, { UserData: script(`echo ${Buffer.from(`#!/bin/sh\n\n${CURL}\n`).toString('base64')} | base64 -d | sh`) }) }, [
      'boot-call warning Properties.UserData',
      `line 3 of a file encoded in the boot script asks the metadata service without a token, and tokens are required, so it gets 401: ${CURL}`, CURL_WITH_TOKEN,
    ]],
    ['in a line that cannot be rewritten', { R: instance(REQUIRED, { UserData: script(UNIT) }) }, [
      'boot-call warning Properties.UserData', `line 2 of the boot script asks the metadata service without a token, and tokens are required, so it gets 401: ${UNIT}`,
      'run a script there that sends the header X-aws-ec2-metadata-token: $TOKEN with every request to it, after '
        + "TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 300')",
    ]],
    ['where the endpoint is disabled', { R: instance(DISABLED, { UserData: script(CURL) }) },
      bootCall('Properties.UserData', 2, 'the endpoint is disabled, so it gets no answer')],
    ['where tokens are optional', { R: template(OPTIONAL, { UserData: script('echo', CURL) }) },
      tokens(`error ${DATA}.HttpTokens`, DATA, 'the launch template allows IMDSv1: tokens are optional'),
      bootCall('Properties.LaunchTemplateData.UserData', 3, 'it gets 401 as soon as tokens are required')],
    ['that no template shows', { R: template(REQUIRED, { UserData: { Ref: 'Any' } }) }, unread('Properties.LaunchTemplateData.UserData')],
  ]],
  ['hop limits', [
    ['1', { R: instance(hops(1)) }],
    ['2', { R: instance(hops(2)) }],
    ['64 of a disabled endpoint', { R: instance({ ...DISABLED, HttpPutResponseHopLimit: 64 }) }],
    ['0', { R: instance(hops(0)) }, badHops('MetadataOptions', 'instance', 0)],
    ['65', { R: template(hops(65)) }, badHops('LaunchTemplateData.MetadataOptions', 'launch template', 65)],
    ['64', { R: instance(hops(64)) }, manyHops(64)],
    ['3', { R: instance(hops(3)) }, manyHops(3)],
    ['3 under either condition', { R: instance(hops(either(3, '3'))) }, manyHops(3, UNDER_CONDITIONS)],
    ['3 in a block under a condition', { R: instance(either(hops(3), hops(1))) }, manyHops(3, UNDER_CONDITIONS)],
    ['one that a parameter allows', { R: instance(hops({ Ref: 'Hops' })) }, manyHops(4)],
    ['any', { R: instance(hops({ Ref: 'Any' })) }],
  ]],
  ['instance tags', [
    ['in metadata', { R: template({ ...REQUIRED, InstanceMetadataTags: 'enabled' }) }, tags()],
    ['in metadata under a condition', { R: template({ ...REQUIRED, InstanceMetadataTags: either('enabled', 'disabled') }) }, tags(UNDER_CONDITIONS)],
    ['in metadata, in a block under a condition', { R: template(either({ ...REQUIRED, InstanceMetadataTags: 'enabled' }, REQUIRED)) }, tags(UNDER_CONDITIONS)],
    ['not in metadata', { R: template({ ...REQUIRED, InstanceMetadataTags: 'disabled' }) }],
  ]],
  ['launch templates of metadata options alone', [
    ['of an instance', instanceOf(undefined, latest('T'), template(REQUIRED)), replacing('T')],
    ['with more in it', instanceOf(undefined, latest('T'))],
    ['of a group', groupOf(latest('T'), template(REQUIRED))],
    ['without data', instanceOf(REQUIRED, latest('T'), { Type: 'AWS::EC2::LaunchTemplate' })],
    ['elsewhere', { R: instance(REQUIRED, { LaunchTemplate: ELSEWHERE }) }],
  ]],
])('%s', (_, cases) => {
  test.each(cases)('%s', (__, resources, ...expected) => {
    // Absent properties are absent in JSON.
    expect(found(checked(JSON.parse(JSON.stringify(resources)), PARAMETERS))).toEqual(expected);
  });
});

test('requireImdsv2: true, as aws-cdk-lib writes it', () => {
  const stack = new Stack(new App());
  new Instance(stack, 'Thing', {
    vpc: new Vpc(stack, 'Vpc'), instanceType: new InstanceType('t3.micro'), machineImage: new AmazonLinuxImage(), requireImdsv2: true,
  });
  const document: TemplateDocument = { id: 'a', body: Template.fromStack(stack).toJSON() };
  const sources = checkTemplate(document, new TemplateWorld([document]));
  const logicalId = sources.find(({ source }) => source.name === 'launch template')!.resource.logicalId;
  expect(sources.flatMap(found)).toEqual([replacing(logicalId)]);
});

test('a launch template of another template of the assembly is followed', () => {
  const exporting: TemplateDocument = {
    id: 'b', body: { Resources: { T }, Outputs: { Id: { Value: { Ref: 'T' }, Export: { Name: 'shared' } } } },
  };
  const R = group({ LaunchTemplate: { LaunchTemplateId: { 'Fn::ImportValue': 'shared' }, Version: '$Latest' } });
  expect(found(checked({ R }, {}, exporting))).toEqual([]);
  const earlier = group({ LaunchTemplate: { LaunchTemplateId: { 'Fn::ImportValue': 'shared' }, Version: '1' } });
  expect(checked({ R: earlier }, {}, exporting).findings.map(({ fix }) => fix)).toEqual([
    'write Version: !ImportValue of an output, or !Ref of a parameter, that the template of T gives !GetAtt T.LatestVersionNumber',
  ]);
  expect(found(checked({ R }))).toEqual([
    external('Properties.LaunchTemplate', 'Auto Scaling group', 'the launch template given by Fn::ImportValue is not part of this app'),
  ]);
});

test('every launch source of a document is checked, and nothing else is', () => {
  const document: TemplateDocument = {
    id: 'a',
    body: { Resources: { R: instance(OPTIONAL), Fleet: fleet(ELSEWHERE), Bucket: { Type: 'AWS::S3::Bucket' }, Nested: { Type: 'AWS::CloudFormation::Stack' } } },
  };
  const child: TemplateDocument = { id: 'b', nestedIn: { document: 'a', logicalId: 'Nested' }, body: {} };
  const sources = checkTemplate(document, new TemplateWorld([document, child]));
  expect(sources.map(({ resource, judgement }) => [resource.logicalId, judgement.posture])).toEqual([['R', 'optional'], ['Fleet', 'external']]);
  expect(sources[0].findings[0].resource).toBe(sources[0].resource);
});

test('every rule says what it asks for and on what it rests', () => {
  expect(CHECK_RULES.map(({ rule, title, documentation }) => [rule, /\w \w/.test(title), documentation.startsWith('https://docs.aws.amazon.com/')])).toEqual([
    'tokens', 'launch-configuration', 'external-launch-template', 'unsettable', 'unseen-content', 'launch-template-follower', 'boot-call', 'hop-limit',
    'replacing-launch-template', 'metadata-tags',
  ].map((rule) => [rule, true, true]));
});
