import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AccountRegions, HopLimit, Imdsv2AccountDefaults, OnRemoval } from 'cdk-imdsv2';

const app = new App();
const stack = new Stack(app, 'AccountDefaults');

const defaults = new Imdsv2AccountDefaults(stack, 'Imdsv2', {
  regions: AccountRegions.of(['eu-west-1', 'eu-central-1']),
  hopLimit: HopLimit.CONTAINERS,
  onRemoval: OnRemoval.RESTORE,
});
new CfnOutput(stack, 'InForce', { value: defaults.effectiveDefaults('eu-west-1') });
app.synth();
