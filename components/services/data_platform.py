"""Data for decisions: a lake in zones, pipelines that fill it, pseudonyms on the way, and a database for reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from kade.components.arguments import ArgumentError, normalise
from kade.components.landing_zone.roles import assign_role
from kade.components.services.blob_store import warn_when_larger
from kade.components.services.data_factory import DataFactory, DataFactoryArgs, ReachedArgs
from kade.components.services.data_lake import ZONES, DataLake, DataLakeArgs, ReadersArgs
from kade.components.services.pseudonyms import PseudonymVault, PseudonymVaultArgs, add_step
from kade.components.workload.database import AdministratorArgs, DatabaseArgs
from kade.components.workload.place import DataArgs, PlaceArgs
from kade.components.workload.postgresql import PostgreSql, PostgreSqlArgs


@dataclass
class DataPlatformArgs:
    """Arguments of `DataPlatform`."""

    place: PlaceArgs
    data: DataArgs
    tenant_id: str
    zones: Sequence[str] = ZONES
    """Zones of the lake, from what came in to what is used."""
    readers: Mapping[str, ReadersArgs] = field(default_factory=dict)
    """Who may read, by zone."""
    retention_days: Mapping[str, int] = field(default_factory=dict)
    """Days that data is kept, by class of data."""
    factory: bool = True
    """Data Factory, which fills the lake."""
    pseudonymise: bool = True
    """The step between the first two zones that replaces identities; it needs the factory."""
    size_gb: int = 0
    """Gigabytes that are foreseen in the lake; somebody hears when there are more. 0 for no such alert."""
    keeper: str = ""
    """The object id of the group that keeps the secret of the pseudonyms."""
    database: DatabaseArgs | None = None
    """A PostgreSQL database for reports."""
    database_standby: bool = True
    """A second database server in another zone, where there are zones."""
    administrator: AdministratorArgs | None = None
    """The group that administers that database; needed with one."""
    action_group_ids: Sequence[pulumi.Input[str]] = ()
    """Who hears of its alerts."""
    vault_premium: bool = True
    vault_retention_days: int = 90


class DataPlatform(pulumi.ComponentResource):
    """The lake, the factory, the pseudonyms with their secret in a vault apart, and the database."""

    lake_id: pulumi.Output[str]
    lake_name: pulumi.Output[str]

    def __init__(self, name: str, args: DataPlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make it. Raises `ArgumentError` for pseudonyms without a factory or a second zone, and for a database without
        administrator.
        """
        args = normalise(DataPlatformArgs, args)
        _check(name, args)
        super().__init__("kade:index:DataPlatform", name, None, opts)
        place, here = args.place, pulumi.ResourceOptions(parent=self)
        lake = DataLakeArgs(place, args.data, args.zones, args.readers, args.retention_days)
        self.lake = DataLake(f"{name}-lake", lake, here)
        if args.size_gb:
            warn_when_larger(self, f"{name}-lake", place, self.lake.account, args.size_gb, args.action_group_ids)
        self.database: PostgreSql | None = None
        if args.database is not None and args.administrator is not None:
            database = PostgreSqlArgs(
                place, args.data, {"rapportage": args.database}, args.administrator, standby=args.database_standby
            )
            self.database = PostgreSql(f"{name}-database", database, here)
        self.pseudonyms: PseudonymVault | None = None
        if args.pseudonymise:
            vault = PseudonymVaultArgs(
                place, args.tenant_id, args.keeper, args.vault_premium, args.vault_retention_days
            )
            self.pseudonyms = PseudonymVault(f"{name}-pseudonyms", vault, here)
        self.factory = self._factory(name, args, here) if args.factory else None
        self.lake_id = self.lake.id
        self.lake_name = self.lake.account_name
        self.register_outputs({"lakeId": self.lake_id, "lakeName": self.lake_name})

    def _factory(self, name: str, args: DataPlatformArgs, here: pulumi.ResourceOptions) -> DataFactory:
        reaches = {"datameer": ReachedArgs(self.lake.id, "dfs")}
        identities: dict[str, pulumi.Input[str]] = {}
        if self.pseudonyms is not None:
            reaches["pseudoniemen"] = ReachedArgs(self.pseudonyms.id, "vault")
            identities["pseudoniemen"] = self.pseudonyms.identity_id
        if self.database is not None:
            reaches["rapportage"] = ReachedArgs(self.database.server.id, "postgresqlServer")
        factory = DataFactory(f"{name}-factory", DataFactoryArgs(args.place, args.data, reaches, identities), here)
        fills = assign_role(
            f"{name}-fills",
            scope=self.lake.id,
            role="Storage Blob Data Contributor",
            principal_id=factory.principal_id,
            principal_type="ServicePrincipal",
            key=f"{args.place.workload}-factory",
            description="Fills the lake",
            opts=here,
        )
        if self.pseudonyms is not None:
            add_step(
                self,
                f"{name}-pseudonymise",
                args.place,
                factory.name,
                self.lake.account_name,
                self.pseudonyms.name,
                source=args.zones[0],
                target=args.zones[1],
                credential="pseudoniemen",
                after=[factory.runtime, *factory.reached.values(), *factory.credentials.values(), fills],
            )
        return factory


def _check(name: str, args: DataPlatformArgs) -> None:
    if args.pseudonymise and not args.factory:
        raise ArgumentError(f"{name}: pseudonymise is a step of the factory; give factory=True, or pseudonymise=False")
    if args.pseudonymise and len(args.zones) < 2:
        raise ArgumentError(f"{name}: pseudonymise goes from one zone to the next, and zones has {len(args.zones)}")
    if args.database is not None and args.administrator is None:
        raise ArgumentError(f"{name}: a database without administrator can be used by nobody; give administrator")
