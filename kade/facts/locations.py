"""Azure regions in or near the EU: pair, zones, country, geo code. Source and date stand in ``regions.json``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kade.facts.data import read, unknown


@dataclass(frozen=True)
class Region:
    """One Azure region.

    ``pair`` is where geo-redundant storage replicates to, None where there is no pair. ``pair_restricted`` means that
    the pair is for disaster recovery inside the country and is opened on request; ``restricted_access`` says so of the
    region itself. ``zones`` is None where it is not known. ``code`` is the geo code in private DNS zone names, with a
    note where it could not be confirmed.
    """

    name: str
    display_name: str
    country: str
    eea: bool
    pair: str | None
    pair_restricted: bool
    zones: bool | None
    code: str | None
    restricted_access: bool = False
    code_note: str = ""


@cache
def regions() -> dict[str, Region]:
    """All regions by name."""
    return {name: Region(name=name, **fields) for name, fields in read("regions")["regions"].items()}


def region(name: str) -> Region:
    """The region of that name (``westeurope``), also by its display name (``West Europe``), in any letter case.

    Raises `UnknownFactError` for a region outside the table: a location that is not known is never guessed.
    """
    found = regions().get(name.lower().replace(" ", ""))
    if found is None:
        raise unknown("region", name, list(regions()), "Kade knows the regions in and near the EU.")
    return found


def pair_of(name: str) -> Region | None:
    """The region that geo-redundant storage in this one replicates to, or None where it has no pair."""
    pair = region(name).pair
    return region(pair) if pair else None


def regions_for(mode: str, listed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names of the regions that a residency mode allows: ``nl``, ``eu``, ``eea`` or ``list`` (those given).

    Norway is the only country in the table that is in the EEA and not in the EU. Raises ValueError for another mode.
    """
    if mode == "list":
        return tuple(region(name).name for name in listed)
    if mode == "nl":
        return tuple(r.name for r in regions().values() if r.country == "NL")
    if mode == "eu":
        return tuple(r.name for r in regions().values() if r.eea and r.country not in {"NO", "IS", "LI"})
    if mode == "eea":
        return tuple(r.name for r in regions().values() if r.eea)
    raise ValueError(f"unknown residency mode {mode!r}: nl, eu, eea or list")
