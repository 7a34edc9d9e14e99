"""What is put on a session host: its place in Entra ID, its agents, its settings and its registration."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import compute, monitor

if TYPE_CHECKING:
    from kade.components.workplace.session_hosts import HostSettingsArgs, SessionHostsArgs

# Intune's application in every tenant (Microsoft Learn, "Deploy Microsoft Entra joined virtual machines").
INTUNE = "0000000a-0000-0000-c000-000000000000"
# Microsoft Learn, "FSLogix prerequisites": what a scanner leaves alone.
_DISKS = "%Windir%\\TEMP\\*\\*.VHD;%Windir%\\TEMP\\*\\*.VHDX;\\\\*\\*.VHD;\\\\*\\*.VHDX;*.VHD.lock;*.VHDX.lock"


def put_on(
    parent: pulumi.Resource,
    name: str,
    args: SessionHostsArgs,
    machine: compute.VirtualMachine,
    token: pulumi.Input[str],
) -> pulumi.Resource:
    """Everything, one after the other: a machine takes one extension at a time. Returns the last, which registers."""
    last: pulumi.Resource = machine
    for part, extension in _extensions(args).items():
        last = compute.VirtualMachineExtension(
            f"{name}-{part}",
            resource_group_name=args.place.resource_group_name,
            vm_name=machine.name,
            location=args.place.location,
            auto_upgrade_minor_version=True,
            tags=args.place.tags,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[last]),
            **extension,  # ty: ignore[invalid-argument-type]  # names, versions and settings by kind
        )
    for part, rule in args.collection_rule_ids.items():
        monitor.DataCollectionRuleAssociation(
            f"{name}-{part}",
            resource_uri=machine.id,
            association_name=part,
            data_collection_rule_id=rule,
            opts=pulumi.ResourceOptions(parent=parent),
        )
    return compute.VirtualMachineRunCommandByVirtualMachine(
        f"{name}-setup",
        resource_group_name=args.place.resource_group_name,
        vm_name=machine.name,
        run_command_name="setup",
        location=args.place.location,
        source=compute.VirtualMachineRunCommandScriptSourceArgs(script=setup_script()),
        parameters=[
            compute.RunCommandInputParameterArgs(name=key, value=value)
            for key, value in _parameters(args.settings).items()
        ],
        protected_parameters=[compute.RunCommandInputParameterArgs(name="RegistrationToken", value=token)],
        timeout_in_seconds=1800,
        treat_failure_as_deployment_failure=True,
        tags=args.place.tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=[last],
            # A host registers once; another token is no reason to do anything.
            ignore_changes=["protectedParameters"],
        ),
    )


def setup_script() -> str:
    """The script that every host runs."""
    return files("kade.components.workplace").joinpath("scripts/configure-host.ps1").read_text(encoding="utf-8")


def _extensions(args: SessionHostsArgs) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {
        "join": {
            "vm_extension_name": "AADLoginForWindows",
            "publisher": "Microsoft.Azure.ActiveDirectory",
            "type": "AADLoginForWindows",
            "type_handler_version": "2.0",
            "settings": {"mdmId": INTUNE if args.intune else ""},
        },
        "antimalware": {
            "vm_extension_name": "IaaSAntimalware",
            "publisher": "Microsoft.Azure.Security",
            "type": "IaaSAntimalware",
            "type_handler_version": "1.3",
            "settings": {
                "AntimalwareEnabled": True,
                "RealtimeProtectionEnabled": "true",
                "ScheduledScanSettings": {"isEnabled": "true", "day": "7", "time": "120", "scanType": "Quick"},
                "Exclusions": {"Extensions": "", "Paths": _DISKS, "Processes": ""},
            },
        },
    }
    if args.collection_rule_ids:
        identity = {"identifier-name": "mi_res_id", "identifier-value": args.agent_identity_id}
        found["agent"] = {
            "vm_extension_name": "AzureMonitorWindowsAgent",
            "publisher": "Microsoft.Azure.Monitor",
            "type": "AzureMonitorWindowsAgent",
            "type_handler_version": "1.0",
            "enable_automatic_upgrade": True,
            "settings": (
                {"authentication": {"managedIdentity": identity}} if args.agent_identity_id is not None else None
            ),
        }
    return found


def _parameters(settings: HostSettingsArgs) -> dict[str, pulumi.Input[str]]:
    return {
        "ProfileShare": settings.profile_share,
        "ProfileMegabytes": str(settings.profile_gb * 1024),
        "IdleMinutes": str(settings.idle_minutes),
        "DisconnectedMinutes": str(settings.disconnected_minutes),
        "ScreenCapture": "1" if settings.screen_capture_protection else "0",
        "Watermark": "1" if settings.watermark else "0",
    }
