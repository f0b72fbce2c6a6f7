import { App, Stack } from 'aws-cdk-lib';
import { matches } from './event-pattern';
import { call, modifyOptions, tags } from './events';
import { Imdsv2Dashboard } from '../../src';
import { synthTemplates, type Json } from '../support';

/** The rules of a dashboard, by what they say. */
function rules(): Array<[description: string, pattern: Json]> {
  const app = new App();
  new Imdsv2Dashboard(new Stack(app, 'S'), 'Dashboard');
  const resources: Json[] = Object.values(synthTemplates(app).S.Resources);
  return resources.filter(({ Type }) => Type === 'AWS::Events::Rule').map(({ Properties }) => [Properties.Description, Properties.EventPattern]);
}

const DOWNGRADE = 'cdk-imdsv2: an instance was set back to IMDSv1';
const DEFAULTS = "cdk-imdsv2: the account's defaults for the metadata options were changed";
const TAGS = 'cdk-imdsv2: tags that exempt something (imdsv2:) were changed';
const ALL_TAGS = 'cdk-imdsv2: every tag of something was removed, one that exempts it too if it had one';

test('there is a rule for each kind of change', () => {
  expect(rules().map(([description]) => description)).toEqual([DOWNGRADE, DEFAULTS, TAGS, ALL_TAGS]);
});

test.each<[string, Json, string | undefined]>([
  ['tokens become optional', modifyOptions({ HttpTokens: 'optional', HttpEndpoint: 'enabled' }), DOWNGRADE],
  ['tokens become optional, in the shape of other calls', call('ModifyInstanceMetadataOptions', { instanceId: 'i-1', httpTokens: 'optional' }), DOWNGRADE],
  ['tokens become required', modifyOptions({ HttpTokens: 'required' }), undefined],
  ['tokens become required, in the shape of other calls', call('ModifyInstanceMetadataOptions', { instanceId: 'i-1', httpTokens: 'required' }), undefined],
  ['a hop limit', modifyOptions({ HttpPutResponseHopLimit: 2 }), undefined],
  ['tokens would become optional, and it was denied', modifyOptions({ HttpTokens: 'optional' }, { errorCode: 'Client.UnauthorizedOperation' }), undefined],
  ['tokens would become optional, and it was tried only', modifyOptions({ HttpTokens: 'optional' }, { errorCode: 'Client.DryRunOperation' }), undefined],
  ['another call with such a word', call('RunInstances', { httpTokens: 'optional' }), undefined],

  ['default tokens become optional', call('ModifyInstanceMetadataDefaults', { httpTokens: 'optional' }), DEFAULTS],
  ['default tokens become what nobody prefers, whatever the shape',
    call('ModifyInstanceMetadataDefaults', { ModifyInstanceMetadataDefaultsRequest: { HttpTokens: 'no-preference' } }), DEFAULTS],
  ['enforcement ends', call('ModifyInstanceMetadataDefaults', { ModifyInstanceMetadataDefaultsRequest: { HttpTokensEnforced: 'disabled' } }), DEFAULTS],
  ['defaults of which nothing is recorded', call('ModifyInstanceMetadataDefaults', null), DEFAULTS],
  ['defaults that could not be changed', call('ModifyInstanceMetadataDefaults', {}, { errorCode: 'Client.UnauthorizedOperation' }), undefined],
  ['defaults that are read', call('GetInstanceMetadataDefaults', {}), undefined],

  ['an exemption is tagged', tags('CreateTags', 'imdsv2:exempt-until'), TAGS],
  ['an exemption is tagged among others', tags('CreateTags', 'Name', 'imdsv2:exempt-reason'), TAGS],
  ['an exemption loses its tag', tags('DeleteTags', 'imdsv2:exempt-until'), TAGS],
  ['another tag', tags('CreateTags', 'Name', 'team:imdsv2:x'), undefined],
  ['another tag is removed', tags('DeleteTags', 'Name'), undefined],
  ['every tag is removed', tags('DeleteTags'), ALL_TAGS],
  ['a tag of another service', { ...tags('CreateTags', 'imdsv2:exempt-until'), source: 'aws.elasticfilesystem' }, undefined],
  ['a call of the same name to another service', modifyOptions({ HttpTokens: 'optional' }, { eventSource: 'lightsail.amazonaws.com' }), undefined],
  ['what is no call', { ...modifyOptions({ HttpTokens: 'optional' }), 'detail-type': 'AWS Service Event via CloudTrail' }, undefined],
])('%s', (_, event, expected) => {
  expect(rules().filter(([, pattern]) => matches(pattern, event)).map(([description]) => description)).toEqual(expected ? [expected] : []);
});
