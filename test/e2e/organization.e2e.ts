import { ask, deployed, destroy, IN_MOTO, oneStack, start } from './local-aws';
import { Imdsv2ServiceControlPolicy } from '../../src';
import type { Json } from '../support';

jest.setTimeout(120_000);

const organizations = async (action: string, input: object = {}): Promise<Json> => ask('organizations', `AWSOrganizationsV20161128.${action}`, input, IN_MOTO);

test('a service control policy is made, attached and taken away', async () => {
  await start();
  await organizations('CreateOrganization', { FeatureSet: 'ALL' });
  const { Roots: [{ Id: root }] } = await organizations('ListRoots');
  await organizations('EnablePolicyType', { RootId: root, PolicyType: 'SERVICE_CONTROL_POLICY' });
  const app = oneStack((stack) => {
    new Imdsv2ServiceControlPolicy(stack, 'Policy', { policyName: 'imdsv2', targets: [root] });
  }, 'Organization');
  const ours = async (): Promise<Json[]> => (await organizations('ListPoliciesForTarget', { TargetId: root, Filter: 'SERVICE_CONTROL_POLICY' }))
    .Policies.filter(({ Name }: Json) => Name === 'imdsv2');

  await deployed(app);
  const [{ Id }] = await ours();
  const { Policy: { Content } } = await organizations('DescribePolicy', { PolicyId: Id });
  expect(JSON.parse(Content)).toEqual(Imdsv2ServiceControlPolicy.documentOf().toJSON());
  await destroy(app, 'Organization');
  expect(await ours()).toEqual([]);
});
