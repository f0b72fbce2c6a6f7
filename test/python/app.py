"""A Python app with the aspect: the names, the lazily loading index and the plugin work through the jsii kernel."""
import json
import tempfile

from aws_cdk import App, Aspects, Stack, aws_ec2 as ec2
from cdk_imdsv2 import AccountRegions, HopLimit, Imdsv2AccountDefaults, LaunchTemplateDefaultVersion, OnRemoval, RequireImdsv2

app = App(outdir=tempfile.mkdtemp())
stack = Stack(app, "Stack")
ec2.CfnInstance(stack, "Instance", image_id="ami-12345678")
defaults = Imdsv2AccountDefaults(
    stack, "Defaults", regions=AccountRegions.of(["eu-west-1"]), hop_limit=HopLimit.CONTAINERS, on_removal=OnRemoval.RESTORE,
)
assert "Token" in defaults.effective_defaults("eu-west-1")
LaunchTemplateDefaultVersion(stack, "DefaultVersion", launch_template=ec2.LaunchTemplate(stack, "Template"))
Aspects.of(app).add(RequireImdsv2(hop_limit=HopLimit.CONTAINERS, help="https://wiki.example.com/imdsv2"))
template = json.load(open(app.synth().get_stack_by_name("Stack").template_full_path))
options = template["Resources"]["Instance"]["Properties"]["MetadataOptions"]
assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}, options
resources = {resource["Type"]: resource["Properties"] for resource in template["Resources"].values()}
assert resources["Custom::Imdsv2AccountDefaults"]["Defaults"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": "2"}
assert "Custom::LaunchTemplateDefaultVersion" in resources
RequireImdsv2.add_to(stack, hop_limit=HopLimit.of(3))
stack.with_(RequireImdsv2())
print(f"python: HttpTokens {options['HttpTokens']}, hop limit {options['HttpPutResponseHopLimit']}")
