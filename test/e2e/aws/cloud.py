"""
ministack, with what CloudFormation and Lambda do and ministack does not: an update that fails is rolled back by sending the
earlier properties, a nested stack says what is around it, a function that fails is invoked twice more, and EC2 resources are made
in moto. Types that it does not know fail a stack, except those that are named as inert below.
"""
import os
import sys
import threading
import time

import boto3
import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as lambda_svc
from ministack.app import main
import ministack.services.ssm as ssm
from ministack.core.responses import get_region
from ministack.services.cloudformation import handlers, provisioners, stacks

import moto_resources  # noqa: F401, it adds types to CloudFormation

KILL = sys.argv.pop()

# --- Lambda: an asynchronous invocation is tried three times -------------------------------------------------------------

_execute = lambda_svc._execute_function_with_config_scope


def execute(function, event):
    for _ in range(3):
        result = _execute(function, dict(event))
        if not result.get("error"):
            return result
        time.sleep(1)
    return result


lambda_svc._execute_function_with_config_scope = execute


def kill_workers():
    """Kills the running functions when a file appears."""
    while True:
        time.sleep(0.05)
        if os.path.exists(KILL):
            os.remove(KILL)
            for worker in list(runtime._workers.values()):
                if worker._proc:
                    worker._proc.kill()


threading.Thread(target=kill_workers, daemon=True).start()

# --- CloudFormation: a failed update is rolled back by updates -----------------------------------------------------------

_previous = {}
_deploy = stacks._deploy_stack_async
_delete = stacks._delete_resource


async def deploy(stack_name, stack_id, template, param_values, disable_rollback, tags, is_update=False, previous_stack=None):
    _previous[stack_name] = dict((previous_stack or {}).get("_resources", {}))
    await _deploy(stack_name, stack_id, template, param_values, disable_rollback, tags, is_update, previous_stack)


def delete(resource_type, physical_id, props, stack_name=None, logical_id=None):
    from ministack.services.cloudformation import _stacks
    earlier = _previous.get(stack_name, {}).get(logical_id)
    if _stacks[stack_name]["StackStatus"] != "UPDATE_ROLLBACK_IN_PROGRESS" or earlier is None:
        return _delete(resource_type, physical_id, props, stack_name, logical_id)
    return provisioners._update_resource(
        resource_type, physical_id, props, earlier["Properties"], stack_name, logical_id, earlier.get("Attributes"),
    )


stacks._delete_resource = delete
for module in list(sys.modules.values()):
    if getattr(module, "_deploy_stack_async", None) is _deploy:
        module._deploy_stack_async = deploy

# --- CloudFormation: nested stacks run beside the others, say who is around them and when they are deleted ---------------

NESTED = "AWS::CloudFormation::Stack"
_is_custom = stacks._is_custom_resource
# What may take long must not hold up the server, which the functions answer to.
stacks._is_custom_resource = lambda resource_type: resource_type == NESTED or _is_custom(resource_type)

_delete_nested = provisioners._cfn_nested_stack_delete


def delete_nested(physical_id, props):
    from ministack.services.cloudformation import _stacks
    _stacks[provisioners._nested_stack_lookup_name(physical_id)]["StackStatus"] = "DELETE_IN_PROGRESS"
    _delete_nested(physical_id, props)


provisioners._RESOURCE_HANDLERS[NESTED]["delete"] = delete_nested
_describe_stacks = handlers._describe_stacks


def describe_stacks(params):
    from ministack.services.cloudformation import _stacks
    status, headers, body = _describe_stacks(params)
    for stack in _stacks.values():
        if "ParentId" in stack:
            stack_id = f"<StackId>{stack['StackId']}</StackId>"
            body = body.replace(stack_id.encode(), f"{stack_id}<ParentId>{stack['ParentId']}</ParentId>".encode())
    return status, headers, body


handlers._ACTION_HANDLERS["DescribeStacks"] = describe_stacks

# --- CloudFormation: a stack is deleted by its id too, and says so at once -----------------------------------------------

_delete_stack = handlers._delete_stack


def delete_stack(params):
    from ministack.services.cloudformation import _stacks
    asked = params["StackName"]
    asked = asked[0] if isinstance(asked, list) else asked
    for name, stack in list(_stacks.items()):
        if asked in (name, stack["StackId"]) and stack["StackStatus"] != "DELETE_COMPLETE":
            answer = _delete_stack({**params, "StackName": [name]})
            stack["StackStatus"] = "DELETE_IN_PROGRESS"
            return answer
    return _delete_stack(params)


handlers._ACTION_HANDLERS["DeleteStack"] = delete_stack

# --- EC2 resources -------------------------------------------------------------------------------------------------------


def ec2():
    return boto3.client("ec2", region_name=get_region(), endpoint_url=os.environ["AWS_ENDPOINT_URL_EC2"])


def data_of(props):
    """The API's spelling of what CloudFormation's template says, as far as the tests use it."""
    data = {key: props["LaunchTemplateData"][key] for key in ("ImageId", "InstanceType", "MetadataOptions") if key in props["LaunchTemplateData"]}
    if "HttpPutResponseHopLimit" in data.get("MetadataOptions", {}):
        data["MetadataOptions"]["HttpPutResponseHopLimit"] = int(data["MetadataOptions"]["HttpPutResponseHopLimit"])
    return data


def attributes(template_id):
    template = ec2().describe_launch_templates(LaunchTemplateIds=[template_id])["LaunchTemplates"][0]
    return {
        "LaunchTemplateId": template_id,
        "LatestVersionNumber": str(template["LatestVersionNumber"]),
        "DefaultVersionNumber": str(template["DefaultVersionNumber"]),
    }


def create_launch_template(logical_id, props, stack_name):
    name = props.get("LaunchTemplateName", f"{stack_name}-{logical_id}")
    template_id = ec2().create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data_of(props))["LaunchTemplate"]["LaunchTemplateId"]
    return template_id, attributes(template_id)


def update_launch_template(physical_id, old_props, new_props, stack_name):
    ec2().create_launch_template_version(LaunchTemplateId=physical_id, LaunchTemplateData=data_of(new_props))
    return physical_id, attributes(physical_id)


def create_instance(logical_id, props, stack_name):
    request = {key: props[key] for key in ("ImageId", "InstanceType", "MetadataOptions") if key in props}
    if "LaunchTemplate" in props:
        request["LaunchTemplate"] = {key: str(value) for key, value in props["LaunchTemplate"].items()}
    instance_id = ec2().run_instances(MinCount=1, MaxCount=1, **request)["Instances"][0]["InstanceId"]
    return instance_id, {"InstanceId": instance_id}


def update_instance(physical_id, old_props, new_props, stack_name):
    if new_props.get("MetadataOptions"):
        ec2().modify_instance_metadata_options(InstanceId=physical_id, **new_props["MetadataOptions"])
    return physical_id, {"InstanceId": physical_id}


def specifications(props):
    """Every launch template that a group names."""
    policy = props.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    places = [props.get("LaunchTemplate"), policy.get("LaunchTemplateSpecification")]
    places += [override.get("LaunchTemplateSpecification") for override in policy.get("Overrides", [])]
    return [{key: str(value) for key, value in place.items()} for place in places if place]


_group = provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"]
GROUP_TAG = "aws:autoscaling:groupName"


def create_group(logical_id, props, stack_name):
    """One instance from each launch template, whichever the group would choose."""
    name, attributes_of_group = _group["create"](logical_id, props, stack_name)
    tags = [{"ResourceType": "instance", "Tags": [{"Key": GROUP_TAG, "Value": name}]}]
    for specification in specifications(props):
        ec2().run_instances(MinCount=1, MaxCount=1, LaunchTemplate=specification, TagSpecifications=tags)
    return name, attributes_of_group


def delete_group(physical_id, props):
    found = ec2().describe_instances(Filters=[{"Name": f"tag:{GROUP_TAG}", "Values": [physical_id]}])
    instances = [instance["InstanceId"] for reservation in found["Reservations"] for instance in reservation["Instances"]]
    if instances:
        ec2().terminate_instances(InstanceIds=instances)
    _group["delete"](physical_id, props)


provisioners._RESOURCE_HANDLERS["AWS::AutoScaling::AutoScalingGroup"] = {"create": create_group, "delete": delete_group}
provisioners._RESOURCE_HANDLERS["AWS::EC2::LaunchTemplate"] = {
    "create": create_launch_template,
    "update": update_launch_template,
    "delete": lambda physical_id, props: ec2().delete_launch_template(LaunchTemplateId=physical_id),
}
provisioners._RESOURCE_HANDLERS["AWS::EC2::Instance"] = {
    "create": create_instance,
    "update": update_instance,
    "delete": lambda physical_id, props: ec2().terminate_instances(InstanceIds=[physical_id]),
}

# --- What the demo app needs besides -------------------------------------------------------------------------------------

# Recorded in the stack, and nothing else: no service stands behind them.
INERT = ["AWS::Batch::ComputeEnvironment", "AWS::ImageBuilder::InfrastructureConfiguration", "AWS::SageMaker::NotebookInstance"]
for inert in INERT:
    provisioners._RESOURCE_HANDLERS[inert] = {
        "create": lambda logical_id, props, stack_name: (provisioners._physical_name(stack_name, logical_id), {}),
        "delete": lambda physical_id, props: None,
    }

_resolve = ssm.resolve_parameter_value


def resolve_parameter(name):
    """AWS's public parameters of images, which all name the same one."""
    return _resolve(name) or ("ami-12c6146b" if name.startswith(("/aws/service/ami-", "/aws/service/ecs/optimized-ami/")) else None)


ssm.resolve_parameter_value = resolve_parameter

if __name__ == "__main__":
    main()
