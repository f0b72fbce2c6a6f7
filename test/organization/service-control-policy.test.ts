import { App, Aws, Fn, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  GroupLaunchSource, HopLimit, Imdsv2ServiceControlPolicy, LaunchConfigurationCreation, TokensAtLaunch, type Imdsv2ServiceControlPolicyProps,
} from '../../src';
import { outcome, warnings } from '../support';

const TYPE = 'AWS::Organizations::Policy';

function synth(props?: Imdsv2ServiceControlPolicyProps): Template {
  const stack = new Stack(new App(), 'Guardrails');
  new Imdsv2ServiceControlPolicy(stack, 'Imdsv2', props);
  return Template.fromStack(stack);
}

describe('the resource', () => {
  test('is a service control policy that is attached to nothing, by default', () => {
    synth().hasResourceProperties(TYPE, {
      Type: 'SERVICE_CONTROL_POLICY',
      Name: 'GuardrailsImdsv2DABAEC79',
      Description: "IMDSv2, from 'Guardrails/Imdsv2' of cdk-imdsv2",
      TargetIds: Match.absent(),
    });
  });

  test('is named, described and attached', () => {
    const targets = ['r-abcd', 'ou-abcd-12345678', '111111111111'];
    synth({ policyName: 'imdsv2', description: 'No IMDSv1', targets }).hasResourceProperties(TYPE, { Name: 'imdsv2', Description: 'No IMDSv1', TargetIds: targets });
  });

  test('has its content as an object, in which CloudFormation detects drift', () => {
    synth().hasResourceProperties(TYPE, { Content: { Version: '2012-10-17', Statement: Match.anyValue() } });
  });

  test('gives its id and ARN', () => {
    const stack = new Stack(new App(), 'S');
    const { policyId, policyArn } = new Imdsv2ServiceControlPolicy(stack, 'P');
    expect(stack.resolve([policyId, policyArn])).toEqual([{ 'Fn::GetAtt': [expect.any(String), 'Id'] }, { 'Fn::GetAtt': [expect.any(String), 'Arn'] }]);
  });

  test('describes itself in no more than 512 characters', () => {
    const stack = new Stack(new App(), 'S');
    new Imdsv2ServiceControlPolicy(stack, 'P'.repeat(600));
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(TYPE));
    expect(Properties.Description).toHaveLength(512);
    expect(Properties.Name.length).toBeLessThanOrEqual(128);
  });
});

describe('its size', () => {
  /** Patterns that make a policy of about so many characters. */
  const principals = (count: number) => Array.from({ length: count }, (_, i) => `arn:aws:iam::*:role/team-${String(i).padStart(3, '0')}`);

  test('with everything chosen and five principals, fits', () => {
    const [first, ...rest] = principals(5);
    const template = synth({
      maxHopLimit: HopLimit.CONTAINERS,
      metadataOptionsAdmins: [first],
      accountDefaultsAdmins: [first],
      exemptionTagAdmins: [first],
      denyImdsv1Credentials: true,
      launchConfigurations: LaunchConfigurationCreation.TOKENS_REQUIRED,
      groupsLaunchFrom: GroupLaunchSource.LAUNCH_TEMPLATE_VERSION,
      exemptPrincipals: rest,
    });
    const [{ Properties }] = Object.values(template.findResources(TYPE));
    expect(JSON.stringify(Properties.Content).length).toBe(3938);
  });

  test.each<[number, string | undefined]>([
    [74, undefined],
    [75, "'Guardrails/Imdsv2' is larger than Organizations takes: got 5172 characters, expected at most 5120, which is 52 too many; "
      + 'its largest statement is Downgrade with 2595; make two policies of it, or name fewer principals, by patterns'],
  ])('with %i principals', (count, message) => {
    const make = () => synth({ exemptPrincipals: principals(count), policyName: 'x' });
    if (message) expect(make).toThrow(message);
    else expect(make).not.toThrow();
  });

  test('ends with the character that is one too many', () => {
    const withName = (length: number) => () => synth({ exemptPrincipals: [`arn:aws:iam::*:role/${'x'.repeat(length)}`], denyDowngrade: false });
    const overhead = JSON.stringify(Imdsv2ServiceControlPolicy.documentOf({ exemptPrincipals: ['arn:aws:iam::*:role/x'], denyDowngrade: false }).toJSON()).length - 1;
    expect(withName(5120 - overhead)).not.toThrow();
    expect(withName(5121 - overhead)).toThrow('got 5121 characters, expected at most 5120, which is 1 too many; its largest statement is TokensAtLaunch');
  });

  test('names a principal that is an admin and exempt once', () => {
    const who = 'arn:aws:iam::*:role/imds-admins';
    const { Statement } = Imdsv2ServiceControlPolicy.documentOf({ accountDefaultsAdmins: [who], exemptPrincipals: [who] }).toJSON();
    expect(Statement[2].Condition).toEqual({ ArnNotLike: { 'aws:PrincipalArn': [who] } });
  });
});

describe('denying credentials of IMDSv1', () => {
  function warned(denyImdsv1Credentials: boolean, acknowledged?: string): ReturnType<typeof warnings> {
    const app = new App();
    const policy = new Imdsv2ServiceControlPolicy(new Stack(app, 'Guardrails'), 'Imdsv2', { denyImdsv1Credentials });
    if (acknowledged) Validations.of(policy).acknowledge({ id: acknowledged, reason: 'MetadataNoToken is 0 since October' });
    return warnings(outcome(app).assembly!);
  }

  test('is a warning, as it bites at once', () => {
    expect(warned(true)).toEqual([{
      path: 'Guardrails/Imdsv2',
      id: 'cdk-imdsv2::imdsv1-credentials',
      message: "'Guardrails/Imdsv2' denies every call with credentials that IMDSv1 delivered, as soon as it is attached and without a restart: "
        + 'whatever still gets them that way stops\nattach it where MetadataNoToken has been 0 for a whole cycle of jobs, deployments and scaling\n'
        + "where it has: Validations.of(<Guardrails/Imdsv2>).acknowledge({ id: 'cdk-imdsv2::imdsv1-credentials', reason: '…' })",
    }]);
  });

  test('which can be acknowledged', () => expect(warned(true, 'cdk-imdsv2::imdsv1-credentials')).toEqual([]));

  test('and none otherwise', () => expect(warned(false)).toEqual([]));
});

describe('what is wrong is an error at synthesis', () => {
  test.each<[string, Imdsv2ServiceControlPolicyProps, string]>([
    ['a hop limit that is none', { maxHopLimit: 2 as any }, 'maxHopLimit is not a HopLimit: got 2, expected HopLimit.HOST (1)'],
    ['tokens that are none', { tokensAtLaunch: 'optional' as any }, 'tokensAtLaunch has a value that is none: got "optional", expected one of REQUIRED, NOT_OPTIONAL, ANY'],
    ['launch configurations in small letters', { launchConfigurations: 'none' as any }, 'launchConfigurations has a value that is none: got "none", expected one of ANY, TOKENS_REQUIRED, NONE'],
    ['a source that is none', { groupsLaunchFrom: '' as any }, 'groupsLaunchFrom has a value that is none: got "", expected one of ANY, LAUNCH_TEMPLATE, LAUNCH_TEMPLATE_VERSION'],
    ['a long name', { policyName: 'x'.repeat(129) }, "'Guardrails/Imdsv2' has a policyName that Organizations does not take: got 129 characters, expected at most 128; shorten it"],
    ['a long description', { description: 'x'.repeat(513) }, 'has a description that Organizations does not take: got 513 characters, expected at most 512'],
    ['no statement', { tokensAtLaunch: TokensAtLaunch.ANY, denyDowngrade: false }, 'the policy denies nothing: got no statement, expected at least one'],
    ['an account as a target', { targets: ['12345'] }, "'Guardrails/Imdsv2' is attached to something that has no policies: got \"12345\", expected the id of a root (r-…)"],
    ['an ARN as a target', { targets: ['arn:aws:organizations::1:ou/o-1/ou-abcd-12345678'] }, 'is attached to something that has no policies'],
    ['a session', { exemptPrincipals: ['arn:aws:sts::111111111111:assumed-role/admin/me'] }, 'exemptPrincipals names something that is not a principal: got '
      + '"arn:aws:sts::111111111111:assumed-role/admin/me", expected the ARN of a role or user, such as arn:aws:iam::*:role/NAME; a session is named by its role'],
    ['a name', { accountDefaultsAdmins: ['admin'] }, 'accountDefaultsAdmins names something that is not a principal: got "admin"'],
    ['an account', { metadataOptionsAdmins: ['111111111111'] }, 'metadataOptionsAdmins names something that is not a principal'],
    ['a service', { exemptionTagAdmins: ['ec2.amazonaws.com'] }, 'exemptionTagAdmins names something that is not a principal'],
    ['everything', { exemptPrincipals: ['*'] }, 'exemptPrincipals names something that is not a principal: got "*"'],
    ['every role', { exemptPrincipals: ['arn:aws:iam::*:role/*'] }, 'exemptPrincipals names everybody: got "arn:aws:iam::*:role/*"'],
    ['every user, in disguise', { exemptPrincipals: ['arn:aws:iam::????????????:user/?*'] }, 'names everybody'],
    ['what only the deployment knows', { exemptPrincipals: [`arn:${Aws.PARTITION}:iam::*:role/x`] }, "'Guardrails/Imdsv2' cannot be counted: "
      + 'got a value that only the deployment knows, expected text; write it out, in an ARN with * where the account or the partition is not known'],
  ])('%s', (_, props, message) => expect(() => synth(props)).toThrow(message));

  test('but not words that just fit, or that only the deployment knows', () => {
    const token = Fn.join('', [Aws.STACK_NAME, 'x'.repeat(600)]);
    expect(() => synth({ policyName: 'x'.repeat(128), description: 'x'.repeat(512) })).not.toThrow();
    expect(() => synth({ policyName: token, description: `${token}${'x'.repeat(600)}` })).not.toThrow();
  });

  test.each([
    'arn:aws:iam::111111111111:root', 'arn:*:iam::*:root', 'arn:aws-us-gov:iam::111111111111:user/me', 'arn:aws:iam::111111111111:role/*',
    'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*',
  ])('but not %s', (principal) => expect(() => synth({ exemptPrincipals: [principal] })).not.toThrow());
});

test('a document of its own takes a role of the app', () => {
  const stack = new Stack(new App(), 'S');
  const role = new Role(stack, 'R', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  const document = stack.resolve(Imdsv2ServiceControlPolicy.documentOf({ exemptPrincipals: [role.roleArn] }));
  expect(document.Statement[0].Condition.ArnNotLike).toEqual({ 'aws:PrincipalArn': [{ 'Fn::GetAtt': [expect.any(String), 'Arn'] }] });
});
