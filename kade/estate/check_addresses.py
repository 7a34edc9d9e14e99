"""Address ranges: supernets apart from each other, literal ranges inside them, overlaps only with a translation."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from kade.estate.checks import Check, Finding, PathKey

if TYPE_CHECKING:
    from kade.estate.model import Estate
    from kade.estate.network import Translation

Network = IPv4Network | IPv6Network
Ranges = list[tuple[PathKey, str, Network]]


def overlaps(one: Network, other: Network) -> bool:
    """Whether two ranges share an address; never for ranges of different versions."""
    return one.version == other.version and one.overlaps(other)


def supernets(estate: Estate) -> Iterator[Finding]:
    """Supernets do not overlap each other."""
    plan = estate.network.addresses
    found: Ranges = []
    for field, by_region in (("supernets", plan.supernets), ("supernets_ipv6", plan.supernets_ipv6)):
        for region, ranges in by_region.items():
            for i, text in enumerate(ranges):
                found.append((("network", "addresses", field, region, i), f"{text} ({region})", ip_network(text)))
    for i, (path, text, net) in enumerate(found):
        if (net.version == 6) != (path[2] == "supernets_ipv6"):
            yield Finding(path, f"{text} belongs under {'supernets_ipv6' if net.version == 6 else 'supernets'}")
        for _, before, other in found[:i]:
            if overlaps(net, other):
                yield Finding(path, f"supernet {text} overlaps supernet {before}", remedy="Give each its own range.")
    for i, hub in enumerate(estate.network.hubs.values()):
        key = list(estate.network.hubs)[i]
        if hub.ownership == "managed" and hub.region not in plan.supernets:
            yield Finding(
                ("network", "hubs", key, "region"),
                f"there is no supernet for {hub.region}",
                remedy=f"Add `network.addresses.supernets.{hub.region}`.",
            )


def outside(estate: Estate) -> Iterator[Finding]:
    """Ranges of sites and partners do not overlap ours or each other's, but for a stated translation."""
    ours: Ranges = []
    for region, ranges in estate.network.addresses.supernets.items():
        for i, text in enumerate(ranges):
            ours.append(
                (("network", "addresses", "supernets", region, i), f"supernet {text} ({region})", ip_network(text))
            )
    theirs: Ranges = []
    for kind, items in (("sites", estate.network.sites), ("partners", estate.network.partners)):
        for key, item in items.items():
            solved = {t.real for t in item.translations}
            for i, text in enumerate(item.ranges):
                if text not in solved:
                    theirs.append((("network", kind, key, "ranges", i), f"{kind[:-1]} {key} {text}", ip_network(text)))
            for i, translation in enumerate(item.translations):
                at: PathKey = ("network", kind, key, "translations", i)
                yield from _translation(at, translation, item.ranges)
                theirs.append(
                    ((*at, "seen_as"), f"{kind[:-1]} {key} {translation.seen_as}", ip_network(translation.seen_as))
                )
    for i, (path, text, net) in enumerate(theirs):
        for _, other_text, other in ours + theirs[:i]:
            if overlaps(net, other):
                yield Finding(
                    path,
                    f"{text} overlaps {other_text}",
                    remedy="Give it another range, or state under `translations` as which free range we see it.",
                )


def _translation(path: PathKey, item: Translation, ranges: list[str]) -> Iterator[Finding]:
    if item.real not in ranges:
        yield Finding((*path, "real"), f"{item.real} is none of the ranges", remedy="Name one of `ranges`.")
    if ip_network(item.real).prefixlen != ip_network(item.seen_as).prefixlen:
        yield Finding(
            (*path, "seen_as"), f"{item.seen_as} is not of the size of {item.real}", remedy="Both are of one size."
        )


def literal(estate: Estate) -> Iterator[Finding]:
    """Literal ranges lie apart from each other and inside a supernet; of spokes also in a public range of our own."""
    net = estate.network
    all_ours = [ip_network(r) for ranges in net.addresses.supernets.values() for r in ranges]
    all_ours += [ip_network(r) for r in net.addresses.own_public]
    found: list[tuple[PathKey, str, Network, bool]] = []
    for key, hub in net.hubs.items():
        if hub.prefix:
            found.append(
                (("network", "hubs", key, "prefix"), f"hub {key}", ip_network(hub.prefix), hub.ownership == "managed")
            )
    for key, spoke in net.spokes.items():
        for env, text in spoke.prefixes.items():
            path: PathKey = ("network", "spokes", key, "prefixes", env)
            found.append((path, f"spoke {key} ({env})", ip_network(text), spoke.ownership == "managed"))
    for key, reserved in net.addresses.reservations.items():
        found.append(
            (
                ("network", "addresses", "reservations", key, "range"),
                f"reservation {key}",
                ip_network(reserved.range),
                True,
            )
        )
    # A network that is peered with nothing may overlap: the address plan warns of it.
    alone = {f"spoke {key} ({env})" for key, spoke in net.spokes.items() if not spoke.peered for env in spoke.prefixes}
    for i, (path, what, one, managed) in enumerate(found):
        if managed and not any(s.version == one.version and one.subnet_of(s) for s in all_ours):  # ty: ignore[invalid-argument-type]
            yield Finding(
                path, f"{one} is in none of the supernets", remedy="Widen a supernet, or choose a range inside one."
            )
        for _, before, other, _ in found[:i]:
            if overlaps(one, other) and not {what, before} & alone:
                yield Finding(path, f"{what} {one} overlaps {before} {other}", remedy="Give each its own range.")


def sizes(estate: Estate) -> Iterator[Finding]:
    """The subnets of a spoke fit in it."""
    for key, spoke in estate.network.spokes.items():
        room = 2 ** (32 - spoke.size)
        asked = sum(2 ** (32 - s.size) for s in spoke.subnets.values())
        if asked > room:
            yield Finding(
                ("network", "spokes", key, "subnets"),
                f"the subnets need {asked} addresses, and a /{spoke.size} has {room}",
                remedy="Set `size` to a smaller number, or make the subnets smaller.",
            )


CHECKS: tuple[Check, ...] = (supernets, outside, literal, sizes)
