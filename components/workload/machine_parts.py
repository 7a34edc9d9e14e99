"""Parts of a machine: its first disk, its settings, its agent, its place in the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi_azure_native import compute, monitor

if TYPE_CHECKING:
    from kade.components.workload.machines import DomainArgs, MachineArgs, MachinesArgs


def os_disk(name: str, item: MachineArgs, number: int, keys: compute.DiskEncryptionSet | None) -> compute.OSDiskArgs:
    """The disk that it boots from: written by the migration, or made from the image."""
    written = item.os_disk_ids[number - 1] if item.os_disk_ids else None
    reference = compute.DiskEncryptionSetParametersArgs(id=keys.id) if keys is not None and written is None else None
    return compute.OSDiskArgs(
        name=None if written else name,
        os_type="Windows" if item.os == "windows" else "Linux",
        create_option="Attach" if written else "FromImage",
        caching="ReadWrite",
        delete_option="Detach",
        disk_size_gb=None if written else item.disks_gb[0],
        managed_disk=compute.ManagedDiskParametersArgs(
            id=written, storage_account_type=None if written else "Premium_LRS", disk_encryption_set=reference
        ),
    )


def os_profile(args: MachinesArgs, item: MachineArgs, computer: str) -> compute.OSProfileArgs | None:
    """Settings of a new machine; a disk that the migration wrote has its own."""
    if item.os_disk_ids:
        return None
    # With a window Azure patches when that says; without one, when it sees fit.
    scheduled = args.window is not None
    if item.os == "windows":
        patches = compute.PatchSettingsArgs(
            patch_mode="AutomaticByPlatform",
            assessment_mode="AutomaticByPlatform",
            automatic_by_platform_settings=compute.WindowsVMGuestPatchAutomaticByPlatformSettingsArgs(
                bypass_platform_safety_checks_on_user_schedule=scheduled, reboot_setting="IfRequired"
            ),
        )
        return compute.OSProfileArgs(
            computer_name=computer,
            admin_username=args.admin_name,
            admin_password=args.admin_password,
            windows_configuration=compute.WindowsConfigurationArgs(
                provision_vm_agent=True,
                enable_automatic_updates=True,
                time_zone="W. Europe Standard Time",
                patch_settings=patches,
            ),
        )
    path = f"/home/{args.admin_name}/.ssh/authorized_keys"
    return compute.OSProfileArgs(
        computer_name=computer,
        admin_username=args.admin_name,
        linux_configuration=compute.LinuxConfigurationArgs(
            provision_vm_agent=True,
            disable_password_authentication=True,
            ssh=compute.SshConfigurationArgs(
                public_keys=[compute.SshPublicKeyArgs(key_data=args.ssh_public_key, path=path)]
            ),
            patch_settings=compute.LinuxPatchSettingsArgs(
                patch_mode="AutomaticByPlatform",
                assessment_mode="AutomaticByPlatform",
                automatic_by_platform_settings=compute.LinuxVMGuestPatchAutomaticByPlatformSettingsArgs(
                    bypass_platform_safety_checks_on_user_schedule=scheduled, reboot_setting="IfRequired"
                ),
            ),
        ),
    )


def watch(
    parent: pulumi.Resource, name: str, args: MachinesArgs, item: MachineArgs, machine: compute.VirtualMachine
) -> pulumi.Resource:
    """The agent of Azure Monitor and the rule that it follows; the last thing made, after which another may come."""
    if args.collection_rule_id is None:
        return machine
    windows = item.os == "windows"
    agent = compute.VirtualMachineExtension(
        f"{name}-agent",
        resource_group_name=args.place.resource_group_name,
        vm_name=machine.name,
        vm_extension_name="AzureMonitorAgent",
        location=args.place.location,
        publisher="Microsoft.Azure.Monitor",
        type="AzureMonitorWindowsAgent" if windows else "AzureMonitorLinuxAgent",
        type_handler_version="1.0",
        auto_upgrade_minor_version=True,
        enable_automatic_upgrade=True,
        settings=_agent_identity(args),
        tags=args.place.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    monitor.DataCollectionRuleAssociation(
        f"{name}-collection",
        resource_uri=machine.id,
        association_name="machines",
        data_collection_rule_id=args.collection_rule_id,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return agent


def _agent_identity(args: MachinesArgs) -> dict[str, object] | None:
    if args.agent_identity_id is None:
        return None
    identity = {"identifier-name": "mi_res_id", "identifier-value": args.agent_identity_id}
    return {"authentication": {"managedIdentity": identity}}


def join_domain(
    parent: pulumi.Resource,
    name: str,
    args: MachinesArgs,
    domain: DomainArgs,
    machine: compute.VirtualMachine,
    after: pulumi.Resource,
) -> compute.VirtualMachineExtension | None:
    """Make it a member of the directory, after ``after``: a machine takes one extension at a time."""
    if domain.password is None:
        return None
    return compute.VirtualMachineExtension(
        f"{name}-domain",
        resource_group_name=args.place.resource_group_name,
        vm_name=machine.name,
        vm_extension_name="JsonADDomainExtension",
        location=args.place.location,
        publisher="Microsoft.Compute",
        type="JsonADDomainExtension",
        type_handler_version="1.3",
        auto_upgrade_minor_version=True,
        settings={
            "Name": domain.name,
            "User": domain.user,
            "OUPath": domain.organisational_unit,
            "Restart": "true",
            "Options": "3",  # join, and make the account of the machine
        },
        protected_settings={"Password": domain.password},
        tags=args.place.tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[after]),
    )
