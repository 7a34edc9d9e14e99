"""What can reach what in an estate, answered from its plan: no account, no deployment, every rule named."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kade.components.network.plan import AddressPlan
from kade.components.network.ranges import first_usable
from kade.components.network.reach import Packet, Verdict, judge_firewall, judge_route, judge_security_group
from kade.components.network.rules import Route, RuleCollectionGroup, SecurityRule
from kade.estate import Estate
from kade.stacks.connectivity_addresses import hub_network, plan_of, spoke_network
from kade.stacks.connectivity_flows import matrix_of, ports_of_flow, seen_ranges, segment_of
from kade.stacks.connectivity_rules import firewall_groups
from kade.stacks.connectivity_subnets import subnet_rules
from kade.stacks.connectivity_topology import hub_facts, hub_of

PUBLIC = "203.0.113.77"  # stands for any address on the internet (RFC 5737)


class ReachError(ValueError):
    """A place that the estate does not have; the message says which there are."""


@dataclass(frozen=True)
class Place:
    """A place that packets come from or go to. ``rules`` is None outside; ``hub`` is empty where it has none."""

    name: str
    address: str
    segment: str = ""
    network: Sequence[str] = ()
    rules: Sequence[SecurityRule] | None = None
    routes: Sequence[Route] = ()
    hub: str = ""


@dataclass(frozen=True)
class Answer:
    """Whether one place reaches another, and what every step on the way says."""

    source: Place
    target: Place
    packet: Packet
    steps: Sequence[Verdict]

    @property
    def reachable(self) -> bool:
        """Whether every step lets it through."""
        return all(step.allowed for step in self.steps)


class View:
    """The network of an estate in one environment, as rules and routes."""

    def __init__(self, estate: Estate, environment: str, plan: AddressPlan | None = None) -> None:
        self.estate = estate
        self.environment = environment
        self.plan = plan if plan is not None else plan_of(estate)
        self.firewall: list[RuleCollectionGroup] = firewall_groups(estate, self.plan)
        self.places = {place.name: place for place in (*self._subnets(), *self._outside())}

    def _subnets(self) -> Iterator[Place]:
        estate, environment = self.estate, self.environment
        matrix = matrix_of(estate, environment, self.plan)
        for key, spoke in estate.network.spokes.items():
            planned = self.plan.networks.get(spoke_network(key, environment))
            if planned is None or environment not in spoke.subscriptions:
                continue
            hub = hub_of(estate, key) if spoke.peered else ""
            facts = hub_facts(estate, hub, self.plan.networks.get(hub_network(hub))) if hub else None
            segments = {name: segment_of(name, subnet) for name, subnet in spoke.subnets.items()}
            for name in spoke.subnets:
                ip = facts.firewall_ip if facts else ""
                rules, routes = subnet_rules(estate, matrix, key, name, planned, ip)
                address = first_usable(planned.subnets[name])
                yield Place(f"{key}/{name}", address, segments[name], [str(planned.range)], rules, routes, hub)

    def _outside(self) -> Iterator[Place]:
        network = self.estate.network
        for kind, places in (("site", network.sites), ("partner", network.partners)):
            for key, place in places.items():
                for n, range_ in enumerate(seen_ranges(place)):
                    suffix = f"#{n + 1}" if n else ""
                    yield Place(f"{kind}:{key}{suffix}", str(ipaddress.ip_network(range_).network_address + 1))
        yield Place("internet", PUBLIC)

    def find(self, wanted: str) -> list[Place]:
        """The places that a word stands for: a subnet (``spoke/subnet``), spoke, segment, place outside, or address.

        Raises `ReachError` where it stands for nothing.
        """
        found = [
            p for p in self.places.values() if wanted in (p.name, p.segment, p.name.split("/")[0], p.name.split("#")[0])
        ]
        if not found and wanted in self.estate.network.segments:
            raise ReachError(f"segment {wanted} has no subnet in {self.environment}, so nothing is there")
        return found or [self._by_address(wanted)]

    def _by_address(self, wanted: str) -> Place:
        try:
            address = ipaddress.ip_address(wanted)
        except ValueError:
            segments = dict.fromkeys(p.segment for p in self.places.values() if p.segment)
            known = [*segments, *(p.name for p in self.places.values())]
            raise ReachError(f"{wanted!r} is no place in {self.environment}; there are: {', '.join(known)}") from None
        for key, spoke in self.estate.network.spokes.items():
            planned = self.plan.networks.get(spoke_network(key, self.environment))
            for name in spoke.subnets if planned is not None else ():
                place = self.places.get(f"{key}/{name}")
                if place and planned and any(address in ipaddress.ip_network(r) for r in planned.prefixes(name)):
                    return Place(wanted, wanted, place.segment, place.network, place.rules, place.routes, place.hub)
        return Place(wanted, wanted)

    def ask(self, source: Place, target: Place, port: int, protocol: str = "Tcp", host: str = "") -> Answer:
        """Follow one packet from place to place."""
        packet = Packet(source.address, target.address, port, protocol, host)
        steps: list[Verdict] = []
        over_firewall = target.rules is not None and source.name != "internet" and self._walled(target)
        if source.rules is not None:
            steps.append(judge_security_group(source.rules, packet, "Outbound", f"security group of {source.name}"))
            route = judge_route(source.routes, source.network, target.address)
            over_firewall = route.type == "VirtualAppliance"
            if over_firewall and not self._meets(source, target):
                steps.append(Verdict(False, f"no firewall in hub {target.hub or 'of its own'}", "between the hubs"))
            if route.type == "None" or (not over_firewall and not self._direct(source, target)):
                steps.append(Verdict(False, f"route {route.name} ({route.type})", f"routes of {source.name}"))
        if over_firewall:
            steps.append(judge_firewall(self.firewall, packet))
        if target.rules is not None:
            steps.append(judge_security_group(target.rules, packet, "Inbound", f"security group of {target.name}"))
        if source.rules is None and target.rules is None:
            steps.append(Verdict(False, "both are outside; their way does not lead through Azure", "the plan"))
        return Answer(source, target, packet, steps)

    def _meets(self, source: Place, target: Place) -> bool:
        """Whether a firewall that passes a packet on has a way to the target: in its own hub, or by the firewall there.

        Peering leads one hop far, so between hubs both need a firewall.
        """
        return target.rules is None or source.hub == target.hub or self._walled(target)

    def _walled(self, target: Place) -> bool:
        """Whether a firewall stands before a place: without one in its hub, a gateway leads straight to it."""
        return bool(target.hub and self.estate.network.hubs[target.hub].firewall)

    @staticmethod
    def _direct(source: Place, target: Place) -> bool:
        """Whether there is a way past the firewall: inside one network, or out where nothing stands in between."""
        return list(source.network) == list(target.network) or target.rules is None

    def reachable_from(self, wanted: str, ports: Sequence[tuple[str, int]]) -> list[Answer]:
        """Everything that a place reaches on any of the ports (protocol and number)."""
        return [
            answer
            for source in self.find(wanted)
            for target in self.places.values()
            if target.name != source.name
            for protocol, port in ports
            if (answer := self.ask(source, target, port, protocol)).reachable
        ]


def ports_of(estate: Estate) -> list[tuple[str, int]]:
    """Every port that a flow of the matrix names; of a range its first and last."""
    found: dict[tuple[str, int], None] = {}
    for flow in estate.network.flows.values():
        protocols = ("Tcp", "Udp") if flow.protocol == "Any" else (flow.protocol,)
        for port in ports_of_flow(flow):
            for edge in ("1", "65535") if port == "*" else port.split("-"):
                for protocol in protocols:
                    found[protocol, int(edge)] = None
    return list(found)
