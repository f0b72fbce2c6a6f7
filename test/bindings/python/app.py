"""A Python app with the aspect and a pack: the names, the lazily loading index and the plugins work through the jsii kernel."""
import importlib.metadata
import json
import tempfile

from aws_cdk import App, Aspects, Stack, Validations, aws_ec2 as ec2
from cdk_imdsv2 import (
    AccountRegions, CisImdsv2Checks, CisVersion, HopLimit, Imdsv2AccountDefaults, LaunchTemplateDefaultVersion, OnRemoval, RequireImdsv2,
)

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

# A pack stops the synthesis of an open instance, and says so where it finds a cdk-nag that has no such packs.
nag = importlib.metadata.version("cdk-nag")
open_app = App(outdir=tempfile.mkdtemp())
ec2.CfnInstance(Stack(open_app, "Stack"), "Instance", image_id="ami-12345678")
expected = "got cdk-nag 2, expected 3" if nag.startswith("2.") else "Validation failed"
try:
    Validations.of(open_app).add_plugins(CisImdsv2Checks(open_app, version=CisVersion.V5_0))
    open_app.synth()
except RuntimeError as error:
    assert expected in str(error), error
else:
    raise AssertionError(f"cdk-nag {nag}: nothing stopped, expected: {expected}")
if not nag.startswith("2."):
    report = json.load(open(f"{open_app.outdir}/validation-report.json"))
    [violation] = report["pluginReports"][0]["violations"]
    assert "'Stack/Instance' fails cis 5.7" in violation["description"], violation
print(f"python, cdk-nag {nag}: {expected}")
