"""A MySQL server of one application: private, without passwords, put back to any moment of the last weeks."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import dbformysql as my

from kade.components.arguments import normalise
from kade.components.network.diagnostics import send_logs
from kade.components.protection import Protection
from kade.components.workload.database import AdministratorArgs, DatabaseArgs, server_size
from kade.components.workload.identity import identity_of
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.private_endpoint import private_endpoint
from kade.components.workload.store import lock

PARAMETERS = {"require_secure_transport": "ON", "tls_version": "TLSv1.2,TLSv1.3", "aad_auth_only": "ON"}


@dataclass
class MySqlArgs:
    """Arguments of `MySql`."""

    place: PlaceArgs
    data: DataArgs
    databases: Mapping[str, DatabaseArgs]
    """Databases by name; the server has the heaviest of their tiers and room for all."""
    administrator: AdministratorArgs
    version: str = "8.0.21"
    """The version."""
    cores: int = 4
    """vCores at least."""
    maintenance_day: int = 0
    """The day on which Azure maintains it: 0 is Sunday."""
    maintenance_hour: int = 3
    """The hour of that day, UTC."""


class MySql(pulumi.ComponentResource):
    """A flexible server with its databases, its administrator in Entra ID, its parameters, endpoint and logs."""

    server_name: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: MySqlArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(MySqlArgs, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        super().__init__("kade:index:MySql", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        # MySQL asks Entra ID who somebody is with an identity of its own.
        self.identity = identity_of(self, name, place, "mysql")
        self.server = self._server(name, args, found)
        common = {"resource_group_name": place.resource_group_name, "server_name": self.server.name}
        self.administrator = my.AzureADAdministrator(
            f"{name}-administrator",
            **common,
            administrator_name="ActiveDirectory",
            administrator_type="ActiveDirectory",
            login=args.administrator.name,
            sid=args.administrator.object_id,
            tenant_id=args.administrator.tenant_id,
            identity_resource_id=self.identity.id,
            opts=here,
        )
        # The server takes one change at a time, and refuses aad_auth_only without an administrator.
        last: pulumi.Resource = self.administrator
        for key, value in PARAMETERS.items():
            last = my.Configuration(
                f"{name}-{key.replace('_', '-')}",
                **common,
                configuration_name=key,
                value=value,
                source="user-override",
                opts=pulumi.ResourceOptions(parent=self, depends_on=[last]),
            )
        self.databases = {
            key: my.Database(
                f"{name}-{key}",
                **common,
                database_name=key,
                charset="utf8mb4",
                collation="utf8mb4_0900_ai_ci",
                opts=held(self, data, last),
            )
            for key in args.databases
        }
        self.endpoint = private_endpoint(self, name, place, "mysql", self.server.id, "mysql")
        self.logs = send_logs(self, f"{name}-logs", self.server.id, place.workspace_id)
        self.lock = lock(self, name, self.server.id, found, data)
        self.server_name = self.server.name
        self.host = self.server.fully_qualified_domain_name
        self.register_outputs({"serverName": self.server_name, "host": self.host})

    def _server(self, name: str, args: MySqlArgs, found: Protection) -> my.Server:
        place, data = args.place, args.data
        size = server_size(name, "mysql", args.databases, args.cores)
        key = data.key if found.customer_managed_key else None
        spread = bool(place.zones) and size.tier != "Burstable"
        identities = [self.identity.id, *([key.identity_id] if key else [])]
        return my.Server(
            f"{name}-server",
            resource_group_name=place.resource_group_name,
            server_name=place.name("mysql_server"),
            location=place.location,
            version=args.version,
            create_mode="Default",
            sku=my.MySQLServerSkuArgs(name=size.name, tier=size.tier),
            storage=my.StorageArgs(storage_size_gb=size.storage_gb, auto_grow="Enabled"),
            availability_zone=place.zones[0] if place.zones else None,
            high_availability=my.HighAvailabilityArgs(
                mode="ZoneRedundant" if spread else "Disabled",
                standby_availability_zone=place.zones[1] if spread and len(place.zones) > 1 else None,
            ),
            backup=my.BackupArgs(
                backup_retention_days=found.point_in_time_days,
                geo_redundant_backup="Enabled" if found.redundancy == "geo" and not key else "Disabled",
            ),
            network=my.NetworkArgs(public_network_access="Disabled"),
            data_encryption=(
                my.DataEncryptionArgs(
                    type="AzureKeyVault",
                    primary_key_uri=key.key_uri,
                    primary_user_assigned_identity_id=key.identity_id,
                )
                if key
                else None
            ),
            identity=my.MySQLServerIdentityArgs(type="UserAssigned", user_assigned_identities=identities),
            maintenance_window=my.MaintenanceWindowArgs(
                custom_window="Enabled",
                day_of_week=args.maintenance_day,
                start_hour=args.maintenance_hour,
                start_minute=0,
            ),
            tags=place.tags,
            opts=held(self, data),
        )
