"""How large a database may be in each tier, and the sizes of a tier.

Sources and dates stand in ``database_tiers.json`` and ``database_sizes.json``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kade.facts.data import UnknownFactError, read, unknown

ROOM = 1.2  # a database gets a fifth more than it has today


@dataclass(frozen=True)
class DatabaseSize:
    """A size: ``name`` and ``tier`` as Azure's API calls them, vCores (DTUs for DTU tiers), gigabytes of storage."""

    name: str
    tier: str
    capacity: int
    storage_gb: int


def database_tiers(target: str) -> dict[str, int]:
    """The largest database in gigabytes by tier, of ``azure_sql``, ``sql_managed_instance``, ``postgresql``, ``mysql``.

    Raises `UnknownFactError` for another target.
    """
    targets = read("database_tiers")["targets"]
    if target not in targets:
        raise unknown("database target", target, list(targets))
    return dict(targets[target])


def default_tier(target: str, size_gb: float) -> str | None:
    """The tier that a database gets which names none: the general one, or the next that holds it; None without one."""
    tiers = database_tiers(target)
    wanted = ["GeneralPurpose", *(tier for tier in tiers if tier != "GeneralPurpose")]
    return next((tier for tier in wanted if tiers[tier] >= size_gb), None)


def server_tier(target: str, databases: Iterable[tuple[str, float]]) -> str:
    """The tier of a server that holds several databases: the heaviest of theirs, of tier (or nothing) and gigabytes."""
    order = list(database_tiers(target))
    tiers = [tier or default_tier(target, size_gb) or "" for tier, size_gb in databases]
    return max(tiers, key=lambda tier: order.index(tier) if tier in order else -1)


def database_size(target: str, tier: str, size_gb: float, cores: int) -> DatabaseSize:
    """The smallest size of a tier with so many vCores at least that holds the data, with a fifth more where there is.

    Raises `UnknownFactError` for another target or tier, and for more data than the tier holds.
    """
    data = read("database_sizes")
    database_tiers(target)  # raises for an unknown one
    if tier not in data["targets"][target]:
        raise unknown(f"tier of {target}", tier, list(data["targets"][target]))
    sizes = data["targets"][target][tier]
    holding = [size for size in sizes if size[3] >= size_gb]
    if not holding:
        raise UnknownFactError(f"{size_gb:g} GB does not fit in {tier} of {target}, which holds {sizes[-1][3]} GB")
    name, azure_tier, capacity, largest = next((s for s in holding if s[2] >= cores), holding[-1])
    return DatabaseSize(name, azure_tier, capacity, min(_storage(data["storage"][target], size_gb * ROOM), largest))


def _storage(steps: list[int] | dict[str, int], wanted: float) -> int:
    """The next amount of storage that can be had."""
    if isinstance(steps, dict):
        return -(-int(wanted + 0.999) // steps["step"]) * steps["step"]
    return next((step for step in steps if step >= wanted), int(wanted + 0.999))
