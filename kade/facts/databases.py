"""How large a database may be in each tier. Source and date stand in ``database_tiers.json``."""

from __future__ import annotations

from kade.facts.data import read, unknown


def database_tiers(target: str) -> dict[str, int]:
    """The largest database in gigabytes by tier, of ``azure_sql``, ``sql_managed_instance``, ``postgresql``, ``mysql``.

    Raises `UnknownFactError` for another target.
    """
    targets = read("database_tiers")["targets"]
    if target not in targets:
        raise unknown("database target", target, list(targets))
    return dict(targets[target])
