import { App } from 'aws-cdk-lib';
import { build } from '../../examples/typescript/fleet/app';
import '../support';

/** What the roles of the example may do, and the states of its machine. */
function synthesized(dryRun: boolean): { readonly actions: readonly string[]; readonly definition: string } {
  const app = new App();
  build(app, { dryRun });
  const { Resources } = app.synth().getStackByName('Fleet').template;
  const all = Object.values<any>(Resources);
  return {
    actions: all.filter(({ Type }) => Type === 'AWS::IAM::Policy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement.flatMap(({ Action }: any) => Action)),
    definition: JSON.stringify(all.find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine').Properties),
  };
}

test('the example changes nothing, and what it asks before it does is one line away', () => {
  const dry = synthesized(true);
  expect(dry.actions.filter((action) => /^ec2:(Modify|Create)|^sns:/.test(action))).toEqual([]);
  expect(dry.definition.includes('Ask for approval')).toBe(false);
  const wet = synthesized(false);
  expect(wet.actions).toEqual(expect.arrayContaining(['ec2:ModifyInstanceMetadataOptions', 'sns:Publish']));
  for (const state of ['Ask for approval', '14400']) expect(wet.definition.includes(state)).toBe(true);
});
