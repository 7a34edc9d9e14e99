"""A PostgreSQL server of one application: private, without passwords, put back to any moment of the last weeks."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dbforpostgresql as pg

from kade.components.arguments import normalise
from kade.components.network.diagnostics import send_logs
from kade.components.protection import Protection
from kade.components.workload.database import AdministratorArgs, DatabaseArgs, server_size
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock

# Parameters with what the rules of the pack `security` ask; the rest is Azure's default.
PARAMETERS = {
    "require_secure_transport": "on",
    "ssl_min_protocol_version": "TLSv1.2",
    "log_checkpoints": "on",
    "log_connections": "on",
    "connection_throttle.enable": "on",
}


@dataclass
class PostgreSqlArgs:
    """Arguments of `PostgreSql`."""

    place: PlaceArgs
    data: DataArgs
    databases: Mapping[str, DatabaseArgs]
    """Databases by name; the server has the heaviest of their tiers and room for all."""
    administrator: AdministratorArgs
    version: str = "16"
    """The major version."""
    cores: int = 4
    """vCores at least."""
    standby: bool = True
    """A second server in another zone that takes over, where there are zones and the tier allows it."""
    maintenance_day: int = 0
    """The day on which Azure maintains it: 0 is Sunday."""
    maintenance_hour: int = 3
    """The hour of that day, UTC."""


class PostgreSql(pulumi.ComponentResource):
    """A flexible server with its databases, its administrator in Entra ID, its parameters, endpoint and logs."""

    server_name: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: PostgreSqlArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(PostgreSqlArgs, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:PostgreSql", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.server = self._server(name, args, found)
        common = {"resource_group_name": place.resource_group_name, "server_name": self.server.name}
        self.administrator = pg.Administrator(
            f"{name}-administrator",
            **common,
            object_id=args.administrator.object_id,
            principal_name=args.administrator.name,
            principal_type="Group",
            tenant_id=args.administrator.tenant_id,
            opts=here,
        )
        # The server takes one change at a time.
        last: pulumi.Resource = self.administrator
        for key, value in PARAMETERS.items():
            last = pg.Configuration(
                f"{name}-{key.replace('.', '-').replace('_', '-')}",
                **common,
                configuration_name=key,
                value=value,
                source="user-override",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[last]),
            )
        self.databases = {
            key: pg.Database(f"{name}-{key}", **common, database_name=key, charset="UTF8", opts=held(self, data, last))
            for key in args.databases
        }
        self.endpoint = private_endpoint(self, name, place, "postgresql", self.server.id, "postgresql")
        self.logs = send_logs(self, f"{name}-logs", self.server.id, place.workspace_id)
        self.lock = lock(self, name, self.server.id, found, data)
        self.server_name = self.server.name
        self.host = self.server.fully_qualified_domain_name
        self.register_outputs({"serverName": self.server_name, "host": self.host})

    def _server(self, name: str, args: PostgreSqlArgs, found: Protection) -> pg.Server:
        place, data = args.place, args.data
        size = server_size(name, "postgresql", args.databases, args.cores)
        key = data.key if found.customer_managed_key else None
        spread = args.standby and bool(place.zones) and size.tier != "Burstable"
        return pg.Server(
            f"{name}-server",
            resource_group_name=place.resource_group_name,
            server_name=place.name("postgresql_server"),
            location=place.location,
            version=args.version,
            create_mode="Create",
            sku=pg.SkuArgs(name=size.name, tier=size.tier),
            storage=pg.StorageArgs(storage_size_gb=size.storage_gb, auto_grow="Enabled", type="Premium_LRS"),
            availability_zone=place.zones[0] if place.zones else None,
            high_availability=pg.HighAvailabilityArgs(
                mode="ZoneRedundant" if spread else "Disabled",
                standby_availability_zone=place.zones[1] if spread and len(place.zones) > 1 else None,
            ),
            backup=pg.BackupArgs(
                backup_retention_days=found.point_in_time_days,
                geo_redundant_backup="Enabled" if found.redundancy == "geo" and not key else "Disabled",
            ),
            auth_config=pg.AuthConfigArgs(
                active_directory_auth="Enabled",
                password_auth="Disabled",  # noqa: S106  # no password, a switch
                tenant_id=args.administrator.tenant_id,
            ),
            network=pg.NetworkArgs(public_network_access="Disabled"),
            data_encryption=(
                pg.DataEncryptionArgs(
                    type="AzureKeyVault",
                    primary_key_uri=key.key_uri,
                    primary_user_assigned_identity_id=key.identity_id,
                )
                if key
                else None
            ),
            identity=(
                pg.UserAssignedIdentityArgs(
                    type="UserAssigned",
                    # A map here and not a list, since its outputs stand in it.
                    user_assigned_identities=pulumi.Output.from_input(key.identity_id).apply(lambda id_: {id_: {}}),
                )
                if key
                else None
            ),
            maintenance_window=pg.MaintenanceWindowArgs(
                custom_window="Enabled",
                day_of_week=args.maintenance_day,
                start_hour=args.maintenance_hour,
                start_minute=0,
            ),
            tags=place.tags,
            opts=held(self, data),
        )
