"""The workplace: what a persona names, hours in their order, and no update while people work."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from kade.estate.check_references import refer
from kade.estate.check_workplace_hosts import HOSTS
from kade.estate.checks import Check, Finding, PathKey
from kade.estate.personas import Persona
from kade.estate.problems import suggestion
from kade.facts.desktop_licences import licence_names, missing_rights
from kade.facts.desktops import update_overlaps

if TYPE_CHECKING:
    from kade.estate.model import Estate
    from kade.estate.workplace import Workplace

CONTAINERS = "Microsoft.ContainerInstance/containerGroups"


def places(estate: Estate) -> Iterator[Finding]:
    """The spoke, its subnets and region, the groups, the backup class."""
    place = estate.workplace
    if place is None:
        return
    at: PathKey = ("workplace",)
    groups = estate.identity.groups
    yield from refer((*at, "spoke"), place.spoke, estate.network.spokes, "spoke")
    yield from refer((*at, "administrators"), place.administrators, groups, "group")
    if place.spoke in estate.network.spokes:
        spoke = estate.network.spokes[place.spoke]
        for field in ("subnet", "endpoint_subnet", "build_subnet"):
            yield from refer((*at, field), getattr(place, field), spoke.subnets, f"subnet in spoke {place.spoke}:")
        where = spoke.region or estate.regions.primary
        if place.region not in (None, where):
            text = f"the hosts stand in subnets of spoke {place.spoke}, which is in {where}"
            yield Finding((*at, "region"), text, place.region or "", "Leave it out, or take a spoke of that region.")
        build = spoke.subnets.get(place.build_subnet or "")
        if build is not None and build.delegation != CONTAINERS:
            text = f"the subnet {place.build_subnet} is not delegated to {CONTAINERS}"
            yield Finding((*at, "build_subnet"), text, remedy=f"Add `delegation: {CONTAINERS}` to it.")
    backup = place.profiles.backup_class
    yield from refer((*at, "profiles", "backup_class"), backup, estate.backup.classes, "backup class")
    entra = place.conditional_access
    if entra is not None:
        yield from refer((*at, "conditional_access", "emergency_group"), entra.emergency_group, groups, "group")
        if not estate.identity.entra_managed:
            text = "needs `identity.entra_managed`"
            yield Finding((*at, "conditional_access"), text, remedy="Set it, or leave this off.")


def personas(estate: Estate) -> Iterator[Finding]:
    """What a persona names, what may pass to its device, and whether its licences are enough."""
    place = estate.workplace
    if place is None:
        return
    first: dict[str, str] = {}
    for key, persona in place.personas.items():
        here: PathKey = ("workplace", "personas", key)
        other = place.personas[first.setdefault(persona.group, key)]
        apart = (other.from_internet, other.device == "unmanaged") != (
            persona.from_internet,
            persona.device == "unmanaged",
        )
        if place.conditional_access is not None and apart:
            text = f"{first[persona.group]} has this group too, and comes from elsewhere or from another kind of device"
            yield Finding(
                (*here, "group"), text, persona.group, "Conditional access goes by groups: give each its own."
            )
        yield from refer((*here, "group"), persona.group, estate.identity.groups, "group")
        yield from refer((*here, "schedule"), persona.schedule, place.schedules, "schedule")
        yield from refer((*here, "image"), persona.image, place.images, "image")
        yield from refer((*here, "ring"), persona.ring, place.rings, "ring")
        for i, name in enumerate(persona.applications):
            yield from refer((*here, "applications", i), name, estate.applications, "application")
        if persona.device == "unmanaged":
            for field in ("clipboard", "drives", "usb"):
                if getattr(persona.redirection, field):
                    text = f"{field} may not pass to an unmanaged device (BIO2 8.01.01)"
                    yield Finding((*here, "redirection", field), text, remedy="Leave it off, or manage the device.")
        yield from _licences(here, place, persona)


def _licences(here: PathKey, place: Workplace, persona: Persona) -> Iterator[Finding]:
    for i, name in enumerate(persona.licences):
        if name not in licence_names():
            text = f"no licence {name!r} is known"
            yield Finding((*here, "licences", i), text, remedy=suggestion(name, licence_names()))
            return
    missing = missing_rights(
        persona.licences, intune=place.intune, conditional_access=place.conditional_access is not None
    )
    if persona.licences and missing:
        text = f"these licences lack {' and '.join(missing)}"
        yield Finding((*here, "licences"), text, ", ".join(persona.licences), "Add one that has it.")


def releases(estate: Estate) -> Iterator[Finding]:
    """Rings that are there, and a release for every persona."""
    place = estate.workplace
    if place is None:
        return
    for key, image in place.images.items():
        for number, release in image.releases.items():
            at: PathKey = ("workplace", "images", key, "releases", number)
            for i, ring in enumerate(release.rings or ()):
                yield from refer((*at, "rings", i), ring, place.rings, "ring")
            for persona in release.hosts:
                yield from refer((*at, "hosts", persona), persona, place.personas, "persona")
            if release.hosts and not release.drain:
                text = "only of a release that drains is it said how many hosts there are"
                yield Finding((*at, "hosts"), text, remedy="Take it away: the persona's number decides.")
            if release.drain and number == max(image.releases):
                text = "the newest release drains, and nothing takes its place"
                yield Finding((*at, "drain"), text, remedy="Add a newer release first.")


def hours(estate: Estate) -> Iterator[Finding]:
    """The times of a schedule follow each other; the agents are renewed outside all of them."""
    place = estate.workplace
    if place is None:
        return
    for key, schedule in place.schedules.items():
        at: PathKey = ("workplace", "schedules", key)
        times = [("ramp_up", schedule.ramp_up), ("peak", schedule.peak)]
        times += [("ramp_down", schedule.ramp_down), ("off_peak", schedule.off_peak)]
        for (before, early), (after, late) in pairwise(times):
            if late <= early:
                yield Finding((*at, after), f"{after} {late} does not come after {before} {early}")
        window = place.agent_updates
        if update_overlaps(window.day, window.hour, schedule.days, schedule.ramp_up, schedule.off_peak):
            yield Finding(
                ("workplace", "agent_updates", "hour"),
                f"agents would be renewed while schedule {key} works ({schedule.ramp_up} to {schedule.off_peak})",
                remedy="Choose another day or hour; it takes two hours.",
            )


CHECKS: tuple[Check, ...] = (places, personas, releases, hours, *HOSTS)
