"""Backup of one subscription: vaults that cannot be emptied by one person, and a policy for each class."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import dataprotection, monitor, recoveryservices

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.backup_policy import HOURS, BackupClassArgs, machine_policy
from kade.components.naming import Naming

_REDUNDANCY = {
    "local": ("LocallyRedundant", "LocallyRedundant"),
    "zone": ("ZoneRedundant", "ZoneRedundant"),
    "geo": ("GeoRedundant", "GeoRedundant"),
}
_IMMUTABLE = {"disabled": "Disabled", "unlocked": "Unlocked", "locked": "Locked"}


@dataclass
class BackupVaultsArgs:
    """Arguments of `BackupVaults`."""

    names: Naming
    resource_group_name: pulumi.Input[str]
    location: str
    classes: Mapping[str, BackupClassArgs]
    """Backup classes by name; each is a policy for virtual machines."""
    workload: str = "backup"
    redundancy: str = "zone"
    """local, zone, or geo, which copies to the pair of the region: the residency rule must allow that."""
    immutability: str = "unlocked"
    """disabled, unlocked, or locked, which nobody can undo."""
    soft_delete_days: int = 30
    """Days that a deleted copy can be brought back, 14 to 180."""
    resource_guard_id: pulumi.Input[str] | None = None
    """The guard, in a subscription of other people than those who manage backup."""
    workspace_id: pulumi.Input[str] | None = None
    name: str = ""
    """A literal name of the Recovery Services vault."""
    tags: Mapping[str, str] = field(default_factory=dict)


class BackupVaults(pulumi.ComponentResource):
    """A Recovery Services vault (machines, files, SQL in machines) and a Backup vault (blobs, disks, PostgreSQL)."""

    recovery_vault_id: pulumi.Output[str]
    recovery_vault_name: pulumi.Output[str]
    backup_vault_id: pulumi.Output[str]
    policy_ids: pulumi.Output[Mapping[str, str]]
    """The policy for virtual machines of each class."""

    def __init__(
        self,
        name: str,
        args: BackupVaultsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(BackupVaultsArgs, args)
        _check(name, args)
        super().__init__("kade:index:BackupVaults", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self.recovery = self._recovery_vault(name, args)
        self.vault = self._backup_vault(name, args)
        self.policies = {key: self._policy(name, key, item, args) for key, item in args.classes.items()}
        self.guards = self._guards(name, args)
        self.logs = self._logs(name, args)
        self.recovery_vault_id = self.recovery.id
        self.recovery_vault_name = self.recovery.name
        self.backup_vault_id = self.vault.id
        self.policy_ids = pulumi.Output.all(**{key: made.id for key, made in self.policies.items()})
        self.register_outputs(
            {
                "recoveryVaultId": self.recovery_vault_id,
                "recoveryVaultName": self.recovery_vault_name,
                "backupVaultId": self.backup_vault_id,
                "policyIds": self.policy_ids,
            }
        )

    def _recovery_vault(self, name: str, args: BackupVaultsArgs) -> recoveryservices.Vault:
        rs = recoveryservices
        return rs.Vault(
            f"{name}-recovery",
            resource_group_name=args.resource_group_name,
            vault_name=args.name or args.names.of("recovery_services_vault", args.workload),
            location=args.location,
            sku=rs.SkuArgs(name="RS0", tier="Standard"),
            identity=rs.IdentityDataArgs(type="SystemAssigned"),
            properties=rs.VaultPropertiesArgs(
                public_network_access="Disabled",
                redundancy_settings=rs.VaultPropertiesRedundancySettingsArgs(
                    standard_tier_storage_redundancy=_REDUNDANCY[args.redundancy][0], cross_region_restore="Disabled"
                ),
                security_settings=rs.SecuritySettingsArgs(
                    immutability_settings=rs.ImmutabilitySettingsArgs(state=_IMMUTABLE[args.immutability]),
                    soft_delete_settings=rs.SoftDeleteSettingsArgs(
                        soft_delete_state="AlwaysON",
                        enhanced_security_state="AlwaysON",
                        soft_delete_retention_period_in_days=args.soft_delete_days,
                    ),
                ),
                monitoring_settings=rs.MonitoringSettingsArgs(
                    azure_monitor_alert_settings=rs.AzureMonitorAlertSettingsArgs(
                        alerts_for_all_job_failures="Enabled"
                    ),
                    classic_alert_settings=rs.ClassicAlertSettingsArgs(alerts_for_critical_operations="Disabled"),
                ),
            ),
            tags=args.tags,
            opts=self._child,
        )

    def _backup_vault(self, name: str, args: BackupVaultsArgs) -> dataprotection.BackupVault:
        dp = dataprotection
        return dp.BackupVault(
            f"{name}-vault",
            resource_group_name=args.resource_group_name,
            vault_name=args.names.of("backup_vault", args.workload),
            location=args.location,
            identity=dp.DppIdentityDetailsArgs(type="SystemAssigned"),
            properties=dp.BackupVaultArgs(
                storage_settings=[
                    dp.StorageSettingArgs(datastore_type="VaultStore", type=_REDUNDANCY[args.redundancy][1])
                ],
                security_settings=dp.SecuritySettingsArgs(
                    immutability_settings=dp.ImmutabilitySettingsArgs(state=_IMMUTABLE[args.immutability]),
                    soft_delete_settings=dp.SoftDeleteSettingsArgs(
                        state="AlwaysOn", retention_duration_in_days=args.soft_delete_days
                    ),
                ),
                monitoring_settings=dp.MonitoringSettingsArgs(
                    azure_monitor_alert_settings=dp.AzureMonitorAlertSettingsArgs(alerts_for_all_job_failures="Enabled")
                ),
            ),
            tags=args.tags,
            opts=self._child,
        )

    def _policy(
        self, name: str, key: str, item: BackupClassArgs, args: BackupVaultsArgs
    ) -> recoveryservices.ProtectionPolicy:
        return recoveryservices.ProtectionPolicy(
            f"{name}-policy-{key}",
            resource_group_name=args.resource_group_name,
            vault_name=self.recovery.name,
            policy_name=f"vm-{key}",
            properties=machine_policy(item),
            opts=self._child,
        )

    def _guards(self, name: str, args: BackupVaultsArgs) -> list[pulumi.CustomResource]:
        if args.resource_guard_id is None:
            return []
        return [
            recoveryservices.ResourceGuardProxy(
                f"{name}-recovery-guard",
                resource_group_name=args.resource_group_name,
                vault_name=self.recovery.name,
                resource_guard_proxy_name="VaultProxy",
                properties=recoveryservices.ResourceGuardProxyBaseArgs(
                    resource_guard_resource_id=args.resource_guard_id
                ),
                opts=self._child,
            ),
            dataprotection.DppResourceGuardProxy(
                f"{name}-vault-guard",
                resource_group_name=args.resource_group_name,
                vault_name=self.vault.name,
                resource_guard_proxy_name="DppResourceGuardProxy",
                properties=dataprotection.ResourceGuardProxyBaseArgs(resource_guard_resource_id=args.resource_guard_id),
                opts=self._child,
            ),
        ]

    def _logs(self, name: str, args: BackupVaultsArgs) -> list[monitor.DiagnosticSetting]:
        if args.workspace_id is None:
            return []
        return [
            monitor.DiagnosticSetting(
                f"{name}-{what}-logs",
                resource_uri=resource_id,
                name="to-workspace",
                workspace_id=args.workspace_id,
                log_analytics_destination_type="Dedicated",
                logs=[monitor.DiagnosticsLogSettingsArgs(category_group="allLogs", enabled=True)],
                opts=self._child,
            )
            for what, resource_id in (("recovery", self.recovery.id), ("vault", self.vault.id))
        ]


def _check(name: str, args: BackupVaultsArgs) -> None:
    if args.redundancy not in _REDUNDANCY:
        raise ArgumentError(f"{name}: redundancy is {args.redundancy!r}; it is one of {', '.join(_REDUNDANCY)}")
    if args.immutability not in _IMMUTABLE:
        raise ArgumentError(f"{name}: immutability is {args.immutability!r}; it is one of {', '.join(_IMMUTABLE)}")
    if not 14 <= args.soft_delete_days <= 180:
        raise ArgumentError(f"{name}: soft_delete_days is {args.soft_delete_days}; Azure takes 14 to 180")
    for key, item in args.classes.items():
        if item.rpo_hours < HOURS[0]:
            raise ArgumentError(
                f"{name}: class {key!r} allows {item.rpo_hours:g} hours of loss; backup of machines goes down to "
                f"{HOURS[0]}. Replicate what may lose less"
            )
        if item.daily < 7:
            raise ArgumentError(f"{name}: class {key!r} keeps daily copies {item.daily} days; Azure takes 7 at least")
