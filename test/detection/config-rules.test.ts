import { App, Stack, Validations, type StackProps } from 'aws-cdk-lib';
import { ResourceType, RuleScope } from 'aws-cdk-lib/aws-config';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { matches } from './event-pattern';
import { compliance } from './events';
import { ConfigRuleReach, HopLimit, Imdsv2ConfigRule, Imdsv2ConfigRules, Imdsv2FleetRollout, type Imdsv2ConfigRulesProps } from '../../src';
import { onlyOne, outcome, synthTemplates, warnings, type Json } from '../support';

const RULE = 'AWS::Config::ConfigRule';
const ORGANIZATION_RULE = 'AWS::Config::OrganizationConfigRule';
const { ORGANIZATION } = ConfigRuleReach;
const {
  EC2_IMDSV2_CHECK: INSTANCES, EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK: TEMPLATES, EC2_TOKEN_HOP_LIMIT_CHECK: HOPS,
  AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2: CONFIGURATIONS, AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT: CONFIGURATION_HOPS,
  AUTOSCALING_LAUNCH_TEMPLATE: GROUPS,
} = Imdsv2ConfigRule;

function synth(props?: Imdsv2ConfigRulesProps, stackProps?: StackProps): Json {
  const app = new App();
  new Imdsv2ConfigRules(new Stack(app, 'S', stackProps), 'Rules', props);
  return synthTemplates(app).S;
}

function propertiesOf(template: Json, type: string): Json[] {
  return Object.values<Json>(template.Resources).filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
}

function identifiers(template: Json): string[] {
  return propertiesOf(template, RULE).map(({ Source }) => Source.SourceIdentifier);
}

describe('which rules there are', () => {
  test.each<[string, Imdsv2ConfigRulesProps | undefined, string[]]>([
    ['those of tokens and launch templates, by default', undefined, [INSTANCES, TEMPLATES, CONFIGURATIONS, GROUPS]],
    ['with a hop limit for containers', { hopLimit: HopLimit.CONTAINERS }, [INSTANCES, TEMPLATES, CONFIGURATIONS, GROUPS, HOPS]],
    ['with a hop limit for hosts', { hopLimit: HopLimit.HOST }, [INSTANCES, TEMPLATES, CONFIGURATIONS, GROUPS, HOPS, CONFIGURATION_HOPS]],
    ['those that are named', { rules: [CONFIGURATION_HOPS, INSTANCES] }, [CONFIGURATION_HOPS, INSTANCES]],
  ])('%s', (_, props, expected) => expect(identifiers(synth(props))).toEqual(expected));

  test('they are rules of AWS, and say where they come from', () => {
    expect(propertiesOf(synth({ rules: [INSTANCES] }), RULE)).toEqual([
      { Description: "IMDSv2: EC2_IMDSV2_CHECK, from 'S/Rules' of cdk-imdsv2", Source: { Owner: 'AWS', SourceIdentifier: 'EC2_IMDSV2_CHECK' } },
    ]);
  });

  test('descriptions are no longer than AWS takes them', () => {
    const app = new App();
    const stack = new Stack(app, 'S');
    const onNonCompliance = StateMachine.fromStateMachineName(stack, 'Machine', 'fleet');
    new Imdsv2ConfigRules(stack, 'R'.repeat(600), { rules: [INSTANCES], onNonCompliance });
    const template = synthTemplates(app).S;
    expect(onlyOne(template, RULE).Properties.Description).toHaveLength(256);
    expect(onlyOne(template, 'AWS::Events::Rule').Properties.Description).toHaveLength(512);
  });

  test.each<[string, Imdsv2ConfigRulesProps, Json]>([
    ['the hop limit that is given', { hopLimit: HopLimit.of(3) }, { tokenHopLimit: '3' }],
    ["AWS's own, where none is", { rules: [HOPS] }, undefined],
  ])('EC2_TOKEN_HOP_LIMIT_CHECK has %s', (_, props, expected) => {
    const rules = propertiesOf(synth(props), RULE);
    expect(rules.find(({ Source }) => Source.SourceIdentifier === HOPS).InputParameters).toEqual(expected);
    expect(rules.filter(({ Source, InputParameters }) => Source.SourceIdentifier !== HOPS && InputParameters)).toEqual([]);
  });

  test.each<[string, RuleScope, Json]>([
    ['a tag', RuleScope.fromTag('env'), { TagKey: 'env' }],
    ['a tag with a value', RuleScope.fromTag('env', 'production'), { TagKey: 'env', TagValue: 'production' }],
  ])('all of them look at %s', (_, tagScope, expected) => {
    expect(propertiesOf(synth({ tagScope }), RULE).map(({ Scope }) => Scope)).toEqual([expected, expected, expected, expected]);
  });
});

describe('regions', () => {
  /** Of each rule, what its page says after "All supported AWS regions except". */
  const PAGES = ([
    [INSTANCES, 'AWS Secret - West'],
    [TEMPLATES, 'Asia Pacific (New Zealand), Asia Pacific (Thailand), Middle East (UAE), Asia Pacific (Hyderabad), Asia Pacific (Malaysia), Asia Pacific (Melbourne), AWS GovCloud (US-East), '
      + 'AWS GovCloud (US-West), Mexico (Central), Israel (Tel Aviv), Asia Pacific (Taipei), Canada West (Calgary), Europe (Spain), Europe (Zurich)'],
    [HOPS, 'Asia Pacific (New Zealand), China (Beijing), Asia Pacific (Thailand), Asia Pacific (Jakarta), Middle East (UAE), Asia Pacific (Hyderabad), '
      + 'Asia Pacific (Malaysia), Asia Pacific (Melbourne), AWS GovCloud (US-East), AWS GovCloud (US-West), Mexico (Central), Israel (Tel Aviv), '
      + 'Asia Pacific (Taipei), Canada West (Calgary), Europe (Spain), China (Ningxia), Europe (Zurich)'],
    [CONFIGURATIONS, 'Asia Pacific (New Zealand), Asia Pacific (Thailand), Asia Pacific (Malaysia), Mexico (Central), Asia Pacific (Taipei), Canada West (Calgary)'],
    [CONFIGURATION_HOPS, 'Asia Pacific (New Zealand), Asia Pacific (Thailand), Asia Pacific (Jakarta), Asia Pacific (Malaysia), AWS GovCloud (US-East), '
      + 'AWS GovCloud (US-West), Mexico (Central), Asia Pacific (Taipei), Canada West (Calgary)'],
  ] as const).map(([rule, names]) => [rule, names.split(', ')] as const);
  /** And this one says "All supported AWS regions". */
  const EVERYWHERE = [GROUPS];
  const NAMES: { readonly [region: string]: string } = {
    'ap-east-2': 'Asia Pacific (Taipei)',
    'ap-northeast-1': 'Asia Pacific (Tokyo)',
    'ap-south-2': 'Asia Pacific (Hyderabad)',
    'ap-southeast-3': 'Asia Pacific (Jakarta)',
    'ap-southeast-4': 'Asia Pacific (Melbourne)',
    'ap-southeast-5': 'Asia Pacific (Malaysia)',
    'ap-southeast-6': 'Asia Pacific (New Zealand)',
    'ap-southeast-7': 'Asia Pacific (Thailand)',
    'ca-west-1': 'Canada West (Calgary)',
    'cn-north-1': 'China (Beijing)',
    'cn-northwest-1': 'China (Ningxia)',
    'eu-central-1': 'Europe (Frankfurt)',
    'eu-central-2': 'Europe (Zurich)',
    'eu-south-2': 'Europe (Spain)',
    'il-central-1': 'Israel (Tel Aviv)',
    'me-central-1': 'Middle East (UAE)',
    'mx-central-1': 'Mexico (Central)',
    'us-east-1': 'US East (N. Virginia)',
    'us-gov-east-1': 'AWS GovCloud (US-East)',
    'us-gov-west-1': 'AWS GovCloud (US-West)',
    'us-isob-west-1': 'AWS Secret - West',
  };
  const ALL = [...PAGES.map(([rule]) => rule), ...EVERYWHERE];

  test('every region of the pages has its name here', () => {
    expect(PAGES.flatMap(([, names]) => names).filter((name) => !Object.values(NAMES).includes(name))).toEqual([]);
  });

  test.each(Object.keys(NAMES))('%s has the rules whose pages say so', (region) => {
    const offered = [...PAGES.filter(([, names]) => !names.includes(NAMES[region])).map(([rule]) => rule), ...EVERYWHERE];
    expect(identifiers(synth({ rules: ALL }, { env: { region } }))).toEqual(offered);
  });

  function warned(region: string | undefined, prepare: (rules: Imdsv2ConfigRules, stack: Stack) => void = () => {}): Json {
    const app = new App();
    const stack = new Stack(app, 'S', { env: { region } });
    prepare(new Imdsv2ConfigRules(stack, 'Rules', { hopLimit: HopLimit.HOST }), stack);
    return warnings(outcome(app).assembly!);
  }

  test('a warning names what is left out', () => {
    expect(warned('ap-southeast-7')).toEqual([{
      path: 'S/Rules',
      id: 'cdk-imdsv2::config-rule-region',
      message: "'S/Rules' leaves out what AWS Config does not offer in ap-southeast-7: EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK, AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2, "
        + 'EC2_TOKEN_HOP_LIMIT_CHECK, AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT\n'
        + 'what it looks at is not watched there; look with Imdsv2FleetRollout instead, or name other rules\n'
        + "to accept it: Validations.of(<S/Rules>).acknowledge({ id: 'cdk-imdsv2::config-rule-region', reason: '…' })",
    }]);
  });

  test('the construct says what is left', () => {
    const rules = new Imdsv2ConfigRules(new Stack(new App(), 'S', { env: { region: 'us-gov-west-1' } }), 'Rules');
    expect(rules.rules).toEqual([INSTANCES, CONFIGURATIONS, GROUPS]);
  });

  test.each(['us-east-1', undefined])('%s has no warning', (region) => expect(warned(region)).toEqual([]));

  test('it can be acknowledged', () => {
    const acknowledgement = { id: 'cdk-imdsv2::config-rule-region', reason: 'no instances there' };
    expect(warned('ap-southeast-7', (rules) => Validations.of(rules).acknowledge(acknowledgement))).toEqual([]);
    expect(warned('ap-southeast-7', (_, stack) => Validations.of(stack).acknowledge(acknowledgement))).toEqual([]);
  });

  test('nothing is left out where only the deployment knows the region', () => expect(identifiers(synth({ rules: ALL }))).toEqual(ALL));
});

describe('an organization', () => {
  const organization = (props: Imdsv2ConfigRulesProps = {}, region?: string) => synth({ reach: ORGANIZATION, ...props }, { env: { region } });

  test('has rules of its own, without those of the account', () => {
    const template = organization({ hopLimit: HopLimit.CONTAINERS, tagScope: RuleScope.fromTag('env', 'production'), excludedAccounts: ['111111111111'] });
    expect(propertiesOf(template, RULE)).toEqual([]);
    const rules = propertiesOf(template, ORGANIZATION_RULE);
    expect(rules.map(({ OrganizationManagedRuleMetadata: { RuleIdentifier } }) => RuleIdentifier))
      .toEqual([INSTANCES, TEMPLATES, CONFIGURATIONS, GROUPS, HOPS]);
    expect(rules[4]).toEqual({
      OrganizationConfigRuleName: expect.stringMatching(/^[\w-]{1,64}$/),
      ExcludedAccounts: ['111111111111'],
      OrganizationManagedRuleMetadata: {
        RuleIdentifier: HOPS,
        Description: "IMDSv2: EC2_TOKEN_HOP_LIMIT_CHECK, from 'S/Rules' of cdk-imdsv2",
        InputParameters: '{"tokenHopLimit":"2"}',
        TagKeyScope: 'env',
        TagValueScope: 'production',
      },
    });
    expect(new Set(rules.map(({ OrganizationConfigRuleName }) => OrganizationConfigRuleName)).size).toBe(5);
  });

  test('leaves out what its region has not', () => {
    expect(propertiesOf(organization({}, 'us-gov-west-1'), ORGANIZATION_RULE)).toHaveLength(3);
  });

  test('has no parameters and no scope by default', () => {
    const [{ OrganizationManagedRuleMetadata, ExcludedAccounts }] = propertiesOf(organization(), ORGANIZATION_RULE);
    expect(OrganizationManagedRuleMetadata).toEqual({ RuleIdentifier: INSTANCES, Description: expect.any(String) });
    expect(ExcludedAccounts).toBeUndefined();
  });
});

describe('a finding', () => {
  function started(): Json {
    const app = new App();
    const { stateMachine } = new Imdsv2FleetRollout(new Stack(app, 'Fleet'), 'Fleet');
    new Imdsv2ConfigRules(new Stack(app, 'S'), 'Rules', { rules: [INSTANCES, TEMPLATES], onNonCompliance: stateMachine });
    return synthTemplates(app).S;
  }

  test('takes an inventory', () => {
    const { Properties: { Targets } } = onlyOne(started(), 'AWS::Events::Rule');
    expect(Targets).toEqual([{ Id: 'Target0', Arn: { 'Fn::ImportValue': expect.stringContaining('StateMachine') }, Input: '{"inventory":true}', RoleArn: expect.anything() }]);
  });

  test('by a role that can do nothing else, for this account', () => {
    const template = started();
    const { Properties: { Targets: [{ Arn }] } } = onlyOne(template, 'AWS::Events::Rule');
    expect(onlyOne(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement).toEqual([{ Action: 'states:StartExecution', Effect: 'Allow', Resource: Arn }]);
    expect(onlyOne(template, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument.Statement).toEqual([{
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }]);
  });

  test.each<[string, (names: string[]) => Json, boolean]>([
    ['of the first rule', ([name]) => compliance(name, 'NON_COMPLIANT'), true],
    ['of the second', ([, name]) => compliance(name, 'NON_COMPLIANT', { oldEvaluationResult: { complianceType: 'COMPLIANT' } }), true],
    ['that is gone', ([name]) => compliance(name, 'COMPLIANT', { oldEvaluationResult: { complianceType: 'NON_COMPLIANT' } }), false],
    ['that is not applicable', ([name]) => compliance(name, 'NOT_APPLICABLE'), false],
    ['of another rule', () => compliance('ec2-imdsv2-check-of-somebody', 'NON_COMPLIANT'), false],
    ['of another source', ([name]) => ({ ...compliance(name, 'NON_COMPLIANT'), source: 'custom' }), false],
    ['of another kind', ([name]) => ({ ...compliance(name, 'NON_COMPLIANT'), 'detail-type': 'Config Rules Re-evaluation Status' }), false],
  ])('%s', (_, event, expected) => {
    const template = started();
    const names = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === RULE);
    // As deployed, where the name of each is in its place.
    const pattern = JSON.parse(JSON.stringify(onlyOne(template, 'AWS::Events::Rule').Properties.EventPattern), (__, value) => value?.Ref ?? value);
    expect(matches(pattern, event(names))).toBe(expected);
  });

  test('starts nothing by default, nor where no rule is left', () => {
    expect(propertiesOf(synth(), 'AWS::Events::Rule')).toEqual([]);
    const app = new App();
    const stack = new Stack(app, 'S', { env: { region: 'us-isob-west-1' } });
    const onNonCompliance = StateMachine.fromStateMachineName(stack, 'Machine', 'fleet');
    new Imdsv2ConfigRules(stack, 'Rules', { rules: [INSTANCES], onNonCompliance });
    expect(synthTemplates(app).S).not.toHaveProperty('Resources');
  });
});

describe('what is wrong is an error at synthesis', () => {
  test.each<[string, Imdsv2ConfigRulesProps, string]>([
    ['no rule', { rules: [] }, "'S/Rules' has no rules: got an empty list, expected at least one, as in [Imdsv2ConfigRule.EC2_IMDSV2_CHECK]; or leave it out"],
    ['a rule that is none', { rules: ['EC2_IMDSV2' as any] }, "'S/Rules' has a rule that is none of Imdsv2ConfigRule: got \"EC2_IMDSV2\", expected one of EC2_IMDSV2_CHECK, "],
    ['a rule twice', { rules: [GROUPS, GROUPS] }, "'S/Rules' names a rule twice: got AUTOSCALING_LAUNCH_TEMPLATE again, expected each rule once"],
    ['a hop limit that is none', { hopLimit: 2 as any }, "'S/Rules' has a hopLimit that is no HopLimit: got 2, expected HopLimit.HOST (1)"],
    ['a hop limit for no rule', { rules: [INSTANCES], hopLimit: HopLimit.HOST }, 'has a hopLimit that no rule takes: got rules without EC2_TOKEN_HOP_LIMIT_CHECK'],
    ['a hop limit that a rule fails', { rules: [HOPS, CONFIGURATION_HOPS], hopLimit: HopLimit.CONTAINERS },
      'has rules that contradict each other: got a hopLimit of 2 and AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT, which fails every limit above 1; expected one of them; remove that rule'],
    ['a scope of a type', { tagScope: RuleScope.fromResources([ResourceType.EC2_INSTANCE]) }, 'has a tagScope without a tag: got a scope of types or of a resource'],
    ['excluded accounts of an account', { excludedAccounts: ['111111111111'] }, 'excludes accounts of no organization: got excludedAccounts without ConfigRuleReach.ORGANIZATION'],
    ['an account that is none', { reach: ORGANIZATION, excludedAccounts: ['sandbox'] }, 'excludes something that is no account: got "sandbox", expected an id of 12 digits'],
  ])('%s', (_, props, message) => expect(() => synth(props)).toThrow(message));

  test('a start by findings of other accounts', () => {
    const stack = new Stack(new App(), 'S');
    const onNonCompliance = StateMachine.fromStateMachineName(stack, 'Machine', 'fleet');
    expect(() => new Imdsv2ConfigRules(stack, 'Rules', { reach: ORGANIZATION, onNonCompliance }))
      .toThrow("'S/Rules' starts something on findings that do not come here: got onNonCompliance with ConfigRuleReach.ORGANIZATION");
  });
});
