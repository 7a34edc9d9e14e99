"""From the flow matrix to rules: of the security group of a subnet, and of the firewall. Deny comes last in both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kade.components.network.rules import (
    ANY,
    ApplicationRule,
    NetworkRule,
    Rule,
    RuleCollection,
    RuleCollectionGroup,
    SecurityRule,
)
from kade.components.network.segments import ANY_SEGMENT, INTERNET, Ends, FlowError, Matrix

PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")  # RFC 1918 and RFC 6598
ISOLATION_PRIORITY = 100
FIRST_PRIORITY = 1000
LAST_PRIORITY = 3990
LOAD_BALANCER_PRIORITY = 4000
DENY_PRIORITY = 4096
_DESCRIPTION = 140  # characters: Azure's limit for the description of a security rule
_DIRECTIONS = ("Inbound", "Outbound")


def security_rules(
    matrix: Matrix, segment: str, spoke: str, own: Sequence[str], *, public: bool = True, names: bool = True
) -> list[SecurityRule]:
    """The whole security group of the subnet that a segment has in a spoke; ``own`` are the subnet's ranges.

    Flows from the internet open only where something with a public address stands (``public``). Flows to host names
    open only where a firewall on the way reads them (``names``): a security group knows no names, and lets everything
    on the port through. What an isolation adds stands at the end of the list, so that a preview of it shows only
    denials.
    """
    rules: list[SecurityRule] = []
    numbers = dict.fromkeys(_DIRECTIONS, FIRST_PRIORITY)
    for ends in matrix.ends():
        flow = ends.flow
        comes_in = flow.target in (segment, ANY_SEGMENT) and (not flow.target_spokes or spoke in flow.target_spokes)
        goes_out = flow.source in (segment, ANY_SEGMENT) and (not flow.source_spokes or spoke in flow.source_spokes)
        if comes_in and ends.sources and (public or ends.sources != (INTERNET,)):
            rules += _allow(ends, "Inbound", numbers["Inbound"], ends.sources, own)
            numbers["Inbound"] += 10
        targets = ends.targets if not flow.by_name else (INTERNET,) if names else ()
        if goes_out and targets:
            rules += _allow(ends, "Outbound", numbers["Outbound"], own, targets)
            numbers["Outbound"] += 10
    if max(numbers.values()) > LAST_PRIORITY + 10:
        raise FlowError(f"segment {segment}: more flows than a security group has room for; bring some together")
    # Azure probes from 168.63.129.16; without this no load balancer in the subnet works.
    probes = ("AzureLoadBalancer",)
    rules.append(
        SecurityRule(
            "allow-load-balancer-probes",
            LOAD_BALANCER_PRIORITY,
            "Inbound",
            "Allow",
            ANY,
            probes,
            _of_version(own, 4),
            (ANY,),
            "Health probes of Azure Load Balancer",
        )
    )
    rules += [_deny(f"deny-all-{d.lower()}", DENY_PRIORITY, d, "Not in the flow matrix") for d in _DIRECTIONS]
    if matrix.zones[segment].isolated:
        why = f"{segment} is isolated"
        rules += [_deny(f"isolate-{d.lower()}", ISOLATION_PRIORITY, d, why) for d in _DIRECTIONS]
    return rules


def _allow(
    ends: Ends, direction: str, priority: int, sources: Sequence[str], targets: Sequence[str]
) -> list[SecurityRule]:
    """One rule, and a second one where both ends are dual stack: a rule holds addresses of one version."""
    protocol = ANY if ends.flow.protocol == "Any" else ends.flow.protocol
    ports = (ANY,) if ends.flow.protocol == "Icmp" else tuple(ends.flow.ports)
    description = ends.description[:_DESCRIPTION]
    made: list[SecurityRule] = []
    for version, step in ((4, 0), (6, 5)):
        froms, tos = _of_version(sources, version), _of_version(targets, version)
        if version == 6 and direction == "Inbound" and tuple(sources) == (INTERNET,):
            froms = (INTERNET,)  # the tag holds both versions; outward it stays closed, since the firewall has no IPv6
        if froms and tos:
            suffix = "" if version == 4 else "-ipv6"
            name = re.sub(r"[^A-Za-z0-9._-]", "-", f"allow-{ends.flow.name}{suffix}")[:80].rstrip("-.")
            made.append(
                SecurityRule(name, priority + step, direction, "Allow", protocol, froms, tos, ports, description)
            )
    return made


def _of_version(ranges: Sequence[str], version: int) -> tuple[str, ...]:
    """The ranges of one IP version; a service tag counts as IPv4."""
    return tuple(r for r in ranges if (":" in r) == (version == 6))


def _deny(name: str, priority: int, direction: str, why: str) -> SecurityRule:
    return SecurityRule(name, priority, direction, "Deny", ANY, (ANY,), (ANY,), (ANY,), why)


def firewall_group(matrix: Matrix, name: str, priority: int) -> RuleCollectionGroup | None:
    """The firewall's half of the matrix: one collection of network rules, one of application rules. None if empty.

    From the internet nothing passes the firewall but what a NAT rule publishes, so those flows give no rule here.
    """
    network: list[Rule] = []
    application: list[Rule] = []
    for found in matrix.ends():
        flow = found.flow
        # Azure Firewall knows no IPv6; between networks it has no way either, so it stays closed.
        ends = replace(found, sources=_of_version(found.sources, 4), targets=_of_version(found.targets, 4))
        if not ends.sources or ends.sources == (INTERNET,):
            continue
        if flow.in_http:
            application += _application_rules(ends)
        fqdns = () if flow.in_http else tuple(flow.fqdns)
        if ends.targets or fqdns:
            protocol = "Any" if flow.protocol == "Any" else flow.protocol.upper()
            ports = (ANY,) if flow.protocol == "Icmp" else tuple(flow.ports)
            for name_, targets, names in ((flow.name, ends.targets, ()), (f"{flow.name}-names", (), fqdns)):
                if targets or names:
                    network.append(
                        NetworkRule(name_, ends.sources, (protocol,), ports, targets, names, ends.description)
                    )
    collections = [
        RuleCollection(f"{name}-{kind}", number, "Allow", rules)
        for kind, number, rules in (("network", 1000, network), ("application", 2000, application))
        if rules
    ]
    return RuleCollectionGroup(name, priority, collections) if collections else None


def _application_rules(ends: Ends) -> list[Rule]:
    """Names and tags are separate rules: Azure refuses a rule that carries both."""
    flow = ends.flow
    protocols = tuple(("Http" if port == "80" else "Https", int(port)) for port in flow.ports)
    made: list[Rule] = []
    if flow.fqdns:
        made.append(ApplicationRule(flow.name, ends.sources, protocols, tuple(flow.fqdns), (), ends.description))
    if flow.fqdn_tags:
        name = f"{flow.name}-tags" if flow.fqdns else flow.name
        made.append(ApplicationRule(name, ends.sources, protocols, (), tuple(flow.fqdn_tags), ends.description))
    return made


def isolation_group(matrix: Matrix, name: str = "isolation", priority: int = 100) -> RuleCollectionGroup | None:
    """Denials for the isolated segments, judged before every other group; None where nothing is isolated."""
    rules: list[Rule] = []
    for zone in matrix.segments:
        if zone.isolated and (ranges := _of_version(zone.ranges(), 4)):
            why = f"{zone.name} is isolated"
            rules.append(NetworkRule(f"isolate-from-{zone.name}", ranges, ("Any",), (ANY,), (ANY,), (), why))
            rules.append(NetworkRule(f"isolate-to-{zone.name}", (ANY,), ("Any",), (ANY,), ranges, (), why))
    return RuleCollectionGroup(name, priority, [RuleCollection(name, 100, "Deny", rules)]) if rules else None


def deny_inside_group(inside: Sequence[str], others: Sequence[str] = ()) -> RuleCollectionGroup:
    """The last group: inside addresses reach no inside address that no network rule allowed.

    Azure Firewall judges application rules after network rules, and by the name that the client sends. Without this
    denial a client could name an allowed host and address a private machine. ``others`` are ranges that count as
    inside although they are public (our own, for Diginetwerk, and those of partners).
    """
    rule = NetworkRule(
        "deny-inside",
        tuple(inside),
        ("Any",),
        (ANY,),
        (*PRIVATE_RANGES, *others),
        (),
        "Not in the flow matrix; a rule on host names must not open an inside address",
    )
    return RuleCollectionGroup("deny-inside", 60000, [RuleCollection("deny-inside", 1000, "Deny", [rule])])
