import { App, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CisImdsv2Checks, CisVersion, SecurityHubImdsv2Checks } from 'cdk-imdsv2';

const app = new App();
const stack = new Stack(app, 'Shop');
new ec2.CfnInstance(stack, 'Ftp', { imageId: 'ami-12345678', instanceType: 't3.small' });

Validations.of(app).addPlugins(
  new CisImdsv2Checks(app, { version: CisVersion.V5_0 }),
  new SecurityHubImdsv2Checks(app),
);
app.synth();
