import { App, Aspects, Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HopLimit, RequireImdsv2 } from 'cdk-imdsv2';

const app = new App();
const stack = new Stack(app, 'Shop');
const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });

new ec2.CfnInstance(stack, 'Ftp', { imageId: 'ami-12345678', instanceType: 't3.small' });
const template = new ec2.LaunchTemplate(stack, 'ApiTemplate', {
  instanceType: new ec2.InstanceType('t3.small'),
  machineImage: ec2.MachineImage.latestAmazonLinux2023(),
  securityGroup: new ec2.SecurityGroup(stack, 'ApiSecurityGroup', { vpc }),
});
new autoscaling.AutoScalingGroup(stack, 'Api', { vpc, launchTemplate: template });

Aspects.of(app).add(new RequireImdsv2({ hopLimit: HopLimit.HOST }));
app.synth();
