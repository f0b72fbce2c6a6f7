import { App, Stack, Stage } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PlatformApp, PlatformStage } from '../../examples/typescript/organization/platform';
import { cli } from '../cli/support';
import { outcome, propertiesOf } from '../support';

/** What a team writes, which knows nothing of any of this. */
class Shop extends Stack {
  constructor(scope: App | Stage) {
    super(scope, 'Shop');
    new ec2.CfnInstance(this, 'Host');
  }
}

test('an app of the platform requires tokens of stacks and of stages of the platform', () => {
  const app = new PlatformApp();
  new Shop(app);
  new Shop(new PlatformStage(app, 'Production'));
  const { templates, findings } = outcome(app);
  expect(findings).toEqual([]);
  for (const stack of ['Shop', 'Production/Shop']) expect(propertiesOf(templates[stack], 'Host').MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test('a stage of somebody else stops its synthesis, and says whom to ask', () => {
  const app = new PlatformApp();
  new Shop(new Stage(app, 'Production'));
  const { error, findings } = outcome(app);
  expect(error).toBeDefined();
  expect(findings).toEqual([expect.objectContaining({ rule: 'cdk-imdsv2::stage', fix: expect.stringContaining('Questions: #platform') })]);
});

test('a stage of the platform does so in an app of somebody else', () => {
  const app = new App();
  new Shop(new PlatformStage(app, 'Production'));
  expect(propertiesOf(outcome(app).templates['Production/Shop'], 'Host').MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test('the check in the pipeline stops an app that has neither, and lets the others pass', () => {
  const [theirs, ours] = [new App(), new PlatformApp()];
  for (const app of [theirs, ours]) new Shop(app);
  outcome(ours);
  theirs.synth();
  expect(cli(ours.outdir, ['check', '.']).code).toBe(0);
  expect(cli(theirs.outdir, ['check', '.'])).toMatchObject({ code: 1, stdout: expect.stringContaining('Host') });
});
