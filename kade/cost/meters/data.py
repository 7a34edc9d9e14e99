"""Meters of databases and storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kade.cost.model import Meter, Seen, always, priced

_TIERS: Final = {"GP": "General Purpose", "BC": "Business Critical", "HS": "Hyperscale"}
_FLEXIBLE_TIERS: Final = {
    "Burstable": "Burstable",
    "GeneralPurpose": "General Purpose",
    "MemoryOptimized": "Memory Optimized",
}
_INCLUDED_GIB: Final = 32  # of a managed instance's storage, by its pricing page


@priced("sql:Database")
def sql_database(resource: Seen) -> Iterator[Meter]:
    """A database by its cores, for each hour, and the space that it may take."""
    sku = str(resource.at("sku.name", ""))
    found = re.match(r"(GP|BC|HS)_(S_)?(\w+?)(?:_(\d+))?$", sku)
    if found is None:
        yield Meter(f"database {sku or 'of the default size'}", "SQL Database", "SQL Database Single.*", sku, ".*DTUs?")
        return
    tier, serverless, family = _TIERS[found[1]], bool(found[2]), found[3]
    cores = found[4] or resource.at("sku.capacity", 2)
    product = rf"SQL Database .*{tier}{'.*Serverless' if serverless else ''} - Compute {family}"
    if serverless:
        yield Meter(f"database {sku}", "SQL Database", product, "1 vCore", quantity=float(cores), usage=True)
    else:
        yield Meter(f"database {sku}", "SQL Database", product, f"{cores} vCore")
        yield _licence(resource, "SQL Database", rf"SQL Database .*{tier} - SQL License", cores)
        if resource.at("zoneRedundant"):
            yield Meter(f"{sku} over zones", "SQL Database", product, f"{cores} vCore Zone Redundancy")
    gib = float(resource.at("maxSizeBytes", 0)) / 1024**3
    if gib:
        product = f"SQL Database.* {tier} - Storage"
        yield Meter("its storage", "SQL Database", product, tier, "(.* )?Data Stored", quantity=gib, per="month")


@priced("sql:ManagedInstance")
def managed_instance(resource: Seen) -> Iterator[Meter]:
    """An instance by its cores, for each hour, and its storage over what is included."""
    sku = str(resource.at("sku.name", ""))
    tier = _TIERS.get(sku.partition("_")[0], "General Purpose")
    cores, family = resource.at("vCores", 4), sku.partition("_")[2] or "Gen5"
    service, title = "SQL Managed Instance", f"SQL Managed Instance {tier}"
    product = f"{title} - Compute {family}"
    yield Meter(f"instance {sku}, {cores} cores", service, product, f"{cores} vCore")
    if resource.at("zoneRedundant"):
        yield Meter(f"{sku} over zones", service, product, f"{cores} vCore Zone Redundancy")
    yield _licence(resource, service, f"{title} - SQL License", cores)
    gib = float(resource.at("storageSizeInGB", _INCLUDED_GIB)) - _INCLUDED_GIB
    if gib > 0:
        yield Meter("its storage", service, f"{title} - Storage", tier, ".*Data Stored", quantity=gib, per="month")


def _licence(resource: Seen, service: str, product: str, cores: int | str) -> Meter:
    """The licence of SQL Server, which the price of the cores leaves out; nothing where it is brought along."""
    brought = resource.at("licenseType", "LicenseIncluded") == "BasePrice"
    name = "SQL Server"
    return Meter(
        f"its licence of {name}", service, product, meter="vCore", quantity=float(cores), licence=name, brought=brought
    )


always(
    "sql:LongTermRetentionPolicy",
    "sql:ManagedInstanceLongTermRetentionPolicy",
    meters=[Meter("copies kept for years", "SQL Database", "SQL.* LTR .*", per="month", usage=True)],
)


@priced("dbforpostgresql:Server", "dbformysql:Server")
def flexible_server(resource: Seen) -> Iterator[Meter]:
    """A server by its size and tier, twice with a standby, and its storage."""
    name = "PostgreSQL" if "postgresql" in resource.type else "MySQL"
    size, tier = str(resource.at("sku.name", "")), _FLEXIBLE_TIERS.get(resource.at("sku.tier", ""), "")
    kind = size.removeprefix("Standard_")
    copies = 2.0 if resource.at("highAvailability.mode", "Disabled") not in ("Disabled", "") else 1.0
    service, product = f"Azure Database for {name}", f"Azure Database for {name} Flexible Server {tier}"
    found = re.fullmatch(r"([A-Z]+)(\d+)([a-z]*)(_v\d+)?", kind)
    if tier == "Burstable" or found is None:
        yield Meter(f"server {kind}", service, f"{product}.*", kind, rf"{kind}( vCore)?", quantity=copies)
    else:
        series = f"{found[1]}{found[3]}{(found[4] or '').lstrip('_')}"
        sku = f"{found[2]} vCore"
        yield Meter(f"server {kind}", service, rf"{product} (- )?{series}.*", sku, "vCore", quantity=copies)
    gib = float(resource.at("storage.storageSizeGB", 0))
    if gib:
        product = rf"(Az|Azure) (DB|Database) for {name} Flexible Server Storage"
        meter = "Storage Data Stored"
        yield Meter("its storage", service, product, meter=meter, quantity=gib * copies, per="month")


@priced("storage:FileShare")
def file_share(resource: Seen) -> Iterator[Meter]:
    """A share: premium by what is set aside for it, otherwise by what is in it."""
    account = resource.other("storage:StorageAccount", "accountName")
    kind, _, copies = str(account.at("sku.name", "") if account else "").partition("_")
    if kind == "Premium":
        gib = float(resource.at("shareQuota", 100))
        sku, meter = f"Premium {copies}", ".*Provisioned"
        yield Meter(f"share {sku}", "Storage", "Premium Files", sku, meter, quantity=gib, per="month")
    else:
        yield Meter("share by what is in it", "Storage", ".*Files.*", meter=".*Data Stored", per="month", usage=True)


@priced("storage:StorageAccount")
def storage_account(resource: Seen) -> Iterator[Meter]:
    """What is in an account."""
    if resource.at("kind", "") != "FileStorage":
        copies = str(resource.at("sku.name", "_")).partition("_")[2]
        sku = f"{resource.at('accessTier', 'Hot')} {copies}"
        yield Meter(f"data in storage, {sku}", "Storage", sku=sku, meter=".*Data Stored", per="month", usage=True)
