"""Makes one of every exported class; the names of all of them, from the assembly, are the arguments."""
import sys

import cdk_imdsv2 as imdsv2
from aws_cdk import App, Stack, aws_ec2 as ec2

stack = Stack(App(), "Stack")
making = {
    "AccountRegions": lambda: imdsv2.AccountRegions.all_enabled(),
    "CisImdsv2Checks": lambda: imdsv2.CisImdsv2Checks(stack, version=imdsv2.CisVersion.V5_0),
    "ControlTowerImdsv2Checks": lambda: imdsv2.ControlTowerImdsv2Checks(stack),
    "Approval": lambda: imdsv2.Approval.none(),
    "FleetAccounts": lambda: imdsv2.FleetAccounts.of(["111122223333"], role_name="imdsv2-inspection"),
    "FleetGroups": lambda: imdsv2.FleetGroups.instance_refresh(min_healthy_percentage=80),
    "Wave": lambda: imdsv2.Wave.percent(25),
    "HopLimit": lambda: imdsv2.HopLimit.of(3),
    "Imdsv2AccountDefaults": lambda: imdsv2.Imdsv2AccountDefaults(stack, "Defaults"),
    "Imdsv2AccountDefaultsAssertion": lambda: imdsv2.Imdsv2AccountDefaultsAssertion(stack, "Assertion"),
    "Imdsv2Checks": lambda: imdsv2.Imdsv2Checks(stack, strict=True),
    "Imdsv2ConfigRules": lambda: imdsv2.Imdsv2ConfigRules(stack, "Rules", rules=[imdsv2.Imdsv2ConfigRule.EC2_IMDSV2_CHECK]),
    "Imdsv2Dashboard": lambda: imdsv2.Imdsv2Dashboard(stack, "Dashboard"),
    "Imdsv2DeclarativePolicy": lambda: imdsv2.Imdsv2DeclarativePolicy(stack, "Declarative"),
    "Imdsv2Exemption": lambda: imdsv2.Imdsv2Exemption.of(stack),
    "Imdsv2FleetChangeRole": lambda: imdsv2.Imdsv2FleetChangeRole(
        stack, "Change", role_name="imdsv2-inspection", trusted_account="111122223333",
    ),
    "Imdsv2FleetInspectionRole": lambda: imdsv2.Imdsv2FleetInspectionRole(
        stack, "Inspection", role_name="imdsv2-inspection", trusted_account="111122223333",
    ),
    "Imdsv2FleetRollout": lambda: imdsv2.Imdsv2FleetRollout(
        stack, "Fleet", dry_run=False, approval=imdsv2.Approval.none(), groups=imdsv2.FleetGroups.in_place(),
        waves=[imdsv2.Wave.instances(5), imdsv2.Wave.remaining()],
    ),
    "Imdsv2GuardHook": lambda: imdsv2.Imdsv2GuardHook(stack, "Hook", failure_mode=imdsv2.HookFailureMode.FAIL),
    "Imdsv2ServiceControlPolicy": lambda: imdsv2.Imdsv2ServiceControlPolicy(
        stack, "Control", tokens_at_launch=imdsv2.TokensAtLaunch.NOT_OPTIONAL,
    ),
    "LaunchTemplateDefaultVersion": lambda: imdsv2.LaunchTemplateDefaultVersion(
        stack, "DefaultVersion", launch_template=ec2.LaunchTemplate(stack, "Template"),
    ),
    "NistImdsv2Checks": lambda: imdsv2.NistImdsv2Checks(stack),
    "PciDssImdsv2Checks": lambda: imdsv2.PciDssImdsv2Checks(stack),
    "RequireImdsv2": lambda: imdsv2.RequireImdsv2(launch_configurations=imdsv2.LaunchConfigurationPolicy.MIGRATE),
    "SecurityHubImdsv2Checks": lambda: imdsv2.SecurityHubImdsv2Checks(stack),
}
assert set(making) == set(sys.argv[1:]), f"not made, or not exported: {set(making) ^ set(sys.argv[1:])}"
for name, make in making.items():
    assert isinstance(make(), getattr(imdsv2, name)), name
print(f"python: made one of each of {len(making)} classes")
