import { App, Aspects, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { NagPack } from 'cdk-nag';
import { PACKS, type Pack } from './support';
import { outcome } from '../../support';

/** The library as it is where this is what `cdk-nag` leads to. */
function libraryWith(nagPack: () => unknown): typeof import('../../../src') {
  let library: typeof import('../../../src') | undefined;
  jest.isolateModules(() => {
    jest.doMock('cdk-nag/lib/nag-pack', nagPack);
    library = jest.requireActual('../../../src');
  });
  jest.dontMock('cdk-nag/lib/nag-pack');
  return library!;
}

test.each(Object.keys(PACKS) as Pack[])('%s is a pack of cdk-nag 3, which has no rule that fails by itself', (pack) => {
  const app = new App();
  const made = new PACKS[pack](app);
  expect(made).toBeInstanceOf(NagPack);
  new Stack(app, 'S');
  app.synth();
  expect(made.validateScope(app)).toEqual({ success: true, violations: [] });
});

test.each(Object.keys(PACKS) as Pack[])('%s says where it is made that it needs cdk-nag 3', (pack) => {
  const library = libraryWith(() => jest.requireActual('cdk-nag-2/lib/nag-pack'));
  expect(() => new library[pack](new App())).toThrow(
    `got cdk-nag 2, expected 3: ${pack} is a validation plugin, and packs are that since cdk-nag 3; `
    + 'upgrade to cdk-nag@^3, or use RequireImdsv2 without packs',
  );
});

test('a pack that is added as an aspect says how to add it', () => {
  const app = new App();
  new Stack(app, 'S');
  Aspects.of(app).add(new PACKS.NistImdsv2Checks(app));
  expect(() => app.synth()).toThrow(
    'got NistImdsv2Checks as an aspect, expected it as a validation plugin: Validations.of(app).addPlugins(new NistImdsv2Checks(app))',
  );
});

test('beside cdk-nag 2 the aspect does all that it does', () => {
  const { RequireImdsv2 } = libraryWith(() => jest.requireActual('cdk-nag-2/lib/nag-pack'));
  const app = new App();
  new ec2.CfnInstance(new Stack(app, 'S'), 'I');
  Aspects.of(app).add(new RequireImdsv2());
  expect(outcome(app).templates.S.Resources.I.Properties.MetadataOptions).toEqual({ HttpTokens: 'required' });
});

test("a pack and cdk-nag's own packs stand beside each other", () => {
  const app = new App();
  new ec2.CfnInstance(new Stack(app, 'S'), 'I');
  const { HIPAASecurityChecks } = jest.requireActual('cdk-nag');
  Validations.of(app).addPlugins(new PACKS.Imdsv2Checks(app), new HIPAASecurityChecks(app));
  expect(outcome(app).error).toBeDefined();
});
