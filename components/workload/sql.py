"""A logical SQL server of one application: private, without passwords, audited, with its databases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import monitor, sql

from kade.components.arguments import normalise
from kade.components.network.diagnostics import send_logs
from kade.components.protection import Protection
from kade.components.workload.database import AdministratorArgs, DatabaseArgs, size_of
from kade.components.workload.place import DataArgs, OwnKeyArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock

BACKUPS = {"geo": "Geo", "zone": "Zone", "local": "Local"}
DTU = ("Basic", "Standard")
GB = 1024**3


def keyed(key: OwnKeyArgs | None) -> dict[str, Any]:
    """The identity of a server of SQL, and the key with which its data is encrypted where that is one of our own."""
    identities = [key.identity_id] if key else None
    kind = "SystemAssigned,UserAssigned" if key else "SystemAssigned"
    return {
        "identity": sql.ResourceIdentityArgs(type=kind, user_assigned_identities=identities),
        "primary_user_assigned_identity_id": key.identity_id if key else None,
        "key_id": key.key_uri if key else None,
    }


@dataclass
class AzureSqlArgs:
    """Arguments of `AzureSql`."""

    place: PlaceArgs
    data: DataArgs
    databases: Mapping[str, DatabaseArgs]
    """Databases by name."""
    administrator: AdministratorArgs
    cores: int = 4
    """vCores of each database at least, in the tiers that count in vCores."""
    standby: bool = True
    """Copies in other zones that take over, where there are zones and the tier has them."""
    collation: str = "Latin1_General_CI_AS"
    """How text is sorted; what the server on site has."""
    alert_emails: list[str] = field(default_factory=list)
    """Who hears of an attack."""


class AzureSql(pulumi.ComponentResource):
    """A server with its databases, auditing, detection of attacks, copies for months, endpoint and logs."""

    server_name: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: AzureSqlArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(AzureSqlArgs, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        sizes = {key: size_of(f"{name}: {key}", "azure_sql", item, args.cores) for key, item in args.databases.items()}
        super().__init__("kade:index:AzureSql", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.server = self._server(name, args, found)
        common = {"resource_group_name": place.resource_group_name, "server_name": self.server.name}
        self.databases: dict[str, sql.Database] = {}
        for key, size in sizes.items():
            spread = args.standby and bool(place.zones) and size.tier not in DTU
            made = sql.Database(
                f"{name}-{key}",
                **common,
                database_name=key,
                location=place.location,
                sku=sql.SkuArgs(name=size.name, tier=size.tier, capacity=size.capacity),
                max_size_bytes=None if size.tier == "Hyperscale" else size.storage_gb * GB,
                collation=args.collation,
                zone_redundant=spread,
                high_availability_replica_count=1 if size.tier == "Hyperscale" and spread else None,
                requested_backup_storage_redundancy=BACKUPS[found.redundancy],
                tags=place.tags,
                opts=held(self, data),
            )
            self.databases[key] = made
            one = {**common, "database_name": made.name}
            sql.BackupShortTermRetentionPolicy(
                f"{name}-{key}-restore",
                **one,
                policy_name="default",
                retention_days=min(found.point_in_time_days, 7 if size.tier == "Basic" else 35),
                opts=here,
            )
            if found.weekly_copies:
                sql.LongTermRetentionPolicy(
                    f"{name}-{key}-copies",
                    **one,
                    policy_name="default",
                    weekly_retention=f"P{found.weekly_copies}W",
                    opts=here,
                )
            send_logs(self, f"{name}-{key}-logs", made.id, place.workspace_id)
        self._watch(name, args, found)
        self.endpoint = private_endpoint(self, name, place, "sql", self.server.id, "sql")
        self.lock = lock(self, name, self.server.id, found, data)
        self.server_name = self.server.name
        self.host = self.server.fully_qualified_domain_name
        self.register_outputs({"serverName": self.server_name, "host": self.host})

    def _server(self, name: str, args: AzureSqlArgs, found: Protection) -> sql.Server:
        place, data = args.place, args.data
        key = data.key if found.customer_managed_key else None
        return sql.Server(
            f"{name}-server",
            resource_group_name=place.resource_group_name,
            server_name=place.name("sql_server"),
            location=place.location,
            version="12.0",
            minimal_tls_version=found.minimum_tls,
            public_network_access="Disabled",
            restrict_outbound_network_access="Enabled",
            administrators=sql.ServerExternalAdministratorArgs(
                administrator_type="ActiveDirectory",
                azure_ad_only_authentication=True,
                login=args.administrator.name,
                principal_type="Group",
                sid=args.administrator.object_id,
                tenant_id=args.administrator.tenant_id,
            ),
            **keyed(key),
            tags=place.tags,
            opts=held(self, data),
        )

    def _watch(self, name: str, args: AzureSqlArgs, found: Protection) -> None:
        """Who did what, attacks, and weak spots."""
        here = pulumi.ResourceOptions(parent=self)
        common = {"resource_group_name": args.place.resource_group_name, "server_name": self.server.name}
        actions = ["SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP", "FAILED_DATABASE_AUTHENTICATION_GROUP"]
        sql.ExtendedServerBlobAuditingPolicy(
            f"{name}-audit",
            **common,
            blob_auditing_policy_name="default",
            state="Enabled",
            is_azure_monitor_target_enabled=True,
            audit_actions_and_groups=[*actions, "BATCH_COMPLETED_GROUP"] if found.log_reads else actions,
            opts=here,
        )
        if args.place.workspace_id is not None:
            monitor.DiagnosticSetting(
                f"{name}-audit-logs",
                resource_uri=pulumi.Output.concat(self.server.id, "/databases/master"),
                name="audit-to-workspace",
                workspace_id=args.place.workspace_id,
                logs=[monitor.DiagnosticsLogSettingsArgs(category="SQLSecurityAuditEvents", enabled=True)],
                opts=here,
            )
        sql.ServerSecurityAlertPolicy(
            f"{name}-attacks",
            **common,
            security_alert_policy_name="Default",
            state="Enabled",
            email_account_admins=True,
            email_addresses=args.alert_emails or None,
            opts=here,
        )
        sql.SqlVulnerabilityAssessmentsSetting(
            f"{name}-weak-spots", **common, vulnerability_assessment_name="default", state="Enabled", opts=here
        )
