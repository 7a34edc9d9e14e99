"""What a packet meets: the rules of a plan's resources, judged in Azure's order.

Reads the properties as they would go to Azure (``securityRules``, ``ruleCollections`` …), not our own rules, so that a
test or ``kade network`` proves what was planned. Evaluation follows Microsoft Learn (read 2026-11-25): "Network
security groups", "Azure Firewall rule processing logic", "Virtual network traffic routing". Addresses that are not known
and service tags without a known meaning match nothing in an allowing rule and everything in a denying one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kade.components.network.ranges import Network

PROBES = "168.63.129.16"  # where Azure's load balancers probe from
_PRIVATE = [ipaddress.ip_network(r) for r in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


@dataclass(frozen=True)
class Packet:
    """The first packet of a connection. ``host`` is the name that it asks for in HTTP or TLS, if any."""

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
        return f"{'allowed' if self.allowed else 'denied'} by {self.rule} of {self.where}"


def judge_security_group(rules: Sequence[Mapping[str, Any]], packet: Packet, direction: str, where: str) -> Verdict:
    """The verdict of a security group: the first rule that matches, then Azure's default rules."""
    for rule in sorted(rules, key=lambda r: r["priority"]):
        allows = rule["access"] == "Allow"
        if rule["direction"] == direction and _matches_security_rule(rule, packet, sure=allows):
            return Verdict(allows, rule["name"], where)
    return _default_verdict(packet, direction, where)


def _matches_security_rule(rule: Mapping[str, Any], packet: Packet, *, sure: bool) -> bool:
    return (
        _protocol(rule["protocol"], packet.protocol)
        and _addresses(_both(rule, "sourceAddressPrefix", "sourceAddressPrefixes"), packet.source, sure=sure)
        and _addresses(_both(rule, "destinationAddressPrefix", "destinationAddressPrefixes"), packet.target, sure=sure)
        and _ports(_both(rule, "destinationPortRange", "destinationPortRanges"), packet)
    )


def _default_verdict(packet: Packet, direction: str, where: str) -> Verdict:
    """AllowVnetInBound and AllowVnetOutBound count everything inside as one network; outbound to the internet is open."""
    if _inside(packet.source) and _inside(packet.target):
        return Verdict(True, f"AllowVnet{direction}", where)
    if direction == "Outbound":
        return Verdict(True, "AllowInternetOutBound", where)
    if packet.source == PROBES:
        return Verdict(True, "AllowAzureLoadBalancerInBound", where)
    return Verdict(False, f"DenyAll{direction}", where)


def judge_firewall(groups: Sequence[Mapping[str, Any]], packet: Packet, where: str = "the firewall") -> Verdict:
    """The verdict of a firewall policy: NAT rules, then network rules, then application rules; else denied.

    ``groups`` are rule collection groups. Within a kind the order is that of the groups' and collections' priorities.
    """
    ordered = sorted(groups, key=lambda g: g["priority"])
    collections = [c for g in ordered for c in sorted(g.get("ruleCollections") or [], key=lambda c: c["priority"])]
    for kind, matches in (("NetworkRule", _matches_network_rule), ("ApplicationRule", _matches_application_rule)):
        for collection in collections:
            allows = collection["action"]["type"] == "Allow"
            for rule in collection.get("rules") or []:
                if rule["ruleType"] == kind and matches(rule, packet, sure=allows):
                    return Verdict(allows, f"{collection['name']}/{rule['name']}", where)
    return Verdict(False, "nothing, and the firewall denies what no rule allows", where)


def _matches_network_rule(rule: Mapping[str, Any], packet: Packet, *, sure: bool) -> bool:
    named = rule.get("destinationFqdns") or []
    goes = _addresses(rule.get("destinationAddresses") or [], packet.target, sure=sure) or (
        bool(named) and _host(named, packet.host)
    )
    return (
        any(_protocol("*" if p == "Any" else p, packet.protocol) for p in rule["ipProtocols"])
        and _addresses(rule.get("sourceAddresses") or [], packet.source, sure=sure)
        and goes
        and _ports(rule["destinationPorts"], packet)
    )


def _matches_application_rule(rule: Mapping[str, Any], packet: Packet, *, sure: bool) -> bool:
    """A tag stands for names that Microsoft keeps: any name may be among them, so a packet with a name may match."""
    names = rule.get("targetFqdns") or []
    tagged = bool(rule.get("fqdnTags")) and bool(packet.host)
    return (
        packet.protocol == "Tcp"
        and any(p["port"] == packet.port for p in rule["protocols"])
        and _addresses(rule.get("sourceAddresses") or [], packet.source, sure=sure)
        and (tagged or _host(names, packet.host))
    )


def judge_route(routes: Sequence[Mapping[str, Any]], own_network: Iterable[str], target: str) -> Mapping[str, Any]:
    """The route that a packet takes: the longest prefix, and of equal ones the route table's before Azure's own."""
    address = ipaddress.ip_address(target)
    system: list[Mapping[str, Any]] = [
        {"name": "system: own network", "addressPrefix": r, "nextHopType": "VnetLocal"} for r in own_network
    ]
    system += [{"name": "system: internet", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}]
    system += [{"name": f"system: {r}", "addressPrefix": str(r), "nextHopType": "None"} for r in _PRIVATE]
    best: tuple[int, int] | None = None
    found: Mapping[str, Any] = {"name": "none", "nextHopType": "None"}
    for own, group in ((1, routes), (0, system)):
        for route in group:
            range_ = ipaddress.ip_network(route["addressPrefix"])
            if range_.version == address.version and address in range_:
                rank = (range_.prefixlen, own)
                if best is None or rank > best:
                    best, found = rank, route
    return found


def _both(rule: Mapping[str, Any], one: str, many: str) -> list[Any]:
    single = rule.get(one)
    return [*([single] if single else []), *(rule.get(many) or [])]


def _protocol(rule: str, packet: str) -> bool:
    return rule == "*" or rule.lower() == packet.lower()


def _ports(ports: Sequence[Any], packet: Packet) -> bool:
    for port in ports:
        if port == "*":
            return True
        first, _, last = str(port).partition("-")
        if packet.protocol != "Icmp" and int(first) <= packet.port <= int(last or first):
            return True
    return False


def _addresses(values: Sequence[Any], address: str, *, sure: bool) -> bool:
    """Whether an address is among these; ``sure`` demands it, else what is not known counts as a match."""
    for value in values:
        known = _address(value, address)
        if known or (known is None and not sure):
            return True
    return False


def _address(value: Any, address: str) -> bool | None:
    """Whether one value holds the address; None where it cannot be told (an unknown, a tag of Microsoft's)."""
    if value == "*":
        return True
    if not isinstance(value, str):
        return None
    try:
        range_: Network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return _tag(value, address)
    found = ipaddress.ip_address(address)
    return found.version == range_.version and found in range_


def _tag(tag: str, address: str) -> bool | None:
    if tag == "Internet":
        return not _inside(address)
    if tag == "VirtualNetwork":
        return _inside(address)
    if tag == "AzureLoadBalancer":
        return address == PROBES
    return False if _inside(address) else None  # a service of Microsoft's is never inside


def _inside(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return any(found.version == r.version and found in r for r in _PRIVATE) or (found.version == 6 and found.is_private)


def _host(names: Sequence[Any], host: str) -> bool:
    """``*`` stands for every name, and ``*.example`` for what is below it."""
    if not host:
        return False
    return any(
        name == "*" or name == host or (isinstance(name, str) and name.startswith("*.") and host.endswith(name[1:]))
        for name in names
    )
