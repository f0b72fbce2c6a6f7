import { Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Stacks of about 400 resources each: instances, launch templates and groups, as L1 and as L2. */
export function build(app, stacks) {
  for (let s = 0; s < stacks; s++) {
    const stack = new Stack(app, `Stack${s}`);
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    const instanceType = new ec2.InstanceType('t3.micro');
    const machineImage = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' });
    const securityGroup = new ec2.SecurityGroup(stack, 'SecurityGroup', { vpc });
    for (let i = 0; i < 120; i++) new ec2.CfnInstance(stack, `CfnInstance${i}`, { imageId: 'ami-1', userData: 'IyEvYmluL2Jhc2g=' });
    for (let i = 0; i < 25; i++) new ec2.Instance(stack, `Instance${i}`, { vpc, instanceType, machineImage, securityGroup });
    for (let i = 0; i < 50; i++) new ec2.LaunchTemplate(stack, `LaunchTemplate${i}`, { instanceType, machineImage, userData: ec2.UserData.forLinux() });
    for (let i = 0; i < 40; i++) {
      const template = new ec2.CfnLaunchTemplate(stack, `CfnLaunchTemplate${i}`, { launchTemplateData: { imageId: 'ami-1' } });
      new autoscaling.CfnAutoScalingGroup(stack, `CfnGroup${i}`, {
        minSize: '1', maxSize: '1', availabilityZones: ['a'],
        launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
      });
    }
    for (let i = 0; i < 15; i++) new autoscaling.AutoScalingGroup(stack, `Group${i}`, { vpc, instanceType, machineImage, securityGroup });
  }
}
