"""Copies of machines and shares in the Recovery Services vault of the subscription."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import compute, recoveryservices, storage

from kade.components.landing_zone.backup_policy import ZONE
from kade.components.protection import Protection
from kade.components.workload.place import PlaceArgs


@dataclass
class VaultArgs:
    """A Recovery Services vault that stands."""

    name: pulumi.Input[str]
    resource_group_name: pulumi.Input[str]


@dataclass
class MachineBackupArgs:
    """Backup of machines."""

    vault: VaultArgs
    policy_id: pulumi.Input[str]
    """The id of the policy for virtual machines in that vault."""


@dataclass
class FileBackupArgs:
    """Backup of a share, by a policy of its own in a vault that stands."""

    vault: VaultArgs
    at: str = "23:00"
    """The time of day, Dutch time."""
    daily: int = 30
    """Days that a daily copy is kept."""
    monthly: int = 0
    """Months that the copy of the first Sunday is kept; 0 for none."""


def back_up_machine(
    parent: pulumi.Resource, name: str, place: PlaceArgs, args: MachineBackupArgs, machine: compute.VirtualMachine
) -> recoveryservices.ProtectedItem:
    """Back up a machine. Deleting this stops the copies and keeps what was made: the vault's rules decide."""
    # The names that the service itself gives (REST API, "Protected Items - Create Or Update").
    path = pulumi.Output.concat("iaasvmcontainerv2;", place.resource_group_name, ";", machine.name)
    return recoveryservices.ProtectedItem(
        f"{name}-backup",
        resource_group_name=args.vault.resource_group_name,
        vault_name=args.vault.name,
        fabric_name="Azure",
        container_name=pulumi.Output.concat("IaasVMContainer;", path),
        protected_item_name=pulumi.Output.concat("VM;", path),
        properties=recoveryservices.AzureIaaSComputeVMProtectedItemArgs(
            protected_item_type="Microsoft.Compute/virtualMachines",
            policy_id=args.policy_id,
            source_resource_id=machine.id,
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def back_up_share(
    parent: pulumi.Resource,
    name: str,
    place: PlaceArgs,
    args: FileBackupArgs,
    account: storage.StorageAccount,
    share: storage.FileShare,
    found: Protection,
) -> recoveryservices.ProtectedItem:
    """Back up a share: a policy of its own, the account's registration, the item."""
    here = pulumi.ResourceOptions(parent=parent)
    policy = recoveryservices.ProtectionPolicy(
        f"{name}-backup-policy",
        resource_group_name=args.vault.resource_group_name,
        vault_name=args.vault.name,
        policy_name=f"bestanden-{place.workload}",
        properties=_policy(args, found),
        opts=here,
    )
    container = pulumi.Output.concat("StorageContainer;Storage;", place.resource_group_name, ";", account.name)
    registration = recoveryservices.ProtectionContainer(
        f"{name}-backup-account",
        resource_group_name=args.vault.resource_group_name,
        vault_name=args.vault.name,
        fabric_name="Azure",
        container_name=container,
        properties=recoveryservices.AzureStorageContainerArgs(
            backup_management_type="AzureStorage",
            container_type="StorageContainer",
            source_resource_id=account.id,
            # The service would set a lock of its own; whether there is one is decided by the table.
            acquire_storage_account_lock="NotAcquire",
        ),
        opts=here,
    )
    return recoveryservices.ProtectedItem(
        f"{name}-backup",
        resource_group_name=args.vault.resource_group_name,
        vault_name=args.vault.name,
        fabric_name="Azure",
        container_name=registration.name,
        protected_item_name=pulumi.Output.concat("AzureFileShare;", share.name),
        properties=recoveryservices.AzureFileshareProtectedItemArgs(
            protected_item_type="AzureFileShareProtectedItem", policy_id=policy.id, source_resource_id=account.id
        ),
        opts=here,
    )


def _policy(args: FileBackupArgs, found: Protection) -> recoveryservices.AzureFileShareProtectionPolicyArgs:
    rs = recoveryservices
    time = f"2026-01-01T{args.at}:00Z"  # the date does not matter, and is asked for
    sunday = [rs.DayOfWeek.SUNDAY]
    weeks, months = found.weekly_copies, args.monthly
    return rs.AzureFileShareProtectionPolicyArgs(
        backup_management_type="AzureStorage",
        work_load_type="AzureFileShare",
        time_zone=ZONE,
        schedule_policy=rs.SimpleSchedulePolicyArgs(
            schedule_policy_type="SimpleSchedulePolicy", schedule_run_frequency="Daily", schedule_run_times=[time]
        ),
        retention_policy=rs.LongTermRetentionPolicyArgs(
            retention_policy_type="LongTermRetentionPolicy",
            daily_schedule=rs.DailyRetentionScheduleArgs(
                retention_times=[time],
                retention_duration=rs.RetentionDurationArgs(
                    count=max(args.daily, found.point_in_time_days), duration_type="Days"
                ),
            ),
            weekly_schedule=(
                rs.WeeklyRetentionScheduleArgs(
                    retention_times=[time],
                    days_of_the_week=sunday,
                    retention_duration=rs.RetentionDurationArgs(count=weeks, duration_type="Weeks"),
                )
                if weeks
                else None
            ),
            monthly_schedule=(
                rs.MonthlyRetentionScheduleArgs(
                    retention_times=[time],
                    retention_schedule_format_type="Weekly",
                    retention_schedule_weekly=rs.WeeklyRetentionFormatArgs(
                        days_of_the_week=sunday, weeks_of_the_month=[rs.WeekOfMonth.FIRST]
                    ),
                    retention_duration=rs.RetentionDurationArgs(count=months, duration_type="Months"),
                )
                if months
                else None
            ),
        ),
    )
