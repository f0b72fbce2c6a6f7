"""
Resources of CloudFormation that ministack does not know, made in moto: rules of AWS Config, by its list of AWS's managed rules and
their parameters; alarms on queries, which it keeps and does not evaluate; policies of an organization.
"""
import json
import os

import boto3
from ministack.core.responses import get_region
from ministack.services.cloudformation import provisioners


def moto(service):
    return boto3.client(service, region_name=get_region(), endpoint_url=os.environ["AWS_ENDPOINT_URL_EC2"])


def create_config_rule(logical_id, props, stack_name):
    name = provisioners._physical_name(stack_name, logical_id)
    parameters = {"InputParameters": json.dumps(props["InputParameters"])} if "InputParameters" in props else {}
    moto("config").put_config_rule(ConfigRule={**props, **parameters, "ConfigRuleName": name})
    return name, {}


def create_alarm(logical_id, props, stack_name):
    name = provisioners._physical_name(stack_name, logical_id)
    moto("cloudwatch").put_metric_alarm(AlarmName=name, **props)
    return name, {"Arn": moto("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"]}


def create_policy(logical_id, props, stack_name):
    organizations = moto("organizations")
    policy = organizations.create_policy(
        Content=json.dumps(props["Content"]), Description=props["Description"], Name=props["Name"], Type=props["Type"],
    )["Policy"]["PolicySummary"]
    for target in props.get("TargetIds", []):
        organizations.attach_policy(PolicyId=policy["Id"], TargetId=target)
    return policy["Id"], {"Id": policy["Id"], "Arn": policy["Arn"]}


def delete_policy(physical_id, props):
    for target in props.get("TargetIds", []):
        moto("organizations").detach_policy(PolicyId=physical_id, TargetId=target)
    moto("organizations").delete_policy(PolicyId=physical_id)


provisioners._RESOURCE_HANDLERS["AWS::Config::ConfigRule"] = {
    "create": create_config_rule,
    "delete": lambda physical_id, props: moto("config").delete_config_rule(ConfigRuleName=physical_id),
}
provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"] = {
    "create": create_alarm,
    "delete": lambda physical_id, props: moto("cloudwatch").delete_alarms(AlarmNames=[physical_id]),
}
provisioners._RESOURCE_HANDLERS["AWS::Organizations::Policy"] = {"create": create_policy, "delete": delete_policy}
