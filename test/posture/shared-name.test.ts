import { literal, sharedName } from '../../src/posture/shared-name';

const HERE = { stackName: 'web', environment: 'cdk.out aws://111111111111/eu-west-1' };
const ANYWHERE = { stackName: 'web', environment: 'cdk.out aws://unknown-account/unknown-region' };
const NOWHERE = {};
const REF = (name: string) => ({ Ref: `AWS::${name}` });

test.each<[name: unknown, here: string | undefined, anywhere: string | undefined, nowhere: string | undefined]>([
  ['lt', 'lt', 'lt', 'lt'],
  [REF('StackName'), 'web', 'web', undefined],
  [REF('AccountId'), '111111111111', '${AWS::AccountId}', '${AWS::AccountId}'],
  [REF('Region'), 'eu-west-1', '${AWS::Region}', '${AWS::Region}'],
  [REF('Partition'), '${AWS::Partition}', '${AWS::Partition}', '${AWS::Partition}'],
  [REF('StackId'), undefined, undefined, undefined],
  [{ Ref: 'Parameter' }, undefined, undefined, undefined],
  [{ 'Fn::Sub': '${AWS::StackName}-lt-${AWS::Region}' }, 'web-lt-eu-west-1', 'web-lt-${AWS::Region}', undefined],
  [{ 'Fn::Sub': ['${Of}-lt', { Of: REF('StackName') }] }, 'web-lt', 'web-lt', undefined],
  [{ 'Fn::Sub': '${Parameter}-lt' }, undefined, undefined, undefined],
  [{ 'Fn::Sub': 7 }, undefined, undefined, undefined],
  [{ 'Fn::Join': ['-', [REF('Region'), 'lt', REF('AccountId')]] },
    'eu-west-1-lt-111111111111', '${AWS::Region}-lt-${AWS::AccountId}', '${AWS::Region}-lt-${AWS::AccountId}'],
  [{ 'Fn::Join': ['-', ['lt', { Ref: 'Parameter' }]] }, undefined, undefined, undefined],
  [{ 'Fn::Join': ['-', { Ref: 'List' }] }, undefined, undefined, undefined],
  [{ 'Fn::Join': [REF('Region'), ['a', 'b']] }, undefined, undefined, undefined],
  [{ 'Fn::Join': '-' }, undefined, undefined, undefined],
  [{ 'Fn::ImportValue': 'lt' }, undefined, undefined, undefined],
])('the name %j', (name, ...texts) => {
  expect([HERE, ANYWHERE, NOWHERE].map((place) => sharedName(name, place, literal))).toEqual(texts);
});

test('a name written in two ways is one text', () => {
  const joined = { 'Fn::Join': ['', [REF('StackName'), '-', REF('AccountId')]] };
  expect(sharedName(joined, ANYWHERE, literal)).toBe(sharedName({ 'Fn::Sub': '${AWS::StackName}-${AWS::AccountId}' }, ANYWHERE, literal));
});

test('what no pseudo parameter makes is for whoever asks', () => {
  const textOf = (value: unknown) => JSON.stringify(value);
  expect(sharedName({ 'Fn::Sub': 'a-${P}' }, HERE, textOf)).toBe('"a-"{"Ref":"P"}');
});
