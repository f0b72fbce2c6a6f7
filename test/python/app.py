"""A Python app with the aspect: the names, the lazily loading index and the plugin work through the jsii kernel."""
import json
import tempfile

from aws_cdk import App, Aspects, Stack, aws_ec2 as ec2
from cdk_imdsv2 import HopLimit, RequireImdsv2

app = App(outdir=tempfile.mkdtemp())
stack = Stack(app, "Stack")
ec2.CfnInstance(stack, "Instance", image_id="ami-12345678")
Aspects.of(app).add(RequireImdsv2(hop_limit=HopLimit.CONTAINERS, help="https://wiki.example.com/imdsv2"))
template = json.load(open(app.synth().get_stack_by_name("Stack").template_full_path))
options = template["Resources"]["Instance"]["Properties"]["MetadataOptions"]
assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}, options
RequireImdsv2.add_to(stack, hop_limit=HopLimit.of(3))
stack.with_(RequireImdsv2())
print(f"python: HttpTokens {options['HttpTokens']}, hop limit {options['HttpPutResponseHopLimit']}")
