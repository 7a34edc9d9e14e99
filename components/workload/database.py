"""What every database of a workload is told, and what the servers of PostgreSQL and MySQL share."""

from collections.abc import Mapping
from dataclasses import dataclass

from kade.components.arguments import ArgumentError
from kade.facts.databases import DatabaseSize, database_size, database_tiers, default_tier, server_tier


@dataclass
class DatabaseArgs:
    """One database."""

    size_gb: float
    """Gigabytes today; a fifth is added."""
    tier: str = ""
    """The tier; default: GeneralPurpose, or the next that is large enough."""


@dataclass
class AdministratorArgs:
    """The group of Entra ID that administers the server. There are no logins with a password."""

    name: str
    object_id: str
    tenant_id: str


def size_of(name: str, target: str, item: DatabaseArgs, cores: int) -> DatabaseSize:
    """The size of a database. Raises `ArgumentError` for an unknown tier and for one that is too small."""
    tiers = database_tiers(target)
    tier = item.tier or default_tier(target, item.size_gb)
    if tier is None or tier not in tiers:
        what = f"tier is {tier!r}" if tier else f"{item.size_gb:g} GB fits in no tier of {target}"
        raise ArgumentError(f"{name}: {what}; the tiers are {', '.join(tiers)}")
    if item.size_gb > tiers[tier]:
        raise ArgumentError(f"{name}: {item.size_gb:g} GB does not fit in {tier}, which holds {tiers[tier]} GB")
    return database_size(target, tier, item.size_gb, cores)


def server_size(name: str, target: str, databases: Mapping[str, DatabaseArgs], cores: int) -> DatabaseSize:
    """The size of a server that holds all of some databases: the heaviest tier, and room for the sum."""
    if not databases:
        raise ArgumentError(f"{name}: a server without databases; give one at least")
    tier = server_tier(target, [(item.tier, item.size_gb) for item in databases.values()])
    return size_of(name, target, DatabaseArgs(sum(item.size_gb for item in databases.values()), tier), cores)
