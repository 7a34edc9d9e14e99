"""The workplace: what a persona names, hours in their order, and no update while people work."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from kade.estate.check_references import refer
from kade.estate.checks import Check, Finding, PathKey

if TYPE_CHECKING:
    from kade.estate.model import Estate

UPDATE_HOURS = 2  # Azure Virtual Desktop's agent update window is two hours


def personas(estate: Estate) -> Iterator[Finding]:
    """Groups, schedules, images, applications, subnets."""
    place = estate.workplace
    if place is None:
        return
    at: PathKey = ("workplace",)
    yield from refer((*at, "spoke"), place.spoke, estate.network.spokes, "spoke")
    if place.spoke in estate.network.spokes:
        subnets = estate.network.spokes[place.spoke].subnets
        yield from refer((*at, "subnet"), place.subnet, subnets, f"subnet in spoke {place.spoke}:")
        yield from refer((*at, "endpoint_subnet"), place.endpoint_subnet, subnets, f"subnet in spoke {place.spoke}:")
    yield from refer(
        (*at, "profiles", "backup_class"), place.profiles.backup_class, estate.backup.classes, "backup class"
    )
    for key, persona in place.personas.items():
        here: PathKey = (*at, "personas", key)
        yield from refer((*here, "group"), persona.group, estate.identity.groups, "group")
        yield from refer((*here, "schedule"), persona.schedule, place.schedules, "schedule")
        yield from refer((*here, "image"), persona.image, place.images, "image")
        for i, name in enumerate(persona.applications):
            yield from refer((*here, "applications", i), name, estate.applications, "application")
        if persona.device == "unmanaged":
            for field in ("clipboard", "drives", "usb"):
                if getattr(persona.redirection, field):
                    yield Finding(
                        (*here, "redirection", field),
                        f"{field} may not pass to an unmanaged device (BIO2 8.01.01)",
                        remedy="Leave it off, or give them a managed device.",
                    )
    if place.conditional_access and not estate.identity.entra_managed:
        yield Finding(
            (*at, "conditional_access"), "needs `identity.entra_managed`", remedy="Set it, or leave this off."
        )


def hours(estate: Estate) -> Iterator[Finding]:
    """The times of a schedule follow each other; the agents are renewed outside all of them."""
    place = estate.workplace
    if place is None:
        return
    begin = place.agent_updates.hour * 60
    end = begin + UPDATE_HOURS * 60
    for key, schedule in place.schedules.items():
        at: PathKey = ("workplace", "schedules", key)
        times = [("ramp_up", schedule.ramp_up), ("peak", schedule.peak)]
        times += [("ramp_down", schedule.ramp_down), ("off_peak", schedule.off_peak)]
        for (before, early), (after, late) in pairwise(times):
            if late <= early:
                yield Finding((*at, after), f"{after} {late} does not come after {before} {early}")
        if (
            place.agent_updates.day in schedule.days
            and begin < _minutes(schedule.off_peak)
            and end > _minutes(schedule.ramp_up)
        ):
            yield Finding(
                ("workplace", "agent_updates", "hour"),
                f"agents would be renewed while schedule {key} works ({schedule.ramp_up} to {schedule.off_peak})",
                remedy="Choose another day or hour; it takes two hours.",
            )


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


CHECKS: tuple[Check, ...] = (personas, hours)
