"""Where databases are copied to: regions of Cosmos DB, geo-redundant backups, failover groups and replicas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kade.policies.kit import Example, Resource, Result, not_applicable, rule
from kade.policies.residency.places import MODE, Place, copies_of, judge, pair, plain

COSMOS = "azure-native:cosmosdb:DatabaseAccount"
SQL_DATABASE = "azure-native:sql:Database"
SQL_INSTANCE = "azure-native:sql:ManagedInstance"
SQL_FAILOVER: Final = ("azure-native:sql:FailoverGroup", "azure-native:sql:InstanceFailoverGroup")
SQL_SERVER = "azure-native:sql:Server"
FLEXIBLE: Final = ("azure-native:dbforpostgresql:Server", "azure-native:dbformysql:Server")
SINGLE: Final = (
    "azure-native:dbforpostgresql:SingleServer",
    "azure-native:dbformysql:SingleServer",
    "azure-native:dbformariadb:Server",
)
REDIS_LINK = "azure-native:redis:LinkedServer"

_NL = {"mode": "nl"}
_AMSTERDAM = {"location": "westeurope"}


@copies_of(COSMOS)
def cosmos_copies(account: Resource) -> Iterator[Place]:
    """Every region that the account names, and the pair of its backups where these are geo-redundant."""
    for one in account.items("locations"):
        yield Place(plain(one.text("locationName")), "copied", "locations has a copy of the database there")
    if account.is_("backupPolicy.type", "Periodic", default="Periodic") and account.is_(
        "backupPolicy.periodicModeProperties.backupStorageRedundancy", "Geo", default="Geo"
    ):
        yield from pair(account, "backups are geo-redundant")


@rule(
    "kade-residency-cosmos-regions",
    "Cosmos DB and its backups stand only in regions that the residency rule allows",
    severity="high",
    types=[COSMOS],
    measures=["B.05.2", "B.09.8"],
    remediation="Name only regions that are allowed in locations, and set backupStorageRedundancy to Zone or Local.",
    absent="Azure keeps backups geo-redundant",
    config=MODE,
    passes=[
        {**_AMSTERDAM, "locations": [{"locationName": "West Europe"}]},
        Example(
            {
                **_AMSTERDAM,
                "locations": [{"locationName": "westeurope"}],
                "backupPolicy": {"type": "Periodic", "periodicModeProperties": {"backupStorageRedundancy": "Zone"}},
            },
            config=_NL,
        ),
    ],
    fails=[
        {**_AMSTERDAM, "locations": [{"locationName": "West Europe"}, {"locationName": "East US"}]},
        Example({**_AMSTERDAM, "locations": [{"locationName": "westeurope"}]}, config=_NL),
    ],
)
def cosmos_regions(account: Resource) -> Result:
    yield from judge(account, cosmos_copies(account))


@copies_of(SQL_DATABASE, SQL_INSTANCE)
def sql_copies(database: Resource) -> Iterator[Place]:
    """The pair, unless backups are asked to stay."""
    if database.is_("requestedBackupStorageRedundancy", "Geo", "GeoZone", default="Geo"):
        yield from pair(database, "backups are geo-redundant")


@rule(
    "kade-residency-sql-backups",
    "Backups of SQL databases stay in regions that the residency rule allows",
    severity="high",
    types=[SQL_DATABASE, SQL_INSTANCE],
    measures=["B.05.2", "8.13.03"],
    remediation="Set requestedBackupStorageRedundancy to Zone or Local.",
    absent="Azure keeps backups in the pair as well",
    config=MODE,
    passes=[
        Example({**_AMSTERDAM, "requestedBackupStorageRedundancy": "Zone"}, type=SQL_DATABASE, config=_NL),
        Example(_AMSTERDAM, type=SQL_INSTANCE),
    ],
    fails=[
        Example({**_AMSTERDAM, "requestedBackupStorageRedundancy": "Geo"}, type=SQL_DATABASE, config=_NL),
        Example(_AMSTERDAM, type=SQL_INSTANCE, config=_NL),
    ],
)
def sql_backups(database: Resource) -> Result:
    yield from judge(database, sql_copies(database))


@rule(
    "kade-residency-sql-failover",
    "SQL fails over only to a server whose place is known",
    severity="medium",
    types=list(SQL_FAILOVER),
    measures=["B.05.2"],
    remediation="Declare the partner server in the same estate, so that its region is judged.",
    config=MODE,
    joins=True,
    passes=[
        Example(
            {"partnerServers": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/second"}]},
            type=SQL_FAILOVER[0],
            related=[Example(_AMSTERDAM, type=SQL_SERVER, name="second")],
        )
    ],
    fails=[
        Example(
            {"partnerServers": [{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/far"}]},
            type=SQL_FAILOVER[0],
        )
    ],
    not_applicable=[Example({}, type=SQL_FAILOVER[0])],
)
def sql_failover(group: Resource) -> Result:
    partners = [one.word("id").rsplit("/", 1)[-1] for one in group.items("partnerServers")]
    partners += [plain(one.text("location")) for one in group.items("partnerRegions")]
    if not partners:
        not_applicable("it names no partner")
    servers = group.stack.resources(SQL_SERVER, SQL_INSTANCE) if group.stack else []
    known = {one.word("serverName", one.name.lower()).rsplit("/", 1)[-1] for one in servers}
    known |= {server.location for server in servers}
    for partner in partners:
        if partner not in known:
            yield f"partner {partner} stands outside this estate, so its place is not known"


@copies_of(*FLEXIBLE)
def flexible_copies(server: Resource) -> Iterator[Place]:
    """The pair, where backups are asked to go there."""
    if server.flag("backup.geoRedundantBackup", default=False):
        yield from pair(server, "backup.geoRedundantBackup is on")


@copies_of(*SINGLE)
def single_copies(server: Resource) -> Iterator[Place]:
    """The pair, where backups are asked to go there."""
    if server.flag("storageProfile.geoRedundantBackup", default=False):
        yield from pair(server, "storageProfile.geoRedundantBackup is on")


@rule(
    "kade-residency-database-backups",
    "Backups of PostgreSQL, MySQL and MariaDB stay in regions that the residency rule allows",
    severity="high",
    types=[*FLEXIBLE, *SINGLE],
    measures=["B.05.2", "8.13.03"],
    remediation="Set geoRedundantBackup to Disabled, and copy dumps to a vault in a region that is allowed.",
    deviations=[
        "Azure.PostgreSQL.GeoRedundantBackup: it asks for geo-redundancy; where the pair is not allowed, residency wins"
    ],
    config=MODE,
    passes=[
        Example({**_AMSTERDAM, "backup": {"geoRedundantBackup": "Enabled"}}, type=FLEXIBLE[0]),
        Example({**_AMSTERDAM, "backup": {"geoRedundantBackup": "Disabled"}}, type=FLEXIBLE[1], config=_NL),
        Example(_AMSTERDAM, type=SINGLE[0], config=_NL),
    ],
    fails=[
        Example({**_AMSTERDAM, "backup": {"geoRedundantBackup": "Enabled"}}, type=FLEXIBLE[0], config=_NL),
        Example({**_AMSTERDAM, "storageProfile": {"geoRedundantBackup": "Enabled"}}, type=SINGLE[2], config=_NL),
    ],
)
def database_backups(server: Resource) -> Result:
    yield from judge(server, flexible_copies(server) if server.type in FLEXIBLE else single_copies(server))


@copies_of(REDIS_LINK)
def redis_copies(link: Resource) -> Iterator[Place]:
    """The region of the cache that is linked."""
    yield Place(plain(link.text("linkedRedisCacheLocation")), "copied", "the linked cache holds the same data")


@rule(
    "kade-residency-redis-link",
    "Caches are linked only to regions that the residency rule allows",
    severity="medium",
    types=[REDIS_LINK],
    measures=["B.05.2"],
    remediation="Link a cache in a region that is allowed.",
    config=MODE,
    passes=[{"linkedRedisCacheLocation": "North Europe"}],
    fails=[{"linkedRedisCacheLocation": "East US"}],
)
def redis_link(link: Resource) -> Result:
    yield from judge(link, redis_copies(link))
