from aws_cdk import App, Aspects, Stack, aws_autoscaling as autoscaling, aws_ec2 as ec2
from cdk_imdsv2 import HopLimit, RequireImdsv2

app = App()
stack = Stack(app, "Shop")
vpc = ec2.Vpc(stack, "Vpc", max_azs=2)

ec2.CfnInstance(stack, "Ftp", image_id="ami-12345678", instance_type="t3.small")
template = ec2.LaunchTemplate(
    stack,
    "ApiTemplate",
    instance_type=ec2.InstanceType("t3.small"),
    machine_image=ec2.MachineImage.latest_amazon_linux2023(),
    security_group=ec2.SecurityGroup(stack, "ApiSecurityGroup", vpc=vpc),
)
autoscaling.AutoScalingGroup(stack, "Api", vpc=vpc, launch_template=template)

Aspects.of(app).add(RequireImdsv2(hop_limit=HopLimit.HOST))
app.synth()
