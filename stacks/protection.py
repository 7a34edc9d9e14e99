"""What the data of a service or an application asks of its stores, in an environment and a region of the estate."""

from __future__ import annotations

from collections.abc import Sequence

from kade.components.protection import Protection, protection_of
from kade.estate import Estate
from kade.estate.residency import DataClass, classification_of
from kade.facts import pair_of, region, regions_for
from kade.stacks.common import StackError


def protection_for(estate: Estate, environment: str, data: Sequence[DataClass], where: str, field: str) -> Protection:
    """The row of the table for the heaviest class of the data that an environment really holds.

    Where an environment holds pseudonymised or synthetic data, that decides, and not what production holds. Raises
    `StackError`, naming ``field``, where the residency rule of a class does not allow the region ``where``.
    """
    held = classes_in(estate, environment, data)
    allowed = locations_for(estate, held)
    if region(where).name not in allowed:
        raise StackError(
            f"{field}: data {', '.join(held)} may be in {', '.join(allowed) or 'no region'}, not in {where}"
        )
    pair = pair_of(where)
    return protection_of(
        classification_of(held),
        customer_managed_from=estate.security.key_vaults.customer_managed_from,
        pair_allowed=pair is not None and pair.name in allowed,
        zones=zones_in(estate, environment, where),
    )


def classes_in(estate: Estate, environment: str, data: Sequence[DataClass]) -> list[DataClass]:
    """The classes of data that a service or an application holds in an environment; public data stays what it is."""
    held = estate.environments[environment].data
    if held == "production" or set(data) == {"public"}:
        return list(data)
    return ["pseudonymised"] if held == "pseudonymised" else ["internal"]


def locations_for(estate: Estate, data: Sequence[DataClass]) -> list[str]:
    """The regions that the residency rule allows for all of these classes."""
    allowed = set(estate.residency.allowed)
    for kind in data:
        mode = estate.residency.classes.get(kind)
        if mode is not None and mode != "list":
            allowed &= set(regions_for(mode))
    return sorted(allowed)


def zones_in(estate: Estate, environment: str, where: str) -> bool:
    """Whether things are spread over availability zones: the environment wants it, and the region has them."""
    return estate.environments[environment].zones and bool(region(where).zones)


def backup_class_for(estate: Estate, environment: str, named: str | None) -> str | None:
    """The key of `backup.classes` that holds: the environment's, or the one that is named; None leaves the table's."""
    return estate.environments[environment].backup_class or named
