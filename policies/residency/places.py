"""Where a resource's data rests, is copied to and is processed: what the rules judge and the evidence shows.

Three kinds of place: ``rests``, ``copied`` (a replica, a pair, a backup) and ``processed`` (sent there and not kept).
A region is azure-native's name (``westeurope``); ``global`` is any region of Microsoft's, a data boundary is written as
it is named (``EU data zone``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from kade.facts import UnknownFactError, pair_of, region, regions_for
from kade.policies.kit import Finding, Resource, not_evaluated

GLOBAL: Final = "global"
EU_ZONE: Final = "EU data zone"

MODE: Final[dict[str, dict[str, Any]]] = {
    "mode": {
        "type": "string",
        "enum": ["nl", "eu", "eea", "list"],
        "default": "eu",
        "estate": "residency.mode",
        "description": "the Netherlands, the European Union, the European Economic Area, or the regions listed",
    },
    "regions": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "estate": "residency.regions",
        "description": "with mode list the regions that are allowed, else a narrower choice among those of the mode",
    },
}


@dataclass(frozen=True)
class Place:
    """One place of a resource's data, and why it is there."""

    region: str
    kind: str  # rests, copied, processed
    reason: str


Places = Callable[[Resource], Iterable[Place]]
COPIES: dict[str, list[Places]] = {}


def copies_of(*types: str) -> Callable[[Places], Places]:
    """Register a function that says where resources of these types have copies, or are processed."""

    def register(function: Places) -> Places:
        for type_ in types:
            COPIES.setdefault(type_, []).append(function)
        return function

    return register


def allowed_regions(resource: Resource) -> tuple[str, ...]:
    """The regions that the configured mode allows. A configuration that names none is not evaluated, and says so."""
    mode = str(resource.config.get("mode", "eu"))
    listed = tuple(str(name) for name in resource.config.get("regions", ()))
    try:
        narrowed = regions_for("list", listed)
        return tuple(r for r in regions_for(mode, listed) if not narrowed or r in narrowed)
    except (ValueError, UnknownFactError) as error:
        not_evaluated(f"the residency configuration is wrong: {error}")


def plain(name: str) -> str:
    """A region's name as azure-native writes it, from any of its forms (``West Europe``)."""
    return name.strip().lower().replace(" ", "")


def pair(resource: Resource, what: str) -> Iterator[Place]:
    """The place in the pair of the resource's region, where it has one; ``what`` says why the data goes there.

    A region outside the table of regions is not evaluated: its pair is not guessed.
    """
    try:
        other = pair_of(resource.location)
    except UnknownFactError as error:
        not_evaluated(str(error))
    if other is not None:
        home = region(resource.location).display_name
        yield Place(other.name, "copied", f"{what}, which copies the data from {home} to its pair {other.display_name}")


def judge(resource: Resource, places: Iterable[Place]) -> Iterator[Finding]:
    """A finding for each place that the residency rule does not allow."""
    allowed = allowed_regions(resource)
    for place in places:
        if place.region in allowed or (place.region == EU_ZONE and _all_of_eu(resource)):
            continue
        country = _country(place.region)
        yield Finding(f"{place.reason} ({country or place.region})", places=(place.region,))


def _all_of_eu(resource: Resource) -> bool:
    return str(resource.config.get("mode", "eu")) in {"eu", "eea"} and not resource.config.get("regions")


def _country(name: str) -> str:
    try:
        return region(name).country
    except UnknownFactError:
        return ""
