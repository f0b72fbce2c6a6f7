from aws_cdk import App, CfnOutput, Stack
from cdk_imdsv2 import AccountRegions, HopLimit, Imdsv2AccountDefaults, OnRemoval

app = App()
stack = Stack(app, "AccountDefaults")

defaults = Imdsv2AccountDefaults(
    stack,
    "Imdsv2",
    regions=AccountRegions.of(["eu-west-1", "eu-central-1"]),
    hop_limit=HopLimit.CONTAINERS,
    on_removal=OnRemoval.RESTORE,
)
CfnOutput(stack, "InForce", value=defaults.effective_defaults("eu-west-1"))
app.synth()
