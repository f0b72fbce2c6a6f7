from aws_cdk import App, Stack, Validations, aws_ec2 as ec2
from cdk_imdsv2 import CisImdsv2Checks, CisVersion, SecurityHubImdsv2Checks

app = App()
stack = Stack(app, "Shop")
ec2.CfnInstance(stack, "Ftp", image_id="ami-12345678", instance_type="t3.small")

Validations.of(app).add_plugins(
    CisImdsv2Checks(app, version=CisVersion.V5_0),
    SecurityHubImdsv2Checks(app),
)
app.synth()
