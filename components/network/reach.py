"""What a packet meets: security groups, the firewall and routes, judged in Azure's order.

Evaluation follows Microsoft Learn: "Network security groups", "Azure Firewall rule processing logic",
and "Virtual network traffic routing". `kade.components.network.read_rules` reads the rules back from resources, so that
what is judged is what Azure would be told. What cannot be told (an address that is not known yet, which addresses a
service of Microsoft's has) counts as a match in a denying rule and as none in an allowing one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from kade.components.network.matrix_rules import PRIVATE_RANGES
from kade.components.network.ranges import Network
from kade.components.network.rules import (
    ANY,
    ApplicationRule,
    NetworkRule,
    Route,
    RuleCollectionGroup,
    SecurityRule,
)

PROBES = "168.63.129.16"  # where Azure's load balancers probe from
_PRIVATE = [ipaddress.ip_network(r) for r in PRIVATE_RANGES]


@dataclass(frozen=True)
class Packet:
    """The first packet of a connection. ``target`` is an address, or the tag of a service of Microsoft's.

    ``host`` is the name that it asks for in HTTP or TLS, if any; ``*`` is a name that no rule lists, and the tag of an
    application rule is one of the names that Microsoft keeps under it.
    """

    source: str
    target: str
    port: int = 0
    protocol: str = "Tcp"
    host: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether something lets a packet through, and by which rule."""

    allowed: bool
    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {'allowed' if self.allowed else 'denied'} by {self.rule}"


def judge_security_group(rules: Iterable[SecurityRule], packet: Packet, direction: str, where: str = "") -> Verdict:
    """The verdict of a security group: the first rule that matches, then Azure's default rules."""
    for rule in sorted(rules, key=lambda r: r.priority):
        sure = rule.access == "Allow"
        if (
            rule.direction == direction
            and _protocol(rule.protocol, packet)
            and _addresses(rule.sources, packet.source, sure=sure)
            and _addresses(rule.destinations, packet.target, sure=sure)
            and _ports(rule.ports, packet)
        ):
            return Verdict(rule.access == "Allow", rule.name, where)
    return _default_verdict(packet, direction, where)


def _default_verdict(packet: Packet, direction: str, where: str) -> Verdict:
    """AllowVnetInBound and AllowVnetOutBound take everything inside for one network; outward everything is open."""
    if is_inside(packet.source) and is_inside(packet.target):
        return Verdict(True, f"Azure's default AllowVnet{direction}", where)
    if direction == "Outbound":
        return Verdict(True, "Azure's default AllowInternetOutBound", where)
    if packet.source == PROBES:
        return Verdict(True, "Azure's default AllowAzureLoadBalancerInBound", where)
    return Verdict(False, f"Azure's default DenyAll{direction}", where)


def judge_firewall(groups: Iterable[RuleCollectionGroup], packet: Packet, where: str = "firewall") -> Verdict:
    """The verdict of a firewall policy on what does not come in by a NAT rule.

    All network rules come before all application rules; within a kind, groups and collections go by priority.
    """
    ordered = sorted(groups, key=lambda g: g.priority)
    collections = [c for g in ordered for c in sorted(g.collections, key=lambda c: c.priority)]
    for kind in (NetworkRule, ApplicationRule):
        for collection in collections:
            allows = collection.action == "Allow"
            for rule in collection.rules:
                if isinstance(rule, kind) and _firewall_rule(rule, packet, sure=allows):
                    return Verdict(allows, f"{collection.name}/{rule.name}", where)
    return Verdict(False, "no rule (a firewall denies what none allows)", where)


def _firewall_rule(rule: NetworkRule | ApplicationRule, packet: Packet, *, sure: bool) -> bool:
    if not _addresses(rule.sources, packet.source, sure=sure):
        return False
    if isinstance(rule, NetworkRule):
        goes = _addresses(rule.destinations, packet.target, sure=sure) or _host(rule.fqdns, packet.host)
        protocol = any(_protocol(ANY if p == "Any" else p, packet) for p in rule.protocols)
        return protocol and goes and _ports(rule.ports, packet)
    named = _host(rule.fqdns, packet.host) or packet.host in rule.fqdn_tags
    return packet.protocol == "Tcp" and named and any(port == packet.port for _, port in rule.protocols)


def judge_route(routes: Iterable[Route], own_network: Iterable[str], target: str) -> Route:
    """The route that a packet takes: the longest prefix, and of equal ones the route table's before Azure's own."""
    address = _parsed(target)
    own = list(routes)
    system = [Route("Azure's own network", r, "VnetLocal") for r in own_network]
    # Azure drops what goes to private ranges that it does not know, until a route of ours takes everything.
    if not any(route.prefix == "0.0.0.0/0" for route in own):
        system.append(Route("Azure's default", "0.0.0.0/0", "Internet"))
        system += [Route("Azure's default", r, "None") for r in PRIVATE_RANGES]
    fitting = [
        (_range(route.prefix).prefixlen, ours, -number, route)
        for ours, group in ((1, own), (0, system))
        for number, route in enumerate(group)
        if _contains(route.prefix, address)
    ]
    return max(fitting, key=lambda f: f[:3])[3] if fitting else Route("no route", "", "None")


@cache
def _range(text: str) -> Network:
    return ipaddress.ip_network(text, strict=False)


@cache
def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


def _contains(range_: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    network = _range(range_)
    return network.version == address.version and address in network


def _protocol(rule: str, packet: Packet) -> bool:
    return rule == ANY or rule.lower() == packet.protocol.lower()


def _ports(ports: Sequence[str], packet: Packet) -> bool:
    for port in ports:
        if port == ANY:
            return True
        first, _, last = port.partition("-")
        if packet.protocol != "Icmp" and int(first) <= packet.port <= int(last or first):
            return True
    return False


def _addresses(values: Sequence[str], address: str, *, sure: bool) -> bool:
    """Whether an address is among these; ``sure`` demands it, else what cannot be told counts too."""
    return any(known or (known is None and not sure) for known in (_address(v, address) for v in values))


@lru_cache(maxsize=100_000)  # a question asks for the same pairs again and again
def _address(value: str, address: str) -> bool | None:
    """Whether one value holds the address; None where it cannot be told."""
    if value == ANY:
        return True
    if _is_service(address):  # a tag for one region is part of the one for all
        return value == "Internet" or f"{address}.".startswith(f"{value}.")
    if value[:1].isdigit() or ":" in value:
        return _contains(value, _parsed(address))
    inside = is_inside(address)
    if value in ("Internet", "VirtualNetwork"):
        return inside == (value == "VirtualNetwork")
    if value == "AzureLoadBalancer":
        return address == PROBES
    return False if inside and value[:1].isupper() else None  # a service of Microsoft's is never inside


@cache
def is_inside(address: str) -> bool:
    """Whether an address is private, which Azure counts as inside; the tag of a service is not."""
    if _is_service(address):
        return False
    found = _parsed(address)
    return any(found.version == r.version and found in r for r in _PRIVATE) or (found.version == 6 and found.is_private)


def _is_service(target: str) -> bool:
    return target[:1].isalpha() and ":" not in target


def _host(names: Sequence[str], host: str) -> bool:
    """``*`` stands for every name, and ``*.example`` for what is below it."""
    return bool(host) and any(
        name in (ANY, host) or (name.startswith("*.") and host.endswith(name[1:])) for name in names
    )
