"""The estate's own choices keep its residency rule: regions, copies, images, metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kade.estate.checks import Check, Finding, PathKey
from kade.facts import pair_of, region, regions_for

if TYPE_CHECKING:
    from kade.estate.model import Estate


def residency(estate: Estate) -> Iterator[Finding]:
    """Every region that the file names is allowed, and so is where copies go."""
    rule = estate.residency
    if rule.mode == "list" and not rule.regions:
        yield Finding(("residency",), "mode list needs `regions`", remedy="Name them, or choose nl, eu or eea.")
        return
    if rule.mode != "list":
        for i, name in enumerate(rule.regions):
            if name not in regions_for(rule.mode):
                text = f"{name} ({region(name).country}) is outside mode {rule.mode}"
                yield Finding(("residency", "regions", i), text, remedy="Take it out, or choose a wider mode.")
    inside = rule.allowed
    for path, name in _named(estate):
        if name not in inside:
            text = f"{name} is outside the residency rule"
            yield Finding(path, text, remedy=f"Allowed: {', '.join(inside)}.")
    if estate.backup.redundancy == "geo":
        pair = pair_of(estate.regions.primary)
        if pair is None:
            yield Finding(
                ("backup", "redundancy"), f"{estate.regions.primary} has no pair to replicate to", remedy="Take zone."
            )
        elif pair.name not in inside:
            text = f"geo copies go to {pair.name}, which is outside the residency rule"
            yield Finding(("backup", "redundancy"), text, remedy="Take zone.")
        else:
            yield from _strict(estate, pair.name)


def _strict(estate: Estate, pair: str) -> Iterator[Finding]:
    """A class of data that stays nearer than the rest is not copied further either."""
    for key, app in estate.applications.items():
        for data, mode in estate.residency.classes.items():
            if data in app.data and pair not in regions_for(mode, tuple(estate.residency.regions)):
                text = f"geo copies go to {pair}, and data of class {data} ({key}) stays in {mode}"
                yield Finding(("backup", "redundancy"), text, remedy="Take zone.")
                return


def _named(estate: Estate) -> Iterator[tuple[PathKey, str]]:
    yield ("regions", "primary"), estate.regions.primary
    if estate.regions.secondary:
        yield ("regions", "secondary"), estate.regions.secondary
    for key, hub in estate.network.hubs.items():
        yield ("network", "hubs", key, "region"), hub.region
    for key, spoke in estate.network.spokes.items():
        if spoke.region:
            yield ("network", "spokes", key, "region"), spoke.region
    place = estate.workplace
    if place is not None:
        for field in ("region", "metadata_region"):
            if getattr(place, field):
                yield ("workplace", field), getattr(place, field)
        for key, image in place.images.items():
            for i, name in enumerate(image.replicas):
                yield ("workplace", "images", key, "replicas", i), name


CHECKS: tuple[Check, ...] = (residency,)
