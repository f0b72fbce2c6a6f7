import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { build } from '../../examples/typescript/organization/app';
import { allows } from '../organization/evaluate';
import { modify, modifyDefaults } from '../organization/requests';
import { onlyOne, type Json } from '../support';

/** The templates of the management account by stack, and the one that a wave's stack set deploys. */
function synthesized(): { readonly stacks: { readonly [name: string]: Json }; readonly accounts: readonly Json[]; readonly assets: readonly Json[] } {
  const app = new App();
  build(app);
  const assembly = app.synth();
  const read = (file: string): Json => JSON.parse(readFileSync(join(assembly.directory, file), 'utf8'));
  return {
    stacks: Object.fromEntries(assembly.stacks.map(({ stackName, template }) => [stackName, template])),
    accounts: readdirSync(assembly.directory).filter((file) => file.endsWith('.stackset.template.json')).map(read),
    assets: assembly.stacks.map(({ stackName }) => read(`${stackName}.assets.json`)),
  };
}

describe('an organization, wave by wave', () => {
  const { stacks, accounts } = synthesized();

  test('reaches every account of an organizational unit, new ones too, and keeps what is set when one leaves', () => {
    const { Properties } = onlyOne(stacks.Sandbox, 'AWS::CloudFormation::StackSet');
    expect(Properties).toMatchObject({
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: true },
      Capabilities: ['CAPABILITY_IAM'],
      OperationPreferences: { MaxConcurrentPercentage: 10, FailureTolerancePercentage: 0 },
      StackInstancesGroup: [{ Regions: ['eu-west-1'], DeploymentTargets: { OrganizationalUnitIds: ['ou-abcd-sandbox1'] } }],
    });
  });

  test('sets the defaults of all regions of each account, from one, and of none that is only looked at', () => {
    expect(accounts).toHaveLength(2);
    expect(accounts.flatMap((account) => Object.values<Json>(account.Resources).filter(({ Type }) => Type === 'Custom::Imdsv2AccountDefaults'))).toEqual([
      expect.objectContaining({ Properties: expect.objectContaining({ Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' }, Regions: ['*'], OnRemoval: 'RETAIN' }) }),
    ]);
    const { FailureMode } = onlyOne(accounts.find((account) => JSON.stringify(account).includes('Custom::Imdsv2AccountDefaults')), 'AWS::CloudFormation::GuardHook').Properties;
    expect(FailureMode).toBe('FAIL');
  });

  test('takes code and rules from a bucket that the organization reads, and no other', () => {
    for (const [wave, template] of Object.entries(stacks)) {
      const name = `imdsv2-${wave.toLowerCase()}-assets-eu-west-1`;
      const buckets = Object.values<Json>(template.Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket');
      expect(buckets.map(({ Properties }) => Properties.BucketName)).toEqual([name]);
      expect(JSON.stringify(onlyOne(template, 'AWS::S3::BucketPolicy'))).toContain('"aws:PrincipalOrgID":"o-example1234"');
    }
    const code = accounts.flatMap((account) => Object.values<Json>(account.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function')).map(({ Properties }) => Properties.Code);
    expect(code.length).toBeGreaterThan(0);
    const location = accounts.map((account) => onlyOne(account, 'AWS::CloudFormation::GuardHook').Properties.RuleLocation);
    for (const text of [...code, ...location].map((value) => JSON.stringify(value))) expect(text).toMatch(/"imdsv2-(sandbox|production)-assets",\{"Ref":"AWS::Region"\}/);
  });

  test('lets the function of the stack set change the defaults, and nobody else', async () => {
    const { Content } = onlyOne(stacks.Sandbox, 'AWS::Organizations::Policy').Properties;
    for (const account of accounts) {
      const roles = Object.values<Json>(account.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
      expect(roles.length).toBeGreaterThan(0);
      for (const { Properties: { Path } } of roles) {
        expect(await allows(Content, modifyDefaults('required'), `arn:aws:iam::111111111111:role${Path}StackSet-Imdsv2-1`)).toBe(true);
      }
    }
    expect(await allows(Content, modifyDefaults('optional'))).toBe(false);
  });

  test('leaves the way back of the fleet open while it is changed, to nobody else', async () => {
    const { Content } = onlyOne(stacks.Sandbox, 'AWS::Organizations::Policy').Properties;
    expect(await allows(Content, modify({ HttpTokens: 'optional' }), 'arn:aws:iam::111111111111:role/imdsv2-inspection-change')).toBe(true);
    expect(await allows(Content, modify({ HttpTokens: 'optional' }))).toBe(false);
  });

  test('denies only where it has been looked at', () => {
    const modes = accounts.map((account) => onlyOne(account, 'AWS::CloudFormation::GuardHook').Properties.FailureMode);
    expect(modes.sort()).toEqual(['FAIL', 'WARN']);
    expect(onlyOne(stacks.Sandbox, 'AWS::Organizations::Policy').Properties.TargetIds).toEqual(['ou-abcd-sandbox1']);
    expect(onlyOne(stacks.Production, 'AWS::Organizations::Policy').Properties.TargetIds).toEqual([]);
  });
});
