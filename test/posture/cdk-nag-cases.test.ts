import { DISABLED, group, instance, judgementIn, latest, launchTemplate, OPTIONAL, REQUIRED } from './templates';

/** `EC2IMDSv2Enabled` takes a launch template without name for any other one without name, and reads no more than one property. */
describe('where cdk-nag 3.0.2 is mistaken', () => {
  const [good, bad] = [launchTemplate(REQUIRED), launchTemplate(OPTIONAL)];
  const policy = { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: latest({ Ref: 'T' }) } } };
  const other = { Resources: { T: good, O: bad }, Outputs: { T: { Value: { Ref: 'T' }, Export: { Name: 't' } }, O: { Value: { Ref: 'O' }, Export: { Name: 'o' } } } };

  test.each<[name: string, resources: object, posture: string]>([
    ['an instance of an optional launch template, after a required one without name', { T: good, O: bad, R: instance(undefined, { LaunchTemplate: latest({ Ref: 'O' }) }) }, 'optional'],
    ['a group of an optional launch template, after a required one without name', { T: good, O: bad, R: group({ LaunchTemplate: latest({ Ref: 'O' }) }) }, 'optional'],
    ['a group of a required launch template, after an optional one without name', { O: bad, T: good, R: group({ LaunchTemplate: latest({ Ref: 'T' }) }) }, 'required'],
    ['a mixed instances policy of a required launch template', { O: bad, T: good, R: group(policy) }, 'required'],
    ['a disabled endpoint', { R: instance(DISABLED) }, 'disabled'],
    ['a required launch template in another stack', { R: group({ LaunchTemplate: latest({ 'Fn::ImportValue': 't' }) }) }, 'required'],
    ['an optional launch template in another stack', { R: group({ LaunchTemplate: latest({ 'Fn::ImportValue': 'o' }) }) }, 'optional'],
    ['an optional instance of a required launch template', { T: good, R: instance(OPTIONAL, { LaunchTemplate: latest({ Ref: 'T' }) }) }, 'optional'],
    ['a required launch template that nothing refers to', { R: good }, 'required'],
    ['an optional launch template that nothing refers to', { R: bad }, 'optional'],
  ])('%s', (_, Resources, posture) => {
    expect(judgementIn({ a: { Resources }, b: other })?.posture).toBe(posture);
  });
});
