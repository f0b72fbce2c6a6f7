// What an app sees of the packed library, whichever cdk-nag it has: node app.js (2 | 3 | none)
const assert = require('assert');
const { readFileSync } = require('fs');
const { App, Aspects, Stack, Validations } = require('aws-cdk-lib');
const { CfnInstance } = require('aws-cdk-lib/aws-ec2');
const library = require('cdk-imdsv2');

process.env.CDK_VALIDATION = 'false';
const expected = process.argv[2];

const app = new App();
new CfnInstance(new Stack(app, 'Stack'), 'Instance', { imageId: 'ami-12345678' });
Aspects.of(app).add(new library.RequireImdsv2());
const { Resources } = JSON.parse(readFileSync(app.synth().getStackByName('Stack').templateFullPath, 'utf8'));
assert.deepStrictEqual(Resources.Instance.Properties.MetadataOptions, { HttpTokens: 'required' });
assert(expected === 'none' || !Object.keys(require.cache).some((file) => /node_modules.cdk-nag/.test(file)), 'cdk-nag is loaded though no pack is used');

const packs = Object.keys(library).filter((name) => name.endsWith('Imdsv2Checks'));
assert.strictEqual(packs.length, 6);
const says = { 2: /got cdk-nag 2, expected 3/, none: /got no cdk-nag, which \w+ needs, expected version 3/ }[expected];
for (const pack of packs) {
  const open = new App();
  new CfnInstance(new Stack(open, 'Stack'), 'Instance', { imageId: 'ami-12345678' });
  if (says) {
    assert.throws(() => new library[pack](open), says);
    continue;
  }
  Validations.of(open).addPlugins(new library[pack](open));
  const { error } = console;
  console.error = () => {};
  if (pack === 'ControlTowerImdsv2Checks') open.synth();
  else assert.throws(() => open.synth(), /Validation failed/);
  console.error = error;
}
console.log(`cdk-nag ${expected}: the aspect works, and ${says ? 'every pack says what it needs' : 'every pack judges'}`);
