"""Private link DNS zones, by Azure service. Source and date stand in ``private_link_zones.json``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kade.facts.data import UnknownFactError, read, unknown
from kade.facts.locations import region as region_named


@dataclass(frozen=True)
class PrivateLinkZone:
    """One private DNS zone: its name, the service that it is for, and the template that it was filled in from."""

    name: str
    service: str
    template: str


def services() -> tuple[str, ...]:
    """The services that have private link zones (``key_vault``, ``storage_blob`` …)."""
    return tuple(read("private_link_zones")["services"])


def templates() -> tuple[str, ...]:
    """The zone names as published, with ``{regionCode}``, ``{regionName}`` and ``{partitionId}`` not filled in."""
    return tuple(t for found in read("private_link_zones")["services"].values() for t in found)


def private_link_zones(region: str, only: Collection[str] | None = None) -> tuple[PrivateLinkZone, ...]:
    """The zones for a region, of all services or of ``only`` those named, in the order of the data file.

    Backup takes the region's geo code and not its name. A static web app is in one of five partitions that is known
    only after it is made, so each partition has its zone. Raises `UnknownFactError` for a region or a service that is
    not known, and for a region without a known geo code where one is needed.
    """
    where = region_named(region)
    data = read("private_link_zones")
    for service in only or ():
        if service not in data["services"]:
            raise unknown("private link service", service, list(data["services"]))
    zones: list[PrivateLinkZone] = []
    for service, found in data["services"].items():
        if only is not None and service not in only:
            continue
        for template in found:
            if "{regionCode}" in template and where.code is None:
                raise UnknownFactError(
                    f"the geo code of region {where.name} is not known, so {template} cannot be named"
                )
            name = template.replace("{regionCode}", where.code or "").replace("{regionName}", where.name)
            names = [name]
            if "{partitionId}" in name:
                names = [name.replace("{partitionId}", p) for p in data["partitions"]["values"]]
            zones += [PrivateLinkZone(n, service, template) for n in names]
    return tuple(zones)
