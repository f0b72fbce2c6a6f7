"""
moto's server, with what EC2 has and moto lacks: the account's defaults for metadata options with enforcement and declarative
policies, their precedence with launch, launch template and image, and the limit of two changes a second.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
"""
import sys
import time

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import InstanceBackend, MetadataOptions
from moto.ec2.responses import EC2Response
from moto.server import main

import control

OPTIONS = ["HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags", "HttpTokensEnforced"]
ENFORCED = (
    "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the instance "
    "with httpTokens=required or contact your account owner to disable httpTokensEnforced using the ModifyInstanceMetadataDefaults "
    "API or the account settings in the EC2 console."
)


def defaults_of(backend) -> dict:
    """What the account says in a region; what has no preference is absent."""
    if not hasattr(backend, "metadata_defaults"):
        backend.metadata_defaults = {}
        backend.metadata_bucket = (2.0, time.monotonic())
    return backend.metadata_defaults


def throttle(backend) -> None:
    tokens, then = backend.metadata_bucket
    now = time.monotonic()
    tokens = min(2.0, tokens + 2 * (now - then))
    backend.metadata_bucket = (tokens - 1 if tokens >= 1 else tokens, now)
    if tokens < 1:
        raise EC2ClientError("RequestLimitExceeded", "Request limit exceeded.")


def get_instance_metadata_defaults(self) -> ActionResult:
    level = dict(defaults_of(self.ec2_backend))
    policies = control.read().get("policies", {})
    level["ManagedBy"] = "declarative-policy" if self.region in policies else "account"
    if self.region in policies:
        level["ManagedExceptionMessage"] = policies[self.region]
    return ActionResult({"AccountLevel": level})


def modify_instance_metadata_defaults(self) -> ActionResult:
    defaults = defaults_of(self.ec2_backend)
    throttle(self.ec2_backend)
    state = control.read()
    if self.region in state.get("policies", {}):
        raise EC2ClientError("DeclarativePolicyViolation", "This action is denied due to an organizational policy in effect")
    if self.region in state.get("denied", []):
        raise EC2ClientError("UnauthorizedOperation", "You are not authorized to perform this operation.")
    for option in OPTIONS:
        value = self._get_param(option)
        if value is None:
            continue
        if str(value) in ("no-preference", "-1"):
            defaults.pop(option, None)
        else:
            defaults[option] = int(value) if option == "HttpPutResponseHopLimit" else value
    if control.take("kill"):
        # The function that asked is killed before it hears of it.
        open(sys.argv[-1], "w", encoding="utf8").close()
        time.sleep(3)
    return ActionResult({"Return": True})


def resolve(backend, launch: dict, image_id: str) -> dict:
    """Each option on its own: launch or launch template, account, image, EC2's own default."""
    account = defaults_of(backend)
    supported = image_id in control.read().get("v2Images", [])
    image = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2} if supported else {}
    built_in = {
        "HttpTokens": "optional", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled", "InstanceMetadataTags": "disabled",
    }
    options = {option: launch.get(option, account.get(option, image.get(option, value))) for option, value in built_in.items()}
    if account.get("HttpTokensEnforced") == "enabled" and options["HttpTokens"] != "required":
        raise EC2ClientError("UnsupportedOperation", ENFORCED)
    return options


_run_instances = InstanceBackend.run_instances


def run_instances(self, image_id, count, user_data, security_group_names, **kwargs):
    template = self._get_template_from_args(kwargs["launch_template"]).data if kwargs.get("launch_template") else {}
    image_id = image_id or template.get("ImageId")
    launch = {**template.get("MetadataOptions", {}), **(kwargs.get("metadata_options") or {})}
    kwargs["metadata_options"] = resolve(self, launch, image_id)
    return _run_instances(self, image_id, count, user_data, security_group_names, **kwargs)


def modify_instance_metadata_options(
    self, instance_id, http_tokens=None, hop_limit=None, http_endpoint=None, dry_run=False, http_protocol=None, metadata_tags=None,
):
    instance = self.get_instance(instance_id)
    if self.account_id in control.read().get("deniedAccounts", []):
        raise EC2ClientError("UnauthorizedOperation", "You are not authorized to perform this operation.")
    if http_tokens == "optional" and defaults_of(self).get("HttpTokensEnforced") == "enabled":
        raise EC2ClientError("UnsupportedOperation", ENFORCED)
    if dry_run:
        raise EC2ClientError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
    before = instance.metadata_options
    instance.metadata_options = MetadataOptions({
        "HttpTokens": http_tokens or before.http_tokens,
        "HttpPutResponseHopLimit": hop_limit or before.http_put_response_hop_limit,
        "HttpEndpoint": http_endpoint or before.http_endpoint,
        "HttpProtocolIpv6": http_protocol or before.http_protocol_ipv6,
        "InstanceMetadataTags": metadata_tags or before.instance_metadata_tags,
    })
    return instance.metadata_options


InstanceBackend.run_instances = run_instances
InstanceBackend.modify_instance_metadata_options = modify_instance_metadata_options
EC2Response.get_instance_metadata_defaults = get_instance_metadata_defaults
EC2Response.modify_instance_metadata_defaults = modify_instance_metadata_defaults

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
