"""The places that a question about the network can name: subnets of ours, what lies outside, names and services."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kade.components.network.plan import AddressPlan
from kade.components.network.ranges import first_usable
from kade.components.network.reach import is_inside
from kade.components.network.rules import ANY, Route, SecurityRule
from kade.components.network.segments import Matrix
from kade.estate import Estate
from kade.estate.network import Partner
from kade.stacks.connectivity_addresses import hub_network, spoke_network
from kade.stacks.connectivity_flows import seen_ranges, segment_of
from kade.stacks.connectivity_subnets import subnet_rules
from kade.stacks.connectivity_topology import hub_facts, hub_of

PUBLIC = "203.0.113.77"  # stands for any address on the internet (RFC 5737)


class ReachError(ValueError):
    """A place that the estate does not have; the message says which there are."""


@dataclass(frozen=True)
class Place:
    """A place that packets come from or go to. ``rules`` is None outside; ``hub`` is empty where it has none.

    ``ranges`` are its own. ``host`` is the name that is asked for there (``*`` for one that no rule lists), ``service``
    the tag of a service of Microsoft's, and ``tunnel`` the hub and the connection by which a place outside is reached.
    """

    name: str
    address: str
    ranges: Sequence[str] = ()
    segment: str = ""
    network: Sequence[str] = ()
    rules: Sequence[SecurityRule] | None = None
    routes: Sequence[Route] = ()
    hub: str = ""
    host: str = ""
    service: str = ""
    tunnel: tuple[str, str] | None = None

    @property
    def public(self) -> bool:
        """Whether it lies on the internet."""
        return bool(self.host or self.service)


def subnets(estate: Estate, environment: str, plan: AddressPlan, matrix: Matrix) -> Iterator[Place]:
    """Each subnet of the environment's spokes, with its security group and its routes."""
    for key, spoke in estate.network.spokes.items():
        planned = plan.networks.get(spoke_network(key, environment))
        if planned is None or environment not in spoke.subscriptions:
            continue
        hub = hub_of(estate, key) if spoke.peered else ""
        facts = hub_facts(estate, hub, plan.networks.get(hub_network(hub))) if hub else None
        for name, subnet in spoke.subnets.items():
            rules, routes = subnet_rules(estate, matrix, key, name, planned, facts.firewall_ip if facts else "")
            yield Place(
                f"{key}/{name}",
                first_usable(planned.subnets[name]),
                planned.prefixes(name),
                segment_of(name, subnet),
                [str(planned.range)],
                rules,
                routes,
                hub,
            )


def outside(estate: Estate, matrix: Matrix) -> Iterator[Place]:
    """Sites and partners, one a range; the internet; and each name and service that a flow goes to."""
    for key, place in estate.network.places_outside().items():
        line = f"site:{place.site}" if isinstance(place, Partner) and place.connection == "site" else key
        for n, range_ in enumerate(seen_ranges(place)):
            suffix = f"#{n + 1}" if n else ""
            address = str(ipaddress.ip_network(range_).network_address + 1)
            yield Place(f"{key}{suffix}", address, [range_], tunnel=_tunnel(estate, line))
    yield Place("internet", PUBLIC, host=ANY)
    names = dict.fromkeys(name for flow in matrix.flows for name in flow.fqdns if name != ANY)
    # A tag for names (of Microsoft's own) is asked for as a name, and one for addresses as an address.
    yield from (Place(f"fqdn:{name}", PUBLIC, host=name) for name in names)
    tags = dict.fromkeys(tag for flow in matrix.flows for tag in flow.fqdn_tags)
    yield from (Place(f"azure:{tag}", PUBLIC, host=tag) for tag in tags)
    services = dict.fromkeys(tag for flow in matrix.flows for tag in flow.service_tags)
    yield from (Place(f"azure:{tag}", PUBLIC, service=tag) for tag in services if tag not in tags)


def _tunnel(estate: Estate, line: str) -> tuple[str, str] | None:
    for key, hub in estate.network.hubs.items():
        for item in hub.vpn.connections.values() if hub.vpn else ():
            if item.to == line:
                return key, line
    return None


def elsewhere(wanted: str, places: Sequence[Place], plan: AddressPlan, environment: str) -> Place:
    """The place of a name or service, or of one address: in a subnet, with a site or partner, or on the internet.

    Raises `ReachError` for what is none of these, and for an address of ours that no subnet of the environment has.
    """
    kind, _, name = wanted.partition(":")
    if kind in ("fqdn", "azure") and name:
        return Place(wanted, PUBLIC, host=name if kind == "fqdn" else "", service=name if kind == "azure" else "")
    try:
        address = ipaddress.ip_address(wanted)
    except ValueError:
        segments = dict.fromkeys(p.segment for p in places if p.segment)
        spokes = dict.fromkeys(p.name.split("/")[0] for p in places if p.segment)
        known = [*segments, *spokes, *(p.name for p in places if not p.segment and not p.public)]
        raise ReachError(
            f"{wanted!r} is no place in {environment}; there are: {', '.join(known)}, internet; a subnet is written as "
            f"spoke/subnet, a name as fqdn:example.org, a service as azure:Storage"
        ) from None
    for place in places:
        if any(address in ipaddress.ip_network(r) for r in place.ranges):
            return replace(place, name=f"{wanted} ({place.name})", address=wanted)
    for name, planned in plan.networks.items():
        if any(address in ipaddress.ip_network(r) for r in planned.address_space):
            raise ReachError(f"{wanted} is in network {name}, and in no subnet of a spoke in {environment}")
    return Place(wanted, wanted, host="" if is_inside(wanted) else ANY)
