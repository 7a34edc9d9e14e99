"""What can reach what in an estate, answered from its plan: no account, no deployment, every rule named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kade.components.network.plan import AddressPlan
from kade.components.network.reach import Packet, Verdict, judge_firewall, judge_route, judge_security_group
from kade.components.network.rules import RuleCollectionGroup
from kade.estate import Estate
from kade.stacks.connectivity_addresses import plan_of
from kade.stacks.connectivity_flows import matrix_of
from kade.stacks.connectivity_places import Place, ReachError, elsewhere, outside, subnets
from kade.stacks.connectivity_rules import firewall_groups


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
        self.matrix = matrix_of(estate, environment, self.plan)
        self.firewall: list[RuleCollectionGroup] = firewall_groups(estate, self.plan)
        found = (*subnets(estate, environment, self.plan, self.matrix), *outside(estate, self.matrix))
        self.places = {place.name: place for place in found}

    def find(self, wanted: str) -> list[Place]:
        """The places that a word stands for: a subnet (``spoke/subnet``), spoke, segment, place outside, or address.

        Raises `ReachError` where it stands for nothing.
        """
        places = list(self.places.values())
        found = [p for p in places if wanted in (p.name, p.segment, p.name.split("/")[0], p.name.split("#")[0])]
        if not found and wanted in self.estate.network.segments:
            raise ReachError(f"segment {wanted} has no subnet in {self.environment}, so nothing is there")
        return found or [elsewhere(wanted, places, self.plan, self.environment)]

    def ports(self) -> list[tuple[str, int]]:
        """Every port that a flow names, with its protocol; of a range its first and last. ICMP has none, so 0."""
        found: dict[tuple[str, int], None] = {}
        for flow in self.matrix.flows:
            for protocol in ("Tcp", "Udp") if flow.protocol == "Any" else (flow.protocol,):
                for port in flow.ports:
                    edges = ("0",) if protocol == "Icmp" else ("1", "65535") if port == "*" else port.split("-")
                    found.update(dict.fromkeys((protocol, int(edge)) for edge in edges))
        return list(found)

    def ask(self, source: Place, target: Place, port: int, protocol: str = "Tcp", host: str = "") -> Answer:
        """Follow one packet from place to place."""
        packet = Packet(source.address, target.service or target.address, port, protocol, host or target.host)
        if source.rules is None and target.rules is None:
            return Answer(source, target, packet, [self._past_us(source, target)])
        steps: list[Verdict] = []
        over_firewall = not source.public and self._walled(target)
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
        return Answer(source, target, packet, steps)

    @staticmethod
    def _past_us(source: Place, target: Place) -> Verdict:
        """What lies outside meets no rule of ours; a VPN gateway passes on between its tunnels all the same."""
        if source.tunnel and target.tunnel and source.tunnel[0] == target.tunnel[0] and source.tunnel != target.tunnel:
            rule = (
                f"no rule of ours: it passes everything on between its tunnels, so {target.tunnel[1]} has to refuse it"
            )
            return Verdict(True, rule, f"VPN gateway of hub {source.tunnel[0]}")
        return Verdict(False, "both are outside; their way does not lead through Azure", "the plan")

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

    def between(self, wanted: str, target: str, ports: Sequence[tuple[str, int]]) -> list[Answer]:
        """What every place of one word meets on its way to every place of another, on each port."""
        return self._all(self.find(wanted), self.find(target), ports)

    def reachable_from(self, wanted: str, ports: Sequence[tuple[str, int]]) -> list[Answer]:
        """Everything that a place reaches on any of the ports (protocol and number)."""
        return [a for a in self._all(self.find(wanted), list(self.places.values()), ports) if a.reachable]

    def _all(self, ones: Sequence[Place], others: Sequence[Place], ports: Sequence[tuple[str, int]]) -> list[Answer]:
        return [
            self.ask(one, other, port, protocol)
            for one in ones
            for other in others
            if one.name != other.name
            for protocol, port in ports
        ]
