import { Stack } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** Stacks of 400 resources each: instances, launch templates and groups, as L1 and as L2 with what an L2 brings along. */
export function build(app, stacks) {
  for (let s = 0; s < stacks; s++) {
    const stack = new Stack(app, `Stack${s}`);
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    const instanceType = new ec2.InstanceType('t3.micro');
    const machineImage = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1' });
    for (let i = 0; i < 60; i++) new ec2.CfnInstance(stack, `CfnInstance${i}`, { imageId: 'ami-1', instanceType: 't3.micro', userData: 'IyEvYmluL2Jhc2g=' });
    for (let i = 0; i < 35; i++) {
      const template = new ec2.CfnLaunchTemplate(stack, `CfnLaunchTemplate${i}`, { launchTemplateData: { imageId: 'ami-1', instanceType: 't3.micro' } });
      new autoscaling.CfnAutoScalingGroup(stack, `CfnGroup${i}`, {
        minSize: '1', maxSize: '1', availabilityZones: ['a'],
        launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
      });
    }
    // Each of these is four or five resources: security group, role, instance profile, and a group's launch template.
    for (let i = 0; i < 35; i++) new ec2.Instance(stack, `Instance${i}`, { vpc, instanceType, machineImage });
    for (let i = 0; i < 40; i++) new ec2.LaunchTemplate(stack, `LaunchTemplate${i}`, { instanceType, machineImage, userData: ec2.UserData.forLinux() });
    for (let i = 0; i < 18; i++) new autoscaling.AutoScalingGroup(stack, `Group${i}`, { vpc, instanceType, machineImage });
  }
}
