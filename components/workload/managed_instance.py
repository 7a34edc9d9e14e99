"""A SQL Managed Instance of one application, for what needs more of SQL Server than a database: jobs, links, CLR."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import sql

from kade.components.arguments import normalise
from kade.components.network.diagnostics import send_logs
from kade.components.workload.database import AdministratorArgs, DatabaseArgs, server_size
from kade.components.workload.place import DataArgs, PlaceArgs, held, protection
from kade.components.workload.sql import BACKUPS, keyed
from kade.components.workload.store import lock


@dataclass
class ManagedInstanceArgs:
    """Arguments of `ManagedInstance`."""

    place: PlaceArgs
    data: DataArgs
    subnet_id: pulumi.Input[str]
    """A subnet of its own, /27 at least, delegated to Microsoft.Sql/managedInstances."""
    databases: Mapping[str, DatabaseArgs]
    """Databases by name; the instance has the heaviest of their tiers and room for all."""
    administrator: AdministratorArgs
    cores: int = 4
    """vCores at least: 4 is the smallest."""
    collation: str = "Latin1_General_CI_AS"
    """How text is sorted; it can never be changed."""
    time_zone: str = "W. Europe Standard Time"
    """Its clock, by Windows' name; it can never be changed."""


class ManagedInstance(pulumi.ComponentResource):
    """An instance with its databases, copies for months, and logs. It stands in the network itself: no endpoint."""

    instance_name: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: ManagedInstanceArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ManagedInstanceArgs, args)
        place, data = args.place, args.data
        found = protection(name, data, place.zones)
        size = server_size(name, "sql_managed_instance", args.databases, max(args.cores, 4))
        key = data.key if found.customer_managed_key else None
        super().__init__("kade:index:ManagedInstance", name, None, opts)
        here = pulumi.ResourceOptions(parent=self)
        self.instance = sql.ManagedInstance(
            f"{name}-instance",
            resource_group_name=place.resource_group_name,
            managed_instance_name=place.name("sql_managed_instance"),
            location=place.location,
            subnet_id=args.subnet_id,
            sku=sql.SkuArgs(name=size.name, tier=size.tier, capacity=size.capacity),
            v_cores=size.capacity,
            storage_size_in_gb=size.storage_gb,
            license_type="BasePrice",
            collation=args.collation,
            timezone_id=args.time_zone,
            minimal_tls_version=found.minimum_tls,
            public_data_endpoint_enabled=False,
            proxy_override="Redirect",
            zone_redundant=bool(place.zones),
            requested_backup_storage_redundancy=BACKUPS[found.redundancy],
            administrators=sql.ManagedInstanceExternalAdministratorArgs(
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
        self.databases = {
            item: sql.ManagedDatabase(
                f"{name}-{item}",
                resource_group_name=place.resource_group_name,
                managed_instance_name=self.instance.name,
                database_name=item,
                location=place.location,
                collation=args.collation,
                tags=place.tags,
                opts=held(self, data),
            )
            for item in args.databases
        }
        for item, made in self.databases.items() if found.weekly_copies else ():
            sql.ManagedInstanceLongTermRetentionPolicy(
                f"{name}-{item}-copies",
                resource_group_name=place.resource_group_name,
                managed_instance_name=self.instance.name,
                database_name=made.name,
                policy_name="default",
                weekly_retention=f"P{found.weekly_copies}W",
                opts=here,
            )
        self.logs = send_logs(self, f"{name}-logs", self.instance.id, place.workspace_id)
        self.lock = lock(self, name, self.instance.id, found, data)
        self.instance_name = self.instance.name
        self.host = self.instance.fully_qualified_domain_name
        self.register_outputs({"instanceName": self.instance_name, "host": self.host})
